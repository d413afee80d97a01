"""A storm of webhooks: 1,000 events of 100 citizens, a tenth of them repeats, that overtake one another.

What the tests of it share, on fake Rasa servers (test_platform_load.py) and on real ones (test_rasa_load.py).
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
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from common.settings import ROOT
from gateway.channels.limits import limits_of
from gateway.models import Direction, Message
from gateway.sending import CONCURRENT_SENDS
from tests.conversations.system import free_ports
from tests.gateway.fakes import until
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer

CITIZENS, EACH, REPEATS = 100, 9, 100
BLOCK = 30
IN_FLIGHT_SECONDS = 10.0
"""How long before the kill a part may have been taken whose note was lost with it, on a busy machine."""

IN_FLIGHT = 2 * CONCURRENT_SENDS
"""So many parts the killed worker may have been sending, on both platforms together."""


class Webhook(NamedTuple):
    """A citizen's message as its platform posts it."""

    channel: str
    raw: bytes
    headers: dict[str, str]
    key: str


Kept = dict[str, datetime]
"""By the platform's id of a message: when a gateway had said first that it is kept."""

Words = Callable[[int, int], str]


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
        """Wait until it answers."""
        await answering(http, f"{self.url}/health")

    def kill(self) -> None:
        """End it without a word."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Let it end."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)


async def answering(http: aiohttp.ClientSession, url: str, seconds: float = 60) -> None:
    """Wait until an address answers with success."""

    async def answers() -> bool:
        try:
            async with http.get(url) as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    await until(answers, seconds)


def accounts(zalo_server: ZaloServer, messenger_server: MessengerServer) -> dict[str, str]:
    """The settings of a gateway with an account on both platforms."""
    return {
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


def user_of(citizen: int) -> str:
    """A citizen's id on the platform."""
    return str(1_000 + citizen)


def channel_of(citizen: int) -> str:
    """Even citizens are on Zalo, odd ones on Messenger."""
    return "messenger" if citizen % 2 else "zalo"


def key_of(citizen: int, number: int) -> str:
    """The platform's id of a citizen's message."""
    return f"m{citizen}.{number}"


def spoken(citizen: int, number: int) -> str:
    """Words that no other message has."""
    return f"{citizen}-{number}"


def webhook(citizen: int, number: int, at: int, words: str) -> Webhook:
    """The webhook of a citizen's message."""
    key, user = key_of(citizen, number), user_of(citizen)
    if channel_of(citizen) == "zalo":
        return Webhook("zalo", *zalo.signed(zalo.text(words, key, user, at)), key)
    return Webhook("messenger", *messenger.signed([messenger.text(words, key, user, at)]), key)


def blocks(chance: random.Random, words: Words = spoken) -> list[list[Webhook]]:
    """All webhooks: blocks that are posted at the same time, out of order, repeats among them."""
    begun = int(time.time() * 1000)
    groups = [range(first, first + BLOCK // 3) for first in range(0, CITIZENS, BLOCK // 3)]
    found = []
    for third in range(3):
        for group in groups:
            numbers = range(third * EACH // 3, (third + 1) * EACH // 3)
            found.append(
                [
                    webhook(one, number, begun + number, words(one, number))
                    for one in group
                    for number in numbers
                ]
            )
    for _ in range(REPEATS):
        at = chance.randrange(len(found))
        earlier = [one for block in found[: at + 1] for one in block]
        found[at] = [*found[at], chance.choice(earlier)]
    for block in found:
        chance.shuffle(block)
    assert sum(map(len, found)) == CITIZENS * EACH + REPEATS == 1_000
    return found


class Given(NamedTuple):
    """What a platform was given: when, for whom, which words."""

    at: float
    user: str
    text: str


class Timed(list[tuple[str, dict[str, Any]]]):
    """What a platform was given, noted for both platforms together."""

    def __init__(self, taken: list[Given]) -> None:
        super().__init__()
        self._taken = taken

    def append(self, given: tuple[str, dict[str, Any]]) -> None:
        """Note it."""
        user, message = given
        self._taken.append(Given(time.monotonic(), user, messenger.text_of(message)))
        super().append(given)


async def tell(http: aiohttp.ClientSession, urls: Sequence[str], hook: Webhook, kept: Kept) -> None:
    """Post a webhook to any gateway, and again to the first if it is not taken, as platforms do."""
    for attempt in range(10):
        url = random.choice(urls[: 1 if attempt else None])
        address = f"{url}/webhooks/{hook.channel}"
        try:
            async with http.post(address, data=hook.raw, headers=hook.headers) as response:
                if response.status == 200:
                    kept.setdefault(hook.key, now())
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("a webhook was not taken")


def put_in_order(session: Session, kept: Kept) -> int:
    """How many messages arrived after one that was sent later, and were answered first; fails if one was not.

    What the gateway promises: of those that wait, the one sent first goes first, and each waits a moment
    for others. So of two of a citizen the one sent first is answered first, if a gateway had said that it
    is kept before the other one's moment was over. On a machine that stalls it may come later than that.
    """
    limits = limits_of("zalo")
    assert limits
    moment = timedelta(seconds=limits.settle_seconds)
    incoming = session.scalars(
        select(Message).where(Message.direction == Direction.INCOMING).order_by(Message.id)
    ).all()
    first_reply = {
        row.id: min(session.scalars(select(Message.id).where(Message.reply_to == row.id)).all())
        for row in incoming
    }
    by_sender: dict[str, list[Message]] = defaultdict(list)
    for row in incoming:
        by_sender[row.sender].append(row)
    count = 0
    for rows in by_sender.values():
        for pair in combinations(rows, 2):
            first, second = sorted(pair, key=sent_at)
            if kept[str(first.key)] < second.created_at + moment:
                assert first_reply[first.id] < first_reply[second.id]
                count += first.id > second.id
    return count


def sent_at(row: Message) -> int:
    """When its platform says that a message was sent."""
    assert row.sent_at is not None
    return row.sent_at
