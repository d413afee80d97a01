"""200 submits of 50 drafts at once, over HTTP: exactly 50 dossiers, codes without gap or repeat."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from common.database import Database
from common.settings import ROOT, Settings
from onestop.catalogue.content import Procedure
from onestop.dossiers.models import Dossier
from onestop.eforms.definition import EForm
from onestop.http.app import create_app
from tests.conversations.system import free_ports
from tests.onestop.dossiers.test_submission_races import ready_draft

DRAFTS, SUBMITS_A_DRAFT = 50, 4
START_SECONDS = 60
TOKEN = os.environ["MOTCUA_INTERNAL_TOKEN"]


def ready_drafts(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure
) -> dict[str, str]:
    """Draft → owner, complete and agreed to."""
    return {
        database.transact(ready_draft, forms, procedure, f"owner-{n}"): f"owner-{n}"
        for n in range(DRAFTS)
    }


async def submit_all(bases: list[str], drafts: dict[str, str]) -> list[str]:
    """Submit every draft several times, all at once, spread over the addresses; the codes told."""
    calls = [(draft, owner) for draft, owner in drafts.items() for _ in range(SUBMITS_A_DRAFT)]
    random.Random(5).shuffle(calls)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as client:

        async def submit(number: int, draft: str, owner: str) -> str:
            address = f"{bases[number % len(bases)]}/drafts/{draft}/submission"
            async with client.post(address, params={"owner": owner}) as answer:
                assert answer.status == 201, await answer.text()
                return str((await answer.json())["code"])

        return await asyncio.gather(*(submit(number, *call) for number, call in enumerate(calls)))


def check(database: Database, told: list[str]) -> None:
    assert len(told) == DRAFTS * SUBMITS_A_DRAFT
    numbers = sorted(int(code[-7:]) for code in set(told))
    assert numbers == list(range(1, DRAFTS + 1))
    with database.sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(Dossier)) == DRAFTS
        assert set(session.scalars(select(Dossier.code))) == set(told)


async def test_one_service(
    database: Database, small_forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    drafts = ready_drafts(database, small_forms, procedure)
    config = Settings(database_url=str(database.engine.url))
    async with TestServer(create_app(config)) as server:
        base = str(server.make_url("")).rstrip("/")
        check(database, await submit_all([base], drafts))


@asynccontextmanager
async def service(database: Database) -> AsyncIterator[str]:
    """A service in a process of its own; yields its address when it answers."""
    (port,) = free_ports(1)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "onestop",
        "serve",
        cwd=ROOT,
        env={
            **os.environ,
            "MOTCUA_DATABASE_URL": str(database.engine.url),
            "MOTCUA_ONESTOP_PORT": str(port),
        },
    )
    base = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as client, asyncio.timeout(START_SECONDS):
            while True:
                try:
                    async with client.get(f"{base}/notices") as answer:
                        assert answer.status == 401
                        break
                except aiohttp.ClientConnectionError:
                    assert process.returncode is None
                    await asyncio.sleep(0.2)
        yield base
    finally:
        process.terminate()
        await process.wait()


async def test_two_services_on_one_database(
    database: Database, small_forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    drafts = ready_drafts(database, small_forms, procedure)
    async with service(database) as first, service(database) as second:
        check(database, await submit_all([first, second], drafts))
