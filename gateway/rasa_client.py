"""The gateway's client of the Rasa server: one citizen's message in, the turn's replies out.

RasaError
├── RasaUnavailableError   down, slow, overloaded or failing: worth another try
└── RasaRefusedError       the message itself does not fit: trying again cannot help
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

MESSAGE_PARTS = frozenset({"text", "buttons", "image", "custom"})
REFUSALS = frozenset({400, 413, 422})
CONNECT_SECONDS = 3.0


class RasaError(Exception):
    """A turn that brought no replies; the text names no content."""


class RasaUnavailableError(RasaError):
    """Rasa did not answer, or not as it should; another try may succeed."""


class RasaRefusedError(RasaError):
    """Rasa does not take this message."""


class RasaClient:
    """Talks to the internal channel `bot.channel.GatewayInput`.

    Args:
        http: the session to use.
        base_url: the Rasa server's address.
        token: the internal token.
        timeout_seconds: the longest that a turn may take.
    """

    def __init__(
        self, http: aiohttp.ClientSession, base_url: str, token: str, timeout_seconds: float
    ) -> None:
        self._http = http
        self._url = f"{base_url}/webhooks/gateway/webhook"
        self._base = f"{base_url}/webhooks/gateway/"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, connect=CONNECT_SECONDS)

    async def turn(
        self, sender: str, text: str, channel: str, attachments: list[dict[str, Any]], key: str
    ) -> list[dict[str, Any]]:
        """Have one message answered.

        Args:
            sender: whose conversation.
            text: what was typed, or a payload such as `/affirm`.
            channel: the channel's name.
            attachments: files already kept by the one-stop service.
            key: the message's own, sent as `Idempotency-Key`, the same at every try.

        Returns:
            Rasa's messages, each with some of "text", "buttons", "image", "custom".

        Raises:
            RasaUnavailableError: if Rasa is down, slow or failing.
            RasaRefusedError: if it does not take the message.
        """
        payload = {
            "sender": sender,
            "text": text,
            "channel": channel,
            "attachments": attachments,
        }
        headers = {**self._headers, "Idempotency-Key": key}
        try:
            async with self._http.post(
                self._url, json=payload, headers=headers, timeout=self._timeout
            ) as response:
                if response.status in REFUSALS:
                    raise RasaRefusedError(f"status {response.status}")
                if response.status != 200:
                    raise RasaUnavailableError(f"status {response.status}")
                replies = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise RasaUnavailableError(type(error).__name__) from error
        if not isinstance(replies, list) or not all(isinstance(one, dict) for one in replies):
            raise RasaUnavailableError("the answer is no list of messages")
        return [{part: one[part] for part in MESSAGE_PARTS & one.keys()} for one in replies]

    async def forget(self, sender: str) -> int:
        """Have a conversation forgotten; returns how many events it had.

        Raises:
            RasaUnavailableError: if Rasa does not answer as it should.
        """
        return await self._forget("DELETE", f"conversations/{quote(sender, safe='')}", None)

    async def expire(self, before: datetime, held: list[str]) -> int:
        """Have conversations forgotten in which nothing was said since then; returns how many events.

        Args:
            before: the moment (aware).
            held: senders whose conversations must stay.

        Raises:
            RasaUnavailableError: if Rasa does not answer as it should.
        """
        return await self._forget("POST", "expiry", {"before": before.timestamp(), "held": held})

    async def _forget(self, method: str, path: str, body: dict[str, Any] | None) -> int:
        try:
            async with self._http.request(
                method,
                URL(f"{self._base}{path}", encoded=True),
                json=body,
                headers=self._headers,
                timeout=self._timeout,
            ) as response:
                if response.status != 200:
                    raise RasaUnavailableError(f"status {response.status}")
                return int((await response.json())["events"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            raise RasaUnavailableError(type(error).__name__) from error

    async def healthy(self) -> bool:
        """Whether the server answers and has a model."""
        try:
            timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS)
            async with self._http.get(self._base, timeout=timeout) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
