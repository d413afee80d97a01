"""The internal channel: the gateway posts a citizen's message, the answer holds the replies.

Only the gateway knows the internal token; no other channel is configured, so nobody else talks
to Rasa.
"""

from __future__ import annotations

import asyncio
import hmac
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import structlog
from pydantic import BaseModel, Field, ValidationError
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.aborted import TurnAborted
from bot.action_endpoint import guard
from common.settings import settings

log = structlog.get_logger(__name__)

MAX_TEXT = 4_000
"""Characters of one message that Rasa takes; the gateway tells the citizen of a longer one."""

MAX_KEY = 64
"""Characters of a message's key."""


class Attachment(BaseModel):
    """A file that the gateway has already handed to the one-stop service."""

    file_id: str = Field(max_length=200)
    name: str = Field(max_length=400)
    content_type: str = Field(max_length=200)
    size: int = Field(ge=0)


class Inbound(BaseModel):
    """One message of a citizen, as the gateway posts it."""

    sender: str = Field(min_length=1, max_length=255)
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    channel: str = Field(max_length=50)
    attachments: list[Attachment] = Field(default_factory=list, max_length=20)


class Expiry(BaseModel):
    """Forget what is older than `before` (seconds since 1970), but no conversation of the `held` senders."""

    before: float
    held: list[str]


class ModelOrder(BaseModel):
    """Use a model: its name in the models' folder, without its ending."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,50}$")


class TurnFailedError(Exception):
    """A turn that came to nothing; nothing of it is stored. Its text is the kind of `TurnAborted`."""


class TurnOutput(CollectingOutputChannel):
    """Keeps the messages of one turn in the shape that the gateway renders.

    Rasa's own collector splits a text at blank lines and separates a text from its picture; here a
    message stays one message: text, buttons, image and custom part together.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name, for responses written for it alone."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message; `recipient_id` is the citizen whose turn it is."""
        kept = {
            "text": message.get("text"),
            "buttons": [
                {"title": button["title"], "payload": button.get("payload", button["title"])}
                for button in (message.get("buttons") or message.get("quick_replies") or [])
            ],
            "image": message.get("image"),
            "custom": message.get("custom"),
        }
        kept = {key: value for key, value in kept.items() if value}
        if kept:
            self.messages.append(kept)


class GatewayInput(InputChannel):
    """`POST /webhooks/gateway/webhook`: a citizen's message in, the turn's replies out."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._running: dict[tuple[str, str], asyncio.Task[list[dict[str, Any]]]] = {}

    @classmethod
    def name(cls) -> str:
        """The part of the address after `/webhooks/`."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        """Made from the settings: credentials.yml holds no secret."""
        return cls(settings().internal_token.get_secret_value())

    def _authorised(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and hmac.compare_digest(given.encode(), self._token)

    async def turn(
        self,
        inbound: Inbound,
        key: str,
        store: Any,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
    ) -> list[dict[str, Any]]:
        """Play a turn once; a repeat with the same key waits for it and gets the same replies.

        The gateway repeats a message whose answer it did not see. The turn goes on when the gateway
        hangs up, so the repeat finds it under way or, in whichever server, done; a turn that failed is
        played again.

        Args:
            inbound: the message.
            key: the gateway's key for it.
            store: our tracker store, which knows the turns that are done.
            on_new_message: hands a message to the agent and returns when its turn is over.
        """
        mine = (inbound.sender, key)
        task = self._running.get(mine)
        if task is None:
            task = asyncio.create_task(self._play(inbound, key, store, on_new_message))
            self._running[mine] = task
            task.add_done_callback(lambda _done: self._running.pop(mine))
        return await asyncio.shield(task)

    async def _play(
        self,
        inbound: Inbound,
        key: str,
        store: Any,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
    ) -> list[dict[str, Any]]:
        output = TurnOutput()
        told = await store.told(inbound.sender, key)
        if told is None:
            await self._ask(inbound, key, output, on_new_message)
        for one in told or ():
            await output.send_response(inbound.sender, one)
        messages: list[dict[str, Any]] = output.messages
        return messages

    async def _ask(
        self,
        inbound: Inbound,
        key: str,
        output: TurnOutput,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
    ) -> None:
        """Have the agent answer a message into `output`."""
        attachments = [item.model_dump() for item in inbound.attachments]
        metadata = {
            "channel": inbound.channel,
            "attachments": attachments,
            "received": time.time(),  # the turn's length is counted from here
        }
        message = UserMessage(
            inbound.text,
            output,
            inbound.sender,
            input_channel=self.name(),
            message_id=key,
            metadata=metadata,
        )
        try:
            await on_new_message(message)
        except TurnAborted as error:
            raise TurnFailedError(type(error).__name__) from error

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes, for Rasa's server.

        Args:
            on_new_message: hands a message to the agent and returns when its turn is over.
        """
        routes = Blueprint("gateway_input")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            """Whether a model is loaded, for whoever waits for the server to start."""
            ready = _ready(request)
            return response.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return _problem(401, "unauthorised")
            try:
                inbound = Inbound.model_validate_json(request.body)
            except ValidationError:
                return _problem(422, "invalid_request")
            key = request.headers.get("Idempotency-Key") or uuid.uuid4().hex
            if len(key) > MAX_KEY:
                return _problem(422, "invalid_request")
            if not _ready(request):
                return _problem(503, "no_model")  # Rasa itself would say nothing to the citizen
            agent = request.app.ctx.agent
            guard(agent)
            try:
                return response.json(await self.turn(inbound, key, _store(agent), on_new_message))
            except Exception as error:
                # An exception's text may quote the citizen: only its kind is logged.
                failed = isinstance(error, TurnFailedError)
                kind = str(error) if failed else type(error).__name__
                log.error("turn_failed", key=key, exc_type=kind)
                return _problem(500, "turn_failed")

        @routes.delete("/conversations/<sender:path>")
        async def erase(request: Request, sender: str) -> HTTPResponse:
            """Forget a conversation, between two of its turns."""
            if not self._authorised(request):
                return _problem(401, "unauthorised")
            agent, sender = request.app.ctx.agent, unquote(sender)
            async with agent.lock_store.lock(sender):
                count = await _store(agent).erase(sender)
            return response.json({"events": count})

        @routes.post("/expiry")
        async def expire(request: Request) -> HTTPResponse:
            """Forget conversations in which nothing was said for long."""
            if not self._authorised(request):
                return _problem(401, "unauthorised")
            try:
                order = Expiry.model_validate_json(request.body)
            except ValidationError:
                return _problem(422, "invalid_request")
            count = await _store(request.app.ctx.agent).expire(order.before, order.held)
            return response.json({"events": count})

        @routes.put("/model")
        async def use(request: Request) -> HTTPResponse:
            """Use another model of the models' folder from the next message on."""
            if not self._authorised(request):
                return _problem(401, "unauthorised")
            try:
                order = ModelOrder.model_validate_json(request.body)
            except ValidationError:
                return _problem(422, "invalid_request")
            try:
                # In this thread: a turn that has begun keeps its model, none begins half-way between two.
                request.app.ctx.agent.load_model(f"models/{order.name}.tar.gz")
            except Exception as error:
                log.error("model_not_loaded", name=order.name, exc_type=type(error).__name__)
                return _problem(409, "model_not_loaded")
            log.info("model_loaded", name=order.name)
            return response.json({"name": order.name})

        return routes


def _ready(request: Request) -> bool:
    """Whether a model is loaded."""
    agent = getattr(request.app.ctx, "agent", None)
    return agent is not None and bool(agent.is_ready())


def _store(agent: Any) -> Any:
    """Our tracker store within those that Rasa wraps around it."""
    store = agent.tracker_store
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store


def _problem(status: int, code: str) -> HTTPResponse:
    """A refusal as problem+json (RFC 9457), as everywhere in the system."""
    body = {"type": f"urn:motcua:problem:{code}", "title": code.replace("_", " "), "status": status}
    return response.json(body, status=status, content_type="application/problem+json")
