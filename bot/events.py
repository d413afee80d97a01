"""Rasa's event broker: what happens in conversations is handed on to the one-stop service's transcripts.

The tracker store notes in its own transaction which events are new (`bot.tables.outbox`); a task hands them
on in batches, and forgets them when they are acknowledged. So a turn neither waits for the other side nor
fails with it, and nothing is lost while it is down. The way is HTTP, or RabbitMQ with `MOTCUA_AMQP_URL`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from typing import Any, ClassVar, Protocol

import aio_pika
import aiohttp
import structlog
from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from bot.outbox import Outbox
from common.amqp import LOST, open_queue
from common.database import open_engine
from common.settings import Settings, settings
from common.waiting import woken

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
"""How often the outbox is looked at without a turn of this process (another's turns, second tries)."""

GATHER_SECONDS = 0.5
"""After news, so that turns of the same moment go together."""

LONGEST_PAUSE_SECONDS = 60.0
"""How seldom, while the other side is away."""

CALL_SECONDS = 30.0


class NotDeliveredError(Exception):
    """The other side is away; a later try may succeed."""


class Transport(Protocol):
    """A way to whoever keeps the transcripts."""

    async def send(self, events: list[dict[str, Any]]) -> Collection[str]:
        """Hand events on.

        Returns:
            The conversations whose events were not taken; all others are safe on the other side.

        Raises:
            NotDeliveredError: if none was taken.
        """

    async def close(self) -> None:
        """Close the connection."""


class HttpTransport:
    """`POST /transcripts/events` of the one-stop service."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self._http: aiohttp.ClientSession | None = None

    async def send(self, events: list[dict[str, Any]]) -> Collection[str]:
        """Hand events on and read which conversations failed."""
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))
        address = f"{self._url}/transcripts/events"
        try:
            async with self._http.post(
                address, json={"events": events}, headers=self._headers
            ) as answer:
                if answer.status != 200:
                    raise NotDeliveredError(f"status {answer.status}")
                found = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NotDeliveredError(type(error).__name__) from error
        return set(found["failed"])

    async def close(self) -> None:
        """Close the session."""
        if self._http is not None:
            await self._http.close()


class RabbitTransport:
    """A durable queue of RabbitMQ, with the broker's confirmation of every message."""

    def __init__(self, url: str, queue: str) -> None:
        self._url, self._queue = url, queue
        self._connection: aio_pika.abc.AbstractConnection | None = None
        self._channel: aio_pika.abc.AbstractChannel | None = None

    async def send(self, events: list[dict[str, Any]]) -> Collection[str]:
        """Publish one message an event, in order; a message is taken when RabbitMQ has confirmed it."""
        try:
            channel = await self._open()
            for event in events:
                body = json.dumps(event, ensure_ascii=False).encode()
                message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
                await channel.default_exchange.publish(message, self._queue, timeout=CALL_SECONDS)
        except LOST as error:
            await self.close()
            raise NotDeliveredError(type(error).__name__) from error
        return ()

    async def _open(self) -> aio_pika.abc.AbstractChannel:
        if self._channel is None or self._channel.is_closed:
            self._connection = await aio_pika.connect(self._url, timeout=CALL_SECONDS)
            self._channel = await self._connection.channel(publisher_confirms=True)
            await open_queue(self._channel, self._queue)
        return self._channel

    async def close(self) -> None:
        """Close channel and connection."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            await connection.close()


def transport_of(config: Settings) -> Transport:
    """The way that the settings choose."""
    if config.amqp_url.get_secret_value():
        return RabbitTransport(config.amqp_url.get_secret_value(), config.amqp_queue)
    return HttpTransport(config.onestop, config.internal_token.get_secret_value())


class OutboxBroker(EventBroker):
    """Hands events on from the outbox, in a task of the event loop that made it.

    Args:
        outbox: what is to be handed on.
        transport: the way.
    """

    _running: ClassVar[asyncio.Task[None] | None] = (
        None  # one a process: Rasa makes a broker a model
    )

    def __init__(self, outbox: Outbox, transport: Transport) -> None:
        super().__init__()
        self._outbox, self._transport = outbox, transport
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: asyncio.AbstractEventLoop | None = None
    ) -> OutboxBroker:
        """The broker as the settings say; endpoints.yml only names it."""
        config = settings()
        engine = open_engine(config.tracker_database_url)
        broker = cls(Outbox(engine, config.cipher()), transport_of(config))
        broker.start()
        return broker

    def start(self) -> None:
        """Begin to hand on, unless another broker of this process does it already."""
        running = OutboxBroker._running
        if running is None or running.done():
            self._task = OutboxBroker._running = asyncio.get_running_loop().create_task(self.run())

    def publish(self, event: dict[str, Any]) -> None:
        """The event is in the outbox already, put there with the turn that brought it."""
        self.wake()

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._news.set()

    async def run(self) -> None:
        """Hand on until cancelled; nothing that goes wrong with one batch ends it."""
        wait = POLL_SECONDS
        while True:
            self._news.clear()
            try:
                while await self.work():
                    pass
            except NotDeliveredError as error:
                wait = min(wait * 2, LONGEST_PAUSE_SECONDS)
                log.warning("events_not_delivered", reason=str(error))
                await asyncio.sleep(wait)
            except Exception as error:
                log.error("forwarding_failed", exc_type=type(error).__name__, exc_info=True)
                await asyncio.sleep(LONGEST_PAUSE_SECONDS)
            else:
                wait = POLL_SECONDS
                if await woken(self._news, POLL_SECONDS):
                    await asyncio.sleep(GATHER_SECONDS)

    async def work(self) -> bool:
        """Hand one batch on; whether there may be more.

        Raises:
            NotDeliveredError: if the other side is away; everything stays in the outbox.
        """
        batch = await asyncio.to_thread(self._outbox.next_batch)
        if not batch.rows:
            return False
        failed = await self._transport.send(batch.events) if batch.events else ()
        if failed:
            log.error("events_not_taken", conversations=len(failed))
        await asyncio.to_thread(self._outbox.settle, batch, failed)
        return True

    async def close(self) -> None:
        """Stop handing on; what is left is handed on after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._transport.close()
