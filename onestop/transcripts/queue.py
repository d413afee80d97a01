"""Takes events from RabbitMQ, where they go that way (`bot/events.py`)."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TypeAlias

import aio_pika
import structlog
from aio_pika.abc import AbstractIncomingMessage

from common.amqp import LOST, open_queue
from common.database import Database
from onestop.transcripts import consumer
from onestop.transcripts.events import Event

log = structlog.get_logger(__name__)

PREFETCH = 200
"""Events in hand; what is not acknowledged when this process ends, RabbitMQ gives out again."""

PAUSE_SECONDS = 5.0
"""After a connection was lost, and before events are tried again that could not be written."""

# By conversation, in order: events with the messages that brought them.
_Held: TypeAlias = dict[str, list[tuple[Event, AbstractIncomingMessage]]]
# `None`: nothing more will come, the connection is lost.
_Buffer: TypeAlias = asyncio.Queue[AbstractIncomingMessage | None]


async def consume(database: Database, url: str, name: str) -> None:
    """Take events from the queue `name` until cancelled, each conversation's in order."""
    while True:
        try:
            async with await aio_pika.connect(url) as connection:
                buffer: _Buffer = asyncio.Queue()
                channel = await connection.channel()
                for end in (connection, channel):
                    end.close_callbacks.add(partial(_lost, buffer))
                await channel.set_qos(prefetch_count=PREFETCH)
                queue = await open_queue(channel, name)
                await queue.consume(buffer.put)
                log.info("queue_opened")
                await _write(database, buffer)
                log.warning("queue_lost")
        except LOST as error:
            log.warning("queue_lost", reason=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


def _lost(buffer: _Buffer, *_: object) -> None:
    buffer.put_nowait(None)


async def _write(database: Database, buffer: _Buffer) -> None:
    """Write what comes until the connection is lost.

    A message is acknowledged when its event is written. A conversation that cannot be written waits as a whole
    and is tried again; the others go on. When too many wait (the database is away), RabbitMQ keeps the rest.
    """
    waiting: _Held = {}
    retry_at = 0.0
    while True:
        pause = max(retry_at - time.monotonic(), 0) if waiting else None
        messages = await _next(buffer, pause)
        fresh: _Held = {}
        for message in messages:
            if message is None:
                return
            event = consumer.read(message.body)
            if event is None:
                await message.ack()
                continue
            held = waiting if event.sender_id in waiting else fresh
            held.setdefault(event.sender_id, []).append((event, message))
        if waiting and time.monotonic() >= retry_at:
            fresh, waiting = {**waiting, **fresh}, {}
        events = [event for taken in fresh.values() for event, _ in taken]
        failed = await asyncio.to_thread(consumer.consume, database, events)
        for sender, taken in fresh.items():
            if sender in failed:
                waiting[sender] = taken
                retry_at = time.monotonic() + PAUSE_SECONDS
            else:
                for _, message in taken:
                    await message.ack()


async def _next(buffer: _Buffer, pause: float | None) -> list[AbstractIncomingMessage | None]:
    """All that is there, at least one; nothing, if none comes within the pause."""
    try:
        # Not asyncio.wait_for: up to Python 3.11 it can swallow a cancellation.
        async with asyncio.timeout(pause):
            found = [await buffer.get()]
    except TimeoutError:
        return []
    while not buffer.empty():
        found.append(buffer.get_nowait())
    return found
