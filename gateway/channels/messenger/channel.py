"""The channel of the province's page on Messenger."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from common import yaml_files
from common.problems import Problem
from common.settings import Settings
from common.tenant import tenant
from common.wording import shorten
from gateway.channels import templates
from gateway.channels.events import Event
from gateway.channels.limits import Limits
from gateway.channels.manner import Manner
from gateway.channels.messenger import events
from gateway.channels.messenger.client import MessengerClient
from gateway.channels.platform import Platform
from gateway.keys import CONFIG, METRICS
from gateway.rendering import Part

PROFILE = Path(__file__).with_name("profile.yml")


class MessengerChannel(Platform):
    """Messenger, for one page."""

    name = "messenger"
    path = "/webhooks/messenger"

    def __init__(self) -> None:
        super().__init__()
        self._client: MessengerClient

    @classmethod
    def configured(cls, config: Settings) -> bool:
        """Whether the page's secrets are set."""
        return bool(config.messenger_page_id)

    def setup(self, app: web.Application) -> None:
        """Add the webhook's address, with the question that verifies it."""
        super().setup(app)
        app.router.add_get(self.path, self._verify_address, allow_head=False)

    async def _verify_address(self, request: web.Request) -> web.Response:
        """Answer the challenge when the webhook's address is saved."""
        query = request.query
        expected = self._app[CONFIG].messenger_verify_token.get_secret_value()
        given = query.get("hub.verify_token", "")
        known = hmac.compare_digest(given.encode(), expected.encode())
        if query.get("hub.mode") != "subscribe" or not known:
            self._app[METRICS].count("webhooks_refused", self.name, "verification")
            raise Problem(403, "forged")
        return web.Response(text=query.get("hub.challenge", ""), content_type="text/plain")

    def verify(self, raw: bytes, request: web.BaseRequest) -> None:
        """Check Messenger's signature.

        Raises:
            Problem: 403 `forged`.
        """
        secret = self._app[CONFIG].messenger_app_secret.get_secret_value()
        if not events.genuine(raw, request.headers.get(events.SIGNATURE, ""), secret):
            raise Problem(403, "forged")

    def read(self, raw: bytes) -> Sequence[Event]:
        """The events of a webhook.

        Raises:
            ValueError: if it is not what Messenger sends.
        """
        found, odd = events.read(raw)
        self._app[METRICS].count("events_dropped", self.name, "malformed", by=odd)
        return found

    async def connect(self, http: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Make the client."""
        self._client = client(http, self._app[CONFIG], self.limits)
        yield

    async def send(self, user: str, part: Part, manner: Manner) -> None:
        """Send one part.

        Raises:
            NotSentError: if Messenger did not take it.
        """
        await self._client.send(user, part, manner)

    def person_hours(self) -> float:
        """How long staff may write: longer than anybody, where Meta has permitted it."""
        permitted = self._app[CONFIG].messenger_human_agent
        return (permitted and self.limits.person_hours) or self.limits.reply_hours

    async def send_template(self, user: str, notice: dict[str, Any]) -> bool:
        """Send a notice as a utility message.

        Raises:
            NotSentError: if Messenger did not take it.
        """
        filled = templates.fill(self._app[CONFIG].messenger_templates, notice)
        if filled is None:
            return False
        await self._client.send_template(user, *filled)
        return True


def client(http: aiohttp.ClientSession, config: Settings, limits: Limits) -> MessengerClient:
    """The client that the settings describe."""
    return MessengerClient(
        http,
        config.messenger_api_url,
        config.messenger_page_id,
        config.messenger_page_token.get_secret_value(),
        limits,
    )


def profile() -> dict[str, Any]:
    """The page's greeting, get-started button and menu, from `profile.yml`."""
    data = yaml_files.read(PROFILE)
    greeting = shorten(tenant().greeting, data["greeting_max"])
    menu = [
        {"type": "postback", "title": one["title"], "payload": one["payload"]}
        for one in data["menu"]
    ]
    return {
        "get_started": {"payload": data["get_started"]},
        "greeting": [{"locale": "default", "text": greeting}],
        "persistent_menu": [
            {"locale": "default", "composer_input_disabled": False, "call_to_actions": menu}
        ],
    }
