from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from common.database import Database
from common.settings import Settings
from onestop.http import staff_catalogue
from onestop.staff.access import Role, Stage
from tests.onestop.staff.conftest import Client, _quick_hashes, database, empty
from tests.staff import make_account, open_session, service_app
from web.staff.app import create_app
from web.staff.forms import PATH, SESSION_COOKIE

__all__ = ["_quick_hashes", "database", "empty"]  # fixtures of other tests


@dataclass
class Console:
    """The console's pages before the real service, as one browser sees them."""

    client: Client
    database: Database
    config: Settings
    server: TestServer | None = None

    async def away(self) -> None:
        """Stop the service."""
        assert self.server
        await self.server.close()

    def enter(self, *roles: Role, name: str = "lan", stage: Stage = Stage.OPEN) -> int:
        """Log in beside the form; the account's number."""
        account = make_account(self.database, name, *roles)
        self.bear(open_session(self.database, account, stage))
        return account

    def bear(self, token: str) -> None:
        """Hold a session's cookie."""
        jar = self.client.session.cookie_jar
        jar.clear()
        jar.update_cookies({SESSION_COOKIE: token}, URL(str(self.client.make_url("/staff/"))))

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """A page; redirects are not followed, and told as their address."""
        return await self._told(self.client.get(path, allow_redirects=False, headers=headers))

    async def post(self, path: str, **form: str | list[str]) -> tuple[int, str]:
        """Send a form of ours."""
        data = [
            (name, one)
            for name, value in (form | {"csrf": await self.csrf()}).items()
            for one in ([value] if isinstance(value, str) else value)
        ]
        sent = aiohttp.FormData(data)
        return await self._told(self.client.post(path, data=sent, allow_redirects=False))

    async def csrf(self) -> str:
        """The token that the pages' forms bear."""
        _, page = await self.get("/staff/login")
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
        assert found
        return found[1]

    @staticmethod
    async def _told(call: object) -> tuple[int, str]:
        async with call as answer:  # type: ignore[attr-defined]
            return answer.status, answer.headers.get("Location") or await answer.text()


@pytest.fixture
async def console(database: Database) -> AsyncIterator[Console]:
    url = str(database.engine.url)
    server = TestServer(service_app(Settings(database_url=url), database, staff_catalogue))
    await server.start_server()
    config = Settings(database_url=url, onestop_url=str(server.make_url("")).rstrip("/"))
    site = web.Application()
    site.add_subapp(PATH, create_app(config, "test"))
    async with TestClient(TestServer(site)) as client:
        yield Console(client, database, config, server)
    await server.close()
