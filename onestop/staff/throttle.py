"""Tries are counted before they are judged, in one statement, so that no burst of them gets past the limit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from onestop.staff.models import StaffAttempts


def key(kind: str, value: str) -> str:
    """A key that tells nothing of an address or a name that was typed."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:40]}"


def reserve(
    session: Session, limits: Mapping[str, int], at: datetime, window: timedelta
) -> datetime | None:
    """Count a try under each key.

    Args:
        session: the transaction; it must be committed also if the try is refused.
        limits: how many tries each key has in a window.
        at: now.
        window: for how long tries count, from the first on.

    Returns:
        None if the try may be made; else when the next may.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    waits = []
    for name, limit in sorted(limits.items()):  # in one order: two tries never wait crosswise
        over = StaffAttempts.since <= at - window
        counted = (
            insert(StaffAttempts)
            .values(key=name, count=1, since=at)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "count": case((over, 1), else_=StaffAttempts.count + 1),
                    "since": case((over, at), else_=StaffAttempts.since),
                },
            )
            .returning(StaffAttempts.count, StaffAttempts.since)
        )
        count, since = session.execute(counted).one()
        if count > limit:
            waits.append(since + window)
    return max(waits, default=None)


def forget(session: Session, name: str) -> None:
    """Forget the tries of a key, after a success."""
    session.execute(delete(StaffAttempts).where(StaffAttempts.key == name))


def give_back(session: Session, name: str) -> None:
    """Forget one try of a key: an office's successful log-ins must not lock its address."""
    fewer = update(StaffAttempts).where(StaffAttempts.key == name, StaffAttempts.count > 0)
    session.execute(fewer.values(count=StaffAttempts.count - 1))


def sweep(session: Session, at: datetime, window: timedelta) -> int:
    """Delete tries that count no more; returns how many keys."""
    old = delete(StaffAttempts).where(StaffAttempts.since <= at - window)
    return len(session.scalars(old.returning(StaffAttempts.key)).all())
