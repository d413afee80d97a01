"""The public site: its pages, its headers, its documentation, its health."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from common.migrations import upgrade
from common.settings import Settings, settings
from common.tenant import tenant
from onestop.http.app import create_app as create_onestop
from onestop.privacy.rules import rules
from tests.gateway.fakes import Client, FakeOnestop, FakeRasa
from web.app import create_app
from web.build import build


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
async def site(tmp_path: Path, rasa: FakeRasa) -> AsyncIterator[Client]:
    build()
    url = f"sqlite:///{tmp_path}/gateway.db"
    upgrade("gateway", url)
    servers = [TestServer(rasa.app()), TestServer(FakeOnestop().app())]
    for server in servers:
        await server.start_server()
    config = Settings(
        gateway_database_url=url,
        rasa_url=str(servers[0].make_url("")).rstrip("/"),
        onestop_url=str(servers[1].make_url("")).rstrip("/"),
        cookie_secure=True,
    )
    internal: dict[str, web.Application] = {config.onestop: create_onestop(config)}
    client = TestClient(TestServer(create_app(config, internal)))
    await client.start_server()
    yield client
    await client.close()
    for server in servers:
        await server.close()


async def test_the_portal_page_names_the_province_and_its_hotline(site: Client) -> None:
    async with site.get("/") as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert f"Một Cửa {tenant().name}" in page
    assert f'href="tel:{tenant().hotline.number}"' in page
    for one in tenant().popular:
        assert f'data-payload=\'/ask_procedure{{"procedure": "{one.code}"}}\'' in page


async def test_the_privacy_page_tells_every_rule_and_the_portal_leads_there(site: Client) -> None:
    async with site.get("/") as response:
        assert 'href="/privacy"' in await response.text()
    async with site.get("/privacy") as response:
        page = unescape(await response.text())
    for rule in rules().values():
        assert rule.what in page
        assert rule.why in page
    assert f"{settings().draft_days} ngày từ lần điền cuối" in page


async def test_pages_load_only_what_we_serve_and_stand_in_nobodys_frame(site: Client) -> None:
    async with site.get("/") as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "aiohttp" not in response.headers["Server"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "no-cache"),
        ("/api/chat/messages", "no-store"),
        ("/static/build/page.js?1", "immutable"),
    ],
)
async def test_browsers_keep_only_what_is_named_by_its_build(
    site: Client, path: str, kept: str
) -> None:
    async with site.get(path) as response:
        assert kept in response.headers["Cache-Control"]


async def test_health_tells_which_part_does_not_answer(site: Client, rasa: FakeRasa) -> None:
    async with site.get("/health") as response:
        assert response.status == 200
        assert await response.json() == {"database": True, "rasa": True, "onestop": True}
    rasa.down = True
    async with site.get("/health") as response:
        assert response.status == 503
        assert await response.json() == {"database": True, "rasa": False, "onestop": True}


async def test_the_staff_console_stands_under_its_path_and_is_kept_by_no_browser(
    site: Client,
) -> None:
    async with site.get("/staff", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (308, "/staff/")
    async with site.get("/staff/accounts", allow_redirects=False) as response:
        where = response.headers["Location"]
        assert (response.status, where) == (303, "/staff/login?next=%2Fstaff%2Faccounts")
    async with site.get("/staff/login") as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        cookie = response.cookies["motcua_staff_form"]
    assert (cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("Strict", True, True)


async def test_unknown_addresses_and_hidden_files_are_refused_as_problems(site: Client) -> None:
    for path in ("/nowhere", "/static/../app.py", "/static/%2e%2e/package.json"):
        async with site.get(path) as response:
            assert response.status in (403, 404)
            assert response.content_type == "application/problem+json"


async def test_the_api_document_covers_the_chat_and_the_one_stop_service(site: Client) -> None:
    async with site.get("/api/docs/openapi.json") as response:
        document = await response.json()
    assert document["openapi"] == "3.1.0"
    assert {"post", "get"} <= document["paths"]["/api/chat/messages"].keys()
    upload = document["paths"]["/api/chat/uploads"]["post"]
    assert "multipart/form-data" in upload["requestBody"]["content"]
    assert "servers" not in document["paths"]["/api/chat/messages"]
    assert document["paths"]["/files"]["servers"][0]["description"] == "internal"
    named = set(document["components"]["schemas"])
    assert {name.rpartition("/")[2] for name in references(document)} <= named


def references(node: object) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(references, node.values()))


def test_the_scripts_are_built_again_only_when_their_sources_change() -> None:
    build()
    assert build() is False


def test_the_widget_stays_small() -> None:
    import gzip

    build()
    script = Path("web/static/build/mot-cua-chat.js").read_bytes()
    assert len(gzip.compress(script)) <= 60_000
