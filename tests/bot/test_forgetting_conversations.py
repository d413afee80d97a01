"""A conversation is forgotten: in the database, in memory, and by those whose time is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from test_tracker_store import DOMAIN, comparable, play, session_start, turn

from bot.tables import events
from bot.tracker_store import SqlTrackerStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlTrackerStore]:
    store = SqlTrackerStore(DOMAIN, url=f"sqlite:///{tmp_path}/tracker.db")
    store.create_tables()
    yield store
    store.close()


def senders(store: SqlTrackerStore) -> set[str]:
    with store._engine.connect() as connection:
        return set(connection.scalars(select(events.c.sender_id)))


async def test_one_conversation_is_forgotten_and_the_others_are_not(
    store: SqlTrackerStore,
) -> None:
    for sender in ("a", "b"):
        await play(store, sender, session_start() + turn("căn cước 035090001234"))
    assert await store.erase("a") > 0
    assert senders(store) == {"b"}
    assert await store.retrieve("a") is None
    assert await store.erase("a") == 0


async def test_who_goes_on_after_being_forgotten_begins_anew(store: SqlTrackerStore) -> None:
    await play(store, "a", session_start() + turn("cũ"))
    await store.erase("a")
    await play(store, "a", new := session_start() + turn("mới"))
    whole = await store.retrieve_full_tracker("a")
    assert whole is not None
    assert comparable(whole.events)[-len(new) :] == comparable(new)
    assert "cũ" not in str([one.as_dict() for one in whole.events])


async def test_idle_conversations_are_forgotten_and_held_ones_are_not(
    store: SqlTrackerStore,
) -> None:
    for sender in ("old", "held", "new"):
        await play(store, sender, session_start() + turn())
    with store._engine.begin() as connection:
        old = events.c.sender_id.in_(("old", "held"))
        connection.execute(update(events).where(old).values(timestamp=1000.0))
        one = (events.c.sender_id == "new") & (events.c.sequence == 0)
        connection.execute(update(events).where(one).values(timestamp=1000.0))
    assert await store.expire(2000.0, ["held"]) > 0
    assert senders(store) == {"held", "new"}
    assert await store.expire(2000.0, ["held"]) == 0
