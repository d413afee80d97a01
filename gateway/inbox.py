"""The inbox: a citizen's message is kept here before Rasa sees it.

keep (a repeat is dropped) → claim (one at a time per citizen, in parallel between citizens, by any
of several workers) → answer | postpone | fail. A claim holds until its lease ends; then another
worker takes over, and what the first one still brings is not accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from common.database import now
from gateway import outbox, queue
from gateway.models import Direction, Message, State


class TooManyMessagesError(Exception):
    """A citizen sends faster than the limit; nothing was kept."""


@dataclass(frozen=True)
class Turn:
    """A claimed message: what the worker needs to get it answered."""

    id: int
    sender: str
    channel: str
    body: dict[str, Any]
    attempts: int
    notified: bool
    kept_at: datetime
    worker: str

    @classmethod
    def of(cls, row: Message) -> Turn:
        """A row as the worker that holds it sees it."""
        return cls(
            row.id,
            row.sender,
            row.channel,
            row.body,
            row.attempts,
            row.notified,
            row.created_at,
            row.worker or "",
        )

    @property
    def key(self) -> str:
        """What Rasa knows the message by, the same at every try. A number alone may be given a second time
        where the database was restored from a copy.
        """
        return f"{self.id}.{self.kept_at:%Y%m%d%H%M%S}"


def keep(
    session: Session,
    sender: str,
    channel: str,
    key: str,
    body: dict[str, Any],
    per_minute: int,
    sent_at: int | None = None,
    wait_seconds: float = 0.0,
) -> tuple[int, bool]:
    """Keep a message, once, in one statement.

    Args:
        session: an open transaction.
        sender: who speaks.
        channel: the channel's name.
        key: the client's id of the message, unique for the sender.
        body: see `gateway.models.Message`.
        per_minute: how many new messages a sender may send in a minute.
        sent_at: when the platform says it was sent, in milliseconds; orders those that wait.
        wait_seconds: not handed over before, so that one sent earlier may still arrive.

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
            sent_at=sent_at,
            due_at=moment + timedelta(seconds=wait_seconds),
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


def claim(
    session: Session,
    worker: str,
    limit: int,
    lease_seconds: float = queue.LEASE_SECONDS,
    channels: Sequence[str] | None = None,
) -> list[Turn]:
    """Take up to `limit` messages that are due, at most one of each sender, oldest first."""
    found = queue.claim(session, queue.ANSWERING, worker, limit, lease_seconds, channels)
    return [Turn.of(row) for row in found]


def amend(session: Session, turn: Turn, body: dict[str, Any]) -> None:
    """Keep what was found out about a message on the way, so that a later try need not do it again.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    _hold(session, turn, body=body)


def answer(session: Session, turn: Turn, replies: list[dict[str, Any]]) -> list[Message]:
    """Close a turn with its replies.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    _hold(session, turn, state=State.ANSWERED)
    return _reply(session, turn, replies)


def fail(session: Session, turn: Turn, notice: dict[str, Any]) -> list[Message]:
    """Give a turn up and tell the citizen so.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    _hold(session, turn, state=State.FAILED)
    return _reply(session, turn, [notice])


def postpone(
    session: Session, turn: Turn, delay_seconds: float, notice: dict[str, Any]
) -> list[Message]:
    """Put a turn back for a later try; the citizen gets `notice` unless it was given before.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    due = now() + timedelta(seconds=delay_seconds)
    _hold(session, turn, state=State.WAITING, due_at=due)
    return notify(session, turn, notice)


def notify(session: Session, turn: Turn, notice: dict[str, Any]) -> list[Message]:
    """Tell the citizen of a delay, once a message.

    Not, if another worker took the message over meanwhile, or the answer came after all.
    """
    told = session.execute(
        update(Message)
        .where(
            Message.id == turn.id,
            Message.attempts == turn.attempts,
            Message.state.in_((State.PROCESSING, State.WAITING)),
            Message.notified.is_(False),
        )
        .values(notified=True)
        .returning(Message.id)
    ).first()
    return _reply(session, turn, [notice]) if told else []


def _hold(session: Session, turn: Turn, **values: Any) -> None:
    queue.hold(session, queue.ANSWERING, turn.id, turn.worker, turn.attempts, **values)


def _reply(session: Session, turn: Turn, bodies: list[dict[str, Any]]) -> list[Message]:
    return outbox.put(session, turn.sender, turn.channel, bodies, reply_to=turn.id)
