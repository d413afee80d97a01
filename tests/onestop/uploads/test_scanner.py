"""The virus scan: what clamd says, whatever it says, and what becomes of files when it says nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from common.database import Database
from common.settings import Settings
from onestop.dossiers.models import StoredFile
from onestop.http.app import create_app
from onestop.storage import registry
from onestop.storage.base import NotStored
from onestop.uploads.rescan import rescan
from onestop.uploads.scanner import Scanner, ScannerUnavailable, Verdict
from tests.papers import encoded, page, pdf
from tests.platforms.clamd import EICAR, Clamd, running

NOBODY = "127.0.0.1:9"


@pytest.fixture
def clamd() -> Clamd:
    return Clamd()


@pytest.mark.parametrize("socket", ["", "clamd.ctl"])
@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", Verdict.CLEAN),
        (bytes(300_000), Verdict.CLEAN),
        (b"%PDF-1.7" + EICAR, Verdict.INFECTED),
        (bytes(65_500) + EICAR, Verdict.INFECTED),  # over two chunks
    ],
)
async def test_the_whole_content_is_judged(
    clamd: Clamd, tmp_path: Path, socket: str, content: bytes, verdict: Verdict
) -> None:
    async with running(clamd, str(tmp_path / socket) if socket else "") as address:
        assert await Scanner(address).scan(content) is verdict
    assert clamd.scanned == [content]


@pytest.mark.parametrize("behaviour", ["hangs", "hangs_up", "babbles"])
async def test_what_is_no_verdict_is_none(clamd: Clamd, behaviour: str) -> None:
    clamd.behaviour = behaviour
    async with running(clamd) as address:
        with pytest.raises(ScannerUnavailable):
            await Scanner(address, seconds=0.3).scan(b"x")


async def test_a_content_that_is_longer_than_clamd_takes_is_not_clean(clamd: Clamd) -> None:
    clamd.stream_max = 100_000
    async with running(clamd) as address:
        with pytest.raises(ScannerUnavailable):
            await Scanner(address).scan(bytes(5_000_000))


@pytest.mark.parametrize("address", [NOBODY, "/no/such/socket"])
async def test_a_scanner_that_is_away_is_said_to_be(address: str) -> None:
    with pytest.raises(ScannerUnavailable):
        await Scanner(address).scan(b"x")


@pytest.mark.parametrize("address", ["clamd", "host:", ":3310x", "host:123456"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="clamd"):
        Settings(clamd=address)


@asynccontextmanager
async def service(database: Database, tmp_path: Path, **given: Any) -> AsyncIterator[Any]:
    """Sends a file to the service; gives status and body of the answer."""
    config = Settings(
        database_url=str(database.engine.url), upload_directory=tmp_path / "up", **given
    )
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    async with TestClient(TestServer(create_app(config)), headers=headers) as client:

        async def send(content: bytes) -> tuple[int, dict[str, Any]]:
            form = FormData()
            form.add_field("file", content, filename="giay.pdf")
            answer = await client.post("/files", params={"owner": "web:1"}, data=form)
            return answer.status, await answer.json()

        yield send


def scans(database: Database) -> list[str]:
    return list(database.query(lambda session: session.scalars(select(StoredFile.scan)).all()))


async def test_an_infected_file_is_refused_with_words_and_not_kept(
    onestop_database: Database, clamd: Clamd, tmp_path: Path
) -> None:
    async with (
        running(clamd) as address,
        service(onestop_database, tmp_path, clamd=address) as send,
    ):
        status, problem = await send(pdf() + EICAR)
        assert (status, problem["type"]) == (415, "urn:motcua:problem:file_infected")
        assert "mã độc" in problem["detail"]
        assert not scans(onestop_database)
        assert (await send(pdf()))[0] == 201
    assert scans(onestop_database) == ["clean"]


async def test_while_the_scanner_is_away_nothing_is_taken(
    onestop_database: Database, tmp_path: Path
) -> None:
    async with service(onestop_database, tmp_path, clamd=NOBODY) as send:
        status, problem = await send(pdf())
    assert (status, problem["type"]) == (503, "urn:motcua:problem:scanner_unavailable")
    assert scans(onestop_database) == []


async def test_without_a_scanner_files_are_taken_unmarked(
    onestop_database: Database, tmp_path: Path
) -> None:
    async with service(onestop_database, tmp_path) as send:
        assert (await send(pdf()))[0] == 201
    assert scans(onestop_database) == [""]


async def test_files_taken_with_a_mark_are_scanned_later_and_infected_ones_removed(
    onestop_database: Database, clamd: Clamd, tmp_path: Path
) -> None:
    given = {"clamd": NOBODY, "clamd_when_down": "mark"}
    bad = pdf() + EICAR
    async with service(onestop_database, tmp_path, **given) as send:
        kept = [(await send(content))[1]["file_id"] for content in (encoded(page()), bad)]
    assert scans(onestop_database) == ["unscanned"] * 2
    storage = registry.create(Settings(upload_directory=tmp_path / "up"))
    async with running(clamd) as address:
        await rescan(onestop_database, storage, Scanner(address))
    assert scans(onestop_database) == ["clean", "infected"]
    assert storage.get(kept[0])
    with pytest.raises(NotStored):
        storage.get(kept[1])
    assert clamd.scanned[1] == bad
