"""The tracker store against Rasa's in-memory store, and what it promises beyond."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event as sql_event

from bot.tracker_store import SqlTrackerStore
from common.migrations import downgrade, upgrade
from tests.databases import POSTGRES, migrated

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet"],
        "slots": {"procedure": {"type": "text", "mappings": [{"type": "custom"}]}},
        "actions": ["utter_greet"],
        "responses": {"utter_greet": [{"text": "Chào anh/chị"}]},
    }
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/tracker.db"
    upgrade("bot", address)
    return address


OURS = ["ours", "ours behind the fail-safe"]
ON_POSTGRES = [pytest.param("ours on PostgreSQL", marks=pytest.mark.postgres)] * bool(POSTGRES)


@pytest.fixture
def store(url: str) -> Iterator[SqlTrackerStore]:
    opened = SqlTrackerStore(DOMAIN, url=url)
    yield opened
    opened.close()


@pytest.fixture(params=[*OURS, *ON_POSTGRES, "in memory"])
async def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TrackerStore]:
    if request.param == "in memory":
        yield InMemoryTrackerStore(DOMAIN)
        return
    backend = "postgresql" if "PostgreSQL" in request.param else "sqlite"
    with migrated("bot", backend, tmp_path) as url:
        opened = SqlTrackerStore(DOMAIN, url=url)
        yield FailSafeTrackerStore(opened) if "fail-safe" in request.param else opened
        opened.close()


def turn(text: str = "xin chào") -> list[Event]:
    return [
        UserUttered(text, {"name": "greet", "confidence": 1.0}, [], {"text": text}),
        SlotSet("procedure", "1.004194"),
        ActionExecuted("utter_greet"),
        BotUttered("Chào anh/chị", {"buttons": [{"title": "Phí", "payload": "/ask_fee"}]}),
        ActionExecuted("action_listen"),
    ]


def session_start() -> list[Event]:
    return [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
    ]


async def play(store: TrackerStore, sender: str, new: list[Event]) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    for item in new:
        tracker.update(item, DOMAIN)
    await store.save(tracker)
    return tracker


def comparable(items: Any) -> list[dict[str, Any]]:
    return [item.as_dict() for item in items]


async def test_a_saved_conversation_comes_back_equal(any_store: TrackerStore) -> None:
    new = session_start() + turn()
    await play(any_store, "a", new)
    tracker = await any_store.retrieve_full_tracker("a")
    assert tracker is not None
    assert comparable(tracker.events) == comparable(new)
    assert tracker.get_slot("procedure") == "1.004194"
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == "xin chào"


async def test_turns_append_in_order(any_store: TrackerStore) -> None:
    new = session_start()
    await play(any_store, "a", new)
    for number in range(4):
        more = turn(f"câu {number}")
        await play(any_store, "a", more)
        new += more
    tracker = await any_store.retrieve_full_tracker("a")
    assert tracker is not None
    assert comparable(tracker.events) == comparable(new)


async def test_retrieve_gives_the_last_session_only(any_store: TrackerStore) -> None:
    await play(any_store, "a", session_start() + turn("cũ"))
    await play(any_store, "a", session_start() + turn("mới"))
    await play(any_store, "a", turn("mới nữa"))
    last = await any_store.retrieve("a")
    assert last is not None
    texts = [item.text for item in last.events if isinstance(item, UserUttered)]
    assert texts == ["mới", "mới nữa"]


async def test_the_full_tracker_keeps_every_session(store: SqlTrackerStore) -> None:
    """Rasa's in-memory store forgets earlier sessions at the second save of a later one."""
    new: list[Event] = []
    for text in ("một", "hai", "ba"):
        more = session_start() + turn(text)
        await play(store, "a", more)
        await play(store, "a", follow := turn(f"{text} tiếp"))
        new += more + follow
    whole = await store.retrieve_full_tracker("a")
    assert whole is not None
    assert comparable(whole.events) == comparable(new)


async def test_an_unknown_conversation_is_none(any_store: TrackerStore) -> None:
    assert await any_store.retrieve("nobody") is None
    assert await any_store.retrieve_full_tracker("nobody") is None
    assert not await any_store.exists("nobody")


async def test_keys_and_exists_name_what_is_stored(any_store: TrackerStore) -> None:
    await play(any_store, "a", session_start())
    await play(any_store, "b", session_start())
    assert sorted(await any_store.keys()) == ["a", "b"]
    assert await any_store.exists("a")


async def test_conversations_do_not_mix(any_store: TrackerStore) -> None:
    await play(any_store, "a", session_start() + turn("của a"))
    await play(any_store, "b", session_start() + turn("của b"))
    tracker = await any_store.retrieve("a")
    assert tracker is not None
    assert [e.text for e in tracker.events if isinstance(e, UserUttered)] == ["của a"]


async def test_a_restart_is_kept_and_replayed(any_store: TrackerStore) -> None:
    await play(any_store, "a", session_start() + turn() + [Restarted()])
    tracker = await any_store.retrieve_full_tracker("a")
    assert tracker is not None
    assert tracker.get_slot("procedure") is None
    assert tracker.applied_events() == []


async def test_a_tracker_built_outside_adds_only_what_is_later(any_store: TrackerStore) -> None:
    new = session_start() + turn()
    await play(any_store, "a", new)
    more = turn("thêm")
    outside = DialogueStateTracker.from_events("a", new + more, DOMAIN.slots)
    await any_store.save(outside)
    tracker = await any_store.retrieve_full_tracker("a")
    assert tracker is not None
    assert comparable(tracker.events) == comparable(new + more)


async def test_a_fresh_tracker_after_a_failed_read_loses_nothing(store: SqlTrackerStore) -> None:
    """The fail-safe store answers None when a read fails, and Rasa starts an empty tracker."""
    old = session_start() + turn("cũ")
    await play(store, "a", old)
    fresh = await store.create_tracker("a", append_action_listen=False)
    for item in (new := session_start() + turn("mới")):
        fresh.update(item, DOMAIN)
    await store.save(fresh)
    tracker = await store.retrieve_full_tracker("a")
    assert tracker is not None
    assert comparable(tracker.events) == comparable(old + new)


async def test_a_shortened_event_history_still_appends_every_new_event(
    store: SqlTrackerStore,
) -> None:
    total = 0
    for number in range(6):
        tracker = await store.get_or_create_tracker("a", max_event_history=7)
        for item in (new := turn(f"câu {number}")):
            tracker.update(item, DOMAIN)
        await store.save(tracker)
        total += len(new)
    whole = await store.retrieve_full_tracker("a")
    assert whole is not None
    with sqlite3.connect(store._engine.url.database or "") as connection:
        (count,) = connection.execute("select count(*) from tracker_events").fetchone()
    assert count == total + 1  # the first action_listen of a new tracker


async def test_two_writers_at_once_lose_no_event(url: str) -> None:
    stores = [SqlTrackerStore(DOMAIN, url=url) for _ in range(2)]
    await play(stores[0], "a", session_start())
    trackers = [await store.retrieve("a") for store in stores for _ in range(2)]
    for number, tracker in enumerate(trackers):
        assert tracker is not None
        for item in turn(f"người viết {number}"):
            tracker.update(item, DOMAIN)
    await asyncio.gather(
        *(stores[n // 2].save(tracker) for n, tracker in enumerate(trackers) if tracker)
    )
    whole = await stores[0].retrieve_full_tracker("a")
    assert whole is not None
    texts = {item.text for item in whole.events if isinstance(item, UserUttered)}
    assert texts == {f"người viết {number}" for number in range(4)}
    for store in stores:
        store.close()


async def test_a_save_is_one_statement_and_reads_nothing(store: SqlTrackerStore) -> None:
    await play(store, "a", session_start() + turn())
    tracker = await store.retrieve("a")
    assert tracker is not None
    for item in turn():
        tracker.update(item, DOMAIN)
    statements: list[str] = []
    sql_event.listen(
        store._engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: statements.append(statement),
    )
    await store.save(tracker)
    assert [s for s in statements if not s.startswith("BEGIN")] == [
        s for s in statements if s.startswith("INSERT INTO tracker_events")
    ]
    assert len(statements) == 2


def test_nothing_that_was_said_is_readable_in_the_file(url: str, tmp_path: Path) -> None:
    store = SqlTrackerStore(DOMAIN, url=url)
    asyncio.run(play(store, "a", turn("bí mật 001099012345")))
    store.close()
    for file in tmp_path.iterdir():
        assert b"001099012345" not in file.read_bytes()


async def test_the_event_loop_runs_on_while_a_long_session_loads(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on, at_work = threading.Event(), threading.Event(), set[int]()
    store, other = (SqlTrackerStore(DOMAIN, url=url) for _ in range(2))
    await play(other, "a", session_start() + turn())
    replay = DialogueStateTracker.from_events

    def slowly(*given: Any) -> DialogueStateTracker:
        asked.set()
        assert go_on.wait(60)
        at_work.add(threading.get_ident())
        return replay(*given)

    sql_event.listen(
        store._engine, "before_cursor_execute", lambda *_: at_work.add(threading.get_ident())
    )
    monkeypatch.setattr(DialogueStateTracker, "from_events", slowly)
    loading = asyncio.ensure_future(store.retrieve("a"))
    assert await asyncio.to_thread(asked.wait, 60)
    assert not loading.done()  # here the loop runs, and the session is being replayed
    go_on.set()
    assert await loading is not None
    assert at_work
    assert threading.get_ident() not in at_work
    for one in (store, other):
        one.close()


async def test_new_events_reach_the_broker_once(url: str) -> None:
    class Broker:
        def __init__(self) -> None:
            self.published: list[dict[str, Any]] = []

        def publish(self, body: dict[str, Any]) -> None:
            self.published.append(body)

    broker = Broker()
    store = SqlTrackerStore(DOMAIN, event_broker=broker, url=url)
    new = session_start()
    await play(store, "a", new)
    await play(store, "a", turn())
    assert len(broker.published) == len(new) + len(turn())
    store.close()


def test_the_migration_goes_up_and_down(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/stairs.db"
    upgrade("bot", address)
    downgrade("bot", address)
    upgrade("bot", address)
    with sqlite3.connect(tmp_path / "stairs.db") as connection:
        names = {row[0] for row in connection.execute("select name from sqlite_master")}
    assert {"tracker_events", "ix_tracker_events_session_starts"} <= names
