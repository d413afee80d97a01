"""The inbox: a citizen's message is kept here before Rasa sees it.

keep (a repeat is dropped) → claim (one at a time per citizen, in parallel between citizens, by any
of several workers) → answer | postpone | fail. A claim holds until its lease ends; then another
worker takes over, and what the first one still brings is not accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from common.database import now
from gateway.models import Direction, Message, State

# Written into the statement, not bound: SQLite uses a partial index only when it can see the value.
_WAITING = literal(State.WAITING.value, literal_execute=True)
_PROCESSING = literal(State.PROCESSING.value, literal_execute=True)


class TooManyMessagesError(Exception):
    """A citizen sends faster than the limit; nothing was kept."""


class ClaimLostError(Exception):
    """The lease ended and another worker has the message; nothing was written."""


@dataclass(frozen=True)
class Turn:
    """A claimed message: what the worker needs to get it answered."""

    id: int
    sender: str
    channel: str
    body: dict[str, Any]
    attempts: int
    notified: bool
    worker: str


def keep(
    session: Session, sender: str, channel: str, key: str, body: dict[str, Any], per_minute: int
) -> tuple[int, bool]:
    """Keep a message, once, in one statement.

    Args:
        session: an open transaction.
        sender: who speaks.
        channel: the channel's name.
        key: the client's id of the message, unique for the sender.
        body: {"text", "payload", "attachments"}.
        per_minute: how many new messages a sender may send in a minute.

    Returns:
        The message's number, and whether it is new (`False`: a repeat, the first one counts).

    Raises:
        TooManyMessagesError: if this one is beyond the limit.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    moment = now()
    statement = (
        insert(Message)
        .values(
            sender=sender,
            channel=channel,
            direction=Direction.INCOMING,
            key=key,
            body=body,
            state=State.WAITING,
            attempts=0,
            notified=False,
            due_at=moment,
            created_at=moment,
        )
        .on_conflict_do_nothing(index_elements=["sender", "key"])
        .returning(Message.id)
    )
    number = session.scalar(statement)
    if number is None:
        first = select(Message.id).where(Message.sender == sender, Message.key == key)
        return session.scalars(first).one(), False
    recent = select(func.count()).where(
        Message.sender == sender,
        Message.direction == Direction.INCOMING,
        Message.created_at > moment - timedelta(minutes=1),
    )
    if (session.scalar(recent) or 0) > per_minute:
        raise TooManyMessagesError
    return number, True


def claim(session: Session, worker: str, limit: int, lease_seconds: float) -> list[Turn]:
    """Take up to `limit` messages that are due, at most one of each sender, oldest first.

    A message is free when no earlier one of its sender waits (a postponed one keeps its place) and
    none is being processed. Messages whose lease has ended become free first.
    """
    moment = now()
    session.execute(
        update(Message)
        .where(Message.state == _PROCESSING, Message.lease_until < moment)
        .values(state=State.WAITING, worker=None)
    )
    # Both read the small partial indexes only, however long the history is.
    first_of_each = select(func.min(Message.id)).where(Message.state == _WAITING)
    in_turn = select(Message.sender).where(Message.state == _PROCESSING)
    free = (
        select(Message.id)
        .where(
            # Looked at again once the row is locked: another worker may have taken it meanwhile.
            Message.state == _WAITING,
            Message.id.in_(first_of_each.group_by(Message.sender)),
            Message.sender.not_in(in_turn),
            Message.due_at <= moment,
        )
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(free), Message.state == _WAITING)
        .values(
            state=State.PROCESSING,
            worker=worker,
            lease_until=moment + timedelta(seconds=lease_seconds),
            attempts=Message.attempts + 1,
        )
        .returning(Message)
        .execution_options(synchronize_session=False)
    ).all()
    return [
        Turn(row.id, row.sender, row.channel, row.body, row.attempts, row.notified, worker)
        for row in sorted(taken, key=lambda row: row.id)
    ]


def answer(session: Session, turn: Turn, replies: list[dict[str, Any]]) -> list[Message]:
    """Close a turn with its replies.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    _release(session, turn, state=State.ANSWERED)
    return _reply(session, turn, replies)


def fail(session: Session, turn: Turn, notice: dict[str, Any]) -> list[Message]:
    """Give a turn up and tell the citizen so.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    _release(session, turn, state=State.FAILED)
    return _reply(session, turn, [notice])


def postpone(
    session: Session, turn: Turn, delay_seconds: float, notice: dict[str, Any]
) -> list[Message]:
    """Put a turn back for a later try; the citizen gets `notice` unless it was given before.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    due = now() + timedelta(seconds=delay_seconds)
    _release(session, turn, state=State.WAITING, due_at=due)
    return notify(session, turn, notice)


def notify(session: Session, turn: Turn, notice: dict[str, Any]) -> list[Message]:
    """Tell the citizen of a delay, once a message."""
    told = session.execute(
        update(Message)
        .where(Message.id == turn.id, Message.notified.is_(False))
        .values(notified=True)
        .returning(Message.id)
    ).first()
    return _reply(session, turn, [notice]) if told else []


def release(session: Session, worker: str) -> None:
    """Free at once what a worker that stops still holds; the try does not count."""
    session.execute(
        update(Message)
        .where(Message.state == _PROCESSING, Message.worker == worker)
        .values(state=State.WAITING, worker=None, attempts=Message.attempts - 1)
    )


def _release(session: Session, turn: Turn, **values: Any) -> None:
    held = session.execute(
        update(Message)
        .where(
            Message.id == turn.id,
            Message.state == _PROCESSING,
            Message.worker == turn.worker,
            Message.attempts == turn.attempts,
        )
        .values(worker=None, lease_until=None, **values)
        .returning(Message.id)
    ).first()
    if held is None:
        raise ClaimLostError


def _reply(session: Session, turn: Turn, bodies: list[dict[str, Any]]) -> list[Message]:
    rows = [
        Message(
            sender=turn.sender,
            channel=turn.channel,
            direction=Direction.OUTGOING,
            body=body,
            reply_to=turn.id,
        )
        for body in bodies
    ]
    session.add_all(rows)
    session.flush()
    return rows
