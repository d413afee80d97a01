"""Conversations over a real RabbitMQ, from the tracker store's outbox to the transcripts."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    UserUttered,
)
from sqlalchemy import select

from bot.events import NotDeliveredError, OutboxBroker, RabbitTransport
from bot.outbox import Outbox
from bot.tracker_store import SqlTrackerStore
from common.database import Database
from common.settings import ROOT, settings
from onestop.transcripts import consumer, queue
from onestop.transcripts.models import Conversation, Turn
from tests import rabbitmq
from tests.databases import migrated

pytestmark = [
    pytest.mark.skipif(not rabbitmq.available(), reason="RabbitMQ is not installed"),
    pytest.mark.timeout(300),
]
DOMAIN = Domain.from_dict({"intents": ["greet"], "actions": ["utter_greet"]})
SECONDS = 60


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rabbitmq.Broker]:
    started = rabbitmq.Broker(tmp_path_factory.mktemp("rabbitmq"))
    try:
        started.start()
        yield started
    finally:
        started.close()


class Way:
    """A tracker store with its outbox, the queue, the transcripts' database and who takes from the queue."""

    def __init__(self, url: str, name: str, store: SqlTrackerStore, database: Database) -> None:
        self.url, self.name, self.store, self.database = url, name, store, database
        outbox = Outbox(store._engine, settings().cipher())
        self.outbox = store.event_broker = OutboxBroker(outbox, RabbitTransport(url, name))
        self._takers: list[asyncio.Task[None]] = []

    async def talk(self, sender: str, text: str) -> None:
        """A turn in the tracker store."""
        tracker = await self.store.get_or_create_tracker(sender, append_action_listen=False)
        new: list[Event] = [] if tracker.events else [SessionStarted()]
        new += [UserUttered(text), ActionExecuted("utter_greet"), BotUttered(f"Dạ, {text}")]
        for one in [*new, ActionExecuted("action_listen")]:
            tracker.update(one, DOMAIN)
        await self.store.save(tracker)

    async def publish(self) -> None:
        """Hand on all that is in the outbox."""
        while await self.outbox.work():
            pass

    def take(self) -> asyncio.Task[None]:
        """One more consumer in this process."""
        task = asyncio.create_task(queue.consume(self.database, self.url, self.name))
        self._takers.append(task)
        return task

    def told(self) -> dict[str, list[str]]:
        """By citizen, what was said and replied, in order."""
        query = (
            select(Conversation.owner, Turn.text, Turn.reply)
            .join(Turn, Turn.conversation_id == Conversation.id)
            .order_by(Turn.id)
        )
        found: dict[str, list[str]] = {}
        for owner, text, reply in self.database.query(lambda s: s.execute(query).all()):
            found.setdefault(owner, []).append(f"{text}|{reply}")
        return found

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait until the transcripts are so."""
        end = time.monotonic() + SECONDS
        while not await asyncio.to_thread(done):
            assert time.monotonic() < end, self.told()
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        for task in self._takers:
            task.cancel()
        await asyncio.gather(*self._takers, return_exceptions=True)
        await self.outbox.close()


@pytest.fixture
async def way(
    broker: rabbitmq.Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Way]:
    monkeypatch.setattr(queue, "PAUSE_SECONDS", 0.2)
    with migrated("bot", "sqlite", tmp_path) as bot, migrated("onestop", "sqlite", tmp_path) as url:
        store, database = SqlTrackerStore(DOMAIN, url=bot), Database(url)
        made = Way(broker.url, f"events-{tmp_path.name}", store, database)
        yield made
        await made.close()
        store.close()
        database.close()


def turns(*texts: str) -> list[str]:
    return [f"{text}|Dạ, {text}" for text in texts]


async def test_what_is_said_while_the_broker_is_away_arrives_once_and_in_order(
    way: Way, broker: rabbitmq.Broker
) -> None:
    way.take()
    await way.talk("web:a", "một")
    await way.publish()
    await way.until(lambda: way.told() == {"web:a": turns("một")})
    await asyncio.to_thread(broker.kill)
    await way.talk("web:a", "hai")
    await way.talk("web:b", "ba")
    for _ in range(2):
        with pytest.raises(NotDeliveredError):
            await way.outbox.work()
    await asyncio.to_thread(broker.start)
    await way.talk("web:a", "bốn")
    await way.publish()
    expected = {"web:a": turns("một", "hai", "bốn"), "web:b": turns("ba")}
    await way.until(lambda: way.told() == expected)


async def test_what_was_published_outlives_the_broker(way: Way, broker: rabbitmq.Broker) -> None:
    for number in range(20):
        await way.talk("web:a", f"câu {number}")
    await way.publish()
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.start)
    way.take()
    expected = {"web:a": turns(*(f"câu {number}" for number in range(20)))}
    await way.until(lambda: way.told() == expected)


async def test_a_consumer_that_is_killed_in_the_middle_doubles_and_loses_nothing(
    way: Way,
) -> None:
    said: dict[str, list[str]] = {f"web:{citizen}": [] for citizen in range(5)}

    def arrived() -> int:
        return sum(map(len, way.told().values()))

    environment = {
        **os.environ,
        "MOTCUA_AMQP_URL": way.url,
        "MOTCUA_AMQP_QUEUE": way.name,
        "MOTCUA_DATABASE_URL": str(way.database.engine.url),
    }
    command = (sys.executable, "-m", "onestop", "transcripts", "consume")
    while arrived() == sum(map(len, said.values())):  # while we stalled, one may have taken all
        before = arrived()
        for _ in range(40):
            for sender, texts in said.items():
                texts.append(f"câu {len(texts)}")
                await way.talk(sender, texts[-1])
        await way.publish()
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
        try:
            await way.until(lambda enough=before + 20: arrived() > enough)
        finally:
            process.kill()
            await process.wait()
    way.take()
    # A turn is there before its reply: only the whole is the end.
    expected = {sender: turns(*texts) for sender, texts in said.items()}
    await way.until(lambda: way.told() == expected)
    await asyncio.sleep(0.5)
    assert way.told() == expected


async def test_each_conversation_keeps_its_order_with_several_consumers(way: Way) -> None:
    """Rolling out a new version, the old consumer still takes while the new one begins."""
    takers = [way.take() for _ in range(3)]
    said = {f"web:{citizen}": [f"câu {number}" for number in range(30)] for citizen in range(4)}
    for number in range(30):
        for sender, texts in said.items():
            await way.talk(sender, texts[number])
        await way.publish()
        if number == 15:
            takers[0].cancel()
    expected = {sender: turns(*texts) for sender, texts in said.items()}
    await way.until(lambda: way.told() == expected)


async def test_one_conversation_that_cannot_be_written_holds_up_no_other(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, broken = consumer.write, {"web:a"}

    def write(session: Any, sender: str, events: Any) -> None:
        if sender in broken:
            raise RuntimeError("broken")
        usual(session, sender, events)

    monkeypatch.setattr(consumer, "write", write)
    way.take()
    for number in range(3):
        await way.talk("web:a", f"câu {number}")
        await way.talk("web:b", f"câu {number}")
        await way.publish()
    texts = turns("câu 0", "câu 1", "câu 2")
    await way.until(lambda: way.told() == {"web:b": texts})
    broken.clear()
    await way.until(lambda: way.told() == {"web:b": texts, "web:a": texts})


async def test_what_is_no_event_is_passed_over(way: Way) -> None:
    await way.talk("web:a", "một")
    transport = RabbitTransport(way.url, way.name)
    await transport.send([{"no": "event"}])
    await transport.close()
    await way.publish()
    way.take()
    await way.until(lambda: way.told() == {"web:a": turns("một")})
