"""The shapes in which `/staff/complaints` and `/staff/ratings` speak; pages know these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from onestop.schemas import ComplaintState

STATES: tuple[ComplaintState, ...] = ("received", "forwarded", "answered", "out_of_scope")


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Filter(_Shape):
    """Which complaints: `state` "open" are all that wait; days in Vietnam, both included; before an id."""

    state: str = ""
    late: bool = False
    first: date | None = None
    last: date | None = None
    before: int | None = None


class ComplaintLine(_Shape):
    """A complaint in the list; `due` is the day by which the next step is to be done (None: it is done)."""

    id: int
    code: str
    state: ComplaintState
    channel: str
    received_at: datetime
    due: date | None
    late: bool
    dossier: str
    procedure: str
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
    """A complaint with who sent it; `next`: the states that may follow."""

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


class ComplaintPage(_Shape):
    """Complaints, the newest first; `before` asks for the next page."""

    lines: list[ComplaintLine]
    before: int | None
