"""Zalo's tokens (row "token" of the shared facts): renewed in time by one worker of many, never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from common.database import Database, now
from gateway.channels.errors import NotSentError
from gateway.channels.limits import limits_of
from gateway.channels.zalo import tokens
from gateway.channels.zalo.client import ZaloClient
from gateway.channels.zalo.tokens import Tokens
from gateway.models import PlatformToken
from tests.gateway.fakes import Connect
from tests.gateway.platforms import answered
from tests.platforms import zalo
from tests.platforms.zalo import ZaloServer

OpenTokens = Callable[..., Tokens]


@pytest.fixture
async def open_tokens(
    gateway_database: Database, zalo_server: ZaloServer
) -> AsyncIterator[OpenTokens]:
    """Makes a worker's view of the tokens; each call is another worker."""
    limits = limits_of("zalo")
    assert limits
    async with aiohttp.ClientSession() as http:

        def make(seed: str = "seed") -> Tokens:
            base = zalo_server.base
            client = ZaloClient(http, base, base, zalo.APP_ID, zalo.APP_SECRET, limits)
            return Tokens(gateway_database, client, seed)

        yield make


def change(database: Database, **values: Any) -> None:
    with database.sessions.begin() as session:
        session.execute(update(PlatformToken).values(**values))


async def test_the_first_token_comes_from_the_settings_and_is_then_shared(
    open_tokens: OpenTokens, zalo_server: ZaloServer
) -> None:
    assert await open_tokens().access() == "access-1"
    assert await open_tokens().access() == "access-1"
    assert zalo_server.renewals == 1


async def test_row_token_two_workers_at_once_renew_once(
    open_tokens: OpenTokens, zalo_server: ZaloServer, gateway_database: Database
) -> None:
    await open_tokens().access()
    change(gateway_database, expires_at=now() + timedelta(hours=1))

    async def slowly() -> None:
        await asyncio.sleep(0.2)

    zalo_server.on_renewal = slowly
    workers = [open_tokens() for _ in range(4)]
    found = await asyncio.gather(*(one.access() for one in workers for _ in range(3)))
    # The others go on with the old token, which is still good, and have the new one next time.
    assert set(found) <= {"access-1", "access-2"}
    assert zalo_server.renewals == 2
    assert await workers[3].access() == "access-2"


async def test_a_token_is_renewed_hours_before_its_end(
    open_tokens: OpenTokens, zalo_server: ZaloServer, gateway_database: Database
) -> None:
    await open_tokens().access()
    change(gateway_database, expires_at=now() + tokens.MARGIN + timedelta(minutes=1))
    assert await open_tokens().access() == "access-1"
    change(gateway_database, expires_at=now() + tokens.MARGIN - timedelta(minutes=1))
    assert await open_tokens().access() == "access-2"


async def test_row_token_a_worker_stopped_between_answer_and_storing_still_stores(
    open_tokens: OpenTokens,
    zalo_server: ZaloServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered_it = asyncio.Event()
    renew = ZaloClient.renew

    async def then_wait(self: ZaloClient, token: str) -> Any:
        pair = await renew(self, token)
        answered_it.set()
        await asyncio.sleep(0.2)
        return pair

    monkeypatch.setattr(ZaloClient, "renew", then_wait)
    stopping = open_tokens()
    task = asyncio.create_task(stopping.access())
    await answered_it.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await stopping.close()
    assert await open_tokens().access() == "access-1"
    assert zalo_server.renewals == 1


async def test_a_database_that_does_not_take_the_new_pair_is_asked_again(
    open_tokens: OpenTokens,
    zalo_server: ZaloServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = tokens.store
    failures = iter([True, True, False])

    def locked(*given: Any) -> None:
        if next(failures):
            raise OperationalError("", None, Exception("locked"))
        store(*given)

    monkeypatch.setattr(tokens, "store", locked)
    assert await open_tokens().access() == "access-1"
    assert zalo_server.renewals == 1


async def test_a_worker_killed_between_answer_and_storing_leaves_the_old_token_working(
    open_tokens: OpenTokens,
    zalo_server: ZaloServer,
    gateway_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await open_tokens().access()
    change(gateway_database, expires_at=now() + timedelta(hours=1))

    def killed(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(tokens, "store", killed)
        with pytest.raises(SystemExit):
            await open_tokens()._exchange("access-1")
    assert zalo_server.renewals == 2
    # The dead worker's lease has not ended: the others go on with what works.
    assert await open_tokens().access() == "access-1"
    # It has ended: the refresh token is used up, which Zalo says and the log tells staff.
    change(gateway_database, lease_until=now() - timedelta(seconds=1))
    assert await open_tokens().access() == "access-1"
    # Staff authorise the account anew: the chain goes on.
    zalo_server.refresh_token = "seed-2"
    assert await open_tokens("seed-2").access() == "access-3"
    # A worker that was not restarted yet does no harm with its old setting.
    assert await open_tokens("seed").access() == "access-3"
    assert await open_tokens("seed-2").access() == "access-3"


async def test_a_worker_killed_before_zalo_was_asked_costs_nothing(
    open_tokens: OpenTokens, gateway_database: Database
) -> None:
    await open_tokens().access()
    change(gateway_database, expires_at=now() + timedelta(hours=1))
    gateway_database.transact(tokens.claim, "dead", "seed", "access-1")
    assert await open_tokens().access() == "access-1"
    change(gateway_database, lease_until=now() - timedelta(seconds=1))
    assert await open_tokens().access() == "access-2"


async def test_no_answer_gives_the_right_back_and_a_refusal_is_not_repeated_at_once(
    open_tokens: OpenTokens, zalo_server: ZaloServer
) -> None:
    zalo_server.token_faults.append("500")
    with pytest.raises(NotSentError):
        await open_tokens().access()
    assert await open_tokens().access() == "access-1"
    zalo_server.refresh_token = "another"
    for _ in range(3):
        assert await open_tokens("wrong").access() == "access-1"
    assert zalo_server.renewals == 1


async def test_tokens_are_not_readable_in_the_database(
    open_tokens: OpenTokens, gateway_database: Database
) -> None:
    await open_tokens().access()
    with gateway_database.engine.begin() as connection:
        stored = str(connection.execute(text("SELECT * FROM platform_tokens")).all())
    for secret in ("seed", "access-1", "refresh-1"):
        assert secret not in stored


@pytest.mark.parametrize("code", [-216, -220])
async def test_row_errors_216_and_220_renew_the_token_and_send_again(
    connect_zalo: Connect, zalo_server: ZaloServer, code: int
) -> None:
    client = await connect_zalo()
    zalo_server.faults.append(code)
    await zalo.tell(client.post, zalo.text("chào"))
    await answered(zalo_server, 1)
    assert zalo_server.asked_with == ["access-1", "access-2"]
