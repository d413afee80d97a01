"""The running service takes what two people have kept, without a restart: chat, bookings, drafts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from common.database import Database
from common.migrations import upgrade
from common.settings import Settings
from onestop.catalogue import shipped, store
from onestop.catalogue.sources import Source
from onestop.http.app import create_app
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import HEADER
from onestop.kept import live
from onestop.kept import store as kept_store
from onestop.staff.access import Role
from tests.gateway.fakes import Client
from tests.staff import make_account, open_session

MARRIAGE = "1.000894"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[Client, dict[str, str]]]:
    url = f"sqlite:///{tmp_path}/onestop.db"
    upgrade("onestop", url)
    database = Database(url)
    for procedure in shipped.load_shipped():
        if procedure.code == MARRIAGE:
            database.transact(store.save, procedure, Source.SHIPPED)
    sessions = {
        name: open_session(database, make_account(database, name, Role.EDITOR))
        for name in ("lan", "hoa")
    }
    database.close()
    config = Settings(database_url=url, upload_directory=tmp_path / "uploads")
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    async with TestClient(TestServer(create_app(config)), headers=headers) as client:
        yield client, sessions


async def call(client: Client, method: str, path: str, session: str = "", **more: Any) -> Any:
    headers = {HEADER: session} if session else {}
    async with client.request(method, path, headers=headers, **more) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json()


async def keep(
    client: Client, sessions: dict[str, str], kind: str, code: str, content: str
) -> None:
    body = {"base": 0, "content": content, "note": "thử"}
    path = f"/staff/kept/{kind}/{code}/changes"
    change = await call(client, "POST", path, sessions["lan"], json=body)
    await call(client, "POST", f"/staff/changes/{change['id']}/approval", sessions["hoa"])


async def test_new_hours_are_told_at_once(running: tuple[Client, dict[str, str]]) -> None:
    client, sessions = running
    found = await call(client, "GET", "/staff/kept/units/all", sessions["lan"])
    content = json.loads(found["content"])
    content["hours"][0]["hours"] = "9 giờ – 10 giờ"
    await keep(client, sessions, "units", "all", json.dumps(content))
    told = await call(client, "GET", "/units", params={"q": "mấy giờ mở cửa"})
    assert told["hours"][0][1] == "9 giờ – 10 giờ"
    help_hours = await call(client, "GET", "/help-hours")
    assert help_hours["week"][0][1] == "9 giờ – 10 giờ"


async def test_a_new_form_is_asked_by_at_once_and_begun_drafts_keep_theirs(
    running: tuple[Client, dict[str, str]],
) -> None:
    client, sessions = running

    async def asked(owner: str) -> str:
        body = {"procedure": MARRIAGE, "owner": owner, "channel": "web"}
        draft = await call(client, "POST", "/drafts", json=body)
        return str(draft["field"]["question"])

    old = await asked("web:an")
    path = "/staff/kept/eform/marriage-registration"
    found = await call(client, "GET", path, sessions["lan"])
    new = "Anh/chị là bên nào ạ?"
    content = found["content"].replace(old, new)
    await keep(client, sessions, "eform", "marriage-registration", content)
    assert await asked("web:an") == old
    assert await asked("web:binh") == new


async def test_another_process_follows(
    running: tuple[Client, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, sessions = running
    database = client.app[DATABASE]
    monkeypatch.setattr(live, "POLL_SECONDS", 0.01)
    task = asyncio.create_task(live.follow(database, await database.read(live.load)))
    found = await call(client, "GET", "/staff/kept/units/all", sessions["lan"])
    content = json.loads(found["content"])
    content["hours"][0]["hours"] = "6 giờ – 7 giờ"
    await database.run(kept_store.save, "units", "all", json.dumps(content))
    async with asyncio.timeout(60):
        while True:
            told = await call(client, "GET", "/units", params={"q": "mấy giờ mở cửa"})
            if told["hours"][0][1] == "6 giờ – 7 giờ":
                break
            await asyncio.sleep(0.05)
    task.cancel()
