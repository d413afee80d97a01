"""The shapes of requests, shared with the dialogue."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from onestop.schemas import Accepted, FieldView, Line, Refusal


class Answer(BaseModel):
    """A checked answer as the service gave it: JSON-able, with how it is read out."""

    value: Any
    display: str


class RequestState(BaseModel):
    """A request that is being made; who asks keeps it between the steps.

    `subject` is what it is about, as a grant (onestop.dossiers.grants), or empty; `asked` is a field to
    be asked again; `attempt` counts the refusals of the present one. `opened`: a step was made already.
    """

    kind: str
    subject: str = ""
    answers: dict[str, Answer] = {}
    skipped: list[str] = []
    asked: str | None = None
    attempt: int = 0
    opened: bool = False


class RequestStep(BaseModel):
    """One step: nothing (look), `text` as an answer, `skip`, `undo`, a correction's `phrase`, or first words.

    `opening` is what the citizen began with; whatever it tells already is not asked again.
    """

    asker: str
    state: RequestState
    text: str | None = None
    phrase: str | None = None
    opening: str | None = None
    skip: bool = False
    undo: bool = False


class RequestView(BaseModel):
    """Where the request stands; `field` is what is asked next, `None` when all is answered.

    `lines` are the summary, to be agreed to if `confirm`; `facts` what the kind tells of it (a fee, say).
    """

    state: RequestState
    title: str
    field: FieldView | None
    confirm: bool = True
    accepted: list[Accepted] = []
    taken_back: list[Accepted] = []
    refusal: Refusal | None = None
    matches: list[FieldView] = []
    lines: list[Line] = []
    statement: str = ""
    facts: dict[str, Any] = {}


class RequestSubmission(BaseModel):
    """Submit a complete request."""

    asker: str
    channel: str
    state: RequestState


class RequestDone(BaseModel):
    """What a request became; `facts` are the kind's."""

    code: str
    facts: dict[str, Any] = {}
