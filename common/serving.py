"""What a process does until it is asked to stop: serve applications, each on a port of its own, or work."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress

from aiohttp import web

STOP_SECONDS = 10.0


async def serve(sites: Sequence[tuple[web.Application, str, int]]) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        sites: application, host and port; started in this order and stopped in the reverse one.

    Raises:
        OSError: if a port is taken.
    """
    stop = _asked_to_stop()
    runners = []
    try:
        for app, host, port in sites:
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
            runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, host, port).start()
        await stop.wait()
    finally:
        for runner in reversed(runners):
            await runner.cleanup()


async def until_stopped(work: Coroutine[None, None, None]) -> None:
    """Do work that never ends by itself until SIGINT or SIGTERM; raises what it raises."""
    stop = _asked_to_stop()
    task = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if stop.is_set():
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _asked_to_stop() -> asyncio.Event:
    """Set by SIGINT and by SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
