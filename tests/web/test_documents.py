"""The printed form over HTTP: a link for its owner, fetched from the public site before the real service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from docx import Document as OpenDocx

from common.database import Database
from common.migrations import upgrade
from common.settings import Settings
from gateway import sessions
from onestop.catalogue import store
from onestop.catalogue.shipped import load_shipped
from onestop.catalogue.sources import Source
from onestop.dossiers.models import Draft
from onestop.http.app import create_app as create_onestop
from tests.gateway.fakes import Client
from tests.onestop.documents.test_pdf import WORKS, program
from tests.onestop.dossiers.conftest import database, forms, onestop_database, procedure
from tests.onestop.payments.conftest import code
from web.app import create_app
from web.build import build

__all__ = ["code", "database", "forms", "onestop_database", "procedure"]  # fixtures of other tests


@dataclass
class Site:
    """The public site, the service behind it, and a browser whose session owns the dossier `code`."""

    public: Client
    service: Client
    code: str
    owner: str
    session: dict[str, str]

    async def links(self, **asked: str) -> tuple[int, dict[str, Any]]:
        body = {"asker": self.owner, **asked}
        answer = await self.service.post("/documents", json=body)
        return answer.status, await answer.json()

    async def fetch(self, link: str, session: dict[str, str] | None = None) -> tuple[int, bytes]:
        headers = self.session if session is None else session
        answer = await self.public.get(link, headers=headers)
        return answer.status, await answer.read()


@pytest.fixture
async def site(
    request: pytest.FixtureRequest, database: Database, code: str, tmp_path: Path
) -> AsyncIterator[Site]:
    build()
    upgrade("gateway", url := f"sqlite:///{tmp_path}/gateway.db")
    config = Settings(
        database_url=str(database.engine.url),
        gateway_database_url=url,
        soffice=getattr(request, "param", program(tmp_path, WORKS)),
    )
    gateway = Database(url)
    token, owner = gateway.transact(sessions.issue, "web")
    gateway.close()
    with database.sessions.begin() as session:
        for table in ("drafts", "dossiers"):
            session.connection().exec_driver_sql(f"UPDATE {table} SET owner = '{owner}'")
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    service = TestClient(TestServer(create_onestop(config)), headers=headers)
    await service.start_server()
    reached = config.model_copy(update={"onestop_url": str(service.make_url("")).rstrip("/")})
    public = TestClient(TestServer(create_app(reached)))
    await public.start_server()
    yield Site(public, service, code, owner, {"Authorization": f"Bearer {token}"})
    await public.close()
    await service.close()


async def test_the_owner_fetches_the_printed_form_of_a_dossier(site: Site) -> None:
    status, made = await site.links(code=site.code)
    assert (status, made["missing"]) == (201, 0)
    answer = await site.public.get(made["docx"], headers=site.session)
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    told = "\n".join(one.text for one in OpenDocx(BytesIO(await answer.read())).paragraphs)
    assert site.code in told


async def test_a_link_shows_another_browser_a_kind_page_and_nothing_else(site: Site) -> None:
    _, made = await site.links(code=site.code)
    for session in ({}, {"Authorization": "Bearer another"}):
        status, page = await site.fetch(made["docx"], session)
        assert status == 404
        assert "tải tờ khai" in page.decode()
        assert site.code not in page.decode()


async def test_what_is_no_link_is_a_kind_page(site: Site) -> None:
    status, page = await site.fetch(f"/documents/{'A' * 100}")
    assert status == 404
    assert "tải tờ khai" in page.decode()
    assert (await site.fetch("/documents/short"))[0] == 404


async def test_another_needs_the_second_factor_and_five_wrong_ones_lock(site: Site) -> None:
    status, problem = await site.links(code=site.code, asker="web:other")
    assert (status, problem["type"]) == (403, "urn:motcua:problem:factor_needed")
    for _ in range(4):
        assert (await site.links(code=site.code, asker="web:other", factor="0000"))[0] == 404
    status, problem = await site.links(code=site.code, asker="web:other", factor="0000")
    assert (status, problem["type"]) == (429, "urn:motcua:problem:locked")


async def test_who_knows_the_second_factor_gets_a_link_of_their_own(site: Site) -> None:
    status, made = await site.links(code=site.code, asker="zalo:an", factor="1234")
    assert status == 201
    assert (await site.fetch(made["docx"], {}))[0] == 200


async def test_a_draft_of_another_looks_like_none(site: Site, database: Database) -> None:
    draft = database.query(lambda session: session.query(Draft).one().id)
    assert (await site.links(draft=draft))[0] == 201
    status, problem = await site.links(draft=draft, asker="web:other")
    assert (status, problem["type"]) == (404, "urn:motcua:problem:unknown_draft")


async def test_the_link_of_a_discarded_draft_is_dead(site: Site, database: Database) -> None:
    draft = database.query(lambda session: session.query(Draft).one().id)
    _, made = await site.links(draft=draft)
    with database.sessions.begin() as session:
        session.get_one(Draft, draft).state = "discarded"
    assert (await site.fetch(made["docx"]))[0] == 404


async def test_an_official_form_is_given_empty(site: Site, database: Database) -> None:
    birth = next(one for one in load_shipped() if one.code == "1.001193")
    database.transact(store.save, birth, Source.SHIPPED)
    status, made = await site.links(procedure=birth.code)
    assert (status, made["title"]) == (201, "Tờ khai đăng ký khai sinh")
    status, content = await site.fetch(made["docx"])
    assert status == 200
    told = "\n".join(one.text for one in OpenDocx(BytesIO(content)).paragraphs)
    assert "TỜ KHAI ĐĂNG KÝ KHAI SINH" in told
    assert "chưa có mã hồ sơ" not in told
    assert (await site.fetch(made["docx"], {}))[0] == 404


async def test_a_procedure_without_one_gives_none(site: Site) -> None:
    for unknown in ("1.000001", "9.999999"):
        status, problem = await site.links(procedure=unknown)
        assert (status, problem["type"]) == (404, "urn:motcua:problem:no_form")


async def test_pdf_is_offered_where_it_can_be_made_and_its_failure_is_told(
    tmp_path: Path, site: Site
) -> None:
    program(tmp_path, WORKS)
    _, made = await site.links(code=site.code)
    answer = await site.public.get(made["pdf"], headers=site.session)
    assert (answer.status, answer.content_type) == (200, "application/pdf")
    program(tmp_path, "exit 1")
    status, page = await site.fetch(made["pdf"])
    assert status == 503
    assert "bản Word" in page.decode()


@pytest.mark.parametrize("site", ["no-such-program"], indirect=True)
async def test_where_it_cannot_be_made_it_is_not_offered(site: Site) -> None:
    _, made = await site.links(code=site.code)
    assert made["pdf"] is None
    assert (await site.fetch(made["docx"]))[0] == 200
