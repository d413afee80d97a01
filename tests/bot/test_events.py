"""The outbox of events: noted with the turn, handed on in order, kept until it is acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from sqlalchemy import func, insert, select, update

from bot.events import HttpTransport, NotDeliveredError, OutboxBroker
from bot.outbox import BATCH_ROWS, Outbox
from bot.tables import events, outbox
from bot.tracker_store import SqlTrackerStore
from common.settings import settings
from tests.databases import BACKENDS, migrated
from tests.stopping import stopped_after

DOMAIN = Domain.from_dict({"intents": ["greet"], "actions": ["utter_greet"]})


@dataclass
class Receiver:
    """The other side: what it took, whom it refuses, whether it is there."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    away: bool = False
    took: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, sent: list[dict[str, Any]]) -> Collection[str]:
        if self.away:
            raise NotDeliveredError("away")
        self.taken += [one for one in sent if one["sender_id"] not in self.refuses]
        self.took.set()
        return self.refuses

    async def close(self) -> None:
        return None

    def numbers(self, sender: str) -> list[int]:
        return [one["sequence"] for one in self.taken if one["sender_id"] == sender]


@dataclass
class Side:
    """The Rasa side: its tracker store and its broker."""

    store: SqlTrackerStore
    broker: OutboxBroker
    receiver: Receiver

    async def talk(self, sender: str, text: str = "bí mật") -> None:
        tracker = await self.store.get_or_create_tracker(sender, append_action_listen=False)
        new = [UserUttered(text), ActionExecuted("utter_greet"), BotUttered("Dạ")]
        for one in [*([] if tracker.events else [SessionStarted()]), *new]:
            tracker.update(one, DOMAIN)
        await self.store.save(tracker)

    def waiting(self) -> int:
        with self.store._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(outbox)) or 0


@pytest.fixture(params=BACKENDS)
async def side(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Side]:
    with migrated("bot", request.param, tmp_path) as url:
        receiver = Receiver()
        store = SqlTrackerStore(DOMAIN, url=url)
        broker = OutboxBroker(Outbox(store._engine, settings().cipher()), receiver)
        store.event_broker = broker
        yield Side(store, broker, receiver)
        await broker.close()
        store.close()


async def drain(side: Side) -> None:
    while await side.broker.work():
        pass


async def test_what_happens_is_handed_on_once_with_its_number(side: Side) -> None:
    for sender in ("a", "b", "a"):
        await side.talk(sender)
    await drain(side)
    await drain(side)
    assert side.receiver.numbers("a") == list(range(7))
    assert side.receiver.numbers("b") == list(range(4))
    assert side.receiver.taken[1]["text"] == "bí mật"
    assert side.waiting() == 0


async def test_nothing_is_lost_while_the_other_side_is_away(side: Side) -> None:
    side.receiver.away = True
    await side.talk("a")
    with pytest.raises(NotDeliveredError):
        await side.broker.work()
    await side.talk("a")
    side.receiver.away = False
    await drain(side)
    assert side.receiver.numbers("a") == list(range(7))


async def test_a_turn_is_stored_and_noted_together_or_not_at_all(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    await side.talk("a")
    real = insert

    def no_outbox(table: Any) -> Any:
        if table is outbox:
            raise RuntimeError("the power went off between the two")
        return real(table)

    with monkeypatch.context() as patch:
        patch.setattr("bot.event_log.insert", no_outbox)
        with pytest.raises(RuntimeError):
            await side.talk("a")
    with side.store._engine.connect() as connection:
        stored = connection.scalar(select(func.count()).select_from(events))
    assert stored == 4


async def test_a_refused_conversation_waits_as_a_whole_and_the_others_go_on(side: Side) -> None:
    side.receiver.refuses = {"a"}
    await side.talk("a")
    await side.talk("b")
    await side.broker.work()
    await side.talk("a")
    await side.talk("b")
    await drain(side)
    assert side.receiver.numbers("b") == list(range(7))
    assert side.receiver.numbers("a") == []
    assert side.waiting() == 2
    side.receiver.refuses = set()
    with side.store._engine.begin() as connection:
        connection.execute(update(outbox).values(due=time.time() - 1))
    await drain(side)
    assert side.receiver.numbers("a") == list(range(7))


async def test_more_than_a_batch_goes_in_order(side: Side) -> None:
    for _ in range(BATCH_ROWS + 5):
        await side.talk("a")
    await drain(side)
    assert side.receiver.numbers("a") == list(range(1 + 3 * (BATCH_ROWS + 5)))


async def test_the_outbox_holds_no_text(side: Side) -> None:
    await side.talk("a", "Nguyễn Văn An")
    with side.store._engine.connect() as connection:
        rows = connection.execute(select(outbox)).all()
    assert "Nguyễn" not in repr(rows)


async def test_a_deleted_conversation_leaves_nothing_behind(side: Side) -> None:
    await side.talk("a")
    with side.store._engine.begin() as connection:
        connection.execute(events.delete())
    await drain(side)
    assert side.receiver.taken == []
    assert side.waiting() == 0


async def test_news_wakes_the_task_and_a_second_broker_of_the_process_starts_none(
    side: Side,
) -> None:
    side.broker.start()
    other = OutboxBroker(Outbox(side.store._engine, settings().cipher()), side.receiver)
    other.start()
    assert other._task is None
    await side.talk("a")
    async with asyncio.timeout(60):
        await side.receiver.took.wait()
    assert side.receiver.numbers("a") == list(range(4))


async def test_a_broker_that_is_woken_and_stopped_at_once_stops(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing() -> bool:
        return False

    monkeypatch.setattr(side.broker, "work", nothing)
    for steps in range(6):  # of the event loop, between the two
        await stopped_after(steps, side.broker.run(), side.broker.wake)


async def test_over_http_refusals_are_read_and_failures_are_failures() -> None:
    answers: list[tuple[int, Any]] = [(200, {"failed": ["a"]}), (500, {}), (200, None)]
    seen: list[tuple[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.headers["Authorization"], await request.json()))
        status, body = answers[len(seen) - 1]
        return web.json_response(body, status=status) if body is not None else web.Response()

    app = web.Application()
    app.router.add_post("/transcripts/events", take)
    runner = web.AppRunner(app)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    port = runner.addresses[0][1]
    transport = HttpTransport(f"http://127.0.0.1:{port}", "token")
    assert await transport.send([{"event": "user"}]) == {"a"}
    assert seen[0] == ("Bearer token", {"events": [{"event": "user"}]})
    for _ in range(2):
        with pytest.raises(NotDeliveredError):
            await transport.send([])
    await runner.cleanup()
    with pytest.raises(NotDeliveredError):
        await transport.send([])
    await transport.close()
