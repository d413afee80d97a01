from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from common.database import Database
from common.migrations import upgrade
from common.settings import Settings
from onestop.http.staff_gate import HEADER
from onestop.staff import passwords
from tests.staff import service_app

Client = TestClient[aiohttp.web.Request, aiohttp.web.Application]


@dataclass
class Service:
    """The one-stop service over HTTP, and its database."""

    client: Client
    database: Database
    config: Settings

    async def call(
        self, method: str, path: str, token: str = "", body: Any = None, **params: str
    ) -> tuple[int, Any]:
        """The status and the body of an answer; problems by the last word of their type."""
        headers = {HEADER: token} if token else {}
        answer = await self.client.request(method, path, json=body, params=params, headers=headers)
        told = await answer.json() if answer.content_length else None
        if answer.content_type == "application/problem+json":
            told = {**told, "code": told["type"].rpartition(":")[2]}
        return answer.status, told

    async def log_in(self, name: str, password: str, address: str = "192.0.2.1") -> Any:
        body = {"name": name, "password": password, "address": address}
        return await self.call("POST", "/staff/sessions", body=body)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to be copied: migrating takes longer than most tests."""
    directory = tmp_path_factory.mktemp("empty")
    upgrade("onestop", f"sqlite:///{directory}/onestop.db")
    return directory / "onestop.db"


@pytest.fixture
def database(tmp_path: Path, empty: Path) -> Iterator[Database]:
    shutil.copy(empty, tmp_path / "onestop.db")
    found = Database(f"sqlite:///{tmp_path}/onestop.db")
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least work: what is tested is what comes of right and wrong."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    config = Settings(
        database_url=str(database.engine.url), staff_login_attempts=3, staff_address_attempts=6
    )
    token = config.internal_token.get_secret_value()
    server = TestServer(service_app(config, database))
    async with TestClient(server, headers={"Authorization": f"Bearer {token}"}) as client:
        yield Service(client, database, config)
