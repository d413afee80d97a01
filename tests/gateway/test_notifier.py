"""The notifier: each notice reaches its citizen once, whatever dies on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from gateway import outbox, queue, sessions
from gateway.channels.base import Channel
from gateway.channels.errors import NotSentError, Remedy
from gateway.channels.web.schemas import Utterance
from gateway.models import Message
from gateway.notifier import Notifier
from gateway.onestop_client import OnestopClient, OnestopUnavailableError
from tests.gateway.fakes import TOKEN, Connect, FakeOnestop, open_session, until
from tests.gateway.test_web_socket import pages as pages


class Chat(Channel):
    """A channel that keeps what it was given, and fails as told."""

    name = "web"

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.trouble: list[Exception] = []

    def setup(self, app: web.Application) -> None:
        """No routes."""

    async def deliver(self, sender: str, turn: int, replies: Sequence[Message], done: bool) -> None:
        """No replies."""

    async def notify(self, sender: str, notice: Message) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.told.append((sender, notice.body["text"]))


@pytest.fixture
async def client(onestop: FakeOnestop) -> AsyncIterator[OnestopClient]:
    async with TestServer(onestop.app()) as server, aiohttp.ClientSession() as http:
        yield OnestopClient(http, str(server.make_url("")).rstrip("/"), TOKEN)


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def notifier(gateway_database: Database, client: OnestopClient, chat: Chat) -> Notifier:
    return Notifier(gateway_database, client, {"web": chat})


def outcomes(onestop: FakeOnestop) -> list[tuple[str, str]]:
    return [(one["outcome"], one["reason"]) for one in onestop.reports]


def messages(database: Database) -> list[dict[str, Any]]:
    return database.query(
        lambda session: [row.body for row in session.scalars(select(Message).order_by(Message.id))]
    )


async def test_a_notice_becomes_a_message_with_its_buttons_and_card(
    notifier: Notifier, onestop: FakeOnestop, chat: Chat, gateway_database: Database
) -> None:
    button = {"title": "Bổ sung ngay", "payload": "/supplement_dossier"}
    onestop.tell("web:a", "Cần bổ sung", buttons=[button], card={"type": "receipt"})
    assert not await notifier.work()
    assert chat.told == [("web:a", "Cần bổ sung")]
    body = {"text": "Cần bổ sung", "buttons": [button], "custom": {"type": "receipt"}}
    assert messages(gateway_database) == [body]
    assert outcomes(onestop) == [("delivered", "")]


@pytest.mark.parametrize(("put", "times"), [("put_once", 1), ("put", 2)])
async def test_a_worker_that_dies_before_it_reports_tells_it_once_thanks_to_the_key(
    notifier: Notifier,
    client: OnestopClient,
    onestop: FakeOnestop,
    gateway_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    put: str,
    times: int,
) -> None:
    onestop.tell("web:a", "Đã nhận")
    if put == "put":  # without the guard, to see that it is one

        def unguarded(session: Session, sender: str, channel: str, _key: str, body: Any) -> Message:
            return outbox.put(session, sender, channel, [body])[0]

        monkeypatch.setattr(outbox, "put_once", unguarded)

    async def die(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as killed:
        killed.setattr(client, "report_notice", die)
        with pytest.raises(asyncio.CancelledError):
            await notifier.work()
    assert await client.claim_notices(9) == []
    onestop.expire()
    await notifier.work()
    assert [one["text"] for one in messages(gateway_database)] == ["Đã nhận"] * times
    assert outcomes(onestop) == [("delivered", "")]


async def test_many_workers_one_of_them_killed_tell_each_notice_once(
    gateway_database: Database, client: OnestopClient, onestop: FakeOnestop, chat: Chat
) -> None:
    for number in range(60):
        onestop.tell(f"web:{number % 7}", f"tin {number}")
    workers = [
        asyncio.create_task(Notifier(gateway_database, client, {"web": chat}).run())
        for _ in range(3)
    ]
    await until(lambda: _true(len(onestop.reports) > 10))
    workers[0].cancel()
    await asyncio.gather(workers[0], return_exceptions=True)
    onestop.expire()
    await until(lambda: _true(len({one["id"] for one in onestop.reports}) == 60))
    for worker in workers[1:]:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    texts = [one["text"] for one in messages(gateway_database)]
    assert sorted(texts) == sorted(f"tin {number}" for number in range(60))


async def _true(value: bool) -> bool | None:
    return value or None


@pytest.mark.parametrize(
    ("trouble", "reported"),
    [
        (NotSentError(Remedy.SLOW_DOWN, "zalo -32"), ("later", "zalo -32")),
        (NotSentError(Remedy.CLOSED, "zalo -230"), ("failed", "zalo -230")),
        (NotSentError(Remedy.UNREACHABLE, "zalo -217"), ("failed", "zalo -217")),
        (RuntimeError("of the connector"), ("later", "RuntimeError")),
    ],
)
async def test_what_a_channel_says_of_a_notice_reaches_the_service(
    notifier: Notifier,
    onestop: FakeOnestop,
    chat: Chat,
    trouble: Exception,
    reported: tuple[str, str],
) -> None:
    onestop.tell("web:a", "một")
    onestop.tell("web:b", "hai")
    chat.trouble.append(trouble)
    await notifier.work()
    assert outcomes(onestop) == [reported, ("delivered", "")]
    assert chat.told == [("web:b", "hai")]


async def test_a_channel_that_is_no_longer_served_is_told_to_staff(
    notifier: Notifier, onestop: FakeOnestop
) -> None:
    onestop.tell("fax:1", "một")
    await notifier.work()
    assert outcomes(onestop) == [("failed", "unknown channel")]


async def test_on_a_platform_the_notice_waits_to_be_sent(
    gateway_database: Database, client: OnestopClient, onestop: FakeOnestop
) -> None:
    class Zalo(Chat):
        name = "zalo"
        notify = Channel.notify

    onestop.tell("zalo:1", "một")
    await Notifier(gateway_database, client, {"zalo": Zalo()}).work()
    (row,) = gateway_database.transact(queue.claim, queue.SENDING, "w", 9, 60)
    assert (row.body["text"], row.key) == ("một", "notice:1")


async def test_a_service_that_is_down_loses_nothing(
    notifier: Notifier, onestop: FakeOnestop, chat: Chat
) -> None:
    onestop.tell("web:a", "một")
    onestop.down = True
    with pytest.raises(OnestopUnavailableError):
        await notifier.work()
    onestop.down = False
    await notifier.work()
    assert chat.told == [("web:a", "một")]


async def test_an_open_page_shows_a_notice_at_once_and_another_finds_it_later(
    connect: Connect, pages: Any, onestop: FakeOnestop, gateway_database: Database
) -> None:
    page_client = await connect()
    headers = await open_session(page_client)
    token = headers["Authorization"].removeprefix("Bearer ")
    sender = gateway_database.transact(sessions.resolve, token)
    page = await pages(page_client, auth={"token": token})
    onestop.tell(str(sender), "Hồ sơ đã xong")
    name, shown = await page.next()
    assert (name, shown["text"], shown["from"]) == ("bot_uttered", "Hồ sơ đã xong", "assistant")
    async with page_client.get("/api/chat/messages", headers=headers) as response:
        kept = await response.json()
    assert [one["text"] for one in kept["messages"]] == ["Hồ sơ đã xong"]
    assert not kept["busy"]


async def test_a_conversation_that_was_ended_is_not_told(
    connect: Connect, onestop: FakeOnestop, gateway_database: Database
) -> None:
    page_client = await connect()
    headers = await open_session(page_client)
    token = headers["Authorization"].removeprefix("Bearer ")
    sender = gateway_database.transact(sessions.resolve, token)
    async with page_client.delete("/api/chat/sessions", headers=headers):
        onestop.tell(str(sender), "Hồ sơ đã xong")
    await until(lambda: _true(bool(onestop.reports)))
    assert outcomes(onestop) == [("failed", "conversation ended")]


def test_no_client_can_take_a_notices_place() -> None:
    with pytest.raises(ValueError, match="message_id"):
        Utterance.model_validate({"text": "x", "message_id": "notice:1"})
