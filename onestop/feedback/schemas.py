"""The shapes in which `/staff/complaints` and `/staff/ratings` speak; pages know these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.database import INTEGER_MOST
from onestop.schemas import ComplaintState

STATES: tuple[ComplaintState, ...] = ("received", "forwarded", "answered", "out_of_scope")


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filter(_Shape):
    """Which complaints: `state` "open" are all that wait; days in Vietnam, both included; before an id.

    `nobodys`: only those of which nobody knows yet which agency's matter they are.
    """

    state: str = ""
    late: bool = False
    nobodys: bool = False
    first: date | None = None
    last: date | None = None
    before: Annotated[int, Field(ge=0, le=INTEGER_MOST)] | None = None


class ComplaintLine(_Shape):
    """A complaint in the list; `due` is the day by which the next step is to be done (None: it is done).

    `agency`: whose matter it is; "": nobody's yet.
    """

    id: int
    code: str
    state: ComplaintState
    channel: str
    received_at: datetime
    due: date | None
    late: bool
    dossier: str
    procedure: str
    agency: str
    files: int


class ComplaintFile(_Shape):
    """A file that came with a complaint."""

    id: str
    name: str
    content_type: str
    size: int


class ComplaintEventView(_Shape):
    """A step, by whom, and what its sender was told."""

    at: datetime
    state: ComplaintState
    actor: str
    note: str


class ComplaintWhole(_Shape):
    """A complaint with who sent it; `next`: the states that may follow.

    `agency_note`: what was said when its agency was; `assignable`: the agencies whose matter this account may
    say it is, none where the dossier says so.
    """

    line: ComplaintLine
    name: str
    phone: str
    about: str
    content: str
    forward_by: date
    answer_by: date
    files: list[ComplaintFile]
    history: list[ComplaintEventView]
    next: list[ComplaintState]
    agency_note: str
    assignable: list[str]


class RatingLine(_Shape):
    """A rating with its reason, without who gave it."""

    id: int
    rated_at: datetime
    dossier: str
    procedure: str
    stars: int
    reason: str


class ComplaintMove(_Shape):
    """A step with what its sender is told: the answer, to whom it went, or why it is out of scope."""

    state: ComplaintState
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class ComplaintAgency(_Shape):
    """Whose matter a complaint is, and why, for whoever gets it; its sender is not told."""

    agency: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class ComplaintPage(_Shape):
    """Complaints, the newest first; `before` asks for the next page."""

    lines: list[ComplaintLine]
    before: int | None
