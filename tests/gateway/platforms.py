"""What tests of the platforms' channels share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.channels.platform import Platform
from gateway.keys import CHANNELS
from tests.gateway.fakes import until


class Sent(Protocol):
    """A fake platform, as far as what it was given counts."""

    sent: list[tuple[str, dict[str, Any]]]


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """A fake platform on a port of its own; its address."""
    server = TestServer(app)
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


def loosen(app: web.Application, **changes: Any) -> None:
    """Let the platforms' files come from the fakes, and events not wait for others."""
    values = {"file_hosts": ("http://127.0.0.1:*",), "settle_seconds": 0.0, **changes}
    for channel in app[CHANNELS].values():
        if isinstance(channel, Platform):
            channel.limits = channel.limits.model_copy(update=values)


async def answered(server: Sent, number: int) -> None:
    """Wait until the platform was given so many messages; more are a mistake."""

    async def enough() -> bool:
        return len(server.sent) >= number

    await until(enough)
    assert len(server.sent) == number
