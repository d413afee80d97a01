"""Once an hour, in any process: late scans, retention, loose files, due changes, groups of the week."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from common.database import Database, now
from common.settings import Settings
from onestop.catalogue import imports
from onestop.changes import service as changes
from onestop.dossiers import files
from onestop.http.keys import CONFIG, DATABASE, SCANNER, STORAGE
from onestop.privacy import expiring
from onestop.staff import login
from onestop.storage.base import Storage
from onestop.transcripts import groups
from onestop.uploads.rescan import rescan
from onestop.uploads.scanner import Scanner, ScannerUnavailable

EVERY_SECONDS = 3600

log = structlog.get_logger(__name__)


async def _hourly(
    config: Settings, database: Database, storage: Storage, scanner: Scanner | None
) -> None:
    while True:
        try:
            if scanner is not None:
                await rescan(database, storage, scanner)
        except ScannerUnavailable as error:
            log.error("scanner_unavailable", reason=str(error))
        except Exception as error:
            log.error("rescanning_failed", exc_type=type(error).__name__, exc_info=True)
        try:
            expired = await asyncio.to_thread(expiring.run, database, now())
            if gone := {one.rule.kind: one.count for one in expired if one.count}:
                log.info("retention", **gone)
        except Exception as error:
            log.error("retention_failed", exc_type=type(error).__name__, exc_info=True)
        try:
            removed = await asyncio.to_thread(files.sweep, database, storage, now() - files.GRACE)
            if removed:
                log.info("files_swept", removed=removed)
        except Exception as error:
            log.error("sweeping_failed", exc_type=type(error).__name__, exc_info=True)
        try:
            await database.run(changes.apply_due, now())
            await database.run(login.sweep, config, now())
            await database.run(imports.sweep, now())
        except Exception as error:
            log.error("staff_sweep_failed", exc_type=type(error).__name__, exc_info=True)
        try:
            made = await asyncio.to_thread(groups.make_due, database, now())
            if made is not None:
                log.info("turns_grouped", groups=made)
        except Exception as error:
            log.error("grouping_failed", exc_type=type(error).__name__, exc_info=True)
        await asyncio.sleep(EVERY_SECONDS)


async def sweeping(app: web.Application) -> AsyncIterator[None]:
    """Sweep as long as the application runs."""
    task = asyncio.create_task(_hourly(app[CONFIG], app[DATABASE], app[STORAGE], app[SCANNER]))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
