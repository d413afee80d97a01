"""The web channel: keeps what citizens say, hands replies to open pages and waiting requests.

Pages whose socket is with another process get theirs there (`gateway.channels.web.pages`).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import socketio
import structlog
from aiohttp import web

from common.limits import Limiter, address_of
from common.waiting import woken
from gateway import inbox, outbox, sessions
from gateway.channels.base import Channel
from gateway.channels.errors import NotSentError, Remedy
from gateway.channels.web import http, socket, webchat
from gateway.channels.web.pages import LOOK_SECONDS, Pages
from gateway.channels.web.schemas import Utterance
from gateway.keys import CONFIG, DATABASE, DISPATCHER, METRICS
from gateway.models import Direction, Message
from gateway.origins import welcome
from gateway.texts import refusal
from gateway.words import UPLOAD

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 1.0
"""How often a waiting request looks for an answer that another process may have stored."""


class WebChannel(Channel):
    """HTTP and socket.io for the portal page."""

    name = "web"

    def __init__(self) -> None:
        self.sockets = socketio.AsyncServer(
            async_mode="aiohttp",
            max_http_buffer_size=socket.MAX_EVENT_BYTES,
            cors_allowed_origins=lambda _origin, environ: welcome(environ["aiohttp.request"]),
            cors_credentials=False,
        )
        self._watchers: dict[str, set[asyncio.Event]] = {}
        self._keeping: set[tuple[str, str]] = set()  # whose message, by its client's id
        self.pages: Pages
        self._app: web.Application
        self._opened: Limiter

    def setup(self, app: web.Application) -> None:
        """Add `/api/chat/…` and `/socket.io/` to the application."""
        self._app = app
        self._opened = Limiter(app[CONFIG].sessions_per_minute)
        app[http.CHANNEL] = self
        app.add_routes(http.routes)
        socket.register(self.sockets, self, app)
        self.sockets.attach(app)
        app.cleanup_ctx.append(self._look)
        app.on_shutdown.append(self._close)

    async def _close(self, app: web.Application) -> None:
        # Otherwise the server waits for its open web sockets.
        await self.sockets.shutdown()

    async def _look(self, app: web.Application) -> AsyncIterator[None]:
        self.pages = Pages(app[DATABASE])
        looking = asyncio.create_task(self._look_again_and_again())
        yield
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception as error:
                log.error("look_failed", exc_type=type(error).__name__)

    async def look(self) -> None:
        """Bring to the pages here what other processes have done."""
        news = await self.pages.look()
        for row in news.rows:
            if row.direction == Direction.OUTGOING:
                await self._show(row)
            # What is being kept here is shown there, to all but its own page.
            elif (row.sender, row.key) not in self._keeping:
                await self._echo(row.sender, row.id, row.key or "", row.body)
        for number in news.settled:
            waiting = self.pages.settle(number)
            if waiting is not None:
                await self.sockets.emit("turn_ended", {"id": number}, room=waiting)
        for sender, erased in news.gone.items():
            await self.ended(sender, erased=erased)

    async def sender_of(self, token: str) -> str | None:
        """The sender that a token speaks for, if we issued it."""
        return await self._app[DATABASE].read(sessions.resolve, token)

    async def is_open(self, sender: str) -> bool:
        """Whether the conversation goes on: it was not ended or erased meanwhile."""
        return await self._app[DATABASE].read(sessions.open_for, sender)

    async def open(self, request: web.Request) -> tuple[str, str]:
        """Begin a conversation: its token and sender.

        Args:
            request: who asks, of whom only the address counts.

        Raises:
            Problem: 429, with a detail for the citizen.
        """
        config, metrics = self._app[CONFIG], self._app[METRICS]
        seconds = self._opened.wait(address_of(request, config.trusted_proxies))
        if seconds:
            metrics.count("sessions_refused", self.name, "too_many")
            raise refusal(429, "too_many_sessions", retry_after=math.ceil(seconds))
        metrics.count("sessions_opened", self.name)
        return await self._app[DATABASE].run(sessions.issue, self.name)

    async def receive(self, sender: str, utterance: Utterance, origin: str | None = None) -> int:
        """Keep what a citizen said; the dispatcher gets it answered.

        Args:
            sender: who speaks.
            utterance: what was said.
            origin: the socket that it came through, which needs no echo.

        Returns:
            The message's number.

        Raises:
            Problem: 422 or 429, with a detail for the citizen.
        """
        body = utterance.body(self._app[CONFIG].chat_text_max)
        return await self._keep(sender, utterance.message_id, body, origin)

    async def receive_files(
        self, sender: str, message_id: str, files: Sequence[dict[str, Any]]
    ) -> int:
        """Keep the message that files were sent; `files` is what the one-stop service said of each."""
        body = {"text": "", "payload": UPLOAD, "attachments": list(files)}
        return await self._keep(sender, message_id, body, None)

    async def _keep(self, sender: str, key: str, body: dict[str, Any], origin: str | None) -> int:
        app = self._app
        per_minute = app[CONFIG].chat_messages_per_minute
        self._keeping.add((sender, key))
        try:
            number, new = await app[DATABASE].run(
                inbox.keep, sender, self.name, key, body, per_minute
            )
            if new:
                self.pages.said(sender, number)
                app[DISPATCHER].wake()
                await self._echo(sender, number, key, body, origin)
        except inbox.TooManyMessagesError as error:
            raise refusal(429, "too_many") from error
        finally:
            self._keeping.discard((sender, key))
        return number

    async def _echo(
        self, sender: str, number: int, key: str, body: dict[str, Any], origin: str | None = None
    ) -> None:
        """Show on the citizen's other open pages what was said on one."""
        if self.pages.show(sender, number):
            said = {"id": number, "message_id": key, "text": body["text"]}
            said["attachments"] = [{"name": file["name"]} for file in body["attachments"]]
            await self.sockets.emit("user_uttered", said, room=sender, skip_sid=origin)

    async def deliver(self, sender: str, turn: int, replies: Sequence[Message], done: bool) -> None:
        """Hand stored replies to the sender's open pages and waiting requests."""
        for event in self._watchers.get(sender, ()):
            event.set()
        for row in replies:
            await self._show(row)
        if done:
            self.pages.settle(turn)
            await self.sockets.emit("turn_ended", {"id": turn}, room=sender)

    async def notify(self, sender: str, notice: Message) -> None:
        """Show a notice on the sender's open pages; others find it when they are opened."""
        if not await self.is_open(sender):
            raise NotSentError(Remedy.UNREACHABLE, "conversation ended")
        await self._show(notice)

    async def ended(self, sender: str, *, erased: bool) -> None:
        """Tell the sender's open pages, which then begin anew."""
        if self.pages.forget(sender):
            await self.sockets.emit("session_ended", {"erased": erased}, room=sender)

    async def _show(self, row: Message) -> None:
        sender = row.sender
        if not self.pages.show(sender, row.id):
            return
        message = outbox.present(row)
        await self.sockets.emit("bot_uttered", message, room=sender)
        for one in webchat.shown(message, self._app[CONFIG].public):
            await self.sockets.emit("bot_uttered", one, room=webchat.room(sender))

    async def wait(self, sender: str, number: int) -> outbox.Outcome:
        """Wait until message `number` is settled, at most a little longer than a turn may take."""
        database = self._app[DATABASE]
        deadline = time.monotonic() + self._app[CONFIG].turn_timeout_seconds + 2
        with self._watch(sender) as changed:
            while True:
                changed.clear()
                found = await database.read(outbox.outcome, number)
                left = deadline - time.monotonic()
                if found.settled or left <= 0:
                    return found
                await woken(changed, min(LOOK_AGAIN_SECONDS, left))

    @contextmanager
    def _watch(self, sender: str) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._watchers.setdefault(sender, set()).add(event)
        try:
            yield event
        finally:
            self._watchers[sender].discard(event)
            if not self._watchers[sender]:
                del self._watchers[sender]
