"""The gateway as an aiohttp application, alone or as part of the public site."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from common.database import Database
from common.problems import problem_middleware
from common.settings import Settings
from gateway.channels.base import Channel
from gateway.channels.web.channel import WebChannel
from gateway.dispatcher import Dispatcher
from gateway.keys import CHANNELS, CONFIG, DATABASE, DISPATCHER, ONESTOP, RASA
from gateway.notifier import Notifier
from gateway.onestop_client import OnestopClient
from gateway.rasa_client import RasaClient

CHANNEL_TYPES: tuple[type[Channel], ...] = (WebChannel,)

MAX_BODY_BYTES = 64 * 1024
"""Of a JSON body; a file streams through and is counted on the way."""

LEASE_SPARE_SECONDS = 30.0
"""How much longer than a turn a claim holds: time to store the replies on a busy machine."""


async def _resources(app: web.Application) -> AsyncIterator[None]:
    config = app[CONFIG]
    token = config.internal_token.get_secret_value()
    database = app[DATABASE] = Database(config.gateway_database_url)
    channels = app[CHANNELS]
    async with aiohttp.ClientSession() as http:
        app[RASA] = RasaClient(http, config.rasa, token, config.turn_timeout_seconds)
        app[ONESTOP] = OnestopClient(http, config.onestop, token)
        lease = config.turn_timeout_seconds + LEASE_SPARE_SECONDS
        app[DISPATCHER] = Dispatcher(database, app[RASA], channels, lease)
        notifier = Notifier(database, app[ONESTOP], channels)
        work = [asyncio.create_task(one.run()) for one in (app[DISPATCHER], notifier)]
        yield
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    database.close()


def setup(app: web.Application, config: Settings) -> None:
    """Make the gateway part of `app`: its channels' routes, its resources, its workers."""
    app[CONFIG] = config
    app.cleanup_ctx.append(_resources)
    channels: dict[str, Channel] = {}
    for channel_type in CHANNEL_TYPES:
        channel = channel_type()
        channel.setup(app)
        channels[channel.name] = channel
    app[CHANNELS] = channels


def create_app(config: Settings) -> web.Application:
    """The gateway alone.

    Args:
        config: the validated settings; the database must be migrated.
    """
    app = web.Application(middlewares=[problem_middleware], client_max_size=MAX_BODY_BYTES)
    setup(app, config)
    return app
