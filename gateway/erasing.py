"""Take rows away: all of a conversation that its citizen wants gone, or those whose time is over."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from gateway.handover.models import Handover
from gateway.models import Base, ChatSession, Message, State

AT_ONCE = 500
UNDER_WAY = (State.WAITING, State.PROCESSING, State.UNSENT, State.SENDING)
# By name in the one-stop service's data/retention.yml, which says for how long they are kept.
Kind = Callable[[datetime, Collection[str]], tuple[type[Base], ColumnElement[bool]]]


def busy(session: Session, sender: str) -> bool:
    """Whether something of the conversation is still to be answered or sent."""
    under_way = select(Message.id).where(Message.sender == sender, Message.state.in_(UNDER_WAY))
    return session.scalar(under_way.limit(1)) is not None


def erase(session: Session, sender: str) -> dict[str, int] | None:
    """Delete all that any table holds of a conversation, unless something of it is under way.

    Returns:
        How many rows of each table it was; `None`: nothing was deleted.
    """
    # What comes in from here on stays, and begins a new conversation.
    last = session.scalar(select(func.max(Message.id)).where(Message.sender == sender)) or 0
    if busy(session, sender):
        return None
    counts = {}
    for table in reversed(Base.metadata.sorted_tables):
        if "sender" in table.c:
            theirs = table.c.sender == sender
            if table is Message.__table__:
                theirs &= table.c.id <= last
            gone = session.execute(delete(table).where(theirs))
            counts[table.name] = gone.rowcount  # type: ignore[attr-defined]
    return counts


def _messages(before: datetime, held: Collection[str]) -> tuple[type[Base], ColumnElement[bool]]:
    settled = Message.state.is_(None) | Message.state.not_in(UNDER_WAY)
    return Message, (Message.created_at < before) & Message.sender.not_in(held) & settled


def _sessions(before: datetime, held: Collection[str]) -> tuple[type[Base], ColumnElement[bool]]:
    said = exists().where(Message.sender == ChatSession.sender, Message.created_at >= before)
    old = (ChatSession.created_at < before) & ChatSession.sender.not_in(held)
    return ChatSession, old & ~said


def _handovers(before: datetime, held: Collection[str]) -> tuple[type[Base], ColumnElement[bool]]:
    return Handover, (Handover.closed_at < before) & Handover.sender.not_in(held)


KINDS: dict[str, Kind] = {
    "messages": _messages,
    "chat_sessions": _sessions,
    "handovers": _handovers,
}


def expire_some(session: Session, kind: str, before: datetime, held: Collection[str]) -> int:
    """Delete some rows of a kind that are older than a moment; 0 when there are no more.

    Raises:
        KeyError: if there is no such kind.
    """
    model, due = KINDS[kind](before, held)
    key = model.__mapper__.primary_key[0]
    found = list(session.scalars(select(key).where(due).limit(AT_ONCE)))
    if model is Message:  # a younger answer may still name it
        named = update(Message).where(Message.reply_to.in_(found))
        session.execute(named.values(reply_to=None))
    session.execute(delete(model).where(key.in_(found)))
    return len(found)
