"""The index that the service searches, kept in step with the catalogue and the everyday words while it runs."""

from __future__ import annotations

import asyncio
import contextlib
from typing import NamedTuple

import structlog
from sqlalchemy.orm import Session

from common.database import Database
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.search.index import SearchIndex
from onestop.catalogue.search.lexicon import Stamp, stamp
from onestop.catalogue.search.narrow import ANYTHING, Narrow
from onestop.schemas import SearchResult

POLL_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class _Version(NamedTuple):
    """What an index is made from: the catalogue's number, and the state of the everyday words."""

    catalogue: int
    words: Stamp


class CatalogueSearch:
    """Searches the current index; a changed catalogue is indexed beside it and then swapped in.

    Args:
        database: the one-stop service's database.
        poll_seconds: how often the catalogue's version is looked at.
    """

    def __init__(self, database: Database, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._index = SearchIndex.build(())
        self._version = self._seen = _Version(0, ())
        self._watcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Index the catalogue as it stands, then watch it."""
        await self.refresh()
        self._watcher = asyncio.create_task(self._watch(), name="catalogue-search")

    async def stop(self) -> None:
        """Stop watching."""
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None

    def search(self, query: str, limit: int = 5, narrow: Narrow = ANYTHING) -> SearchResult:
        """See `SearchIndex.search`."""
        return self._index.search(query, limit, narrow)

    async def refresh(self) -> bool:
        """Index the catalogue anew if it has changed; searches go on meanwhile.

        Returns:
            Whether there is a new index.
        """
        if await self._now() == self._version:
            return False
        words = await asyncio.to_thread(stamp)
        number, procedures = await self._database.read(_snapshot)
        self._index = await asyncio.to_thread(SearchIndex.build, procedures)
        self._version = _Version(number, words)
        _log.info("catalogue_indexed", version=number, procedures=len(procedures))
        return True

    async def look(self) -> bool:
        """Index anew once the catalogue rests: an import changes it in batches.

        Returns:
            Whether there is a new index.
        """
        seen, self._seen = self._seen, await self._now()
        return self._seen == seen and await self.refresh()

    async def _now(self) -> _Version:
        return _Version(await self._database.read(store.version), await asyncio.to_thread(stamp))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                await self.look()
            except Exception:  # the old index goes on serving; the next look may succeed
                _log.exception("catalogue_index_failed")


def _snapshot(session: Session) -> tuple[int, list[Procedure]]:
    """The catalogue and its version, read in one transaction."""
    return store.version(session), list(store.all_procedures(session))
