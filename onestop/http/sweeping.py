"""The hourly sweep of files that belong to nothing; several processes may do it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from common.database import Database, now
from onestop.dossiers import files
from onestop.http.keys import DATABASE, STORAGE
from onestop.storage.base import Storage

EVERY_SECONDS = 3600

log = structlog.get_logger(__name__)


async def _hourly(database: Database, storage: Storage) -> None:
    while True:
        try:
            removed = await asyncio.to_thread(files.sweep, database, storage, now() - files.GRACE)
            if removed:
                log.info("files_swept", removed=removed)
        except Exception as error:
            log.error("sweeping_failed", exc_type=type(error).__name__, exc_info=True)
        await asyncio.sleep(EVERY_SECONDS)


async def sweeping(app: web.Application) -> AsyncIterator[None]:
    """Sweep as long as the application runs."""
    task = asyncio.create_task(_hourly(app[DATABASE], app[STORAGE]))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
