"""A flood from one address is held off; others, and providers' notices, are not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from common.limits import MOST_ADDRESSES, Limiter, address_of
from common.settings import Settings
from tests.gateway.fakes import Client
from web.limits import limit_payments


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_a_minute_then_as_time_passes() -> None:
    clock = Clock()
    limiter = Limiter(3, clock)
    assert [limiter.wait("a") for _ in range(3)] == [0, 0, 0]
    assert limiter.wait("a") == pytest.approx(20)
    assert limiter.wait("b") == 0
    clock.now = 20
    assert limiter.wait("a") == 0
    assert limiter.wait("a") > 0


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=80), st.integers(1, 20))
def test_no_minute_lets_more_than_twice_the_limit_through(pauses: list[float], limit: int) -> None:
    clock, passed = Clock(), []
    limiter = Limiter(limit, clock)
    for pause in pauses:
        clock.now += pause
        if not limiter.wait("a"):
            passed.append(clock.now)
    for begin in passed:
        # A full bucket, and what flows in during that minute.
        assert sum(begin <= at < begin + 60 for at in passed) <= 2 * limit


def test_memory_has_an_end() -> None:
    limiter = Limiter(1, Clock())
    limiter.wait("first")
    for at in range(MOST_ADDRESSES):
        limiter.wait(str(at))
    assert limiter.wait("first") == 0


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("1.1.1.1, 2.2.2.2", 0, ""),
        ("1.1.1.1, 2.2.2.2", 1, "2.2.2.2"),
        ("9.9.9.9, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("1.1.1.1", 2, ""),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"),
        ("not an address", 1, "not an address"),
    ],
)
def test_only_our_own_proxies_are_believed(forwarded: str, proxies: int, address: str) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded})
    assert address_of(request, proxies) == address


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async def ok(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    config = Settings(pages_per_minute=2, notices_per_minute=4, trusted_proxies=1)
    app = web.Application(middlewares=[limit_payments(config)])
    for path in ("/", "/payments/vnpay/return", "/payments/vnpay/ipn", "/payments/qr/k.png"):
        app.router.add_get(path, ok)
    found = TestClient(TestServer(app))
    await found.start_server()
    yield found
    await found.close()


async def statuses(client: Client, path: str, times: int, address: str = "1.1.1.1") -> list[int]:
    headers = {"X-Forwarded-For": address}
    return [(await client.get(path, headers=headers)).status for _ in range(times)]


async def test_pages_notices_and_the_rest_have_limits_of_their_own(client: Client) -> None:
    assert await statuses(client, "/payments/vnpay/return", 2) == [200, 200]
    answer = await client.get("/payments/qr/k.png", headers={"X-Forwarded-For": "1.1.1.1"})
    assert answer.status == 429
    assert (await answer.json())["type"] == "urn:motcua:problem:too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= 30
    assert await statuses(client, "/payments/qr/k.png", 1, "2.2.2.2") == [200]
    assert await statuses(client, "/payments/vnpay/ipn", 5) == [200] * 4 + [429]
    assert await statuses(client, "/", 20) == [200] * 20
