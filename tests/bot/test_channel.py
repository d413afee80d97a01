"""The internal channel: who may talk to Rasa, what gets in, what comes back."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from sanic import Sanic
from yarl import URL

from bot.channel import MAX_TEXT, GatewayInput, TurnOutput
from common.settings import settings

TOKEN = {"Authorization": f"Bearer {settings().internal_token.get_secret_value()}"}
MESSAGE: dict[str, Any] = {"sender": "citizen-1", "text": "xin chào", "channel": "web"}

Handler = Callable[[UserMessage], Awaitable[Any]]
names = iter(range(1000))


@pytest.fixture(autouse=True)
def _many_servers_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sanic 21.12 rewrites its own methods at start, for one application unless it is told so."""
    monkeypatch.setattr(Sanic, "test_mode", True)


class Answer(NamedTuple):
    status: int
    content_type: str
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Store:
    """A tracker store that notes what it is to forget; it knows no turn."""

    def __init__(self) -> None:
        self.erased: list[str] = []
        self.expired: list[tuple[float, list[str]]] = []

    async def told(self, sender: str, turn: str) -> None:
        return None

    async def erase(self, sender: str) -> int:
        self.erased.append(sender)
        return 5

    async def expire(self, before: float, held: list[str]) -> int:
        self.expired.append((before, held))
        return 6


class Wrapped:
    """As Rasa wraps its store, twice."""

    def __init__(self, store: Any) -> None:
        self._tracker_store = store


class Server:
    """The channel on a Sanic application of its own, with what the agent got to see."""

    def __init__(self, answer: Callable[[UserMessage], Awaitable[None]] | None = None) -> None:
        self.seen: list[UserMessage] = []

        async def on_new_message(message: UserMessage) -> None:
            self.seen.append(message)
            if answer is not None:
                await answer(message)

        self.app = Sanic(f"channel-test-{next(names)}")
        self.store = Store()
        self.app.ctx.agent = SimpleNamespace(
            is_ready=lambda: True,
            action_endpoint=None,
            tracker_store=Wrapped(Wrapped(self.store)),
            lock_store=InMemoryLockStore(),
        )
        channel = GatewayInput.from_credentials(None)
        self.app.blueprint(
            channel.blueprint(on_new_message), url_prefix=f"/webhooks/{channel.url_prefix()}"
        )

    async def post(self, body: Any, headers: dict[str, str] | None = None) -> Answer:
        """Post a message."""
        return await self.call("POST", "webhook", body, headers)

    async def call(
        self, method: str, path: str, body: Any, headers: dict[str, str] | None = None
    ) -> Answer:
        """Call over a real connection on the loopback interface."""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            port = listening.getsockname()[1]
            server = await self.app.create_server(
                sock=listening, return_asyncio_server=True, access_log=False
            )
            await server.startup()
            try:
                async with (
                    aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as session,
                    session.request(
                        method,
                        URL(f"http://127.0.0.1:{port}/webhooks/gateway/{path}", encoded=True),
                        json=body,
                        headers=TOKEN if headers is None else headers,
                    ) as response,
                ):
                    return Answer(response.status, response.content_type, await response.text())
            finally:
                server.close()
                await server.wait_closed()


async def reply(message: UserMessage) -> None:
    await message.output_channel.send_response(
        message.sender_id,
        {
            "text": "Dòng một\n\nDòng hai",
            "buttons": [{"title": "Phí", "payload": "/ask_fee"}, {"title": "Có"}],
            "custom": {"type": "link", "url": "https://example.org"},
        },
    )


async def test_a_turn_comes_back_as_whole_messages() -> None:
    response = await Server(reply).post(MESSAGE)
    assert response.status == 200
    assert response.json == [
        {
            "text": "Dòng một\n\nDòng hai",
            "buttons": [
                {"title": "Phí", "payload": "/ask_fee"},
                {"title": "Có", "payload": "Có"},
            ],
            "custom": {"type": "link", "url": "https://example.org"},
        }
    ]


async def test_channel_and_attachments_reach_the_agent_as_metadata() -> None:
    server = Server()
    file = {"file_id": "f1", "name": "cccd.jpg", "content_type": "image/jpeg", "size": 5}
    await server.post({**MESSAGE, "text": "/upload", "attachments": [file]})
    assert server.seen[0].sender_id == "citizen-1"
    metadata = server.seen[0].metadata
    assert time.time() - 60 < metadata.pop("received") <= time.time()
    assert metadata == {"channel": "web", "attachments": [file]}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN["Authorization"].removeprefix("Bearer ")},
        {"Authorization": TOKEN["Authorization"].replace("Bearer", "Basic")},
    ],
)
async def test_nobody_gets_in_without_the_token(headers: dict[str, str]) -> None:
    server = Server(reply)
    response = await server.post(MESSAGE, headers)
    assert response.status == 401
    assert response.content_type == "application/problem+json"
    assert server.seen == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**MESSAGE, "sender": ""},
        {**MESSAGE, "text": ""},
        {**MESSAGE, "text": "a" * (MAX_TEXT + 1)},
        {**MESSAGE, "attachments": [{"file_id": "f"}]},
        ["no", "object"],
    ],
)
async def test_a_body_that_does_not_fit_is_refused(body: Any) -> None:
    server = Server(reply)
    assert (await server.post(body)).status == 422
    assert server.seen == []


async def test_a_failing_turn_is_a_problem_and_quotes_nobody() -> None:
    async def fail(message: UserMessage) -> None:
        raise RuntimeError(f"secret {message.text}")

    response = await Server(fail).post(MESSAGE)
    assert response.status == 500
    assert response.json["type"] == "urn:motcua:problem:turn_failed"
    assert MESSAGE["text"] not in response.text


async def test_what_is_empty_is_no_message() -> None:
    output = TurnOutput()
    await output.send_response("citizen-1", {"text": None, "buttons": []})
    assert output.messages == []


async def test_a_conversation_is_forgotten_by_its_very_name() -> None:
    server = Server()
    answer = await server.call("DELETE", "conversations/web%3Aa%2Fb", None)
    assert (answer.status, answer.json) == (200, {"events": 5})
    assert server.store.erased == ["web:a/b"]


async def test_old_conversations_are_forgotten_but_for_those_held() -> None:
    server = Server()
    answer = await server.call("POST", "expiry", {"before": 12.5, "held": ["web:a"]})
    assert (answer.status, answer.json) == (200, {"events": 6})
    assert server.store.expired == [(12.5, ["web:a"])]
    assert (await server.call("POST", "expiry", {"before": "x"})).status == 422


@pytest.mark.parametrize(("method", "path"), [("DELETE", "conversations/a"), ("POST", "expiry")])
async def test_nothing_is_forgotten_for_who_has_not_the_token(method: str, path: str) -> None:
    server = Server()
    answer = await server.call(method, path, {"before": 1.0, "held": []}, headers={})
    assert answer.status == 401
    assert (server.store.erased, server.store.expired) == ([], [])


async def test_without_a_model_nothing_is_taken_so_that_the_gateway_comes_again() -> None:
    server = Server(reply)
    server.app.ctx.agent.is_ready = lambda: False
    assert (await server.post(MESSAGE)).status == 503
    del server.app.ctx.agent
    assert (await server.post(MESSAGE)).status == 503
    assert server.seen == []


async def test_a_key_that_is_too_long_is_refused() -> None:
    server = Server(reply)
    assert (await server.post(MESSAGE, {**TOKEN, "Idempotency-Key": "7" * 65})).status == 422
    assert server.seen == []
