"""Long conversations: kept short in memory, whole in the database, the same to policies and actions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event as sql_event

from bot.recent import KEPT_SECONDS, TURNS_BEFORE_SHORTENING, TURNS_KEPT, RecentTrackers, shorten
from bot.tables import events
from bot.tracker_store import SqlTrackerStore
from common.migrations import upgrade

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet", "inform"],
        "slots": {
            "draft": {
                "type": "text",
                "influence_conversation": True,
                "mappings": [{"type": "custom"}],
            },
            "choices": {"type": "any", "mappings": [{"type": "custom"}]},
        },
        "forms": {"dossier_form": {"required_slots": []}},
        "actions": ["utter_greet"],
        "responses": {"utter_greet": [{"text": "Chào anh/chị"}]},
    }
)
START: list[Event] = [
    ActionExecuted("action_session_start"),
    SessionStarted(),
    ActionExecuted("action_listen"),
]


def turn(number: int, *between: Event) -> list[Event]:
    said = UserUttered(f"câu {number}", {"name": "greet", "confidence": 1.0}, [])
    return [said, *between, ActionExecuted("utter_greet"), ActionExecuted("action_listen")]


def tracker_of(history: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("web:a", history, DOMAIN.slots)


def stands(tracker: DialogueStateTracker) -> dict[str, Any]:
    """All that is told of a tracker but its events, and the message that began its loop.

    That message is gone with the turns before; only slot mappings by trigger intent read it, and we have none.
    """
    state = tracker.current_state()
    loop = {name: one for name, one in state["active_loop"].items() if name != "trigger_message"}
    return {name: one for name, one in state.items() if name != "events"} | {"active_loop": loop}


between = st.lists(
    st.one_of(
        st.sampled_from(["H1", "H2", None]).map(lambda value: SlotSet("draft", value)),
        st.sampled_from([["a"], []]).map(lambda value: SlotSet("choices", value)),
        st.sampled_from(["dossier_form", None]).map(ActiveLoop),
        st.booleans().map(LoopInterrupted),
        st.just(ActionExecuted("dossier_form")),
    ),
    max_size=3,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(between, min_size=1, max_size=3 * TURNS_BEFORE_SHORTENING))
def test_a_shortened_conversation_stands_where_the_whole_one_does(turns: list[list[Event]]) -> None:
    history = list(START)
    short = tracker_of(START)
    for number, found in enumerate(turns):
        added = turn(number, *found)
        history += added
        for one in added:
            short.update(one, DOMAIN)
        short = shorten(short, DOMAIN)
    whole = tracker_of(history)
    assert stands(short) == stands(whole)
    last = [one for one in short.events if isinstance(one, UserUttered)]
    assert len(last) <= TURNS_BEFORE_SHORTENING
    assert last == [one for one in history if isinstance(one, UserUttered)][-len(last) :]
    # What policies see of the last turns: they look back at two or three, here is told of at least four.
    states = TURNS_KEPT
    assert short.past_states(DOMAIN)[-states:][1:] == whole.past_states(DOMAIN)[-states:][1:]


def test_only_the_present_session_counts() -> None:
    history = [*START, *turn(1, SlotSet("draft", "H1")), *START, *turn(2)]
    short = shorten(tracker_of(history), DOMAIN)
    assert [one.text for one in short.events if isinstance(one, UserUttered)] == ["câu 2"]
    assert isinstance(short.events[0], SessionStarted)
    assert stands(short) == stands(tracker_of(history))


def test_those_not_used_for_longest_give_way_and_a_new_model_begins_anew() -> None:
    recent = RecentTrackers(size=2)
    for name in ("a", "b", "c"):
        recent.put(DialogueStateTracker(name, DOMAIN.slots), DOMAIN)
    assert recent.take("a", DOMAIN) is None
    assert recent.take("b", DOMAIN) is not None
    assert recent.take("b", DOMAIN) is None  # it is in use
    assert recent.take("c", Domain.empty()) is None


def test_one_that_nobody_goes_on_with_does_not_stay_in_memory() -> None:
    moments = iter([0.0, KEPT_SECONDS, KEPT_SECONDS + 1])
    recent = RecentTrackers(clock=lambda: next(moments))
    for sender in ("a", "b", "c"):
        recent.put(DialogueStateTracker.from_events(sender, []), DOMAIN)
    assert set(recent._kept) == {"b", "c"}


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[[], SqlTrackerStore]]:
    address = f"sqlite:///{tmp_path}/tracker.db"
    upgrade("bot", address)
    opened: list[SqlTrackerStore] = []

    def open_one() -> SqlTrackerStore:
        opened.append(SqlTrackerStore(DOMAIN, url=address))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


async def say(store: SqlTrackerStore, number: int, *found: Event) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker("web:a", append_action_listen=False)
    new = [*([] if tracker.events else START), *turn(number, *found)]
    for one in new:
        tracker.update(one, DOMAIN)
    await store.save(tracker)
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [str(one.text) for one in tracker.events if isinstance(one, UserUttered)]


async def test_two_servers_of_one_conversation_see_what_the_other_wrote(
    open_store: Callable[[], SqlTrackerStore],
) -> None:
    stores = [open_store(), open_store()]
    for number in range(3 * TURNS_BEFORE_SHORTENING):
        tracker = await say(stores[number % 2], number, SlotSet("draft", f"H{number}"))
        assert tracker.get_slot("draft") == f"H{number}"
        assert texts(tracker)[-2:] == [
            f"câu {one}" for one in range(max(number - 1, 0), number + 1)
        ]
    whole = await open_store().retrieve_full_tracker("web:a")
    assert texts(whole) == [f"câu {number}" for number in range(3 * TURNS_BEFORE_SHORTENING)]


async def test_the_database_has_every_event_once_however_often_it_was_shortened(
    open_store: Callable[[], SqlTrackerStore],
) -> None:
    store, count = open_store(), 4 * TURNS_BEFORE_SHORTENING
    for number in range(count):
        await say(store, number, SlotSet("draft", "H1"))
    whole = await store.retrieve_full_tracker("web:a")
    assert whole is not None
    assert len(whole.events) == len(START) + count * len(turn(1, SlotSet("draft", "H1")))
    assert texts(whole) == [f"câu {number}" for number in range(count)]


async def test_two_who_write_at_once_lose_nothing_and_are_not_remembered_wrongly(
    open_store: Callable[[], SqlTrackerStore],
) -> None:
    store = open_store()
    await say(store, 0)
    first, second = [await store.retrieve("web:a") for _ in range(2)]
    assert first is not None
    assert second is not None
    for number, one in ((1, first), (2, second)):
        for found in turn(number):
            one.update(found, DOMAIN)
    await asyncio.gather(store.save(first), store.save(second))
    assert sorted(texts(await store.retrieve("web:a"))) == ["câu 0", "câu 1", "câu 2"]


async def test_a_turn_that_failed_leaves_no_trace(
    open_store: Callable[[], SqlTrackerStore],
) -> None:
    store = open_store()
    await say(store, 0)
    await say(store, 1)
    failed = await store.retrieve("web:a")
    assert failed is not None
    failed.update(UserUttered("nửa chừng"), DOMAIN)
    assert texts(await store.retrieve("web:a")) == ["câu 0", "câu 1"]


async def test_a_deleted_conversation_is_gone_from_memory_too(
    open_store: Callable[[], SqlTrackerStore],
) -> None:
    store = open_store()
    for number in range(3):
        await say(store, number)
    with store._engine.begin() as connection:
        connection.execute(events.delete())
    assert await store.retrieve("web:a") is None


async def test_a_conversation_begun_anew_is_not_taken_for_the_deleted_one(
    open_store: Callable[[], SqlTrackerStore],
) -> None:
    here, there = open_store(), open_store()
    await say(here, 0, SlotSet("draft", "H0"))
    await say(here, 1, SlotSet("draft", "H1"))
    await there.erase("web:a")
    for number in (2, 3, 4):  # by now it has as many events as the deleted one had
        await say(there, number)
    tracker = await here.retrieve("web:a")
    assert texts(tracker) == ["câu 2", "câu 3", "câu 4"]
    assert tracker is not None
    assert tracker.get_slot("draft") is None


async def test_a_turn_reads_only_what_is_new(open_store: Callable[[], SqlTrackerStore]) -> None:
    store, read = open_store(), []
    for number in range(3 * TURNS_BEFORE_SHORTENING):
        await say(store, number)

    @sql_event.listens_for(store._engine, "after_cursor_execute")
    def _count(_c: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        read.append(statement)

    cached = await store.retrieve("web:a")
    assert [one.split()[0] for one in read] == ["BEGIN", "SELECT"]  # and takes no lock
    assert read[0] == "BEGIN"
    assert "sequence >= ?" in read[1]
    assert cached is not None
    assert len(cached.events) < 6 * TURNS_BEFORE_SHORTENING
