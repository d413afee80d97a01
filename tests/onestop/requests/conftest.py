"""The one-stop service over HTTP, with a dossier that was handed in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from common.database import Database
from common.settings import Settings
from onestop.http.app import create_app
from tests.gateway.fakes import Client
from tests.onestop.post import conftest as post

procedure, forms, code, database = post.procedure, post.forms, post.code, post.database


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Client]:
    """A client that bears the internal token."""
    config = Settings(database_url=str(database.engine.url))
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    client = TestClient(TestServer(create_app(config)), headers=headers)
    await client.start_server()
    yield client
    await client.close()
