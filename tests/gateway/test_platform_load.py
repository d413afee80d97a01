"""Two gateway workers and two Rasa servers, one of each killed, under 1,000 webhook events.

100 citizens on Zalo and Messenger; a tenth of the events are repeats; events overtake one another. Every
distinct message is answered once, in order for each citizen. On real Rasa servers, and on PostgreSQL:
test_rasa_load.py.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from common.database import Database
from tests.gateway.fakes import FakeOnestop, FakeRasa, until
from tests.gateway.platforms import served
from tests.gateway.storm import (
    CITIZENS,
    EACH,
    IN_FLIGHT,
    IN_FLIGHT_SECONDS,
    Given,
    Kept,
    Timed,
    Worker,
    accounts,
    blocks,
    put_in_order,
    tell,
)
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer


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
@pytest.mark.parametrize("gateway_url", ["sqlite"], indirect=True)
async def test_every_distinct_message_is_answered_once_and_in_order(
    gateway_url: str,
    tmp_path: Path,
    rasas: list[tuple[FakeRasa, str, AsyncExitStack]],
    zalo_server: ZaloServer,
    messenger_server: MessengerServer,
    onestop: FakeOnestop,
) -> None:
    taken: list[Given] = []
    kept: Kept = {}
    for server in (zalo_server, messenger_server):
        server.sent = Timed(taken)  # type: ignore[assignment]
    async with AsyncExitStack() as stack:
        settings = {
            "MOTCUA_GATEWAY_DATABASE_URL": gateway_url,
            "MOTCUA_ONESTOP_URL": await stack.enter_async_context(served(onestop.app())),
            "MOTCUA_TURN_TIMEOUT_SECONDS": "1",
            **accounts(zalo_server, messenger_server),
        }
        workers = [Worker(tmp_path, {**settings, "MOTCUA_RASA_URL": url}) for _, url, _ in rasas]
        for worker in workers:
            stack.callback(worker.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await asyncio.gather(*(worker.up(http) for worker in workers))
        planned = blocks(random.Random(7))
        alive = [one.url for one in workers]
        killed_at = 0.0
        for number, block in enumerate(planned):
            if number == len(planned) // 3:
                await rasas[1][2].aclose()
            if number == 2 * len(planned) // 3:
                workers[1].kill()
                killed_at = time.monotonic()
            await asyncio.gather(*(tell(http, alive, one, kept) for one in block))
            if killed_at:
                alive = alive[:1]
        await until(lambda: all_answered(taken), 150)
    check_once(taken, killed_at)
    database = Database(gateway_url)
    assert database.query(put_in_order, kept) > 0
    database.close()


def answers(taken: list[Given]) -> list[tuple[float, str]]:
    head = "Anh/chị nói: "
    return [(one.at, one.text.removeprefix(head)) for one in taken if one.text.startswith(head)]


async def all_answered(taken: list[Given]) -> bool:
    return len({text for _, text in answers(taken)}) == CITIZENS * EACH


def check_once(taken: list[Given], killed_at: float) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    for at, text in answers(taken):
        times[text].append(at)
    assert len(times) == CITIZENS * EACH
    assert len(answers(taken)) <= CITIZENS * EACH + IN_FLIGHT
    for text, at in times.items():
        if len(at) > 1:
            # No platform knows an idempotency key: what the killed worker had just sent may come again.
            assert len(at) == 2, text
            assert killed_at - IN_FLIGHT_SECONDS < at[0] < killed_at + IN_FLIGHT_SECONDS, text
