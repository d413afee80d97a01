"""Corrections of how messages were understood. One reviewer proposes, a second person decides.

What is approved becomes training examples, search synonyms and the like (`approved`): nothing is learnt from
one person's word.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, select, true, update
from sqlalchemy.orm import Session

from bot.nlu.spans import read_value
from common.database import now
from onestop.staff import audit
from onestop.staff.scope import Scope
from onestop.transcripts import listing
from onestop.transcripts.models import Conversation, Suggestion, Turn
from onestop.transcripts.reviewing import get_turn
from onestop.transcripts.schemas import (
    Kind,
    State,
    SuggestionNew,
    SuggestionPage,
    SuggestionView,
)

PAGE = 50
FALLBACK = "nlu_fallback"


class NotDecidedError(Exception):
    """A decision that is not taken: `reason` is `same_person` or `decided` (somebody was first)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WordsMissingError(Exception):
    """The words that an entity is to stand for are not in the message as it is shown."""


class ValueMissingError(Exception):
    """Neither the words nor what they are said to mean can be read as such an entity."""


class UnknownNameError(Exception):
    """There is no intent, or no entity, of that name."""


def visible(scope: Scope) -> ColumnElement[bool]:
    """Corrections of conversations that an account may see; of one that was erased, whoever sees all."""
    if scope.agencies is None:
        return true()
    seen = select(Turn.id).join(Conversation, Conversation.id == Turn.conversation_id)
    return Suggestion.turn_id.in_(seen.where(listing.visible(scope)))


def check_name(kind: Kind, name: str) -> None:
    """Raise `UnknownNameError` if the dialogue has no such intent or entity."""
    if kind != "procedure" and name not in listing.names()[kind]:
        raise UnknownNameError


def propose(
    session: Session, scope: Scope, actor: str, turn: int, new: SuggestionNew
) -> SuggestionView:
    """Propose a correction of a turn; the turn counts as misunderstood from then on.

    Raises:
        LookupError: if there is no such turn.
        UnknownNameError: if there is no such intent or entity.
        WordsMissingError: if an entity's words are not in the message.
        ValueMissingError: if what an entity's words mean cannot be read.
    """
    one = get_turn(session, scope, turn)
    check_name(new.kind, new.value)
    value: dict[str, object] = {new.kind: new.value}
    was = one.intent
    if new.kind == "procedure":
        was = str(one.candidates[0]["code"]) if one.candidates else ""
    elif new.kind == "entity":
        value |= _place(one, new)
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


def _place(turn: Turn, new: SuggestionNew) -> dict[str, object]:
    """Where an entity stands, what it means if its words do not show it, what the message was taken for."""
    start = turn.text.find(new.written) if new.written else -1
    if start < 0:
        raise WordsMissingError
    # A mask stands for what was read once; the day only counts for "hôm qua".
    masked = "‹" in new.written and not new.meant
    value = read_value(new.value, new.meant or new.written, date(2000, 1, 1))
    if value is None and not masked:
        raise ValueMissingError
    return {
        "value": new.written,
        "start": start,
        "end": start + len(new.written),
        "intent": "" if turn.intent == FALLBACK else turn.intent,
        **({"meant": value} if new.meant else {}),
    }


def _with_conversations() -> Select[Suggestion, int]:
    query = select(Suggestion, Turn.conversation_id)
    return query.outerjoin(Turn, Turn.id == Suggestion.turn_id)


def listed(
    session: Session, scope: Scope, state: State, before: int | None = None
) -> SuggestionPage:
    """Suggestions of a state that an account may see, the newest first."""
    query = (
        _with_conversations()
        .where(Suggestion.state == state, visible(scope))
        .order_by(Suggestion.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Suggestion.id < before)
    found = [_view(one, conversation) for one, conversation in session.execute(query)]
    return SuggestionPage(
        suggestions=found[:PAGE], before=found[PAGE - 1].id if len(found) > PAGE else None
    )


def approve(session: Session, scope: Scope, actor: str, suggestion: int) -> None:
    """Take a correction; whoever proposed it may not.

    Raises:
        LookupError: if there is none.
        NotDecidedError: if it is not taken.
    """
    _decide(session, scope, actor, suggestion, "approved", "")


def reject(session: Session, scope: Scope, actor: str, suggestion: int, reason: str) -> None:
    """Refuse a correction with a reason; who proposed it may withdraw it so.

    Raises:
        LookupError: if there is none.
        NotDecidedError: if somebody has decided already.
    """
    _decide(session, scope, actor, suggestion, "rejected", reason)


def approved(session: Session) -> list[SuggestionView]:
    """All approved corrections in the order of their approval, for whoever learns from them."""
    query = (
        _with_conversations()
        .where(Suggestion.state == "approved")
        .order_by(Suggestion.decided_at, Suggestion.id)
    )
    return [_view(one, conversation) for one, conversation in session.execute(query)]


def _decide(
    session: Session, scope: Scope, actor: str, suggestion: int, state: State, reason: str
) -> None:
    one = session.scalar(select(Suggestion).where(Suggestion.id == suggestion, visible(scope)))
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
