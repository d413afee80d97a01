"""The running service's index follows the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from common.database import Database
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import CatalogueSearch
from onestop.catalogue.search import live as live_module
from onestop.catalogue.sources import Source
from onestop.schemas import SearchResult


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - nothing tells that an index was swapped
        await asyncio.sleep(0.02)


def first(found: SearchResult) -> str | None:
    return found.candidates[0].code if found.candidates else None


async def test_a_saved_procedure_is_found_without_a_restart(
    onestop_database: Database, small_catalogue: list[Procedure]
) -> None:
    search = CatalogueSearch(onestop_database, poll_seconds=0.02)
    await search.start()
    try:
        assert search.search("gia hạn tạm trú").outcome == "none"
        for procedure in small_catalogue:
            await onestop_database.run(store.save, procedure, Source.SHIPPED)
        async with asyncio.timeout(20):
            await until(lambda: first(search.search("gia hạn tạm trú")) == "1.002755")
    finally:
        await search.stop()


async def test_an_unchanged_catalogue_is_not_indexed_again(
    onestop_database: Database, small_catalogue: list[Procedure]
) -> None:
    await onestop_database.run(store.save, small_catalogue[0], Source.SHIPPED)
    search = CatalogueSearch(onestop_database)
    assert await search.refresh() is True
    assert await search.refresh() is False


async def test_the_old_index_serves_while_a_new_one_fails(
    onestop_database: Database,
    small_catalogue: list[Procedure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await onestop_database.run(store.save, small_catalogue[0], Source.SHIPPED)
    search = CatalogueSearch(onestop_database, poll_seconds=0.01)
    await search.start()
    tried = asyncio.Event()

    class Broken:
        @staticmethod
        def build(_procedures: object) -> None:
            loop.call_soon_threadsafe(tried.set)
            raise RuntimeError("no memory")

    loop = asyncio.get_running_loop()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(live_module, "SearchIndex", Broken)
            await onestop_database.run(store.save, small_catalogue[1], Source.SHIPPED)
            async with asyncio.timeout(20):
                await tried.wait()
            assert search.search("đăng ký khai sinh").candidates[0].code == "1.001193"
        async with asyncio.timeout(20):
            await until(lambda: len(search.search("đăng ký lại khai sinh").candidates) == 2)
    finally:
        await search.stop()


async def test_an_import_in_batches_is_indexed_once_when_it_rests(
    onestop_database: Database,
) -> None:
    search = CatalogueSearch(onestop_database)
    for number in range(3):
        content = Procedure(code=f"1.00000{number}", name=f"Thủ tục thứ {number}")
        await onestop_database.run(store.save, content, Source.PORTAL)
        assert not await search.look()
    assert await search.look()
    assert search.search("1.000002").outcome == "found"
    assert not await search.look()
