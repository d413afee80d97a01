"""The dispatcher: takes messages from the inbox to Rasa and the replies to their channel.

Several may run, in one process or many: the inbox gives each message to one of them. When Rasa is
down or slow the citizen is told once, and the message is tried again with growing pauses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from common.database import Database
from common.problems import Problem
from gateway import inbox
from gateway.channels.base import Channel
from gateway.handover import turns
from gateway.handover.guard import Guard
from gateway.inbox import Turn
from gateway.metrics import Metrics
from gateway.models import Message
from gateway.onestop_client import OnestopUnavailableError
from gateway.queue import ANSWERING, LEASE_SECONDS, ClaimLostError
from gateway.rasa_client import RasaClient, RasaRefusedError, RasaUnavailableError
from gateway.texts import say
from gateway.worker import Worker

log = structlog.get_logger(__name__)

CONCURRENT_TURNS = 16
SLOW_SECONDS = 8.0
"""After this long without an answer the citizen is told that it takes a while."""

RETRY_SECONDS = (1, 2, 4, 8, 15, 30, 60, 60, 60, 60, 60, 60)
"""Pauses between tries, about seven minutes in all: longer than a model takes to load."""


class Dispatcher(Worker[Turn]):
    """Works the inbox off.

    Args:
        database: the gateway's database.
        rasa: the client that gets messages answered.
        guard: keeps from Rasa what citizens say to a person.
        channels: where replies go, by channel name.
        slow_seconds: when the citizen is told of a delay.
        retry_seconds: pauses between tries; the message is given up after the last one.
        metrics: where it measures how long turns take.
        lease_seconds: how long a claim holds without a word of this worker.
    """

    def __init__(
        self,
        database: Database,
        rasa: RasaClient,
        guard: Guard,
        channels: Mapping[str, Channel],
        slow_seconds: float = SLOW_SECONDS,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
        metrics: Metrics | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        super().__init__(database, ANSWERING, CONCURRENT_TURNS, lease_seconds)
        self._metrics = metrics or Metrics()
        self._rasa, self._guard, self._channels = rasa, guard, channels
        self._slow, self._pauses = slow_seconds, retry_seconds

    async def claim(self, limit: int) -> list[Turn]:
        """Take messages from the inbox."""
        return await self._database.run(
            inbox.claim, self.name, limit, self._lease, list(self._channels)
        )

    async def handle(self, turn: Turn) -> None:
        """Get one message answered."""
        try:
            with self._metrics.time("turn_seconds", turn.channel):
                replies = await self._take(turn)
        except ClaimLostError:
            log.warning("claim_lost", message=turn.id)
            return
        except Exception as error:
            # The lease ends and the message is tried again.
            log.error("turn_failed", message=turn.id, exc_type=type(error).__name__)
            return
        await self._deliver(turn, replies, done=True)

    async def _take(self, turn: Turn) -> list[Message]:
        if turn.attempts > len(self._pauses) + 1:  # its workers died again and again
            return await self._give_up(turn, "attempts")
        answering = asyncio.create_task(self._answer(turn))
        try:
            answered, _ = await asyncio.wait({answering}, timeout=self._slow)
            if not answered:
                delay = {"text": say("delayed")}
                told = await self._database.run(inbox.notify, turn, delay)
                await self._deliver(turn, told, done=False)
            return await answering
        except RasaUnavailableError as error:
            if turn.attempts > len(self._pauses):
                return await self._give_up(turn, str(error))
            pause = self._pauses[turn.attempts - 1]
            log.warning("rasa_unavailable", message=turn.id, reason=str(error), pause=pause)
            delay = {"text": say("delayed")}
            return await self._database.run(inbox.postpone, turn, pause, delay)
        except RasaRefusedError as error:
            return await self._give_up(turn, str(error))
        finally:
            answering.cancel()

    async def _answer(self, turn: Turn) -> list[Message]:
        """Close the turn: with the gateway's own words, in silence where a person answers, or with Rasa's."""
        try:
            body = await self._channels[turn.channel].prepare(turn)
        except (Problem, TimeoutError) as obstacle:
            raise RasaUnavailableError("attachments") from obstacle
        own = [{"text": body["reply"]}] if body.get("reply") else []
        if own and not body["attachments"]:
            return await self._database.run(inbox.answer, turn, own)
        try:
            heard = await self._guard.hear(turn, body, own)
        except OnestopUnavailableError as obstacle:
            raise RasaUnavailableError("onestop") from obstacle
        if heard is not None:
            return heard
        said = body["payload"] or body["text"]
        files = body["attachments"]
        replies = await self._rasa.turn(turn.sender, said, turn.channel, files, key=turn.key)
        if not replies:
            # Silence would leave the citizen waiting for nothing.
            log.warning("no_reply", message=turn.id)
            replies = [{"text": say("unanswered")}]
        return await self._database.run(turns.close, turn, own, replies)

    async def _give_up(self, turn: Turn, reason: str) -> list[Message]:
        log.error("message_given_up", message=turn.id, attempts=turn.attempts, reason=reason)
        return await self._database.run(inbox.fail, turn, {"text": say("failed")})

    async def _deliver(self, turn: Turn, replies: list[Message], done: bool) -> None:
        try:
            await self._channels[turn.channel].deliver(turn.sender, turn.id, replies, done)
        except Exception as error:
            # Stored already: a page asks for what it missed.
            log.warning("delivery_failed", message=turn.id, exc_type=type(error).__name__)
