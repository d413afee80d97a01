"""Two gateway workers and two Rasa servers, one of each killed, under 1,000 webhook events.

100 citizens on Zalo and Messenger; a tenth of the events are repeats; events overtake one another. Every
distinct message is answered once, in order for each citizen.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from common.database import Database
from common.settings import ROOT
from gateway.channels.limits import limits_of
from gateway.models import Direction, Message
from tests.conversations.system import free_ports
from tests.gateway.fakes import FakeOnestop, FakeRasa, until
from tests.gateway.platforms import served
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer

CITIZENS, EACH, REPEATS = 100, 9, 100
BLOCK = 30
IN_FLIGHT_SECONDS = 1.0
"""How long before the kill a part may have been taken whose note was lost with the worker."""

Webhook = tuple[str, bytes, dict[str, str]]


class Worker:
    """A gateway in a process of its own."""

    def __init__(self, directory: Path, settings: dict[str, str]) -> None:
        port, inner = free_ports(2)
        self.url = f"http://127.0.0.1:{port}"
        ports = {"MOTCUA_PORT": str(port), "MOTCUA_GATEWAY_PORT": str(inner)}
        environment = {**os.environ, **settings, **ports}
        with (directory / f"gateway-{port}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def up(self, http: aiohttp.ClientSession) -> None:
        async def answers() -> bool:
            try:
                async with http.get(f"{self.url}/health") as response:
                    return response.status == 200
            except aiohttp.ClientError:
                return False

        await until(answers, 60)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)


def user_of(citizen: int) -> str:
    return str(1_000 + citizen)


def webhook(citizen: int, number: int, at: int) -> Webhook:
    """The webhook of a citizen's message; even citizens are on Zalo, odd ones on Messenger."""
    words, key, user = f"{citizen}-{number}", f"m{citizen}.{number}", user_of(citizen)
    if citizen % 2 == 0:
        return "zalo", *zalo.signed(zalo.text(words, key, user, at))
    return "messenger", *messenger.signed([messenger.text(words, key, user, at)])


def blocks(chance: random.Random) -> list[list[Webhook]]:
    """All webhooks: blocks that are posted at the same time, out of order, repeats among them."""
    sent: list[Webhook] = []
    begun = int(time.time() * 1000)
    groups = [range(first, first + BLOCK // 3) for first in range(0, CITIZENS, BLOCK // 3)]
    found = []
    for third in range(3):
        for group in groups:
            numbers = range(third * EACH // 3, (third + 1) * EACH // 3)
            block = [webhook(one, number, begun + number) for one in group for number in numbers]
            sent += block
            found.append(block)
    for _ in range(REPEATS):
        at = chance.randrange(len(found))
        earlier = [one for block in found[: at + 1] for one in block]
        found[at] = [*found[at], chance.choice(earlier)]
    for block in found:
        chance.shuffle(block)
    return found


@pytest.fixture
async def rasas() -> AsyncIterator[list[tuple[FakeRasa, str, AsyncExitStack]]]:
    """Two Rasa servers with their addresses, each with what stops it."""
    found = []
    for _ in range(2):
        rasa, stack = FakeRasa(), AsyncExitStack()
        found.append((rasa, await stack.enter_async_context(served(rasa.app())), stack))
    yield found
    for _, _, stack in found:
        await stack.aclose()


@pytest.mark.timeout(420)
async def test_every_distinct_message_is_answered_once_and_in_order(
    gateway_url: str,
    tmp_path: Path,
    rasas: list[tuple[FakeRasa, str, AsyncExitStack]],
    zalo_server: ZaloServer,
    messenger_server: MessengerServer,
    onestop: FakeOnestop,
) -> None:
    taken: list[tuple[float, str]] = []
    for server in (zalo_server, messenger_server):
        server.sent = _Timed(taken)  # type: ignore[assignment]
    async with AsyncExitStack() as stack:
        settings = {
            "MOTCUA_GATEWAY_DATABASE_URL": gateway_url,
            "MOTCUA_ONESTOP_URL": await stack.enter_async_context(served(onestop.app())),
            "MOTCUA_TURN_TIMEOUT_SECONDS": "1",
            "MOTCUA_ZALO_APP_ID": zalo.APP_ID,
            "MOTCUA_ZALO_APP_SECRET": zalo.APP_SECRET,
            "MOTCUA_ZALO_OA_SECRET": zalo.OA_SECRET,
            "MOTCUA_ZALO_REFRESH_TOKEN": "seed",
            "MOTCUA_ZALO_API_URL": zalo_server.base,
            "MOTCUA_ZALO_OAUTH_URL": zalo_server.base,
            "MOTCUA_MESSENGER_PAGE_ID": messenger.PAGE_ID,
            "MOTCUA_MESSENGER_APP_SECRET": messenger.APP_SECRET,
            "MOTCUA_MESSENGER_PAGE_TOKEN": messenger.PAGE_TOKEN,
            "MOTCUA_MESSENGER_VERIFY_TOKEN": messenger.VERIFY_TOKEN,
            "MOTCUA_MESSENGER_API_URL": f"{messenger_server.base}/v25.0",
        }
        workers = [Worker(tmp_path, {**settings, "MOTCUA_RASA_URL": url}) for _, url, _ in rasas]
        for worker in workers:
            stack.callback(worker.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await asyncio.gather(*(worker.up(http) for worker in workers))
        planned = blocks(random.Random(7))
        assert sum(map(len, planned)) == 1_000
        alive = list(workers)
        killed_at = 0.0
        for number, block in enumerate(planned):
            if number == len(planned) // 3:
                await rasas[1][2].aclose()
            if number == 2 * len(planned) // 3:
                workers[1].kill()
                killed_at = time.monotonic()
            await asyncio.gather(*(tell(http, alive, one) for one in block))
            if killed_at:
                alive = workers[:1]
        await until(lambda: all_answered(taken), 150)
    check_once(taken, killed_at)
    database = Database(gateway_url)
    assert database.transact(overtaken) > 0  # webhooks did arrive out of order
    database.close()


async def tell(http: aiohttp.ClientSession, workers: list[Worker], hook: Webhook) -> None:
    """Post a webhook to any worker, and again to another if it is not taken, as platforms do."""
    name, raw, headers = hook
    for attempt in range(10):
        worker = random.choice(workers[: 1 if attempt else None])
        try:
            async with http.post(
                f"{worker.url}/webhooks/{name}", data=raw, headers=headers
            ) as response:
                if response.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("a webhook was not taken")


class _Timed(list[tuple[str, dict[str, Any]]]):
    """What a platform was given, noted with the time for both together."""

    def __init__(self, taken: list[tuple[float, str]]) -> None:
        super().__init__()
        self._taken = taken

    def append(self, given: tuple[str, dict[str, Any]]) -> None:
        self._taken.append((time.monotonic(), given[1].get("text", "")))
        super().append(given)


def answers(taken: list[tuple[float, str]]) -> list[tuple[float, str]]:
    head = "Anh/chị nói: "
    return [(at, text.removeprefix(head)) for at, text in taken if text.startswith(head)]


async def all_answered(taken: list[tuple[float, str]]) -> bool:
    return len({text for _, text in answers(taken)}) == CITIZENS * EACH


def check_once(taken: list[tuple[float, str]], killed_at: float) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    for at, text in answers(taken):
        times[text].append(at)
    assert len(times) == CITIZENS * EACH
    for text, at in times.items():
        if len(at) > 1:
            # No platform knows an idempotency key: what the killed worker had just sent may come again.
            assert len(at) == 2, text
            assert killed_at - IN_FLIGHT_SECONDS < at[0] < killed_at + IN_FLIGHT_SECONDS, text


def overtaken(session: Any) -> int:
    """How many messages arrived before one that was sent earlier; fails if the wrong one was answered first.

    What the gateway promises: of those that wait, the one sent first goes first, and each waits a moment
    for others. One that comes later than that moment may have been overtaken.
    """
    limits = limits_of("zalo")
    assert limits
    incoming = session.scalars(
        select(Message).where(Message.direction == Direction.INCOMING).order_by(Message.id)
    ).all()
    first_reply = {
        row.id: min(
            session.scalars(select(Message.id).where(Message.reply_to == row.id)).all(),
        )
        for row in incoming
    }
    count = 0
    by_sender: dict[str, list[Message]] = defaultdict(list)
    for row in incoming:
        by_sender[row.sender].append(row)
    for rows in by_sender.values():
        for place, late in enumerate(rows):
            for early in rows[:place]:
                assert early.sent_at is not None
                assert late.sent_at is not None
                if early.sent_at <= late.sent_at:
                    assert first_reply[early.id] < first_reply[late.id]
                    continue
                count += 1
                gap = (late.created_at - early.created_at).total_seconds()
                if gap < limits.settle_seconds:
                    assert first_reply[late.id] < first_reply[early.id]
    return count
