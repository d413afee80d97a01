"""Conversations that go on now: which an agent sees and may come into, and what the audit keeps of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from common.database import Database, now
from common.settings import Settings
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.sources import Source
from onestop.http import staff_handover
from onestop.http.staff_gate import HEADER
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from onestop.staff.schemas import GOES_ON
from onestop.transcripts.models import Conversation
from onestop.transcripts.underway import LONGEST
from tests.staff import make_account, open_session, service_app

LAND, HEALTH = "Sở Nông nghiệp và Môi trường", "Sở Y tế"
PROCEDURES = {"1.000011": LAND, "1.000012": HEALTH, "1.000013": ""}
MINUTE = timedelta(minutes=1)


def talk(
    database: Database, sender: str, procedure: str = "", ago: timedelta = MINUTE, **values: Any
) -> int:
    """A conversation whose last word is so long ago; its number."""
    last = now() - ago
    row = Conversation(
        owner=sender,
        first=0,
        channel="web",
        procedure=procedure,
        **{"started_at": last - MINUTE, "last_at": last, "turn_count": 3, **values},
    )

    def work(session: Any) -> int:
        session.add(row)
        session.flush()
        return row.id

    return database.transact(work)


@dataclass
class Service:
    client: TestClient[aiohttp.web.Request, aiohttp.web.Application]
    database: Database

    def enter(self, name: str, *roles: Role, agencies: list[str] | None = None) -> str:
        return open_session(
            self.database, make_account(self.database, name, *roles, agencies=agencies)
        )

    async def call(self, method: str, path: str, token: str) -> tuple[int, Any]:
        async with self.client.request(method, path, headers={HEADER: token}) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    for code, agency in PROCEDURES.items():
        known = Procedure(code=code, name=f"Thủ tục {code}", agency=agency, decision_number="1/QĐ")
        database.transact(store.save, known, Source.SHIPPED)
    config = Settings(database_url=str(database.engine.url))
    token = config.internal_token.get_secret_value()
    server = TestServer(service_app(config, database, staff_handover))
    async with TestClient(server, headers={"Authorization": f"Bearer {token}"}) as client:
        yield Service(client, database)


async def test_an_agent_sees_who_talks_now_and_not_a_word_of_it(service: Service) -> None:
    database = service.database
    talk(database, "web:old", ago=GOES_ON + MINUTE)
    talk(database, "web:endless", started_at=now() - LONGEST - MINUTE)
    first = talk(database, "web:a", "1.000011", ago=5 * MINUTE, fallbacks=2)
    last = talk(database, "zalo:b", outcome="started")
    status, found = await service.call(
        "GET", "/staff/conversations", service.enter("lan", Role.AGENT)
    )
    assert status == 200
    assert [one["id"] for one in found] == [last, first]
    assert found[1] | {"started_at": "", "last_at": ""} == {
        "id": first,
        "sender": "web:a",
        "channel": "web",
        "started_at": "",
        "last_at": "",
        "turn_count": 3,
        "fallbacks": 2,
        "procedure": "Thủ tục 1.000011",
        "filling": False,
    }
    assert (found[0]["procedure"], found[0]["filling"]) == ("", True)


@pytest.mark.parametrize(
    ("agencies", "seen"),
    [
        (None, {LAND, HEALTH, "", "none"}),
        ([LAND], {LAND, "", "none"}),
        ([HEALTH, LAND], {LAND, HEALTH, "", "none"}),
        ([], {"", "none"}),
    ],
)
async def test_each_sees_and_joins_the_account_s_own_matters_and_those_of_nobody(
    service: Service, agencies: list[str] | None, seen: set[str]
) -> None:
    of = {"none": talk(service.database, "web:none")}
    for code, agency in PROCEDURES.items():
        of[agency] = talk(service.database, f"web:{code}", code)
    token = service.enter("lan", Role.AGENT, agencies=agencies)
    _, found = await service.call("GET", "/staff/conversations", token)
    assert {one["id"] for one in found} == {of[one] for one in seen}
    for agency, number in of.items():
        path = f"/staff/conversations/{number}/joining"
        status, told = await service.call("POST", path, token)
        if agency in seen:
            assert status == 200
            assert told["agency"] == ("" if agency == "none" else agency)
        else:
            assert (status, told["type"].rpartition(":")[2]) == (404, "not_going_on")
    entries = service.database.query(
        lambda session: [
            (one.actor, one.action, one.subject) for one in session.scalars(select(AuditEntry))
        ]
    )
    assert sorted(entries) == sorted(
        ("lan", "conversation.joined", f"conversation:{of[one]}") for one in seen
    )


async def test_what_is_over_cannot_be_joined_to_be_read(service: Service) -> None:
    number = talk(service.database, "web:a", ago=GOES_ON + MINUTE)
    token = service.enter("lan", Role.AGENT)
    status, _ = await service.call("POST", f"/staff/conversations/{number}/joining", token)
    assert status == 404
    assert service.database.query(lambda session: session.scalars(select(AuditEntry)).all()) == []


async def test_the_procedure_talked_about_last_decides(service: Service) -> None:
    talk(service.database, "web:a", "1.000012")
    token = service.enter("lan", Role.AGENT, agencies=[LAND])
    assert await service.call("GET", "/staff/conversations", token) == (200, [])


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.AGENT])
async def test_only_agents_come_into_conversations(service: Service, role: Role) -> None:
    number = talk(service.database, "web:a")
    token = service.enter("lan", role)
    for method, path in (
        ("GET", "/staff/conversations"),
        ("POST", f"/staff/conversations/{number}/joining"),
    ):
        status, _ = await service.call(method, path, token)
        assert status == 403
