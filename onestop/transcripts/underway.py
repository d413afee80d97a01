"""Conversations that go on now: what an agent sees of them before joining one, which is not a word of them.

Only these can be joined, and the citizen is told: it is no way to read what was said once. An agent sees those
of the account's agencies and those that are about no procedure yet: another rule than a reviewer's
(`listing.visible`), for who has not come to the point yet may need help as well.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, or_, select, true
from sqlalchemy.orm import Session

from onestop.catalogue.models import ProcedureRecord
from onestop.staff import audit
from onestop.staff.schemas import GOES_ON, Joined, UnderWay
from onestop.staff.scope import Scope
from onestop.transcripts.models import Conversation

LONGEST = timedelta(hours=12)
"""Of a conversation: what began earlier is not looked through."""

MOST = 30


def _visible(scope: Scope) -> ColumnElement[bool]:
    if scope.agencies is None:
        return true()
    agency = ProcedureRecord.agency
    return or_(agency.is_(None), agency == "", scope.where(agency))


def _going_on(scope: Scope, at: datetime) -> Select[Conversation, str, str]:
    """Conversations that go on, in a scope, each with its procedure's name and agency."""
    return (
        select(Conversation, ProcedureRecord.name, ProcedureRecord.agency)
        .outerjoin(ProcedureRecord, ProcedureRecord.code == Conversation.procedure)
        .where(
            _visible(scope),
            Conversation.started_at > at - LONGEST,
            Conversation.last_at > at - GOES_ON,
        )
    )


def listed(session: Session, scope: Scope, at: datetime) -> list[UnderWay]:
    """The conversations that go on at a moment, the last to speak first; `MOST` at most."""
    newest = (
        _going_on(scope, at)
        .order_by(Conversation.last_at.desc(), Conversation.id.desc())
        .limit(MOST)
    )
    return [_view(row) for row in session.execute(newest)]


def _view(row: Row[Conversation, str, str]) -> UnderWay:
    one, name, _ = row
    return UnderWay(
        id=one.id,
        sender=one.owner,
        channel=one.channel,
        started_at=one.started_at,
        last_at=one.last_at,
        turn_count=one.turn_count,
        fallbacks=one.fallbacks,
        procedure=name or "",
        filling=one.outcome == "started",
    )


def join(session: Session, scope: Scope, actor: str, conversation: int, at: datetime) -> Joined:
    """Let an agent into a conversation: an entry of the audit, and what the gateway must know.

    Args:
        session: a transaction that writes.
        scope: what the account may see.
        actor: the account's name.
        conversation: its number.
        at: now.

    Raises:
        LookupError: if no such conversation of the scope goes on.
    """
    query = _going_on(scope, at).where(Conversation.id == conversation)
    found = session.execute(query).first()
    if found is None:
        raise LookupError(conversation)
    one, name, agency = found
    audit.record(session, actor, "conversation.joined", f"conversation:{one.id}")
    return Joined(sender=one.owner, agency=agency or "", procedure=name or "")
