"""The gateway under test: the real application over a migrated database, fakes behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from common.database import Database
from common.settings import Settings
from gateway.app import create_app
from tests.databases import BACKENDS, migrated
from tests.gateway.fakes import Client, Connect, FakeOnestop, FakeRasa


@pytest.fixture(params=BACKENDS)
def gateway_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with migrated("gateway", request.param, tmp_path) as url:
        yield url


@pytest.fixture
def gateway_database(gateway_url: str) -> Iterator[Database]:
    database = Database(gateway_url)
    yield database
    database.close()


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def onestop() -> FakeOnestop:
    return FakeOnestop()


@pytest.fixture
async def connect(gateway_url: str, rasa: FakeRasa, onestop: FakeOnestop) -> AsyncIterator[Connect]:
    """Starts the gateway with settings of the test's choice; gives a client without cookies."""
    servers = [TestServer(rasa.app()), TestServer(onestop.app())]
    for server in servers:
        await server.start_server()
    clients: list[Client] = []

    async def start(**changes: Any) -> Client:
        config = Settings(
            gateway_database_url=gateway_url,
            rasa_url=str(servers[0].make_url("")).rstrip("/"),
            onestop_url=str(servers[1].make_url("")).rstrip("/"),
            **{"turn_timeout_seconds": 5, **changes},
        )
        client = TestClient(TestServer(create_app(config)))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for one in clients:
        await one.close()
    for server in servers:
        await server.close()
