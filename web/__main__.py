"""`python -m web`: the public site and, on inner ports, the one-stop service and the hand-over; one process."""

from __future__ import annotations

import asyncio
import sys

from common.logs import configure_logs
from common.serving import serve
from common.settings import settings
from gateway.handover.app import create_app as create_handover
from web.app import create_app


def main() -> int:
    """Run; the exit status."""
    # Here and not above: `web` alone can be imported and tested without the domain.
    from onestop.http.app import create_app as create_onestop

    configure_logs()
    config = settings()
    onestop = create_onestop(config)
    site = create_app(config, internal={config.onestop: onestop})
    # The public site stops before the service does: nobody is let in while it goes down.
    sites = (
        (onestop, "127.0.0.1", config.onestop_port),
        (site, config.host, config.port),
        (create_handover(site), "127.0.0.1", config.gateway_port),
    )
    try:
        asyncio.run(serve(sites))
    except OSError as error:
        print(f"web: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
