"""The shapes in which `/staff/changes`, `/staff/kept` and the catalogue's changes speak; pages know these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

SHIPPED = 0  # stands for the shipped file among a document's revisions
DOCUMENT_CODE = r"[a-z][a-z0-9-]{1,62}"  # of a kept document: a form's id, or "all"
KeptKind = Literal["eform", "units", "calendar", "synonyms", "answers"]
ChangeKind = Literal["procedure", "eform", "units", "calendar", "synonyms", "answers"]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChangeView(_Shape):
    """A proposed change without its content; `name`: what people call the thing that is changed."""

    id: int
    kind: ChangeKind
    code: str
    name: str
    state: str
    note: str
    author: str
    proposed_at: datetime
    effective_from: date | None
    reviewer: str
    review_note: str
    reviewed_at: datetime | None


class ChangeWhole(_Shape):
    """A change with what it was made against and what it makes of it; `outdated`: another is current.

    `before` and `after` are contents of its kind: a procedure or a table as JSON, a text.
    """

    change: ChangeView
    before: str
    after: str
    outdated: bool


class Reason(_Shape):
    """Why something is changed, and the day from which it holds (None: once it is approved)."""

    note: Note
    effective_from: date | None = None


class ReviewNote(_Shape):
    """Why a change is rejected."""

    note: Note


class KeptNew(Reason):
    """A document's new content, against the revision that was seen (0: the shipped file)."""

    base: int
    content: str


class KeptLine(_Shape):
    """A document in the list of its kind; `waiting`: changes that wait for approval or for their day."""

    code: str
    title: str
    by_staff: bool
    waiting: int


class EFormLine(KeptLine):
    """An e-form in the list."""

    version: int
    procedures: list[str]
    fields: int


class KeptRevisionView(_Shape):
    """A document as staff kept it once; id 0: the shipped file."""

    id: int
    saved_at: datetime | None


class KeptView(_Shape):
    """A document as it stands, with its history, the newest first; the first one counts.

    `moved`: the project ships another one than the one over which staff have kept theirs.
    """

    kind: KeptKind
    code: str
    title: str
    content: str
    moved: bool
    history: list[KeptRevisionView]
    changes: list[ChangeView]


class KeptMoved(_Shape):
    """A document of which the project ships another one than the one over which staff have kept theirs."""

    kind: KeptKind
    code: str
    title: str


class KeptContent(_Shape):
    """A document's content in one revision."""

    content: str
