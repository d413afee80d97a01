"""The one-stop service over HTTP, with its real e-forms and a catalogue of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from common.database import Database
from common.migrations import upgrade
from common.settings import Settings
from onestop.catalogue import shipped
from onestop.catalogue.sources import Source
from onestop.catalogue.store import save
from onestop.http.app import create_app
from tests.onestop.uploads.test_cleaning import picture

Client = TestClient[aiohttp.web.Request, aiohttp.web.Application]
OWNER = {"owner": "citizen-1"}
MARITAL_STATUS = "1.004873"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    url = f"sqlite:///{tmp_path}/onestop.db"
    upgrade("onestop", url)
    database = Database(url)
    for procedure in shipped.load_shipped(shipped.DIRECTORY):
        database.transact(save, procedure, Source.SHIPPED)
    database.close()
    config = Settings(database_url=url, upload_directory=tmp_path / "uploads")
    token = config.internal_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"}
    async with TestClient(TestServer(create_app(config)), headers=headers) as client:
        yield client


async def test_without_the_token_nothing_is_told(client: Client) -> None:
    answer = await client.get(
        "/procedures", params={"q": "khai sinh"}, headers={"Authorization": ""}
    )
    assert answer.status == 401
    assert answer.content_type == "application/problem+json"


async def test_a_procedure_is_found_by_its_everyday_name_without_accents(client: Client) -> None:
    answer = await client.get("/procedures", params={"q": "xin giay doc than"})
    found = await answer.json()
    assert found["outcome"] == "found"
    assert found["candidates"][0]["code"] == MARITAL_STATUS


async def test_an_unknown_procedure_is_a_problem(client: Client) -> None:
    answer = await client.get("/procedures/9.999999")
    assert answer.status == 404
    assert (await answer.json())["type"] == "urn:motcua:problem:unknown_procedure"


async def test_a_request_that_does_not_fit_says_where_without_repeating_it(client: Client) -> None:
    answer = await client.post("/drafts", json={"owner": 5, "secret": "035090001234"})
    assert answer.status == 422
    text = await answer.text()
    assert "procedure" in text
    assert "035090001234" not in text


async def test_a_draft_is_filled_and_sent_once(client: Client) -> None:
    body = {**OWNER, "channel": "web", "procedure": MARITAL_STATUS}
    draft = await (await client.post("/drafts", json=body)).json()
    address = f"/drafts/{draft['id']}"
    for _ in range(draft["total"] * 3):
        field = draft["field"]
        if field is None:
            break
        if field["type"] == "paper":
            form = FormData()
            form.add_field("file", picture(), filename="giay.jpg")
            kept = await (await client.post("/files", params=OWNER, data=form)).json()
            answer = {"file_ids": [kept["file_id"]]}
        else:
            answer = {"text": field["example"]}
        done = await client.post(f"{address}/answers", params=OWNER, json=answer)
        result = await done.json()
        assert result["refusal"] is None, result["refusal"]
        draft = result["draft"]
    assert draft["field"] is None
    early = await client.post(f"{address}/submission", params=OWNER)
    assert (early.status, (await early.json())["title"]) == (409, "no consent")
    consent = {**draft["consent"], "channel": "web"}
    assert (await client.put(f"{address}/consent", params=OWNER, json=consent)).status == 200
    first = await (await client.post(f"{address}/submission", params=OWNER)).json()
    second = await (await client.post(f"{address}/submission", params=OWNER)).json()
    assert first == second
    asked = {"asker": "x", "code": first["code"], "factor": "0000"}
    refused = await client.post("/lookups", json=asked)
    assert (refused.status, (await refused.json())["attempts_left"]) == (404, 4)


async def test_another_owners_draft_is_unknown(client: Client) -> None:
    body = {**OWNER, "channel": "web", "procedure": MARITAL_STATUS}
    draft = await (await client.post("/drafts", json=body)).json()
    answer = await client.get(f"/drafts/{draft['id']}", params={"owner": "citizen-2"})
    assert answer.status == 404


async def test_a_file_that_is_none_of_the_kinds_is_refused_in_vietnamese(client: Client) -> None:
    form = FormData()
    form.add_field("file", b"MZ a program", filename="anh.jpg")
    answer = await client.post("/files", params=OWNER, data=form)
    assert answer.status == 415
    assert "PDF" in (await answer.json())["detail"]
