"""What platforms such as Zalo and Messenger have in common: webhooks in, messages out.

    verify the raw body → read its events → keep them (repeats dropped) → acknowledge     the webhook
    → fetch files, ask Rasa                                                    gateway.dispatcher
    → render → send                                                               gateway.sending

A platform says how a webhook is verified and read, and how a part of a reply is sent.
"""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import aiohttp
import structlog
from aiohttp import web

from common.database import now
from common.problems import Problem
from common.settings import Settings
from gateway import inbox, queue
from gateway.attachments import Attachments
from gateway.channels.base import Channel
from gateway.channels.events import Event, take
from gateway.channels.limits import Limits, limits_of
from gateway.channels.manner import Manner
from gateway.inbox import Turn
from gateway.keys import CONFIG, DATABASE, DISPATCHER, METRICS, ONESTOP, SENDERS
from gateway.models import Message
from gateway.rendering import Part

log = structlog.get_logger(__name__)

MAX_WEBHOOK_BYTES = 512 * 1024
"""Platforms send batches; each event is a few hundred bytes."""

MAX_BACKLOG = 5_000
"""Messages that wait for an answer; beyond it the platform is asked to come again later."""

BACKLOG_SECONDS = 1.0
"""How long a count of what waits is believed."""

AHEAD_SECONDS = 600
"""How far a platform's clock may go before ours."""

FETCH_SECONDS = 25.0
"""For all files of a message."""


class Platform(Channel):
    """A channel whose messages come by webhook and go by the platform's interface."""

    path: ClassVar[str]

    def __init__(self) -> None:
        limits = limits_of(self.name)
        if limits is None:
            raise FileNotFoundError(f"{self.name} has no limits.yml")
        self.limits: Limits = limits
        self._app: web.Application
        self._attachments: Attachments
        self._backlog = (0, -BACKLOG_SECONDS)

    @classmethod
    @abstractmethod
    def configured(cls, config: Settings) -> bool:
        """Whether the settings have what the platform needs; else it is not mounted."""

    @abstractmethod
    def verify(self, raw: bytes, request: web.BaseRequest) -> None:
        """Check that a webhook is the platform's.

        Raises:
            Problem: 403 `forged`.
        """

    @abstractmethod
    def read(self, raw: bytes) -> Sequence[Event]:
        """The events of a verified webhook that concern us, echoes left out.

        Raises:
            ValueError: if it is not what the platform sends.
        """

    @abstractmethod
    def connect(self, http: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Make the platform's client, yield, and clean up, as `cleanup_ctx` does."""

    @abstractmethod
    async def send(self, user: str, part: Part, manner: Manner) -> None:
        """Send one part of a message.

        Args:
            user: the platform's id of the citizen.
            part: what to say.
            manner: what kind of message it is.

        Raises:
            NotSentError: if the platform did not take it.
        """

    def person_hours(self) -> float:
        """How long after the citizen's last word staff may write."""
        return self.limits.reply_hours

    async def send_template(self, user: str, notice: dict[str, Any]) -> bool:
        """Send a notice as a template message, for which there is no window; whether it went out.

        Not, if the platform or the settings have none for this notice.

        Raises:
            NotSentError: if the platform did not take it.
        """
        return False

    async def ready(self) -> bool:
        """Whether messages can be sent, as far as is known without sending one."""
        return True

    def setup(self, app: web.Application) -> None:
        """Add the webhook's address."""
        self._app = app
        further = tuple(one for one in app[CONFIG].platform_file_hosts.split(",") if one)
        hosts = self.limits.file_hosts + further
        self.limits = self.limits.model_copy(update={"file_hosts": hosts})
        app.router.add_post(self.path, self._webhook)
        app.cleanup_ctx.append(self._resources)

    async def _resources(self, app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(
            headers={"User-Agent": "motcua"}, cookie_jar=aiohttp.DummyCookieJar()
        ) as http:
            self._attachments = Attachments(http, app[ONESTOP], app[CONFIG].upload_max_bytes)
            async for _ in self.connect(http):
                yield

    async def _webhook(self, request: web.Request) -> web.Response:
        with self._app[METRICS].time("webhook_seconds", self.name):
            try:
                events = await self._receive(request)
            except Problem as problem:
                self._app[METRICS].count("webhooks_refused", self.name, problem.code)
                raise
            if events:
                await self._keep(events)
        return web.json_response({})

    async def _receive(self, request: web.Request) -> list[Event]:
        raw = await _body(request)
        self.verify(raw, request)
        try:
            events = self.read(raw)
        except ValueError as error:
            raise Problem(400, "malformed") from error
        moment = now().timestamp()
        oldest = moment - self.limits.stale_hours * 3600
        fresh = [one for one in events if oldest < one.sent_at / 1000 < moment + AHEAD_SECONDS]
        if events and not fresh:
            raise Problem(403, "stale")
        self._app[METRICS].count("events_dropped", self.name, "stale", by=len(events) - len(fresh))
        if fresh and await self._waiting() > MAX_BACKLOG:
            raise Problem(503, "busy")
        return fresh

    async def _waiting(self) -> int:
        count, counted_at = self._backlog
        if time.monotonic() - counted_at > BACKLOG_SECONDS:
            count = await self._app[DATABASE].read(queue.length, queue.ANSWERING)
            self._backlog = (count, time.monotonic())
        return count

    async def _keep(self, events: Sequence[Event]) -> None:
        app, config = self._app, self._app[CONFIG]
        kept = await app[DATABASE].run(
            take,
            self.name,
            self.limits,
            events,
            config.chat_text_max,
            config.chat_messages_per_minute,
        )
        metrics = app[METRICS]
        metrics.count("events_kept", self.name, by=kept.new)
        metrics.count("events_repeated", self.name, by=kept.repeated)
        metrics.count("events_dropped", self.name, "too_many", by=kept.dropped)
        if kept.new:
            app[DISPATCHER].wake(after=self.limits.settle_seconds)
            self._wake_sender()  # what was held for this visit

    async def prepare(self, turn: Turn) -> dict[str, Any]:
        """Fetch the message's files; what cannot be taken is told to the citizen.

        Raises:
            Problem, TimeoutError: if it is worth another try.
        """
        body = turn.body
        if not body.get("downloads"):
            return body
        kept, refused = [], []
        async with asyncio.timeout(FETCH_SECONDS):
            for one in body["downloads"]:
                try:
                    kept.append(
                        await self._attachments.take(
                            turn.sender, one["url"], one["name"], self.limits.file_hosts
                        )
                    )
                except Problem as problem:
                    if problem.status >= 500:
                        raise
                    refused.append(problem.detail)
                    self._app[METRICS].count("files_refused", self.name, problem.code)
        body = {
            "text": body["text"],
            "payload": body["payload"],
            "attachments": kept,
            "reply": "\n".join(dict.fromkeys(refused)),
        }
        await self._app[DATABASE].run(inbox.amend, turn, body)
        return body

    async def deliver(self, sender: str, turn: int, replies: Sequence[Message], done: bool) -> None:
        """Have stored replies sent."""
        if replies:
            self._wake_sender()

    async def notify(self, sender: str, notice: Message) -> None:
        """Have a stored notice sent, as soon as the platform's window allows it."""
        self._wake_sender()

    def _wake_sender(self) -> None:
        self._app[SENDERS][self.name].wake()


async def _body(request: web.Request) -> bytes:
    """A webhook's raw bytes.

    Raises:
        Problem: 413 `oversized`.
    """
    raw = bytearray()
    async for piece in request.content.iter_chunked(64 * 1024):
        raw += piece
        if len(raw) > MAX_WEBHOOK_BYTES:
            raise Problem(413, "oversized")
    return bytes(raw)
