"""`python -m onestop serve`: the one-stop service alone, when it runs apart from the pages."""

from __future__ import annotations

import argparse

from aiohttp import web

from common.logs import configure_logs
from common.settings import settings


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `serve`."""
    parser = subparsers.add_parser("serve", help="run the service alone")
    parser.add_argument("--host", default="127.0.0.1")
    parser.set_defaults(run=run_serve)


def run_serve(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    # Here: the other commands need neither the server nor the e-forms.
    from onestop.http.app import create_app

    configure_logs()
    config = settings()
    web.run_app(create_app(config), host=options.host, port=config.onestop_port, print=None)
    return 0
