"""The one-stop service as an aiohttp application; only our own processes reach it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from common.database import Database, now
from common.problems import problem_middleware, require_token
from common.settings import Settings
from onestop import reminders
from onestop.backends import registry
from onestop.catalogue.search import CatalogueSearch
from onestop.documents.pdf import Converter
from onestop.eforms import divisions
from onestop.eforms.definition import load_eforms
from onestop.http import (
    bookings,
    documents,
    dossiers,
    drafts,
    feedback,
    files,
    notices,
    offers,
    payments,
    post,
    privacy,
    procedures,
    requests,
    staff,
    staff_accounts,
    staff_answers,
    staff_catalogue,
    staff_changes,
    staff_complaints,
    staff_eforms,
    staff_handover,
    staff_imports,
    staff_kept,
    staff_oidc,
    staff_reports,
    staff_retention,
    staff_transcripts,
    transcripts,
    units,
)
from onestop.http.keys import (
    BACKEND,
    CONFIG,
    DATABASE,
    EFORMS,
    PDF,
    PROVIDERS,
    SCANNER,
    SEARCH,
    STORAGE,
    WORKER,
)
from onestop.http.staff_gate import PREFIX, staff_gate
from onestop.http.sweeping import sweeping
from onestop.kept import live
from onestop.kept.eforms import DIRECTORY
from onestop.payments.registry import providers
from onestop.staff.access import check_declared
from onestop.storage import registry as storages
from onestop.uploads.scanner import Scanner

PARTS = (
    bookings,
    documents,
    dossiers,
    drafts,
    feedback,
    files,
    notices,
    offers,
    payments,
    post,
    privacy,
    procedures,
    requests,
    staff,
    staff_accounts,
    staff_answers,
    staff_catalogue,
    staff_changes,
    staff_complaints,
    staff_eforms,
    staff_handover,
    staff_imports,
    staff_kept,
    staff_oidc,
    staff_reports,
    staff_retention,
    staff_transcripts,
    transcripts,
    units,
)
# JSON bodies are small; files have a limit of their own, checked while they stream in.
MAX_BODY_BYTES = 256 * 1024
REMIND_EVERY_SECONDS = 3600

log = structlog.get_logger(__name__)


async def _sending(app: web.Application) -> AsyncIterator[None]:
    """The worker that sends dossiers to another system, where there is one."""
    app[WORKER] = worker = app[BACKEND].worker(app[DATABASE])
    if worker is None:
        yield
        return
    task = asyncio.create_task(worker.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await worker.remote.close()


async def _remind_hourly(database: Database, plan: reminders.Plan) -> None:
    while True:
        try:
            await database.run(reminders.schedule, now(), plan)
        except Exception as error:
            log.error("reminding_failed", exc_type=type(error).__name__, exc_info=True)
        await asyncio.sleep(REMIND_EVERY_SECONDS)


async def _reminding(app: web.Application) -> AsyncIterator[None]:
    """Schedule reminders; each is told once, whichever process comes first."""
    plan = reminders.plan_of(app[CONFIG])
    task = asyncio.create_task(_remind_hourly(app[DATABASE], plan))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _resources(app: web.Application) -> AsyncIterator[None]:
    database = Database(app[CONFIG].database_url)
    app[DATABASE] = database
    # So that the first citizen to give an address does not wait for the index of communes.
    await asyncio.to_thread(divisions.index)
    keeping = asyncio.create_task(live.follow(database, await database.read(live.load)))
    app[SEARCH] = CatalogueSearch(database)
    await app[SEARCH].start()
    yield
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await app[SEARCH].stop()
    database.close()


def create_app(config: Settings) -> web.Application:
    """The service's application.

    Args:
        config: the validated settings.

    Raises:
        onestop.eforms.definition.EFormError: if an e-form is faulty.
        onestop.staff.access.UndeclaredAddressError: if an address of staff does not say who may use it.
    """
    app = web.Application(
        middlewares=[
            problem_middleware,
            require_token(config.internal_token.get_secret_value()),
            staff_gate,
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app[CONFIG] = config
    app[EFORMS] = load_eforms(DIRECTORY)
    app[BACKEND] = registry.create(config)
    app[PROVIDERS] = providers(config)
    app[STORAGE] = storages.create(config)
    app[PDF] = Converter(config.soffice)
    app[SCANNER] = Scanner.from_settings(config)
    app.cleanup_ctx.append(_resources)
    app.cleanup_ctx.append(_sending)
    app.cleanup_ctx.append(_reminding)
    app.cleanup_ctx.append(sweeping)
    for part in PARTS:
        app.add_routes(part.routes)
    check_declared(app, PREFIX)
    return app
