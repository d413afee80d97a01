"""Transcripts of conversations.

python -m onestop transcripts consume     take events from RabbitMQ (MOTCUA_AMQP_URL) until stopped
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from common.database import Database
from common.logs import configure_logs
from common.serving import until_stopped
from common.settings import settings
from onestop.transcripts import queue


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `transcripts`."""
    group = subparsers.add_parser("transcripts", help="what was said in conversations")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    consuming = commands.add_parser("consume", help="take events from RabbitMQ until stopped")
    consuming.set_defaults(run=run_consume)


def run_consume(options: argparse.Namespace) -> int:
    """Take events until Ctrl-C or SIGTERM; what is in hand and not written RabbitMQ gives out again."""
    config = settings()
    url = config.amqp_url.get_secret_value()
    if not url:
        sys.stderr.write("MOTCUA_AMQP_URL is not set: events come over HTTP, nothing to do\n")
        return 1
    configure_logs()
    database = Database(config.database_url)
    try:
        asyncio.run(until_stopped(queue.consume(database, url, config.amqp_queue)))
    finally:
        database.close()
    return 0
