"""Take conversations out of the bot's database: one whose citizen wants so, or those whose time is over."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Engine, delete, func, select

from bot.tables import events, metadata

AT_ONCE = 200


def erase(engine: Engine, sender_id: str) -> int:
    """Delete all that any table holds of a conversation; returns how many events it had."""
    with engine.begin() as connection:
        return _delete(connection, [sender_id])


def expire(engine: Engine, before: float, held: Collection[str]) -> int:
    """Delete conversations in which nothing was said since a moment; a few in each transaction.

    Args:
        before: seconds since 1970.
        held: conversations that must stay.

    Returns:
        How many events were deleted.
    """
    idle = (
        select(events.c.sender_id)
        .where(events.c.sender_id.not_in(held))
        .group_by(events.c.sender_id)
        .having(func.max(events.c.timestamp) < before)
        .limit(AT_ONCE)
    )
    deleted = 0
    while True:
        with engine.begin() as connection:
            found = list(connection.scalars(idle))
            if not found:
                return deleted
            deleted += _delete(connection, found)


def _delete(connection: Connection, sender_ids: Collection[str]) -> int:
    counts = {
        table.name: connection.execute(delete(table).where(table.c.sender_id.in_(sender_ids)))
        for table in reversed(metadata.sorted_tables)
    }
    return counts[events.name].rowcount
