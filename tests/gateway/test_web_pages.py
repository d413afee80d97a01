"""Pages whose socket is with one gateway, while another one answers, tells, or ends the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import func, select

from common.database import Database
from gateway import erasing, inbox, outbox, sessions
from gateway.channels.web.http import CHANNEL
from gateway.channels.web.pages import Pages
from gateway.keys import DISPATCHER
from gateway.models import Message
from tests.gateway.fakes import Client, Connect, FakeOnestop, FakeRasa, open_session, until
from tests.gateway.platforms import served
from tests.gateway.storm import Worker
from tests.gateway.test_web_socket import Page, pages

__all__ = ["pages"]  # a fixture of other tests


def idle(client: Client) -> None:
    """Have another gateway answer what comes in here."""

    async def nothing(limit: int) -> list[inbox.Turn]:
        return []

    assert client.app is not None
    client.app[DISPATCHER].claim = nothing  # type: ignore[method-assign]


async def page_of(open_page: Any, client: Client, session: dict[str, str]) -> Page:
    token = session["Authorization"].removeprefix("Bearer ")
    found: Page = await open_page(client, auth={"token": token})
    return found


async def test_what_another_gateway_answers_is_shown_here_once(
    connect: Connect, pages: Any
) -> None:
    here, there = await connect(), await connect()
    idle(here)
    session = await open_session(here)
    page = await page_of(pages, here, session)
    other = await page_of(pages, there, session)
    ack = await page.socket.call("user_uttered", {"text": "xin chào", "message_id": "m1"})
    name, reply = await page.next()
    assert (name, reply["text"]) == ("bot_uttered", "Anh/chị nói: xin chào")
    assert await page.next() == ("turn_ended", {"id": ack["id"]})
    seen = {(await other.next())[0] for _ in range(3)}
    assert seen == {"user_uttered", "bot_uttered", "turn_ended"}
    await asyncio.sleep(2.5)
    assert page.events.empty()
    assert other.events.empty()


@pytest.mark.parametrize("erased", [False, True])
async def test_a_conversation_that_another_gateway_ends_goes_from_the_page_here(
    connect: Connect, pages: Any, gateway_database: Database, erased: bool
) -> None:
    here, there = await connect(), await connect()
    session, stays = await open_session(here), await open_session(here)
    page, kept = await page_of(pages, here, session), await page_of(pages, here, stays)
    async with there.post("/api/chat/messages", json={"text": "a"}, headers=session) as response:
        assert response.status == 200
    assert {(await page.next())[0] for _ in range(2)} == {"user_uttered", "bot_uttered"}
    if erased:
        token = session["Authorization"].removeprefix("Bearer ")
        sender = gateway_database.transact(sessions.resolve, token)
        gateway_database.transact(erasing.erase, str(sender))
    else:
        async with there.delete("/api/chat/sessions", headers=session) as response:
            assert response.status == 204
    assert await page.next() == ("session_ended", {"erased": erased})
    await asyncio.sleep(1.5)
    assert page.events.empty()
    assert kept.events.empty()


@pytest.fixture
async def two_processes(
    gateway_url: str, tmp_path: Path, rasa: FakeRasa, onestop: FakeOnestop
) -> AsyncIterator[tuple[str, str]]:
    """The addresses of two gateways, each a process of its own."""
    async with AsyncExitStack() as stack:
        settings = {
            "MOTCUA_GATEWAY_DATABASE_URL": gateway_url,
            "MOTCUA_RASA_URL": await stack.enter_async_context(served(rasa.app())),
            "MOTCUA_ONESTOP_URL": await stack.enter_async_context(served(onestop.app())),
        }
        workers = [Worker(tmp_path, settings) for _ in range(2)]
        for one in workers:
            stack.callback(one.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await asyncio.gather(*(one.up(http) for one in workers))
        yield workers[0].url, workers[1].url


async def test_two_processes_have_one_conversation(two_processes: tuple[str, str]) -> None:
    here, there = two_processes
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        async with http.post(f"{there}/api/chat/sessions") as response:
            token = (await response.json())["token"]
        session = {"Authorization": f"Bearer {token}"}
        page = Page()
        await page.socket.connect(here, auth={"token": token}, wait_timeout=60)
        said = {"text": "xin chào"}
        async with http.post(f"{there}/api/chat/messages", json=said, headers=session) as response:
            assert response.status == 200
        events = [await page.next() for _ in range(2)]
        assert [name for name, _ in events] == ["user_uttered", "bot_uttered"]
        assert events[1][1]["text"] == "Anh/chị nói: xin chào"
        async with http.delete(f"{there}/api/chat/sessions", headers=session) as response:
            assert response.status == 204
        assert await page.next() == ("session_ended", {"erased": False})
        await page.socket.disconnect()


def keep(database: Database, sender: str, key: str) -> int:
    body = {"text": key, "payload": None, "attachments": []}
    return database.transact(inbox.keep, sender, "web", key, body, 100)[0]


async def test_a_page_is_shown_only_what_came_after_it(gateway_database: Database) -> None:
    _, sender = gateway_database.transact(sessions.issue, "web")
    found = Pages(gateway_database)
    await found.enter("another", "web:another")
    keep(gateway_database, sender, "before")
    await found.enter("socket", sender)
    number = keep(gateway_database, sender, "after")
    assert [row.id for row in (await found.look()).rows] == [number]


async def test_a_number_that_is_seen_late_is_shown_all_the_same(
    gateway_database: Database,
) -> None:
    """Two processes write at the same time: the higher number may be there first."""
    _, sender = gateway_database.transact(sessions.issue, "web")
    found = Pages(gateway_database)
    await found.enter("socket", sender)
    late, early = (keep(gateway_database, sender, key) for key in ("a", "b"))
    with gateway_database.sessions.begin() as session:
        session.get_one(Message, late).sender = "web:hidden"
    assert [row.id for row in (await found.look()).rows] == [early]
    assert found.show(sender, early)
    with gateway_database.sessions.begin() as session:
        session.get_one(Message, late).sender = sender
    assert [row.id for row in (await found.look()).rows] == [late]


async def test_nothing_is_kept_of_pages_that_left(connect: Connect, pages: Any) -> None:
    client = await connect()
    assert client.app is not None
    session = await open_session(client)
    page = await page_of(pages, client, session)
    await page.socket.call("user_uttered", {"text": "xin chào", "message_id": "m1"})
    while (await page.next())[0] != "turn_ended":
        pass
    await page.socket.disconnect()
    found = client.app[CHANNEL].pages

    async def empty() -> bool:
        kept = (found._sender_of, found._sockets, found._since, found._shown, found._unsettled)
        return not any(kept)

    await until(empty)


async def test_what_is_put_off_ends_the_turn_on_the_page(gateway_database: Database) -> None:
    _, sender = gateway_database.transact(sessions.issue, "web")
    found = Pages(gateway_database)
    await found.enter("socket", sender)
    number = keep(gateway_database, sender, "a")
    found.said(sender, number)
    assert (await found.look()).settled == []
    (turn,) = gateway_database.transact(inbox.claim, "w", 1)
    assert (await found.look()).settled == []
    gateway_database.transact(inbox.postpone, turn, 60, {"text": "chậm"})
    assert (await found.look()).settled == [number]
    assert found.settle(number) == sender
    assert (await found.look()).settled == []
    assert (
        gateway_database.query(lambda session: session.scalar(select(func.count(Message.id)))) == 2
    )
    assert gateway_database.query(outbox.settled, [10**6]) == [10**6]


async def test_a_look_asks_as_much_of_the_database_however_many_answers_pages_wait_for(
    gateway_database: Database,
) -> None:
    asked: list[str] = []
    found = Pages(gateway_database)
    sql_event.listen(
        gateway_database.engine, "after_cursor_execute", lambda *told: asked.append(told[2])
    )
    counts = []
    for name in ("a", "b", "c"):
        _, sender = gateway_database.transact(sessions.issue, "web")
        await found.enter(name, sender)
        found.said(sender, keep(gateway_database, sender, name))
        asked.clear()
        await found.look()
        counts.append(len(asked))
    assert counts == counts[:1] * 3
