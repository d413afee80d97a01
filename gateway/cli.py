"""The command line of the gateway.

python -m gateway serve               the gateway alone, where it runs apart from the pages
python -m gateway failed              what could not be answered or sent, without personal data
python -m gateway retry NUMBER…       try these again
python -m gateway handover list|take…  help citizens who wait for a person (gateway/handover/cli.py)
python -m gateway zalo status         whether the account's tokens work
python -m gateway messenger setup     set the page's greeting and menu, subscribe its webhook
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import aiohttp
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from common.database import Database, big_row_number
from common.logs import configure_logs
from common.serving import serve
from common.settings import Settings, settings
from gateway import given_up
from gateway.app import create_app
from gateway.channels.errors import NotSentError
from gateway.channels.messenger.channel import MessengerChannel, client, profile
from gateway.channels.zalo import tokens
from gateway.channels.zalo.channel import ZaloChannel
from gateway.handover import cli as handover
from gateway.handover.app import create_app as create_handover

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after the program's name; the process's own if None.

    Returns:
        The exit status: 0 if it did its work, 1 if it could not, 2 if it was called wrongly.
    """
    parser = argparse.ArgumentParser(prog="python -m gateway", description="The gateway")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "serve", run_serve, "the gateway alone")
    failed = _add(commands, "failed", run_failed, "what could not be answered or sent")
    failed.add_argument("--held", action="store_true", help="also what waits for a next visit")
    retry = _add(commands, "retry", run_retry, "answer or send again")
    retry.add_argument("numbers", nargs="+", type=big_row_number, metavar="NUMBER")
    zalo = commands.add_parser("zalo", help="the Zalo account").add_subparsers(
        required=True, metavar="COMMAND"
    )
    _add(zalo, "status", run_zalo_status, "whether its tokens work")
    messenger = commands.add_parser("messenger", help="the Messenger page").add_subparsers(
        required=True, metavar="COMMAND"
    )
    _add(messenger, "setup", run_messenger_setup, "set its greeting and menu")
    handover.register(commands)
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except (OperationalError, ProgrammingError) as error:
        sys.stderr.write(f"database: {error.orig} (is it migrated? python -m common migrate)\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return status


def _add(
    group: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    command = group.add_parser(name, help=text)
    command.set_defaults(run=run)
    return command


def _with_database(work: Callable[[Session], T]) -> T:
    database = Database(settings().gateway_database_url)
    try:
        return database.transact(work)
    finally:
        database.close()


def run_serve(_options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    configure_logs()
    config = settings()
    site = create_app(config)
    inner = (create_handover(site), "127.0.0.1", config.gateway_port)
    asyncio.run(serve([(site, config.host, config.port), inner]))
    return 0


def run_failed(options: argparse.Namespace) -> int:
    """One line each: number, channel, what it is, tries, since when, why."""
    rows = _with_database(lambda session: given_up.listed(session, held=options.held))
    for row in rows:
        sys.stdout.write(
            f"{row.id}  {row.channel}  {row.kind}  {row.attempts} tries"
            f"  since {row.since:%Y-%m-%d %H:%M}  {row.reason}".rstrip()
            + "\n"
        )
    if not rows:
        sys.stdout.write("nothing was given up\n")
    return 0


def run_retry(options: argparse.Namespace) -> int:
    """Put what was given up back to work."""
    missing = _with_database(lambda session: given_up.retry(session, options.numbers))
    if missing:
        sys.stderr.write(f"nothing was given up under {', '.join(map(str, missing))}\n")
    return 1 if missing else 0


def run_zalo_status(_options: argparse.Namespace) -> int:
    """Say how long the access token lasts, or what is to be done."""
    config = settings()
    if not ZaloChannel.configured(config):
        sys.stderr.write("MOTCUA_ZALO_APP_ID is not set\n")
        return 1
    seed = config.zalo_refresh_token.get_secret_value()
    state = _with_database(lambda session: tokens.describe(session, seed))
    sys.stdout.write(f"{state.text}\n")
    return 0 if state.works else 1


def run_messenger_setup(_options: argparse.Namespace) -> int:
    """Set the page up."""
    config = settings()
    if not MessengerChannel.configured(config):
        sys.stderr.write("MOTCUA_MESSENGER_PAGE_ID is not set\n")
        return 1
    try:
        asyncio.run(_set_profile(config))
    except NotSentError as error:
        sys.stderr.write(f"the page was not set up: {error.reason}\n")
        return 1
    sys.stdout.write("greeting, get-started button, menu and webhook fields are set\n")
    return 0


async def _set_profile(config: Settings) -> None:
    async with aiohttp.ClientSession() as http:
        await client(http, config, MessengerChannel().limits).set_profile(profile())
