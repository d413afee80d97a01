"""What the law and the province set for complaints and ratings, from `data/feedback/`."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common import yaml_files
from common.settings import ROOT

DIRECTORY = ROOT / "data" / "feedback"
LEVELS = range(1, 6)


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1, description="the law that the rules come from")


class ComplaintRules(_Rules):
    """By when a complaint is handled, in working days, and how long it may be."""

    days_verified: bool = Field(description="whether the days were checked against the law's text")
    forward_within: int = Field(ge=1, description="working days")
    answer_within: int = Field(ge=1, description="working days")
    examples: dict[str, str]
    most_characters: int = Field(ge=100)
    most_files: int = Field(ge=1)
    most_a_day: int = Field(ge=1, description="complaints of one sender in a calendar day")


class RatingRules(_Rules):
    """The five levels by number, what reasons are about, and until when one may rate."""

    levels: dict[int, str]
    criteria: list[str] = Field(min_length=1)
    reason_wanted_up_to: int = Field(ge=0, le=5)
    change_within_days: int = Field(ge=0)
    rate_within_days: int = Field(ge=1)
    most_characters: int = Field(ge=100)

    @model_validator(mode="after")
    def _five_levels(self) -> RatingRules:
        if sorted(self.levels) != list(LEVELS):
            raise ValueError("a rating has the levels 1 to 5")
        return self


@lru_cache
def complaint_rules() -> ComplaintRules:
    """The rules of `data/feedback/complaints.yml`.

    Raises:
        pydantic.ValidationError: if the file does not fit.
    """
    return ComplaintRules.model_validate(yaml_files.read(DIRECTORY / "complaints.yml"))


@lru_cache
def rating_rules() -> RatingRules:
    """The rules of `data/feedback/rating.yml`.

    Raises:
        pydantic.ValidationError: if the file does not fit.
    """
    return RatingRules.model_validate(yaml_files.read(DIRECTORY / "rating.yml"))
