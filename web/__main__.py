"""`python -m web`: the public site and, on an internal port, the one-stop service, in one process."""

from __future__ import annotations

import asyncio
import signal
import sys

from aiohttp import web

from common.logs import configure_logs
from common.settings import Settings, settings
from web.app import create_app

STOP_SECONDS = 10.0


async def serve(config: Settings) -> None:
    """Serve both sites until SIGINT or SIGTERM.

    Raises:
        OSError: if a port is taken.
    """
    # Here and not above: `web` alone can be imported and tested without the domain.
    from onestop.http.app import create_app as create_onestop

    onestop = create_onestop(config)
    sites = (
        (onestop, "127.0.0.1", config.onestop_port),
        (create_app(config, internal={config.onestop: onestop}), config.host, config.port),
    )
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
        # The public site first: nobody is let in while the service goes down.
        for runner in reversed(runners):
            await runner.cleanup()


def main() -> int:
    """Run; the exit status."""
    configure_logs()
    try:
        asyncio.run(serve(settings()))
    except OSError as error:
        print(f"web: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
