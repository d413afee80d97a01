"""Complaints, suggestions and ratings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

ComplaintState = Literal["received", "forwarded", "answered", "out_of_scope"]


class ComplaintCheck(BaseModel):
    """What a sender answered to a question of a complaint; `attempt` counts its refusals in a row, from 1."""

    field: Literal["name", "phone"]
    text: str
    attempt: int = Field(default=1, ge=1)


class ComplaintAnswer(BaseModel):
    """An answer as it was understood: kept as `value`, read back as `display`."""

    value: str
    display: str


class ComplaintRequest(BaseModel):
    """A complaint or suggestion; a repeat with the same `request` is the same one."""

    owner: str
    channel: str
    request: str = Field(min_length=16, max_length=64)
    content: list[str] = Field(min_length=1)
    about: str = ""
    file_ids: list[str] = []
    name: str
    phone: str


class ComplaintStep(BaseModel):
    """One line of a complaint's history."""

    at: datetime
    state: ComplaintState
    note: str


class ComplaintView(BaseModel):
    """A complaint as its sender may see it; the days are the last ones for each."""

    code: str
    state: ComplaintState
    received_at: datetime
    forward_by: date
    answer_by: date
    content: str
    about: str
    files: int
    history: list[ComplaintStep]


class RatingLevel(BaseModel):
    """One of the five levels."""

    stars: int
    name: str


class RatingOffer(BaseModel):
    """A finished dossier that this asker may rate; `grant` lets it. `stars` if it was rated already."""

    code: str
    procedure: str
    grant: str
    levels: list[RatingLevel]
    stars: int | None = None


class RatingRequest(BaseModel):
    """Rate a dossier; `grant` as `RatingOffer` gave it to this asker. Without `reason`: as it was."""

    asker: str
    channel: str
    grant: str
    stars: int = Field(ge=1, le=5)
    reason: str | None = None


class RatingView(BaseModel):
    """A rating as it stands; `reason_wanted`: low, and nothing was said of why yet."""

    code: str
    stars: int
    name: str
    reason: str
    reason_wanted: bool
    criteria: list[str]
    changed: bool
