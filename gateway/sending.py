"""The sender: takes what is to be said on a platform from the outbox there.

Each platform has its own, so that one that is slow does not hold up the other.
One message of a citizen at a time, so that they arrive in order; each part is noted once the platform has
taken it, so that a worker that takes over goes on with the next. No platform knows an idempotency key: a
worker that is killed between the platform's answer and that note leaves one part that is sent again.
"""

from __future__ import annotations

import random
import time
from asyncio import sleep
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database, now
from gateway import elsewhere, outbox, queue
from gateway.channels.errors import NotSentError, Remedy
from gateway.channels.manner import Manner
from gateway.channels.platform import Platform
from gateway.elsewhere import Way
from gateway.metrics import Metrics
from gateway.models import Direction, Message, State
from gateway.queue import ClaimLostError
from gateway.rendering import Part, render
from gateway.texts import say
from gateway.worker import Worker

log = structlog.get_logger(__name__)

CONCURRENT_SENDS = 16
RETRY_SECONDS = (2, 5, 15, 60, 180, 600, 1_800)
"""Pauses between tries, about 45 minutes in all; each is stretched by chance up to a half."""

SLOW_DOWN_SECONDS = (5, 15, 30, 60)
"""How long a channel rests when the platform says that we are too fast, each time in a row."""

MAX_AGE = timedelta(hours=24)
"""How long a message may be put off by tries that do not count, before it is given up."""


def heard(session: Session, sender: str) -> datetime | None:
    """When the citizen last wrote."""
    last = (
        select(Message.created_at)
        .where(Message.sender == sender, Message.direction == Direction.INCOMING)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return session.scalars(last).first()


@dataclass
class _Pace:
    """When the next message of a channel may go, and how often in a row it had to rest."""

    gap: float
    next_at: float = 0.0
    rests: int = 0
    resting_until: float = 0.0

    async def wait(self) -> None:
        """Wait for a place; those who wait are spread evenly."""
        at = max(time.monotonic(), self.next_at)
        self.next_at = at + self.gap
        await sleep(at - time.monotonic())

    def rest(self) -> float:
        """The platform says that we are too fast: how long nothing is sent."""
        seconds = SLOW_DOWN_SECONDS[min(self.rests, len(SLOW_DOWN_SECONDS) - 1)]
        if time.monotonic() >= self.resting_until:  # many messages at once are told so
            self.rests += 1
            self.resting_until = time.monotonic() + seconds
        return self.resting_until - time.monotonic()

    @property
    def resting(self) -> bool:
        return time.monotonic() < self.resting_until


class Sender(Worker[Message]):
    """Works the outbox off.

    Args:
        database: the gateway's database.
        platform: where the messages of its channel go.
        public: the address that our own relative addresses stand for.
        metrics: where it counts what was sent and what was not.
        ways: other ways for notices that may not go into the chat.
        retry_seconds: pauses between tries.
    """

    def __init__(
        self,
        database: Database,
        platform: Platform,
        public: str,
        metrics: Metrics,
        ways: Sequence[Way] = (),
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        super().__init__(database, queue.SENDING, CONCURRENT_SENDS)
        self._platform, self._public = platform, public
        self._metrics, self._ways, self._pauses = metrics, list(ways), retry_seconds
        self._pace = _Pace(1 / platform.limits.per_second)

    async def claim(self, limit: int) -> list[Message]:
        """Take messages, unless the channel rests."""
        if self._pace.resting:
            return []
        return await self._database.run(
            queue.claim, queue.SENDING, self.name, limit, self._lease, [self._platform.name]
        )

    async def handle(self, row: Message) -> None:
        """Send one message."""
        try:
            await self._send(row)
        except ClaimLostError:
            log.warning("claim_lost", message=row.id)
        except NotSentError as error:
            await self._not_sent(row, error)
        except Exception as error:
            # The lease ends and the message is tried again.
            log.error("sending_failed", message=row.id, exc_type=type(error).__name__)

    async def _send(self, row: Message) -> None:
        platform = self._platform
        user = row.sender.removeprefix(f"{row.channel}:")
        last = await self._database.read(heard, row.sender)
        person = "author" in row.body
        hours = platform.person_hours() if person else platform.limits.reply_hours
        if last is None or now() - last > timedelta(hours=hours):
            await self._outside(row, platform, user, NotSentError(Remedy.CLOSED, "window"))
            return
        # What was held for long is young again on the citizen's visit.
        age = now() - max(last, row.created_at)
        if row.attempts > len(self._pauses) + 1 or age > MAX_AGE:
            raise NotSentError(Remedy.GIVE_UP, row.reason or "attempts")
        before = await self._database.read(outbox.before, row)
        parts = render(row.id, row.body, platform.limits, self._public, before)
        manner = Manner.ANSWER if row.reply_to is not None else Manner.NOTICE
        if person and now() - last > timedelta(hours=platform.limits.reply_hours):
            manner = Manner.PERSON
        for place in range(row.parts_sent, len(parts)):
            await self._pace.wait()
            try:
                with self._metrics.time("send_seconds", row.channel):
                    await self._send_part(platform, user, parts[place], manner)
            except NotSentError as error:
                await self._outside(row, platform, user, error)
                return
            self._pace.rests = 0
            await self._write(row, parts_sent=place + 1)
        await self._write(row, state=State.SENT, reason=None)
        self._metrics.count("messages_sent", row.channel)

    async def _outside(
        self, row: Message, platform: Platform, user: str, obstacle: NotSentError
    ) -> None:
        """What does not get into the chat: a notice goes another way, all else waits for the next visit.

        Raises:
            NotSentError: the obstacle, where there is no other way, or one that may succeed later.
        """
        remedy, notice = obstacle.remedy, row.body.get("notice")
        if remedy not in (Remedy.CLOSED, Remedy.UNREACHABLE):
            raise obstacle
        by = ""
        if notice and remedy is Remedy.CLOSED and await self._by_template(platform, user, notice):
            by = "template"
        elif notice:
            by = await elsewhere.tell(self._ways, notice, row.body.get("text", ""))
        if by:
            self._metrics.count("messages_sent", row.channel, by)
            await self._write(row, state=State.SENT, reason=by)
        elif remedy is Remedy.UNREACHABLE:
            raise obstacle
        else:
            log.info("message_held", message=row.id, channel=row.channel, reason=obstacle.reason)
            await self._write(row, state=State.HELD, reason=obstacle.reason[:40])

    async def _by_template(self, platform: Platform, user: str, notice: dict[str, Any]) -> bool:
        try:
            return await platform.send_template(user, notice)
        except NotSentError as error:
            if error.remedy.later:
                raise
            # A template that is not approved (any more): staff see the count, the citizen another way.
            self._metrics.count("templates_refused", platform.name, error.reason)
            return False

    async def _send_part(self, platform: Platform, user: str, part: Part, manner: Manner) -> None:
        try:
            await platform.send(user, part, manner)
        except NotSentError as error:
            address = part.image or part.file
            if error.remedy is not Remedy.GIVE_UP or not (address or part.contact):
                raise
            if part.contact:
                return  # only a convenience: the number can be typed
            # Too large or in a form that the platform does not take: its address will do.
            await platform.send(user, Part(say("file_link", url=address)), manner)

    async def _write(self, row: Message, **values: Any) -> None:
        await self._database.run(
            queue.hold, queue.SENDING, row.id, self.name, row.attempts, **values
        )

    async def _not_sent(self, row: Message, error: NotSentError) -> None:
        remedy = error.remedy
        self._metrics.count("messages_not_sent", row.channel, error.reason)
        reason = error.reason[:40]
        try:
            if remedy is Remedy.SLOW_DOWN:
                due = now() + timedelta(seconds=self._pace.rest())
                # The try does not count: it is not this message's fault.
                await self._write(
                    row, state=State.UNSENT, due_at=due, reason=reason, attempts=row.attempts - 1
                )
            elif remedy is Remedy.WAIT:
                due = now() + timedelta(hours=1)
                await self._write(
                    row, state=State.UNSENT, due_at=due, reason=reason, attempts=row.attempts - 1
                )
            elif remedy in (Remedy.RETRY, Remedy.RENEW_TOKEN) and row.attempts <= len(self._pauses):
                pause = self._pauses[row.attempts - 1] * (1 + random.random() / 2)
                due = now() + timedelta(seconds=pause)
                await self._write(row, state=State.UNSENT, due_at=due, reason=reason)
            else:
                log.error("message_not_sent", message=row.id, channel=row.channel, reason=reason)
                await self._write(row, state=State.FAILED, reason=reason)
        except ClaimLostError:
            log.warning("claim_lost", message=row.id)
