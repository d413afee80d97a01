"""The channel of the province's Zalo Official Account."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from common.problems import Problem
from common.settings import Settings
from gateway.channels import templates
from gateway.channels.errors import NotSentError, Remedy
from gateway.channels.events import Event
from gateway.channels.manner import Manner
from gateway.channels.platform import Platform
from gateway.channels.zalo import events, signature
from gateway.channels.zalo.client import File, ZaloClient
from gateway.channels.zalo.tokens import Tokens
from gateway.keys import CONFIG, DATABASE
from gateway.rendering import Part
from gateway.words import file_name

log = structlog.get_logger(__name__)

FETCH_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=3)
"""Of a file of our own site, which may have to be made first."""

PROBE = b"{}"
"""Posted without a signature when the webhook's address is saved in Zalo's console; it wants 200."""


class ZaloChannel(Platform):
    """Zalo, API v3."""

    name = "zalo"
    path = "/webhooks/zalo"

    def __init__(self) -> None:
        super().__init__()
        self._http: aiohttp.ClientSession
        self._client: ZaloClient
        self._tokens: Tokens
        self._matched: signature.Source | None = None

    @classmethod
    def configured(cls, config: Settings) -> bool:
        """Whether the account's secrets are set."""
        return bool(config.zalo_app_id)

    def verify(self, raw: bytes, request: web.BaseRequest) -> None:
        """Check Zalo's signature.

        Raises:
            Problem: 403 `forged`.
        """
        if raw.strip() == PROBE:
            return
        config = self._app[CONFIG]
        pinned = config.zalo_timestamp
        matched = signature.matching(
            raw,
            request.headers.get(signature.SIGNATURE, ""),
            request.headers.get(signature.TIMESTAMP, ""),
            config.zalo_app_id,
            config.zalo_oa_secret.get_secret_value(),
            ("body", "header") if pinned == "either" else (pinned,),
        )
        if matched is None:
            raise Problem(403, "forged")
        if matched != self._matched:
            # So that the setting can be pinned to it.
            log.info("zalo_timestamp_matched", source=matched)
            self._matched = matched

    def read(self, raw: bytes) -> Sequence[Event]:
        """The event of a webhook.

        Raises:
            ValueError: if it is not what Zalo sends.
        """
        return [] if raw.strip() == PROBE else events.read(raw)

    async def connect(self, http: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Make the client and keep the tokens fresh."""
        config = self._app[CONFIG]
        self._http = http
        self._client = ZaloClient(
            http,
            config.zalo_api_url,
            config.zalo_oauth_url,
            config.zalo_app_id,
            config.zalo_app_secret.get_secret_value(),
            self.limits,
        )
        seed = config.zalo_refresh_token.get_secret_value()
        self._tokens = Tokens(self._app[DATABASE], self._client, seed)
        keeping = asyncio.create_task(self._tokens.keep_fresh())
        yield
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await self._tokens.close()

    async def ready(self) -> bool:
        """Whether there is an access token that works."""
        return await self._tokens.good()

    async def send(self, user: str, part: Part, manner: Manner) -> None:
        """Send one part.

        Raises:
            NotSentError: if Zalo did not take it.
        """
        if part.file:
            file = await self._fetch(part.file)
            await self._with_token(lambda token: self._client.send_file(token, user, file))
            return
        if not part.contact:
            await self._with_token(lambda token: self._client.send(token, user, part))
            return
        image = self._app[CONFIG].zalo_contact_image
        if image:
            await self._with_token(lambda token: self._client.ask_contact(token, user, image))

    async def _fetch(self, url: str) -> File:
        """A file of our own site, as Messenger would fetch it; Zalo wants the bytes.

        Raises:
            NotSentError: if there is none that Zalo takes: then its address is told instead.
        """
        try:
            async with self._http.get(url, timeout=FETCH_TIMEOUT) as response:
                if response.status != 200 or response.content_type not in self.limits.file_types:
                    raise NotSentError(Remedy.GIVE_UP, "file not for zalo")
                if (response.content_length or 0) > self.limits.file_bytes:
                    raise NotSentError(Remedy.GIVE_UP, "file too large for zalo")
                content = bytearray()
                async for piece in response.content.iter_chunked(64 * 1024):
                    content += piece
                    if len(content) > self.limits.file_bytes:
                        raise NotSentError(Remedy.GIVE_UP, "file too large for zalo")
                named = response.content_disposition
                name = named.filename if named and named.filename else response.url.name
                return File(file_name(name), response.content_type, bytes(content))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotSentError(Remedy.GIVE_UP, f"file {type(error).__name__}") from error

    async def send_template(self, user: str, notice: dict[str, Any]) -> bool:
        """Send a notice as a template message.

        Raises:
            NotSentError: if Zalo did not take it.
        """
        filled = templates.fill(self._app[CONFIG].zalo_templates, notice)
        if filled is None:
            return False
        await self._with_token(lambda token: self._client.send_template(token, user, *filled))
        return True

    async def _with_token(self, call: Callable[[str], Awaitable[None]]) -> None:
        """Call with the access token; once more with a new one if Zalo calls it invalid."""
        token = await self._tokens.access()
        try:
            await call(token)
        except NotSentError as error:
            if error.remedy is not Remedy.RENEW_TOKEN:
                raise
            await call(await self._tokens.replace(token))
