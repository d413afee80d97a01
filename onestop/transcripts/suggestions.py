"""Corrections of how messages were understood. One reviewer proposes, a second person decides.

What is approved becomes training examples, search synonyms and the like (`approved`): nothing is learnt from
one person's word.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.database import now
from onestop.staff import audit
from onestop.staff.scope import Scope
from onestop.transcripts.models import Suggestion, Turn
from onestop.transcripts.reviewing import get_turn
from onestop.transcripts.schemas import (
    State,
    SuggestionNew,
    SuggestionPage,
    SuggestionView,
)

PAGE = 50


class NotDecidedError(Exception):
    """A decision that is not taken: `reason` is `same_person` or `decided` (somebody was first)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WordsMissingError(Exception):
    """The words that an entity is to stand for are not in the message as it is shown."""


def propose(
    session: Session, scope: Scope, actor: str, turn: int, new: SuggestionNew
) -> SuggestionView:
    """Propose a correction of a turn; the turn counts as misunderstood from then on.

    Raises:
        LookupError: if there is no such turn.
        WordsMissingError: if an entity's words are not in the message.
    """
    one = get_turn(session, scope, turn)
    value: dict[str, object] = {new.kind: new.value}
    was = one.intent
    if new.kind == "procedure":
        was = str(one.candidates[0]["code"]) if one.candidates else ""
    elif new.kind == "entity":
        start = one.text.find(new.written) if new.written else -1
        if start < 0:
            raise WordsMissingError
        value |= {"value": new.written, "start": start, "end": start + len(new.written)}
        was = ", ".join(str(entity["entity"]) for entity in one.entities)[:200]
    suggestion = Suggestion(
        turn_id=one.id,
        kind=new.kind,
        text=one.text,
        was=was,
        value=value,
        state="pending",
        proposed_by=actor,
        proposed_at=now(),
        decided_by="",
        reason="",
    )
    session.add(suggestion)
    if one.correct is None:
        one.correct, one.judged_by, one.judged_at = False, actor, now()
    session.flush()
    audit.record(session, actor, "suggestion.proposed", f"suggestion:{suggestion.id}")
    return _view(suggestion, one.conversation_id)


def listed(session: Session, state: State, before: int | None = None) -> SuggestionPage:
    """Suggestions of a state, the newest first."""
    query = (
        select(Suggestion, Turn.conversation_id)
        .outerjoin(Turn, Turn.id == Suggestion.turn_id)
        .where(Suggestion.state == state)
        .order_by(Suggestion.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Suggestion.id < before)
    found = [_view(one, conversation) for one, conversation in session.execute(query)]
    return SuggestionPage(
        suggestions=found[:PAGE], before=found[PAGE - 1].id if len(found) > PAGE else None
    )


def approve(session: Session, actor: str, suggestion: int) -> None:
    """Take a correction; whoever proposed it may not.

    Raises:
        LookupError: if there is none.
        NotDecidedError: if it is not taken.
    """
    _decide(session, actor, suggestion, "approved", "")


def reject(session: Session, actor: str, suggestion: int, reason: str) -> None:
    """Refuse a correction with a reason; who proposed it may withdraw it so.

    Raises:
        LookupError: if there is none.
        NotDecidedError: if somebody has decided already.
    """
    _decide(session, actor, suggestion, "rejected", reason)


def approved(session: Session) -> list[SuggestionView]:
    """All approved corrections in the order of their approval, for whoever learns from them."""
    query = (
        select(Suggestion, Turn.conversation_id)
        .outerjoin(Turn, Turn.id == Suggestion.turn_id)
        .where(Suggestion.state == "approved")
        .order_by(Suggestion.decided_at, Suggestion.id)
    )
    return [_view(one, conversation) for one, conversation in session.execute(query)]


def _decide(session: Session, actor: str, suggestion: int, state: State, reason: str) -> None:
    one = session.get(Suggestion, suggestion)
    if one is None:
        raise LookupError(suggestion)
    if state == "approved" and one.proposed_by == actor:
        raise NotDecidedError("same_person")
    # In one statement, so that of two who decide at once one is told that it was decided.
    deciding = (
        update(Suggestion)
        .where(Suggestion.id == suggestion, Suggestion.state == "pending")
        .values(state=state, decided_by=actor, decided_at=now(), reason=reason)
        .returning(Suggestion.id)
    )
    if session.execute(deciding).first() is None:
        raise NotDecidedError("decided")
    audit.record(session, actor, f"suggestion.{state}", f"suggestion:{suggestion}", reason=reason)


def _view(one: Suggestion, conversation: int | None) -> SuggestionView:
    return SuggestionView.model_validate(
        {
            **{
                name: getattr(one, name)
                for name in SuggestionView.model_fields
                if name not in ("turn", "conversation")
            },
            "turn": one.turn_id,
            "conversation": conversation,
        }
    )
