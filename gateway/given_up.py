"""What the gateway gave up, for staff to see and to try again: messages not answered, replies not sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from common.database import now
from gateway.models import Direction, Message, State


class GivenUp(BaseModel):
    """One message, without who it is of and what it says."""

    model_config = ConfigDict(frozen=True)

    id: int
    channel: str
    kind: str
    attempts: int
    since: datetime
    reason: str


def listed(session: Session, held: bool = False) -> list[GivenUp]:
    """What was given up, oldest first; with `held` also what waits for a citizen's next visit."""
    # Written into the statement, not bound: SQLite uses a partial index only when it sees the value.
    states = [State.FAILED, State.HELD] if held else [State.FAILED]
    wanted = or_(*(Message.state == literal(one.value, literal_execute=True) for one in states))
    rows = session.scalars(select(Message).where(wanted).order_by(Message.id))
    return [
        GivenUp(
            id=row.id,
            channel=row.channel,
            kind=_kind(row),
            attempts=row.attempts,
            since=row.created_at,
            reason=row.reason or "",
        )
        for row in rows
    ]


def _kind(row: Message) -> str:
    if row.state == State.HELD:
        return "held for the next visit"
    return "not answered" if row.direction == Direction.INCOMING else "not sent"


def retry(session: Session, numbers: Sequence[int]) -> list[int]:
    """Put messages back to work; the numbers under which nothing was given up."""
    missing = []
    for number in numbers:
        row = session.get(Message, number, with_for_update=True)
        if row is None or row.state != State.FAILED:
            missing.append(number)
            continue
        incoming = row.direction == Direction.INCOMING
        row.state = State.WAITING if incoming else State.UNSENT
        row.attempts, row.due_at, row.reason = 0, now(), None
    return missing
