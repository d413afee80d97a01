"""Complaints and ratings over the service's own interface, as the actions call it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from common.database import Database
from common.settings import Settings
from onestop.feedback.models import Complaint
from onestop.http.app import create_app
from tests.gateway.fakes import Client
from tests.onestop.dossiers.test_submission_races import OWNER
from tests.onestop.feedback.conftest import complaint, finish


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Client]:
    config = Settings(database_url=str(database.engine.url))
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    client = TestClient(TestServer(create_app(config)), headers=headers)
    await client.start_server()
    yield client
    await client.close()


async def post(service: Client, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = await service.post(path, json=body)
    return answer.status, await answer.json()


async def test_answers_are_read_as_e_forms_read_them(service: Client) -> None:
    said = {"field": "phone", "text": "sđt 0912 345 678", "attempt": 1}
    status, read = await post(service, "/complaints/checks", said)
    assert (status, read) == (200, {"value": "0912345678", "display": "0912 345 678"})
    status, problem = await post(service, "/complaints/checks", {**said, "text": "không có"})
    assert status == 422
    assert "số" in problem["detail"]


async def test_equal_requests_at_once_are_one_complaint(
    service: Client, database: Database
) -> None:
    body = complaint().model_dump()
    told = await asyncio.gather(*(post(service, "/complaints", body) for _ in range(8)))
    assert {status for status, _ in told} == {201}
    assert len({one["code"] for _, one in told}) == 1
    count = select(func.count()).select_from(Complaint)
    assert database.transact(lambda session: session.scalar(count)) == 1
    _, other = await post(service, "/complaints", complaint("request-0000000002").model_dump())
    assert other["code"].endswith("-0002")


async def test_why_one_is_not_taken_is_said_by_its_code(service: Client) -> None:
    too_long = complaint(content=["a" * 20_000]).model_dump()
    status, problem = await post(service, "/complaints", too_long)
    assert (status, problem["type"]) == (409, "urn:motcua:problem:too_long")
    status, problem = await post(service, "/complaints", complaint(name="?").model_dump())
    assert status == 422


async def test_looking_a_complaint_up_has_few_tries(service: Client) -> None:
    _, taken = await post(service, "/complaints", complaint().model_dump())
    body = {"asker": "web:other", "code": taken["code"], "factor": "0000"}
    status, problem = await post(service, "/complaints/lookups", body)
    assert (status, problem["attempts_left"]) == (404, 4)
    status, found = await post(service, "/complaints/lookups", {**body, "factor": "5678"})
    assert (status, found["code"]) == (200, taken["code"])
    for _ in range(5):
        status, _ = await post(service, "/complaints/lookups", body)
    assert status == 429


async def test_a_finished_dossier_is_offered_with_its_status_and_rated(
    service: Client, database: Database, code: str
) -> None:
    proof = {"asker": "web:other", "code": code, "factor": "5678"}
    factor = "1234"
    _, before = await post(service, "/lookups", {**proof, "factor": factor})
    assert before["rating"] is None
    finish(database, code)
    _, after = await post(service, "/lookups", {**proof, "factor": factor})
    offered = after["rating"]
    body = {"asker": "web:other", "channel": "web", "grant": offered["grant"], "stars": 2}
    status, told = await post(service, "/ratings", body)
    assert (status, told["name"], told["reason_wanted"]) == (200, "Không hài lòng", True)
    status, problem = await post(service, "/ratings", {**body, "asker": "web:third"})
    assert (status, problem["type"]) == (403, "urn:motcua:problem:not_granted")
    assert (await post(service, "/ratings", {**body, "stars": 6}))[0] == 422


async def test_the_owners_offers_are_listed(service: Client, database: Database, code: str) -> None:
    finish(database, code)
    answer = await service.get("/ratings/offers", params={"owner": OWNER})
    assert [one["code"] for one in await answer.json()] == [code]
