"""Several applications in one process, each on a port of its own, until the process is asked to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

from aiohttp import web

STOP_SECONDS = 10.0


async def serve(sites: Sequence[tuple[web.Application, str, int]]) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        sites: application, host and port; started in this order and stopped in the reverse one.

    Raises:
        OSError: if a port is taken.
    """
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
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
