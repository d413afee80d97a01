"""The dispatcher: slow turns, tries that end, workers that stop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web

from common.database import Database, now
from gateway import inbox, outbox, queue
from gateway.channels.base import Channel
from gateway.dispatcher import Dispatcher
from gateway.handover import turns as handover_turns
from gateway.handover.guard import Guard
from gateway.models import Message, State
from gateway.onestop_client import OnestopClient
from gateway.rasa_client import RasaUnavailableError
from gateway.texts import say
from tests.gateway.fakes import until

Answer = Callable[[str], Awaitable[list[dict[str, Any]]]]

LEASE = 0.4
"""Seconds; a worker renews after a quarter of it."""


class Rasa:
    """Stands in for the client: answers with a function."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def turn(self, sender: str, text: str, *rest: Any, key: str) -> list[dict[str, Any]]:
        self.asked.append(text)
        return await self._answer(text)


class Recorder(Channel):
    name = "web"

    def __init__(self) -> None:
        self.delivered: list[tuple[str | None, bool]] = []
        self.told = asyncio.Event()

    def setup(self, app: web.Application) -> None:
        """No routes."""

    async def deliver(self, sender: str, turn: int, replies: Sequence[Message], done: bool) -> None:
        self.delivered += [(row.body["text"], done) for row in replies]
        self.told.set()

    async def notify(self, sender: str, notice: Message) -> None:
        """No notices."""


class Clock:
    """The queue's time, which goes on only as a test says: a machine that stalls ends no lease."""

    def __init__(self) -> None:
        self._moment = now()

    def __call__(self) -> datetime:
        return self._moment

    def goes_on(self, leases: float) -> None:
        """Let so many leases' time pass."""
        self._moment += leases * timedelta(seconds=LEASE)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (inbox, queue):
        monkeypatch.setattr(module, "now", made)
    return made


def keep(database: Database, key: str, sender: str = "a") -> int:
    body = {"text": key, "payload": None, "attachments": []}
    return database.transact(inbox.keep, sender, "web", key, body, 100)[0]


async def work_until(database: Database, number: int, *dispatchers: Dispatcher) -> outbox.Outcome:
    return (await work_off(database, [number], *dispatchers))[0]


def guard(database: Database) -> Guard:
    """No person takes part here, so no draft is asked for."""
    return Guard(database, cast(OnestopClient, None))


def working(
    database: Database, rasa: Any, *, channel: Recorder | None = None, **given: Any
) -> Dispatcher:
    """A dispatcher of the page's messages."""
    return Dispatcher(database, rasa, guard(database), {"web": channel or Recorder()}, **given)


async def work_off(
    database: Database, numbers: list[int], *dispatchers: Dispatcher
) -> list[outbox.Outcome]:
    tasks = [asyncio.create_task(one.run()) for one in dispatchers]

    async def closed() -> list[outbox.Outcome] | None:
        found = [await database.run(outbox.outcome, number) for number in numbers]
        return found if all(one.state in ("answered", "failed") for one in found) else None

    try:
        return await until(closed)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_slow_turn_is_announced_once_and_then_answered(gateway_database: Database) -> None:
    channel = Recorder()

    async def slow(text: str) -> list[dict[str, Any]]:
        await channel.told.wait()
        return [{"text": "xong"}]

    dispatcher = working(gateway_database, Rasa(slow), channel=channel, slow_seconds=0.05)
    outcome = await work_until(gateway_database, keep(gateway_database, "1"), dispatcher)
    assert [row.body["text"] for row in outcome.replies] == [say("delayed"), "xong"]
    assert channel.delivered == [(say("delayed"), False), ("xong", True)]


async def test_a_turn_without_replies_does_not_leave_the_citizen_in_silence(
    gateway_database: Database,
) -> None:
    async def nothing(text: str) -> list[dict[str, Any]]:
        return []

    dispatcher = working(gateway_database, Rasa(nothing))
    outcome = await work_until(gateway_database, keep(gateway_database, "1"), dispatcher)
    assert [row.body["text"] for row in outcome.replies] == [say("unanswered")]


async def test_a_message_is_given_up_after_the_last_try(gateway_database: Database) -> None:
    async def fail(text: str) -> list[dict[str, Any]]:
        raise RasaUnavailableError("down")

    rasa = Rasa(fail)
    dispatcher = working(
        gateway_database,
        rasa,
        retry_seconds=(0, 0),
    )
    outcome = await work_until(gateway_database, keep(gateway_database, "1"), dispatcher)
    assert len(rasa.asked) == 3
    assert outcome.state == "failed"
    assert [row.body["text"] for row in outcome.replies] == [say("delayed"), say("failed")]


async def test_a_worker_that_is_stopped_hands_its_turn_to_another(
    gateway_database: Database,
) -> None:
    started = asyncio.Event()

    async def hang(text: str) -> list[dict[str, Any]]:
        started.set()
        await asyncio.sleep(60)
        return []

    async def answer(text: str) -> list[dict[str, Any]]:
        return [{"text": "xong"}]

    number = keep(gateway_database, "1")
    stopping = working(gateway_database, Rasa(hang))
    task = asyncio.create_task(stopping.run())
    await started.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    other = working(gateway_database, Rasa(answer))
    outcome = await work_until(gateway_database, number, other)
    assert [row.body["text"] for row in outcome.replies] == ["xong"]


async def test_a_worker_that_is_stopped_while_it_claims_holds_nothing(
    gateway_url: str, gateway_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    claiming, claim = threading.Event(), queue.claim

    def slowly(*given: Any) -> list[Message]:
        found = claim(*given)
        claiming.set()
        time.sleep(0.3)  # so long is it not committed
        return found

    number = keep(gateway_database, "1")
    monkeypatch.setattr(queue, "claim", slowly)
    own = Database(gateway_url)
    task = asyncio.create_task(working(own, Rasa(never_asked)).run())
    assert await asyncio.to_thread(claiming.wait, 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    own.close()  # waits for its threads
    row = gateway_database.query(lambda session: session.get_one(Message, number))
    assert (row.state, row.attempts) == (State.WAITING, 0)


async def never_asked(text: str) -> list[dict[str, Any]]:
    raise AssertionError(text)


async def test_two_workers_answer_every_message_once_and_in_order(
    gateway_database: Database,
) -> None:
    async def answer(text: str) -> list[dict[str, Any]]:
        await asyncio.sleep(0.002)
        return [{"text": text}]

    rasa = Rasa(answer)
    numbers = [
        keep(gateway_database, f"{sender}{key}", sender) for key in range(5) for sender in "abcdef"
    ]
    workers = [working(gateway_database, rasa) for _ in range(2)]
    for outcome in await work_off(gateway_database, numbers, *workers):
        assert (outcome.state, len(outcome.replies)) == ("answered", 1)
    assert len(rasa.asked) == 30
    for sender in "abcdef":
        assert [text for text in rasa.asked if text[0] == sender] == [
            f"{sender}{n}" for n in range(5)
        ]


async def test_a_turn_that_outlasts_the_lease_stays_its_workers(
    gateway_database: Database, clock: Clock
) -> None:
    number = keep(gateway_database, "1")

    async def renewed() -> bool:
        row = await gateway_database.read(lambda session: session.get_one(Message, number))
        return row.lease_until == clock() + timedelta(seconds=LEASE)

    async def slow(text: str) -> list[dict[str, Any]]:
        for _ in range(4):
            clock.goes_on(0.75)
            await until(renewed)
        return [{"text": "xong"}]

    rasa = Rasa(slow)
    workers = [working(gateway_database, rasa, lease_seconds=LEASE) for _ in range(2)]
    outcome = await work_until(gateway_database, number, *workers)
    assert (outcome.attempts, len(rasa.asked)) == (1, 1)
    assert [row.body["text"] for row in outcome.replies] == ["xong"]


async def test_who_lost_a_message_tells_of_no_delay(gateway_database: Database) -> None:
    keep(gateway_database, "1")
    (lost,) = gateway_database.transact(inbox.claim, "dead", 1, -1.0)
    gateway_database.transact(inbox.claim, "heir", 1)
    assert gateway_database.transact(inbox.notify, lost, {"text": "chậm"}) == []


def time_goes_on_with_each_look(dispatcher: Dispatcher, clock: Clock) -> None:
    """A worker looks for work when it has renewed what it is at: that never loses its lease."""
    claim = dispatcher.claim

    async def look(limit: int) -> list[inbox.Turn]:
        clock.goes_on(0.25)
        return await claim(limit)

    dispatcher.claim = look  # type: ignore[method-assign]


async def test_what_could_not_be_stored_is_tried_again_though_its_worker_goes_on(
    gateway_database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError("the disk is full")]

    def close(*args: Any) -> list[Message]:
        if failures:
            raise failures.pop()
        return handover_turns.close(*args)

    async def answer(text: str) -> list[dict[str, Any]]:
        await asyncio.sleep(30 if text == "lâu" else 0)
        return [{"text": "xong"}]

    monkeypatch.setattr("gateway.dispatcher.turns", SimpleNamespace(close=close))
    monkeypatch.setattr("gateway.worker.STOP_SECONDS", 0.05)
    dispatcher = working(gateway_database, Rasa(answer), lease_seconds=LEASE)
    time_goes_on_with_each_look(dispatcher, clock)
    keep(gateway_database, "lâu", sender="b")
    number = keep(gateway_database, "1")
    outcome = await work_until(gateway_database, number, dispatcher)
    assert (outcome.attempts, [row.body["text"] for row in outcome.replies]) == (2, ["xong"])


async def test_work_that_hangs_is_given_up_and_tried_again(
    gateway_database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs_once(text: str) -> list[dict[str, Any]]:
        if len(rasa.asked) == 1:
            # Of the next try: this one's time is measured already.
            monkeypatch.setattr("gateway.worker.LONGEST_SECONDS", 60.0)
            await asyncio.Event().wait()
        return [{"text": "xong"}]

    rasa = Rasa(hangs_once)
    monkeypatch.setattr("gateway.worker.LONGEST_SECONDS", 0.3)
    dispatcher = working(gateway_database, rasa, lease_seconds=LEASE)
    time_goes_on_with_each_look(dispatcher, clock)
    outcome = await work_until(gateway_database, keep(gateway_database, "1"), dispatcher)
    assert rasa.asked == ["1", "1"]
    assert [row.body["text"] for row in outcome.replies] == ["xong"]
