"""Logging in through an OpenID Connect provider: the pages, the service and a provider, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from common.database import Database, now
from common.settings import Settings
from onestop.http import staff_oidc
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry, StaffAccount
from tests.platforms.oidc import CLIENT, SECRET, OidcProvider
from tests.staff import make_account, service_app
from tests.web.staff.conftest import Console
from web.staff.app import create_app
from web.staff.forms import PATH, SESSION_COOKIE

ROLES = {"can-bo": "agent", "quan-tri": "administrator"}


@dataclass
class Joined:
    """The console, the service and the provider."""

    console: Console
    provider: OidcProvider

    async def begin(self) -> str:
        status, address = await self.console.post("/staff/login/oidc/begin")
        assert status == 303, address
        return address

    async def back(self, given: dict[str, str]) -> tuple[int, str]:
        async with self.console.client.get("/staff/login/oidc", params=given) as answer:
            return answer.status, await answer.text()

    async def log_in(self) -> tuple[int, str]:
        return await self.back(self.provider.authorise(await self.begin()))

    def account(self, name: str = "lan.nguyen") -> StaffAccount | None:
        wanted = select(StaffAccount).where(StaffAccount.name == name)
        return self.console.database.query(lambda session: session.scalar(wanted))


@pytest.fixture
async def joined(database: Database) -> AsyncIterator[Joined]:
    provider = OidcProvider(person={"preferred_username": "lan.nguyen", "roles": ["can-bo", "x"]})
    there = TestServer(provider.create_app())
    await there.start_server()
    provider.address = str(there.make_url("")).rstrip("/")
    shared: dict[str, Any] = {
        "database_url": str(database.engine.url),
        "public_url": "https://motcua.example.vn",
        "oidc_issuer": provider.address,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_roles": ROLES,
    }
    service = TestServer(service_app(Settings(**shared), database, staff_oidc))
    await service.start_server()
    config = Settings(**shared, onestop_url=str(service.make_url("")).rstrip("/"))
    site = web.Application()
    site.add_subapp(PATH, create_app(config, "test"))
    async with TestClient(TestServer(site)) as client:
        yield Joined(Console(client, database, config), provider)
    await service.close()
    await there.close()


async def test_a_person_with_a_role_is_let_in_and_sees_what_it_allows(joined: Joined) -> None:
    status, page = await joined.log_in()
    assert status == 200
    assert 'http-equiv="refresh"' in page  # the strict cookie is sent from a page of ours only
    assert (await joined.console.get("/staff/"))[0] == 200
    assert (await joined.console.get("/staff/accounts"))[0] == 403
    account = joined.account()
    assert account is not None
    assert (account.roles, account.password_hash) == (["agent"], None)


async def test_roles_follow_the_claim_at_every_log_in(joined: Joined) -> None:
    await joined.log_in()
    joined.provider.person["roles"] = "quan-tri"
    await joined.log_in()
    account = joined.account()
    assert account is not None
    assert account.roles == ["administrator"]
    joined.provider.person["roles"] = []
    status, page = await joined.log_in()
    assert status == 403
    assert "chưa được cấp quyền" in page


async def test_a_disabled_account_stays_out(joined: Joined) -> None:
    await joined.log_in()

    def disable(session: Any) -> None:
        session.scalar(select(StaffAccount)).disabled_at = now()

    joined.console.database.transact(disable)
    status, page = await joined.log_in()
    assert status == 403
    assert "đã bị khóa" in page
    refused = select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1)
    last = joined.console.database.query(lambda session: session.scalar(refused))
    assert last == "login.refused"


async def test_an_account_of_ours_is_not_taken_over_by_its_name(joined: Joined) -> None:
    make_account(joined.console.database, "lan.nguyen", Role.ADMINISTRATOR)
    await joined.log_in()
    assert (await joined.console.get("/staff/accounts"))[0] == 403
    ours = joined.account()
    assert ours is not None
    assert (ours.subject, ours.roles) == (None, ["administrator"])


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"iss": "https://another.example.vn"},
        {"exp": 1_700_000_000},
        {"sub": None},
    ],
    ids=str,
)
async def test_a_token_that_is_not_ours_to_take_is_refused(
    joined: Joined, claims: dict[str, Any]
) -> None:
    joined.provider.claims = claims
    status, page = await joined.log_in()
    assert status == 403
    assert "Không xác nhận được" in page
    assert joined.account() is None


async def test_a_token_of_another_key_is_refused(joined: Joined) -> None:
    joined.provider.foreign_key = True
    assert (await joined.log_in())[0] == 403


async def test_a_way_back_is_good_once_and_for_its_browser_only(joined: Joined) -> None:
    given = joined.provider.authorise(await joined.begin())
    jar = joined.console.client.session.cookie_jar
    kept = {one.key: one.value for one in jar}
    jar.clear()  # another browser, which was sent the address
    assert (await joined.back(given))[0] == 403
    jar.update_cookies(kept, joined.console.client.make_url("/staff/"))
    assert (await joined.back(given))[0] == 403  # that try has used it up
    given = joined.provider.authorise(await joined.begin())
    assert (await joined.back(given))[0] == 200
    assert (await joined.back(given))[0] == 403


async def test_a_provider_that_does_not_answer_is_told(joined: Joined) -> None:
    joined.provider.down = True
    status, page = await joined.console.post("/staff/login/oidc/begin")
    assert status == 503
    assert "chưa trả lời" in page
    joined.provider.down, joined.provider.issuer = False, "https://another.example.vn"
    assert (await joined.console.post("/staff/login/oidc/begin"))[0] == 503


async def test_the_cookies_of_the_way_out_and_of_the_session(joined: Joined) -> None:
    form = {"csrf": await joined.console.csrf()}
    async with joined.console.client.post(
        "/staff/login/oidc/begin", data=form, allow_redirects=False
    ) as answer:
        flow = answer.cookies["motcua_staff_flow"]
        given = joined.provider.authorise(answer.headers["Location"])
    assert (flow["samesite"], flow["httponly"], flow["path"]) == ("Lax", True, "/staff")
    async with joined.console.client.get("/staff/login/oidc", params=given) as answer:
        session = answer.cookies[SESSION_COOKIE]
    assert (session["samesite"], session["httponly"]) == ("Strict", True)
