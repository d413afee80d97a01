"""The rules of retention, read from `data/retention.yml`."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common import yaml_files
from common.settings import ROOT, settings

FILE = ROOT / "data" / "retention.yml"

Store = Literal["onestop", "gateway", "bot"]
Action = Literal["delete", "anonymise", "keep"]
Basis = Literal["L91", "N356", "N118", "N20", "L33", "K88"]


class Rule(BaseModel):
    """One kind of data: where it lies, how long after what, and what becomes of it then."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = Field(pattern=r"^[a-z_]{3,40}$")
    store: Store
    days: int | None = Field(None, ge=0)
    setting: str = ""
    action: Action
    on_request: bool
    basis: tuple[Basis, ...] = Field(min_length=1)
    what: str
    since: str = Field(alias="from")
    why: str

    @model_validator(mode="after")
    def _one_period(self) -> Self:
        periods = (self.days is not None) + bool(self.setting)
        if periods != (self.action != "keep"):
            raise ValueError(f"{self.kind}: days or a setting, and neither if it is kept")
        return self

    @property
    def period(self) -> timedelta:
        """How long it is kept.

        Raises:
            ValueError: if it is kept for good.
        """
        days = getattr(settings(), self.setting) if self.setting else self.days
        if days is None:
            raise ValueError(f"{self.kind} is kept")
        return timedelta(days=days)

    def before(self, at: datetime) -> datetime:
        """What is older than this has had its time at the moment `at`."""
        return at - self.period


@lru_cache
def rules() -> dict[str, Rule]:
    """The rules by kind.

    Raises:
        pydantic.ValidationError: if one does not fit.
        ValueError: if a kind stands there twice.
    """
    read = yaml_files.read(FILE)["kinds"]
    found = [Rule.model_validate(one) for one in read]
    if len({one.kind for one in found}) < len(found):
        raise ValueError("a kind stands in data/retention.yml twice")
    return {one.kind: one for one in found}
