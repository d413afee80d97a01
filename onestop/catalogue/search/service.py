"""The index of the running service: built at start, built anew when the catalogue changes, no restart."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from sqlalchemy.orm import Session

from common.database import Database
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.search.index import SearchIndex
from onestop.catalogue.search.result import SearchResult

log = structlog.get_logger(__name__)
POLL_SECONDS = 2.0


def _changed(session: Session, have: int | None) -> tuple[int, list[Procedure]] | None:
    """The catalogue's version and its procedures, or `None` if `have` is that version."""
    version = store.version(session)
    return None if version == have else (version, list(store.all_procedures(session)))


class CatalogueSearch:
    """Searches the catalogue as it stands, at most a few seconds behind it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index: SearchIndex | None = None  # an empty catalogue has none
        self._version: int | None = None
        self._watch: asyncio.Task[None] | None = None

    def search(self, query: str, limit: int = 5, applicant: str | None = None) -> SearchResult:
        """Find what a message means; see `SearchIndex.search`."""
        if self._index is None:
            return SearchResult(outcome="none", candidates=[], content_words=True)
        return self._index.search(query, limit=limit, applicant=applicant)

    async def start(self) -> None:
        """Build the index and keep an eye on the catalogue."""
        await self._refresh()
        self._watch = asyncio.create_task(self._keep_fresh(), name="catalogue-search")

    async def stop(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch

    async def _refresh(self) -> None:
        changed = await self._database.read(_changed, self._version)
        if changed is not None:
            version, procedures = changed
            # In a thread of its own: citizens go on searching in the old index meanwhile.
            self._index = (
                await asyncio.to_thread(SearchIndex.build, procedures) if procedures else None
            )
            self._version = version
            log.info("search_index_built", version=version, procedures=len(procedures))

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._refresh()
            except Exception as error:  # the next round may succeed; the old index still serves
                log.error("search_index_failed", exc_type=type(error).__name__)
