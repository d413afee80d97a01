"""The web channel over socket.io: the page's way, and rasa-webchat's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio

from gateway import inbox
from gateway.channels.web.http import CHANNEL
from gateway.keys import DATABASE
from gateway.texts import say as text_of
from tests.gateway.fakes import Client, Connect, FakeRasa, open_session


class Page:
    """A socket.io client that keeps what it was sent."""

    def __init__(self) -> None:
        self.socket = socketio.AsyncClient()
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        for name in (
            "bot_uttered",
            "user_uttered",
            "turn_ended",
            "session_confirm",
            "session_ended",
        ):
            self.socket.on(name, self._keeper(name))

    def _keeper(self, name: str) -> Any:
        async def keep(data: Any) -> None:
            await self.events.put((name, data))

        return keep

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.events.get(), 60)


@pytest.fixture
async def pages() -> AsyncIterator[Any]:
    opened: list[Page] = []

    async def open_page(client: Client, **options: Any) -> Page:
        page = Page()
        await page.socket.connect(str(client.make_url("/")), wait_timeout=60, **options)
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        await page.socket.disconnect()


async def test_a_page_with_the_cookie_speaks_as_its_sender(connect: Connect, pages: Any) -> None:
    client = await connect()
    token = (await open_session(client))["Authorization"].removeprefix("Bearer ")
    page = await pages(client, headers={"Cookie": f"motcua={token}"})
    ack = await page.socket.call("user_uttered", {"text": "xin chào", "message_id": "m1"})
    assert ack["status"] == 200
    name, reply = await page.next()
    assert (name, reply["text"], reply["from"]) == (
        "bot_uttered",
        "Anh/chị nói: xin chào",
        "assistant",
    )
    assert await page.next() == ("turn_ended", {"id": ack["id"]})


async def test_a_page_is_not_told_what_it_said_itself_though_a_look_comes_in_between(
    connect: Connect, pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await connect()
    assert client.app is not None
    token = (await open_session(client))["Authorization"].removeprefix("Bearer ")
    first, second = [await pages(client, auth={"token": token}) for _ in range(2)]
    channel, run = client.app[CHANNEL], client.app[DATABASE].run

    async def then_look(work: Any, *given: Any) -> Any:
        found = await run(work, *given)
        if work is inbox.keep:
            await channel.look()
        return found

    monkeypatch.setattr(client.app[DATABASE], "run", then_look)
    await first.socket.call("user_uttered", {"text": "xin chào", "message_id": "m1"})
    assert [(await second.next())[0] for _ in range(2)] == ["user_uttered", "bot_uttered"]
    assert (await first.next())[0] == "bot_uttered"


async def test_two_pages_of_a_citizen_show_the_same_and_strangers_see_nothing(
    connect: Connect, pages: Any
) -> None:
    client = await connect()
    token = (await open_session(client))["Authorization"].removeprefix("Bearer ")
    first = await pages(client, auth={"token": token})
    second = await pages(client, auth={"token": token})
    stranger_token = (await open_session(client))["Authorization"].removeprefix("Bearer ")
    stranger = await pages(client, auth={"token": stranger_token})
    await first.socket.call("user_uttered", {"text": "xin chào", "message_id": "m1"})
    name, said = await second.next()
    assert (name, said["text"], said["message_id"]) == ("user_uttered", "xin chào", "m1")
    assert (await second.next())[0] == "bot_uttered"
    assert (await first.next())[0] == "bot_uttered"
    assert (await first.next())[0] == "turn_ended"
    assert stranger.events.empty()


async def test_a_socket_that_stayed_open_does_not_speak_in_a_conversation_that_was_ended(
    connect: Connect, pages: Any, rasa: FakeRasa
) -> None:
    client = await connect()
    session = await open_session(client)
    page = await pages(client, auth={"token": session["Authorization"].removeprefix("Bearer ")})
    await page.socket.call("user_uttered", {"text": "một", "message_id": "m1"})
    while (await page.next())[0] != "turn_ended":
        pass
    async with client.delete("/api/chat/sessions", headers=session) as response:
        assert response.status == 204
    assert await page.next() == ("session_ended", {"erased": False})
    ack = await page.socket.call("user_uttered", {"text": "hai", "message_id": "m2"})
    assert (ack["status"], ack["detail"]) == (401, text_of("no_session"))
    assert [one["text"] for one in rasa.received] == ["một"]


async def test_a_rasa_webchat_gets_a_session_and_comes_back_with_it(
    connect: Connect, pages: Any, rasa: FakeRasa
) -> None:
    client = await connect()
    page = await pages(client)
    ack = await page.socket.call("user_uttered", {"message": "xin chào"})
    assert (ack["status"], ack["detail"]) == (401, text_of("no_session"))
    await page.socket.emit("session_request", {"session_id": "of-my-own-making"})
    _, confirmed = await page.next()
    assert confirmed["session_id"] != "of-my-own-making"
    await page.socket.call("user_uttered", {"message": "một"})
    assert await page.next() == ("bot_uttered", {"text": "Anh/chị nói: một"})
    again = await pages(client)
    await again.socket.emit("session_request", confirmed)
    assert await again.next() == ("session_confirm", confirmed)
    await again.socket.call("user_uttered", {"message": "hai"})
    for one in (again, page):
        assert await one.next() == ("bot_uttered", {"text": "Anh/chị nói: hai"})
    assert len({one["sender"] for one in rasa.received}) == 1


async def test_a_rasa_webchat_is_shown_messages_in_its_own_shapes(
    connect: Connect, pages: Any, rasa: FakeRasa
) -> None:
    button = {"title": "Lệ phí", "payload": "/ask_fee"}
    card = {"type": "link", "url": "/pay/1", "title": "Trả tiền"}

    async def answer(_: Any) -> list[dict[str, Any]]:
        return [
            {"text": "Một\nhai", "buttons": [button]},
            {"buttons": [button]},
            {"image": "/qr.png", "text": "Quét mã"},
            {"text": "Đây ạ", "custom": card},
        ]

    rasa.answer = answer
    client = await connect(public_url="https://motcua.example.vn")
    page = await pages(client)
    await page.socket.emit("session_request", None)
    await page.next()
    await page.socket.call("user_uttered", {"message": "/ask_fee"})
    assert [await page.next() for _ in range(5)] == [
        ("bot_uttered", one)
        for one in (
            {"text": "Một  \nhai", "quick_replies": [button]},
            {"text": text_of("choose"), "quick_replies": [button]},
            {
                "attachment": {
                    "type": "image",
                    "payload": {"title": "", "src": "https://motcua.example.vn/qr.png"},
                }
            },
            {"text": "Quét mã"},
            {"text": "Đây ạ  \n  \n[Trả tiền](https://motcua.example.vn/pay/1)"},
        )
    ]
    assert rasa.received[0]["text"] == "/ask_fee"


async def test_safeguards_hold_for_a_rasa_webchat_and_are_told_in_the_chat(
    connect: Connect, pages: Any, rasa: FakeRasa
) -> None:
    client = await connect(chat_messages_per_minute=1, sessions_per_minute=1)
    page = await pages(client)
    await page.socket.emit("session_request", {})
    await page.next()
    for said, answer in (
        ("/restart", "Anh/chị nói: restart"),  # no command of Rasa's own
        ("hai", text_of("too_many")),
    ):
        await page.socket.call("user_uttered", {"message": said})
        assert await page.next() == ("bot_uttered", {"text": answer})
    other = await pages(client)
    await other.socket.emit("session_request", {})
    assert await other.next() == ("bot_uttered", {"text": text_of("too_many_sessions")})


async def test_where_it_is_not_wanted_a_rasa_webchat_gets_no_session(
    connect: Connect, pages: Any
) -> None:
    client = await connect(rasa_webchat=False)
    page = await pages(client)
    assert (await page.socket.call("session_request", {}))["status"] == 403
    assert page.events.empty()


@pytest.mark.parametrize(
    "data", [None, [], "x", {"text": 1}, {"payload": "/restart"}, {"text": "/"}]
)
async def test_a_malformed_event_is_refused_with_a_text(
    connect: Connect, pages: Any, rasa: FakeRasa, data: Any
) -> None:
    client = await connect()
    token = (await open_session(client))["Authorization"].removeprefix("Bearer ")
    page = await pages(client, auth={"token": token})
    ack = await page.socket.call("user_uttered", data)
    assert ack["status"] == 422
    assert ack["detail"]
    assert rasa.received == []
