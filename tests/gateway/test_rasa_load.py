"""The storm of webhooks on two real Rasa servers, one of them killed, with a real action server behind them.

Two gateways ask Rasa through a balancer that loses an answer now and then; one gateway is killed as well. On
PostgreSQL where there is a server, as the set-up with several workers is; else on SQLite, where it holds too.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from itertools import zip_longest
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from honcho.environ import parse_procfile
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.tables import events
from common.__main__ import PACKAGES
from common.database import Database
from common.settings import ROOT
from common.supervise import process_environment, read_settings
from gateway import outbox
from gateway.channels.limits import limits_of
from gateway.inbox import Turn
from gateway.models import Direction, Message, State
from gateway.rendering import render
from tests.conversations.system import System, free_ports
from tests.databases import POSTGRES, migrated
from tests.gateway.fakes import until
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
    answering,
    blocks,
    channel_of,
    put_in_order,
    tell,
    user_of,
)
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer

WORDS = ("xin chào", "cảm ơn em", "phí 1.004194 bao nhiêu")
"""Cheap to answer; the last one asks the action server and the one-stop service."""

UNANSWERED_AT_ONCE = 150
"""So many messages are on their way before more are posted: the storm lasts until both were killed."""

LOST_EVERY = 40
"""Of so many turns one is played and its answer lost."""

PUBLIC = "http://portal.test"


class RasaServer:
    """A Rasa server of its own, started as the Procfile says."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        command = parse_procfile((ROOT / "Procfile").read_text()).processes["rasa"]
        with (directory / "rasa.log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                shell=True,
                cwd=ROOT,
                env={**environment, "MOTCUA_RASA_PORT": str(port)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """End it without a word."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()


class Balancer:
    """Stands before the Rasa servers, as a province's would; asks only those that live."""

    def __init__(self) -> None:
        self.servers: list[str] = []
        self.turns = self.lost = self.broken = 0
        self.asked: dict[str, int] = defaultdict(int)
        self._http: aiohttp.ClientSession

    def app(self) -> web.Application:
        """The application."""
        app = web.Application()
        app.cleanup_ctx.append(self._client)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        return app

    async def _client(self, app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as self._http:
            yield

    async def _pass_on(self, request: web.Request) -> web.Response:
        if not self.servers:
            return web.Response(status=503)
        server = random.choice(self.servers)
        headers = {
            name: one
            for name, one in request.headers.items()
            if name in ("Authorization", "Idempotency-Key")
        }
        try:
            async with self._http.request(
                request.method,
                f"{server}{request.path}",
                data=await request.read(),
                headers=headers,
            ) as response:
                body = await response.read()
        except aiohttp.ClientError:
            self.broken += 1
            return web.Response(status=502)
        if request.method == "POST" and response.status == 200:
            self.turns += 1
            self.asked[server] += 1
            if self.turns % LOST_EVERY == 0:
                self.lost += 1
                return web.Response(status=502)
        return web.Response(body=body, status=response.status, content_type=response.content_type)


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The addresses of empty databases, by package."""
    backend = "postgresql" if POSTGRES else "sqlite"
    with ExitStack() as stack:
        yield {one: stack.enter_context(migrated(one, backend, tmp_path)) for one in PACKAGES}


@pytest.mark.system
@pytest.mark.timeout(480)
async def test_every_distinct_message_is_answered_once_and_in_order_by_real_rasas(
    tmp_path: Path,
    urls: dict[str, str],
    zalo_server: ZaloServer,
    messenger_server: MessengerServer,
) -> None:
    taken: list[Given] = []
    kept: Kept = {}
    for platform in (zalo_server, messenger_server):
        platform.sent = Timed(taken)  # type: ignore[assignment]
    balancer = Balancer()
    async with AsyncExitStack() as stack:
        settings = {
            "MOTCUA_DATABASE_URL": urls["onestop"],
            "MOTCUA_GATEWAY_DATABASE_URL": urls["gateway"],
            "MOTCUA_TRACKER_DATABASE_URL": urls["bot"],
            "MOTCUA_RASA_URL": await stack.enter_async_context(served(balancer.app())),
            "MOTCUA_PUBLIC_URL": PUBLIC,
            **accounts(zalo_server, messenger_server),
        }
        http = await stack.enter_async_context(aiohttp.ClientSession())
        system = System(tmp_path, settings)
        balancer.servers.append(f"http://127.0.0.1:{system.environment['MOTCUA_RASA_PORT']}")
        stack.callback(system.stop)
        await asyncio.to_thread(system.start)
        ours = {name: one for name, one in system.environment.items() if name[:6] == "MOTCUA"}
        environment = {**process_environment(read_settings()), **ours}
        rasa, gateway = RasaServer(tmp_path, environment), Worker(tmp_path, system.environment)
        stack.callback(rasa.kill)
        stack.callback(gateway.stop)
        await answering(http, f"{rasa.url}/webhooks/gateway/")
        balancer.servers.append(rasa.url)
        await gateway.up(http)
        database = Database(urls["gateway"])
        stack.callback(database.close)

        planned = blocks(random.Random(7), lambda _citizen, number: WORDS[number % len(WORDS)])
        alive, posted, killed_at = [system.url, gateway.url], 0, 0.0

        async def room() -> bool:
            return posted - len(taken) < UNANSWERED_AT_ONCE

        for number, block in enumerate(planned):
            await until(room, 120)
            if number == len(planned) // 2:
                rasa.kill()
                balancer.servers.remove(rasa.url)
            if number == 2 * len(planned) // 3:
                gateway.kill()
                killed_at = time.monotonic()
            await asyncio.gather(*(tell(http, alive, one, kept) for one in block))
            posted += len(block)
            if killed_at:
                alive = alive[:1]

        async def settled() -> bool:
            return await database.read(finished) == CITIZENS * EACH

        await until(settled, 120)
    database = Database(urls["gateway"])
    assert balancer.lost > 10
    assert min(balancer.asked.values()) > 50
    try:
        assert database.query(put_in_order, kept) > 0
        check_told(database, taken, killed_at)
        check_played(database, urls["bot"])
    finally:
        database.close()


def finished(session: Session) -> int:
    """How many messages are answered; none, while an answer is still to be sent."""
    # In this order: an answer is kept with the end of its turn, and a statement sees what was kept before.
    answered = select(Message.id).where(Message.state == State.ANSWERED)
    count = len(session.scalars(answered).all())
    unsent = select(Message.id).where(Message.state.in_((State.UNSENT, State.SENDING)))
    return 0 if session.scalars(unsent.limit(1)).first() else count


def check_told(database: Database, taken: list[Given], killed_at: float) -> None:
    """Each citizen was told each message of the outbox once, in its order.

    No platform knows an idempotency key: what the killed gateway had just sent may come again.
    """
    given: dict[str, list[Given]] = defaultdict(list)
    for one in taken:
        given[one.user].append(one)
    again = 0
    for citizen in range(CITIZENS):
        told = given[user_of(citizen)]
        wanted = database.query(expected, citizen)
        for text, following in zip_longest(wanted, wanted[1:]):
            assert told, citizen
            first = told.pop(0)
            assert first.text == text
            near = abs(first.at - killed_at) < IN_FLIGHT_SECONDS
            # Two questions that are alike have the same answer, each of them.
            if near and told and told[0].text == text != following:
                told.pop(0)
                again += 1
        assert told == []
    assert again <= IN_FLIGHT


def expected(session: Session, citizen: int) -> list[str]:
    """What the outbox has for a citizen, as the platform is to show it."""
    channel = channel_of(citizen)
    limits = limits_of(channel)
    assert limits
    rows = session.scalars(
        select(Message)
        .where(
            Message.sender == f"{channel}:{user_of(citizen)}",
            Message.direction == Direction.OUTGOING,
        )
        .order_by(Message.id)
    )
    return [
        part.text
        for row in rows
        for part in render(row.id, row.body, limits, PUBLIC, outbox.before(session, row))
    ]


def check_played(database: Database, tracker_url: str) -> None:
    """Rasa's conversations have each message once, in the order in which they were answered."""
    tracker = Database(tracker_url)
    played = select(events.c.sender_id, events.c.turn).where(events.c.turn.is_not(None))
    in_order = played.order_by(events.c.sender_id, events.c.sequence)
    found: dict[str, list[str]] = defaultdict(list)
    for sender, turn in tracker.query(lambda session: session.execute(in_order).all()):
        found[sender].append(turn)
    tracker.close()
    wanted = database.query(answered)
    assert len(wanted) == CITIZENS
    assert found == wanted


def answered(session: Session) -> dict[str, list[str]]:
    """By sender: what Rasa knows each message by, in the order of their answers."""
    rows = session.scalars(select(Message).where(Message.direction == Direction.INCOMING))
    last = {
        row.id: max(session.scalars(select(Message.id).where(Message.reply_to == row.id)))
        for row in rows.all()
    }
    found: dict[str, list[str]] = defaultdict(list)
    for number in sorted(last, key=lambda one: last[one]):
        row = session.get_one(Message, number)
        found[row.sender].append(Turn.of(row).key)
    return dict(found)
