"""What reviewers do: remarks, labels, marks; the queue of what teaches most, the fair sample and its figure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from common.database import insert_if_absent, now
from onestop.dossiers.calendar import VIETNAM
from onestop.staff.scope import Scope
from onestop.transcripts import listing
from onestop.transcripts.models import Conversation, ConversationLabel, Turn, TurnNote
from onestop.transcripts.schemas import Judgement, Marks, Quality, Waiting

Z = 1.959964
"""Of the normal distribution, for an interval that holds the true share 95 times in a hundred."""

QUEUE = 20


def get_turn(session: Session, scope: Scope, turn: int) -> Turn:
    """A turn of a conversation that the account may see.

    Raises:
        LookupError: if there is none.
    """
    found = session.get(Turn, turn)
    if found is None:
        raise LookupError(turn)
    listing.get(session, scope, found.conversation_id)
    return found


def note(session: Session, scope: Scope, actor: str, turn: int, text: str) -> None:
    """Put a remark on a turn; encrypted, as it may quote.

    Raises:
        LookupError: if there is no such turn.
    """
    session.add(TurnNote(turn_id=get_turn(session, scope, turn).id, author=actor, text=text))


def mark(session: Session, scope: Scope, actor: str, conversation: int, marks: Marks) -> None:
    """Set what is marked on a conversation.

    Raises:
        LookupError: if there is no such conversation.
    """
    one = listing.get(session, scope, conversation)
    if marks.reviewed is not None:
        one.reviewed_by = actor if marks.reviewed else ""
        one.reviewed_at = now() if marks.reviewed else None
    if marks.assigned is not None:
        one.assigned = marks.assigned
    if marks.add_label is not None:
        insert_if_absent(session, ConversationLabel, label=marks.add_label, conversation_id=one.id)
    if marks.remove_label is not None:
        one.labels = [label for label in one.labels if label.label != marks.remove_label]


def judge(session: Session, scope: Scope, actor: str, turn: int, judgement: Judgement) -> None:
    """Say whether a turn was understood.

    Raises:
        LookupError: if there is no such turn.
    """
    one = get_turn(session, scope, turn)
    # What the lot fell on stays part of the sample, also where it is judged anew.
    one.sampled = one.sampled or (judgement.sampled and one.correct is None)
    one.correct, one.judged_by, one.judged_at = judgement.correct, actor, now()


def _period(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found.append(Turn.at >= datetime.combine(since, time(), VIETNAM))
    if until is not None:
        found.append(Turn.at < datetime.combine(until, time(), VIETNAM) + timedelta(days=1))
    return found


def _waiting(
    session: Session,
    scope: Scope,
    conditions: list[ColumnElement[bool]],
    *order: ColumnElement[Any] | InstrumentedAttribute[Any],
) -> list[Waiting]:
    query = (
        select(Turn)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(Turn.free, Turn.correct.is_(None), listing.visible(scope), *conditions)
        .order_by(*order)
        .limit(QUEUE)
        .options(listing.NOTES)
    )
    found = list(session.scalars(query))
    views = listing.turn_views(session, found)
    return [
        Waiting(turn=view, conversation=turn.conversation_id)
        for turn, view in zip(found, views, strict=True)
    ]


def uncertain(
    session: Session, scope: Scope, since: date | None = None, until: date | None = None
) -> list[Waiting]:
    """The turns whose understanding was least sure and that nobody has judged, the least sure first."""
    period = _period(since, until)
    return _waiting(session, scope, period, Turn.uncertainty.desc(), Turn.id.desc())


def sample(
    session: Session, scope: Scope, since: date | None = None, until: date | None = None
) -> list[Waiting]:
    """The turns of a period that the lot falls on next. Judged in this order they are a fair sample."""
    return _waiting(session, scope, _period(since, until), Turn.lot)


def quality(
    session: Session, scope: Scope, since: date | None = None, until: date | None = None
) -> Quality:
    """The share of turns of a period that were understood, by those that were judged by lot."""
    query = (
        select(func.count(), func.coalesce(func.sum(case((Turn.correct.is_(True), 1), else_=0)), 0))
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(Turn.sampled, listing.visible(scope), *_period(since, until))
    )
    judged, correct = session.execute(query).one()
    low, high = wilson(correct, judged)
    share = correct / judged if judged else None
    return Quality(judged=judged, correct=correct, share=share, low=low, high=high)


def wilson(correct: int, judged: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson's score interval, good for small samples and extreme shares)."""
    if not judged:
        return 0.0, 1.0
    share = correct / judged
    middle = share + Z * Z / (2 * judged)
    spread = Z * sqrt(share * (1 - share) / judged + Z * Z / (4 * judged * judged))
    whole = 1 + Z * Z / judged
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
