"""The shapes in which `/staff/transcripts/…` speaks; the console's pages know these and no table."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Outcome = Literal["asked", "started", "left", "submitted"]
Kind = Literal["intent", "entity", "procedure"]
State = Literal["pending", "approved", "rejected"]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40)
]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=400)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w.]{2,64}$")]


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Day = Annotated[date | None, BeforeValidator(_blank_is_none)]
Stars = Annotated[Annotated[int, Field(ge=1, le=5)] | None, BeforeValidator(_blank_is_none)]
Choice = Annotated[bool | None, BeforeValidator(_blank_is_none)]


class Filter(BaseModel):
    """Which conversations, as it stands in a page's address; what is empty does not count.

    `unsure`: understood with little confidence somewhere; `outcome` left: a draft was started and not sent.
    """

    model_config = ConfigDict(extra="ignore")

    q: Words = ""
    since: Day = None
    until: Day = None
    channel: Words = ""
    procedure: Words = ""
    intent: Words = ""
    field: Words = ""
    outcome: Annotated[Outcome | None, BeforeValidator(_blank_is_none)] = None
    label: Words = ""
    assigned: Words = ""
    stars: Stars = None
    unsure: Choice = None
    fallback: Choice = None
    handed_over: Choice = None
    reviewed: Choice = None


class ConversationRow(BaseModel):
    """A conversation in a list; `opening` is its first message, masked."""

    id: int
    channel: str
    started_at: datetime
    last_at: datetime
    turn_count: int
    fallbacks: int
    lowest_confidence: float | None
    procedure: str
    procedure_name: str
    outcome: Outcome
    field: str
    stars: int | None
    handed_over: bool
    assigned: str
    reviewed_by: str
    reviewed_at: datetime | None
    labels: list[str]
    opening: str = ""


class Piece(BaseModel):
    """A piece of a text, and whether the search found it."""

    text: str
    found: bool


class Hit(BaseModel):
    """A turn that a search found, with its conversation."""

    turn: int
    number: int
    at: datetime
    text: list[Piece]
    reply: list[Piece]
    conversation: ConversationRow


class Listing(BaseModel):
    """A page of conversations, or of found turns where words were searched; `before`: where the next begins."""

    conversations: list[ConversationRow] = []
    hits: list[Hit] = []
    before: int | None = None


class NoteView(BaseModel):
    """A reviewer's remark."""

    author: str
    text: str
    at: datetime


class TurnView(BaseModel):
    """A turn, masked. `suggestions`: kinds of corrections that have been proposed for it."""

    id: int
    number: int
    at: datetime
    text: str
    reply: str
    free: bool
    intent: str
    confidence: float | None
    alternatives: list[dict[str, Any]]
    entities: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    actions: list[str]
    answered: str
    fallback: bool
    latency_ms: int | None
    correct: bool | None
    judged_by: str
    notes: list[NoteView]
    suggestions: list[str]


class Part(BaseModel):
    """A part of a conversation: its turns from `first` on; `after`: the number after which the next begins."""

    conversation: ConversationRow
    turns: list[TurnView]
    after: int | None


class ClearTurn(BaseModel):
    """A turn as it was said."""

    number: int
    text: str
    reply: str


class Look(BaseModel):
    """Why the clear text is needed, and the turns' numbers."""

    reason: Reason
    first: int = Field(ge=1)
    last: int = Field(ge=1)


class NoteNew(BaseModel):
    """A remark on a turn."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Marks(BaseModel):
    """What is set on a conversation; what is left out stays."""

    reviewed: bool | None = None
    assigned: Annotated[str, StringConstraints(max_length=64)] | None = None
    add_label: Label | None = None
    remove_label: Label | None = None


class Judgement(BaseModel):
    """Whether a turn was understood; `sampled`: it was judged because the lot fell on it."""

    correct: bool
    sampled: bool = False


class Waiting(BaseModel):
    """A turn of a queue with its conversation."""

    turn: TurnView
    conversation: int


class Quality(BaseModel):
    """How many of the turns judged by lot were understood: the share with its 95 % interval (Wilson)."""

    judged: int
    correct: int
    share: float | None
    low: float
    high: float


class SuggestionNew(BaseModel):
    """A correction: `value` is the intent, the procedure's code, or the entity's name.

    For an entity, `written`: the words that it stands for; `meant`: its value as it is written usually
    ("bê hai": "B2"), where the words themselves do not show it.
    """

    kind: Kind
    value: Name
    written: Words = ""
    meant: Words = ""


class SuggestionView(BaseModel):
    """A correction and what became of it."""

    id: int
    turn: int | None
    conversation: int | None
    kind: Kind
    text: str
    was: str
    value: dict[str, Any]
    state: State
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str


class SuggestionPage(BaseModel):
    """Corrections, the newest first; `before`: where the next page begins."""

    suggestions: list[SuggestionView]
    before: int | None


class Refusing(BaseModel):
    """Why a correction is not taken."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class GroupExample(BaseModel):
    """A message of a group, masked, and how often it was said."""

    text: str
    count: int


class GroupRow(BaseModel):
    """Misunderstood messages of a week (its Monday) that say much the same.

    `name`: its most telling words; `before`: how many such messages there were the week before.
    """

    id: int
    week: date
    name: str
    count: int
    before: int
    examples: list[GroupExample]


class GroupPage(BaseModel):
    """The groups of a week, the largest first; `weeks`: all that there are, the newest first."""

    week: date | None
    weeks: list[date]
    groups: list[GroupRow]


class GroupView(BaseModel):
    """A group with a part of its messages; `after`: behind which place the next begins.

    `pending`: corrections of its messages that the asker may approve.
    """

    group: GroupRow
    turns: list[Waiting]
    after: int | None
    pending: int


class GroupCorrection(BaseModel):
    """A correction of all messages of a group; `value` as in `SuggestionNew`."""

    kind: Literal["intent", "procedure"]
    value: Name


class GroupDone(BaseModel):
    """How many corrections were proposed or approved."""

    count: int


class GroupWanted(BaseModel):
    """Of which week, by its Monday."""

    model_config = ConfigDict(extra="ignore")

    week: Day = None


class Export(BaseModel):
    """What is to be exported, and how; the clear text only with a reason."""

    filter: Filter
    format: Literal["csv", "jsonl"]
    clear: bool = False
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""


class Choices(BaseModel):
    """What may be chosen on the pages."""

    intents: list[str]
    entities: list[str]
    channels: list[str]
    labels: list[str]


class Period(BaseModel):
    """From a day to a day, both counted; without one it is open."""

    model_config = ConfigDict(extra="ignore")

    since: Day = None
    until: Day = None


class SuggestionWanted(BaseModel):
    """Which corrections are listed."""

    model_config = ConfigDict(extra="ignore")

    state: State = "pending"
