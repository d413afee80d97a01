"""Pages of other portals: those that the setting names may hold the widget, all others get nothing."""

from __future__ import annotations

import aiohttp
import pytest
import socketio
from pydantic import ValidationError

from common.settings import Settings
from gateway.keys import METRICS
from tests.gateway.fakes import Client, Connect

PORTAL, STRANGER = "https://dichvucong.example.vn", "https://evil.example"
ALLOW = "Access-Control-Allow-Origin"


async def test_a_listed_page_opens_a_session_by_token_without_a_cookie(connect: Connect) -> None:
    client = await connect(widget_origins=[PORTAL])
    headers = {"Origin": PORTAL}
    async with client.post("/api/chat/sessions", headers=headers) as response:
        assert response.status == 201
        assert response.headers[ALLOW] == PORTAL
        assert response.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "Set-Cookie" not in response.headers
        view = await response.json()
    assert view["greeting"]
    assert view["text_max"] == 2_000
    headers["Authorization"] = f"Bearer {view['token']}"
    async with client.post("/api/chat/messages", json={"text": "chào"}, headers=headers) as said:
        assert (await said.json())["replies"][0]["text"] == "Anh/chị nói: chào"
    async with client.post("/api/chat/messages", json={"text": ""}, headers=headers) as refused:
        assert (refused.status, refused.headers[ALLOW]) == (422, PORTAL)  # readable there too


async def test_the_browsers_question_is_answered_before_the_request(connect: Connect) -> None:
    client = await connect(widget_origins=[PORTAL])
    asked = {"Origin": PORTAL, "Access-Control-Request-Method": "DELETE"}
    async with client.options("/api/chat/sessions", headers=asked) as response:
        assert response.status == 204
        assert response.headers[ALLOW] == PORTAL
        assert "DELETE" in response.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in response.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", f"{PORTAL}.evil.example", "http://dichvucong.example.vn"]
)
@pytest.mark.parametrize("listed", [[], [PORTAL]])
async def test_any_other_page_is_refused_and_counted(
    connect: Connect, origin: str, listed: list[str]
) -> None:
    client = await connect(widget_origins=listed)
    for method in ("POST", "OPTIONS", "DELETE"):
        async with client.request(
            method, "/api/chat/sessions", headers={"Origin": origin}
        ) as response:
            assert response.status == 403
            assert ALLOW not in response.headers
    assert client.app
    assert client.app[METRICS].total("requests_refused", "web", "foreign_origin") == 3


async def test_our_own_page_has_its_cookie_also_behind_a_proxy(connect: Connect) -> None:
    client = await connect(public_url="https://motcua.example.vn")
    own = str(client.make_url("")).rstrip("/")
    for origin in (own, "https://motcua.example.vn"):
        async with client.post("/api/chat/sessions", headers={"Origin": origin}) as response:
            assert response.status == 201
            assert "HttpOnly" in response.headers["Set-Cookie"]
        client.session.cookie_jar.clear()


async def socket(client: Client, origin: str, transport: str) -> bool:
    if transport == "polling":  # by hand: a client's farewell waits until the long poll is over
        parameters = {"EIO": "4", "transport": "polling"}
        async with client.get(
            "/socket.io/", params=parameters, headers={"Origin": origin}
        ) as response:
            return response.status == 200
    page = socketio.AsyncClient()
    try:
        await page.connect(
            str(client.make_url("/")),
            headers={"Origin": origin},
            transports=[transport],
            wait_timeout=60,
        )
    except socketio.exceptions.ConnectionError:
        return False
    await page.disconnect()
    return True


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_socket_is_for_our_own_and_the_listed_pages(
    connect: Connect, transport: str
) -> None:
    client = await connect(widget_origins=[PORTAL])
    own = str(client.make_url("")).rstrip("/")
    assert await socket(client, own, transport)
    assert await socket(client, PORTAL, transport)
    assert not await socket(client, STRANGER, transport)


async def test_without_the_setting_no_answer_is_for_others(connect: Connect) -> None:
    client = await connect()
    async with client.post("/api/chat/sessions") as response:
        assert {ALLOW, "Cross-Origin-Resource-Policy"}.isdisjoint(response.headers)


@pytest.mark.parametrize(
    "origin", ["*", "dichvucong.example.vn", f"{PORTAL}/", f"{PORTAL}/chat", PORTAL.upper()]
)
def test_what_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ValidationError, match="no origin"):
        Settings(widget_origins=[origin])


def test_origins_stand_in_the_setting_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_WIDGET_ORIGINS", f"{PORTAL},http://localhost:8000")
    assert Settings().widget_origins == [PORTAL, "http://localhost:8000"]


async def opened(client: Client, address: str = "") -> aiohttp.ClientResponse:
    client.session.cookie_jar.clear()
    headers = {"X-Forwarded-For": address} if address else {}
    return await client.post("/api/chat/sessions", headers=headers)


async def test_sessions_begun_from_one_address_are_limited_and_counted(connect: Connect) -> None:
    client = await connect(sessions_per_minute=2)
    assert [(await opened(client)).status for _ in range(3)] == [201, 201, 429]
    refused = await opened(client, "203.0.113.7")  # not believed: no proxy of ours
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 30
    assert "chờ một phút" in (await refused.json())["detail"]
    assert client.app
    assert client.app[METRICS].total("sessions_opened", "web") == 2
    assert client.app[METRICS].total("sessions_refused", "web", "too_many") == 2


async def test_behind_our_proxy_each_citizen_has_an_address(connect: Connect) -> None:
    client = await connect(sessions_per_minute=1, trusted_proxies=1)
    asked = [
        await opened(client, one) for one in ("203.0.113.7", "203.0.113.8", "1.1.1.1, 203.0.113.7")
    ]
    assert [one.status for one in asked] == [201, 201, 429]


async def test_who_has_a_session_goes_on_however_many_were_begun(connect: Connect) -> None:
    client = await connect(sessions_per_minute=1)
    token = (await (await opened(client)).json())["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(3):
        async with client.post("/api/chat/sessions", headers=headers) as response:
            assert response.status == 200
