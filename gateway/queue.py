"""How workers share the rows of `messages`: each is held by one of them, for as long as its lease lasts.

A worker renews the leases of what it holds, so a lease may be much shorter than a turn, and what a killed one
held is free again soon.

A stage has two states, `waiting` and `working`. A row is free when no earlier one of its citizen waits
at the same stage and none is worked on; the partial unique index of the working state makes a second one
of the same citizen impossible, whatever the workers do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, text, update
from sqlalchemy.orm import Session

from common.database import now
from gateway.models import Message, State

LEASE_SECONDS = 15.0
"""How long a claim holds without a word of its worker; as long as that a citizen waits when one was killed."""


class ClaimLostError(Exception):
    """The lease ended and another worker has the row; nothing was written."""


@dataclass(frozen=True)
class Stage:
    """The two states between which a row is claimed and released."""

    waiting: State
    working: State


ANSWERING = Stage(State.WAITING, State.PROCESSING)
SENDING = Stage(State.UNSENT, State.SENDING)


def _is(state: State) -> ColumnElement[bool]:
    # Written into the statement, not bound: SQLite uses a partial index only when it sees the value.
    return Message.state == literal(state.value, literal_execute=True)


def claim(
    session: Session,
    stage: Stage,
    worker: str,
    limit: int,
    lease_seconds: float = LEASE_SECONDS,
    channels: Sequence[str] | None = None,
) -> list[Message]:
    """Take up to `limit` rows that are due, at most one of each sender, oldest first.

    The oldest is the one that the platform's clock says was sent first, so that webhooks that overtook
    one another are put in order; where there is no such time, the one kept first. A postponed row keeps
    its place. Rows whose lease has ended become free first. With `channels`, only of these.
    """
    moment = now()
    session.execute(
        update(Message)
        .where(_is(stage.working), Message.lease_until < moment)
        .values(state=stage.waiting, worker=None)
    )
    # All read the small partial indexes only, however long the history is.
    place = func.row_number().over(
        partition_by=Message.sender, order_by=(func.coalesce(Message.sent_at, 0), Message.id)
    )
    waiting = select(Message.id, place.label("place")).where(_is(stage.waiting))
    if channels is not None:
        waiting = waiting.where(Message.channel.in_(channels))
    queued = waiting.subquery()
    in_work = select(Message.sender).where(_is(stage.working))
    free = (
        select(Message.id)
        .where(
            # Looked at again once the row is locked: another worker may have taken it meanwhile.
            _is(stage.waiting),
            Message.id.in_(select(queued.c.id).where(queued.c.place == 1)),
            Message.sender.not_in(in_work),
            Message.due_at <= moment,
        )
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # Not a subquery: PostgreSQL may run that again for each row, and each time its limit finds others.
        .cte("free")
    )
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(select(free.c.id)), _is(stage.waiting))
        .values(
            state=stage.working,
            worker=worker,
            lease_until=moment + timedelta(seconds=lease_seconds),
            attempts=Message.attempts + 1,
        )
        .returning(Message)
        .execution_options(synchronize_session=False)
    ).all()
    return sorted(taken, key=lambda row: row.id)


def hold(
    session: Session, stage: Stage, number: int, worker: str, attempts: int, /, **values: Any
) -> None:
    """Write to a row that `worker` still holds; `state=…` among the values lets it go.

    Raises:
        ClaimLostError: if another worker took it over meanwhile.
    """
    if values.get("state", stage.working) != stage.working:
        values = {"worker": None, "lease_until": None, **values}
    held = session.execute(
        update(Message)
        .where(
            Message.id == number,
            _is(stage.working),
            Message.worker == worker,
            Message.attempts == attempts,
        )
        .values(**values)
        .returning(Message.id)
    ).first()
    if held is None:
        raise ClaimLostError


def renew(
    session: Session, stage: Stage, worker: str, numbers: Collection[int], lease_seconds: float
) -> None:
    """Begin the leases of what a worker holds and is at anew."""
    session.execute(
        update(Message)
        .where(_is(stage.working), Message.worker == worker, Message.id.in_(numbers))
        .values(lease_until=now() + timedelta(seconds=lease_seconds))
    )


def release(session: Session, stage: Stage, worker: str) -> None:
    """Free at once what a worker that stops still holds; the try does not count."""
    session.execute(
        update(Message)
        .where(_is(stage.working), Message.worker == worker)
        .values(state=stage.waiting, worker=None, attempts=Message.attempts - 1)
    )


def length(session: Session, stage: Stage) -> int:
    """How many rows wait."""
    return session.scalar(select(func.count()).select_from(Message).where(_is(stage.waiting))) or 0


@dataclass(frozen=True)
class Depth:
    """How many messages of a channel are in a state, and how old the oldest of them is."""

    channel: str
    state: str
    count: int
    oldest_seconds: float


ON_THE_WAY = ("= 'waiting'", "= 'processing'", "= 'unsent'", "= 'sending'", "IN ('failed', 'held')")
"""As the partial indexes say it, so that each is read from its index, however long the history is."""


def depths(session: Session) -> list[Depth]:
    """What waits, is worked on, or was given up, by channel and state."""
    moment = now()
    found = []
    for states in ON_THE_WAY:
        rows = session.execute(
            select(Message.channel, Message.state, func.count(), func.min(Message.created_at))
            .where(text(f"state {states}"))
            .group_by(Message.channel, Message.state)
        )
        found += [
            Depth(channel, str(state), count, (moment - oldest).total_seconds())
            for channel, state, count, oldest in rows
        ]
    return found
