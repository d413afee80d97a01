"""The queue over which conversations' events go, where they go over RabbitMQ: both ends declare it alike."""

from __future__ import annotations

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractQueue

LOST = (*aio_pika.exceptions.CONNECTION_EXCEPTIONS, OSError, TimeoutError)
"""What says that RabbitMQ, or the way to it, is away."""


async def open_queue(channel: AbstractChannel, name: str) -> AbstractQueue:
    """Declare the durable queue `name`.

    Of several consumers one is given messages, the others wait to take its place: a conversation's events are
    written in their order, and what is passed is never looked for again.
    """
    return await channel.declare_queue(
        name, durable=True, arguments={"x-single-active-consumer": True}
    )
