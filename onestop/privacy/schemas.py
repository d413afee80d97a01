"""The shapes in which `/staff/retention` and `/staff/holds` speak; pages know these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from onestop.privacy.models import HoldKind
from onestop.privacy.rules import Action, Basis, Store

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RetentionLine(_Shape):
    """One kind of data: its rule, when it was last looked through, what went and what goes next.

    `days`: None where it is kept for good; `looked_at`: None where nobody looked lately; `gone`: rows in the
    last `RetentionPage.past` days; `soon`: rows within the next `RetentionPage.ahead` days, None where another
    store knows.
    """

    kind: str
    what: str
    since: str
    why: str
    store: Store
    days: int | None
    action: Action
    basis: list[Basis]
    on_request: bool
    looked_at: datetime | None
    gone: int
    soon: int | None


class HoldView(_Shape):
    """A legal hold; `conversation`: its number among the transcripts, where it stands on one that is there."""

    id: int
    kind: HoldKind
    subject: str
    conversation: int | None
    reason: str
    actor: str
    placed_at: datetime


class RetentionPage(_Shape):
    """All kinds of data with their rules, and the holds that stand; `past` and `ahead` in days."""

    past: int
    ahead: int
    lines: list[RetentionLine]
    holds: list[HoldView]
    may_hold: bool


class HoldNew(_Shape):
    """What is to be kept: a dossier by its code, a conversation by its number among the transcripts."""

    kind: HoldKind
    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    reason: Reason


class HoldReleased(_Shape):
    """Why something need not be kept any more."""

    reason: Reason
