"""The internal channel: the gateway posts a citizen's message, the answer holds the replies.

Only the gateway knows the internal token; no other channel is configured, so nobody else talks
to Rasa.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from pydantic import BaseModel, Field, ValidationError
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from common.settings import settings

log = structlog.get_logger(__name__)

MAX_TEXT = 4_000
"""Characters of one message that Rasa takes; the gateway tells the citizen of a longer one."""


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

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes, for Rasa's server.

        Args:
            on_new_message: hands a message to the agent and returns when its turn is over.
        """
        routes = Blueprint("gateway_input")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            """Whether a model is loaded, for whoever waits for the server to start."""
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return response.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return _problem(401, "unauthorised")
            try:
                inbound = Inbound.model_validate_json(request.body)
            except ValidationError:
                return _problem(422, "invalid_request")
            output = TurnOutput()
            message = UserMessage(
                inbound.text,
                output,
                inbound.sender,
                input_channel=self.name(),
                metadata={
                    "channel": inbound.channel,
                    "attachments": [item.model_dump() for item in inbound.attachments],
                },
            )
            try:
                await on_new_message(message)
            except Exception as error:
                # The exception's text may quote the citizen: only its kind is logged.
                log.error(
                    "turn_failed", message_id=message.message_id, exc_type=type(error).__name__
                )
                return _problem(500, "turn_failed")
            return response.json(output.messages)

        return routes


def _problem(status: int, code: str) -> HTTPResponse:
    """A refusal as problem+json (RFC 9457), as everywhere in the system."""
    body = {"type": f"urn:motcua:problem:{code}", "title": code.replace("_", " "), "status": status}
    return response.json(body, status=status, content_type="application/problem+json")
