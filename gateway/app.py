"""The gateway as an aiohttp application, alone or as part of the public site."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from common.database import Database
from common.problems import problem_middleware
from common.settings import Settings
from gateway import elsewhere, health, origins
from gateway.channels.platform import Platform
from gateway.channels.registry import channels
from gateway.dispatcher import Dispatcher
from gateway.eraser import Eraser
from gateway.handover.guard import Guard
from gateway.handover.keeper import keep
from gateway.keys import CHANNELS, CONFIG, DATABASE, DISPATCHER, METRICS, ONESTOP, RASA, SENDERS
from gateway.metrics import Metrics
from gateway.notifier import Notifier
from gateway.onestop_client import OnestopClient
from gateway.rasa_client import RasaClient
from gateway.sending import Sender

MAX_BODY_BYTES = 64 * 1024
"""Of a JSON body; a file streams through and is counted on the way."""


async def _resources(app: web.Application) -> AsyncIterator[None]:
    config = app[CONFIG]
    token = config.internal_token.get_secret_value()
    database = app[DATABASE] = Database(config.gateway_database_url)
    mounted = app[CHANNELS]
    async with aiohttp.ClientSession() as http:
        app[RASA] = RasaClient(http, config.rasa, token, config.turn_timeout_seconds)
        app[ONESTOP] = OnestopClient(http, config.onestop, token)
        guard = Guard(database, app[ONESTOP])
        app[DISPATCHER] = Dispatcher(database, app[RASA], guard, mounted, metrics=app[METRICS])
        ways = elsewhere.ways(config)
        app[SENDERS] = {
            name: Sender(database, one, config.public, app[METRICS], ways)
            for name, one in mounted.items()
            if isinstance(one, Platform)
        }
        yield
    database.close()


async def _workers(app: web.Application) -> AsyncIterator[None]:
    """Work while the channels stand."""
    mounted = app[CHANNELS]
    notifier = Notifier(app[DATABASE], app[ONESTOP], mounted)
    eraser = Eraser(app[DATABASE], app[ONESTOP], app[RASA], mounted)
    work = [one.run() for one in (app[DISPATCHER], notifier, eraser)]
    work += [one.run() for one in app[SENDERS].values()]
    tasks = [asyncio.create_task(one) for one in (*work, keep(app))]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def setup(app: web.Application, config: Settings) -> None:
    """Make the gateway part of `app`: its channels' routes, its resources, its workers."""
    app[CONFIG] = config
    app[METRICS] = Metrics()
    app.cleanup_ctx.append(_resources)
    mounted = channels(config)
    for channel in mounted:
        channel.setup(app)
    app[CHANNELS] = {channel.name: channel for channel in mounted}
    app.add_routes(health.routes)
    app.middlewares.append(origins.guard)
    app.on_response_prepare.append(origins.add_headers)
    app.cleanup_ctx.append(_workers)


def create_app(config: Settings) -> web.Application:
    """The gateway alone.

    Args:
        config: the validated settings; the database must be migrated.
    """
    app = web.Application(middlewares=[problem_middleware], client_max_size=MAX_BODY_BYTES)
    setup(app, config)
    return app
