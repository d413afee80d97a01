"""The gateway under test: the real application over a migrated database, fakes behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from common.database import Database
from common.settings import Settings
from gateway.app import create_app
from gateway.dispatcher import Dispatcher
from tests.databases import BACKENDS, migrated
from tests.gateway.fakes import Client, Connect, FakeOnestop, FakeRasa
from tests.gateway.platforms import loosen, served
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer


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
async def connect(
    gateway_url: str, rasa: FakeRasa, onestop: FakeOnestop, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Connect]:
    """Starts the gateway with settings of the test's choice; gives a client without cookies."""
    # A machine that stalls is no reason to tell a citizen of a delay.
    patient = partial(Dispatcher, slow_seconds=60.0)
    monkeypatch.setattr("gateway.app.Dispatcher", patient)
    servers = [TestServer(rasa.app()), TestServer(onestop.app())]
    for server in servers:
        await server.start_server()
    clients: list[Client] = []

    async def start(**changes: Any) -> Client:
        config = Settings(
            gateway_database_url=gateway_url,
            rasa_url=str(servers[0].make_url("")).rstrip("/"),
            onestop_url=str(servers[1].make_url("")).rstrip("/"),
            **{"turn_timeout_seconds": 60, **changes},
        )
        app = create_app(config)
        loosen(app)
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for one in clients:
        await one.close()
    for server in servers:
        await server.close()


@pytest.fixture
async def zalo_server() -> AsyncIterator[ZaloServer]:
    server = ZaloServer()
    async with served(server.create_app()) as server.base:
        yield server


@pytest.fixture
def connect_zalo(connect: Connect, zalo_server: ZaloServer) -> Connect:
    """Starts the gateway with a Zalo account that the fake platform knows."""

    async def start(**changes: Any) -> Client:
        settings = {
            "zalo_app_id": zalo.APP_ID,
            "zalo_app_secret": zalo.APP_SECRET,
            "zalo_oa_secret": zalo.OA_SECRET,
            "zalo_refresh_token": "seed",
            "zalo_api_url": zalo_server.base,
            "zalo_oauth_url": zalo_server.base,
        }
        return await connect(**{**settings, **changes})

    return start


@pytest.fixture
async def messenger_server() -> AsyncIterator[MessengerServer]:
    server = MessengerServer()
    async with served(server.create_app()) as server.base:
        yield server


@pytest.fixture
def connect_messenger(connect: Connect, messenger_server: MessengerServer) -> Connect:
    """Starts the gateway with a page that the fake platform knows."""

    async def start(**changes: Any) -> Client:
        settings = {
            "messenger_page_id": messenger.PAGE_ID,
            "messenger_app_secret": messenger.APP_SECRET,
            "messenger_page_token": messenger.PAGE_TOKEN,
            "messenger_verify_token": messenger.VERIFY_TOKEN,
            "messenger_api_url": f"{messenger_server.base}/v25.0",
        }
        return await connect(**{**settings, **changes})

    return start
