"""Takes events from RabbitMQ, where they go that way (`bot/events.py`)."""

from __future__ import annotations

import asyncio

import aio_pika
import structlog

from common.database import Database
from onestop.transcripts import consumer

log = structlog.get_logger(__name__)

PREFETCH = 200
"""Events in hand; what is not acknowledged when this process ends, RabbitMQ gives out again."""

PAUSE_SECONDS = 5.0
"""After a connection was lost, and before an event is tried again that could not be written."""


async def consume(database: Database, url: str, name: str) -> None:
    """Take events from the durable queue `name` until cancelled, in order, across lost connections."""
    while True:
        try:
            connection = await aio_pika.connect(url)
            async with connection:
                channel = await connection.channel()
                await channel.set_qos(prefetch_count=PREFETCH)
                queue = await channel.declare_queue(name, durable=True)
                log.info("queue_opened")
                async with queue.iterator() as messages:
                    async for message in messages:
                        await handle(database, message.body)
                        await message.ack()
        except (*aio_pika.exceptions.CONNECTION_EXCEPTIONS, OSError) as error:
            log.warning("queue_lost", reason=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)


async def handle(database: Database, body: bytes) -> None:
    """Write the event of one message; while that fails (the database is away), the queue waits."""
    event = consumer.read(body)
    events = [event] if event is not None else []
    while len(await asyncio.to_thread(consumer.consume, database, events)):  # noqa: ASYNC110
        await asyncio.sleep(PAUSE_SECONDS)
