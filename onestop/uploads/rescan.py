"""Files that were taken while the scanner was away: scanned as soon as it is back, removed if infected."""

from __future__ import annotations

import asyncio

import structlog

from common.database import Database
from onestop.dossiers import files
from onestop.storage.base import NotStored, Storage
from onestop.uploads.scanner import Scanner, Verdict

log = structlog.get_logger(__name__)


async def rescan(database: Database, storage: Storage, scanner: Scanner) -> None:
    """Scan every file without a verdict; safe beside another process that does the same.

    Raises:
        onestop.uploads.scanner.ScannerUnavailable: if the scanner is still away.
        onestop.storage.base.StorageUnavailable: if the storage does not answer.
    """
    for key in await database.read(files.unscanned):
        try:
            content = await asyncio.to_thread(storage.get, key)
        except NotStored:  # swept meanwhile
            continue
        verdict = await scanner.scan(content)
        if verdict is Verdict.INFECTED:
            # The row stays: a dossier may refer to it, and its officer must see why it cannot be opened.
            await asyncio.to_thread(storage.delete, key)
            log.warning("infected_file_removed", file=key)
        await database.run(files.judge, key, verdict)
