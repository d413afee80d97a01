"""What an applicant may do with a dossier, and what the gateway fetches, over HTTP; back end: a province's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from common.settings import Settings
from onestop.cli import main
from onestop.dossiers import submission
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.http.app import create_app
from tests.onestop.backends.conftest import OWNER, Desk
from tests.platforms.onestop_server import OnestopServer

Client = TestClient[aiohttp.web.Request, aiohttp.web.Application]
SOON = 60.0


@pytest.fixture
def served(desk: Desk, config: Settings) -> Settings:
    return config.model_copy(update={"database_url": str(desk.database.engine.url)})


@pytest.fixture
async def client(served: Settings) -> AsyncIterator[Client]:
    """The service with its worker, sending to the fake province."""
    token = served.internal_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"}
    async with TestClient(TestServer(create_app(served)), headers=headers) as client:
        yield client


async def notices(client: Client) -> list[dict[str, Any]]:
    answer = await client.get("/notices")
    assert answer.status == 200
    return list(await answer.json())


async def eventually(probe: Callable[[], Awaitable[Sequence[Any]]]) -> Sequence[Any]:
    """What the probe finds, as soon as it finds something."""
    async with asyncio.timeout(SOON):
        while not (found := await probe()):  # noqa: ASYNC110 - it looks at another process's work
            await asyncio.sleep(0.05)
    return found


async def wait_for_notice(client: Client) -> dict[str, Any]:
    return dict((await eventually(lambda: notices(client)))[0])


async def send(client: Client, draft_id: str) -> dict[str, Any]:
    answer = await client.post(f"/drafts/{draft_id}/submission", params={"owner": OWNER})
    assert answer.status == 201
    return dict(await answer.json())


def the_code(desk: Desk) -> str:
    with desk.database.sessions.begin() as session:
        return session.scalars(select(Dossier.code)).one()


async def test_the_citizen_hears_that_it_is_being_sent_and_then_the_code(
    client: Client,
    desk: Desk,
    province: OnestopServer,
) -> None:
    draft_id = desk.fill()
    receipt = await send(client, draft_id)
    assert (receipt["state"], receipt["code"]) == ("sending", "")
    notice = await wait_for_notice(client)
    code = province.dossiers[0]["MaHoSo"]
    assert (notice["owner"], notice["template"]) == (OWNER, "sent")
    assert code in notice["text"]
    assert (await send(client, draft_id))["code"] == code


async def test_a_notice_is_claimed_and_reported_on(client: Client, desk: Desk) -> None:
    await send(client, desk.fill())
    await wait_for_notice(client)
    (claimed,) = await (await client.post("/notices/claims", json={})).json()
    assert await (await client.post("/notices/claims", json={})).json() == []
    address, said = f"/notices/{claimed['id']}/delivery", {"outcome": "delivered"}
    assert (await client.put(address, json={**said, "lease": "another"})).status == 409
    for _ in range(2):
        answer = await client.put(address, json={**said, "lease": claimed["lease"]})
        assert answer.status == 204
    assert await notices(client) == []
    missing = {**said, "lease": claimed["lease"]}
    assert (await client.put("/notices/99/delivery", json=missing)).status == 404
    assert (await client.put(address, json={"lease": "", "outcome": "perhaps"})).status == 422


async def test_an_owner_may_want_no_notices(client: Client, desk: Desk) -> None:
    for wanted in (False, False, True):
        answer = await client.put(f"/owners/{OWNER}/notices", json={"wanted": wanted})
        assert answer.status == 204


async def test_a_supplement_is_begun_with_the_second_factor_only(
    client: Client,
    served: Settings,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(client, desk.fill())
    await wait_for_notice(client)
    body = {"asker": "zalo:9", "code": the_code(desk), "factor": "1234", "channel": "zalo"}
    nothing = await client.post("/supplements", json=body)
    assert (nothing.status, (await nothing.json())["title"]) == (409, "nothing asked")
    command = ["dossier", "advance", body["code"], "supplement_requested", "--fields", "phone"]
    monkeypatch.setattr("onestop.cli.dossier.settings", lambda: served)
    with pytest.raises(SystemExit):
        main([*command, "--until", "2020-01-01"])
    assert await asyncio.to_thread(main, command) == 0
    wrong = await client.post("/supplements", json={**body, "factor": "0000"})
    assert (wrong.status, (await wrong.json())["attempts_left"]) == (404, 4)
    begun = await client.post("/supplements", json=body)
    assert begun.status == 201
    draft = await begun.json()
    assert (draft["total"], draft["field"]["id"]) == (1, "phone")
    address, owner = f"/drafts/{draft['id']}", {"owner": "zalo:9"}
    done = await client.post(f"{address}/answers", params=owner, json={"text": "0987654321"})
    assert (await done.json())["refusal"] is None
    consent = {**draft["consent"], "channel": "zalo"}
    assert (await client.put(f"{address}/consent", params=owner, json=consent)).status == 200
    sent = await (await client.post(f"{address}/submission", params=owner)).json()
    assert (sent["state"], sent["code"]) == ("supplemented", body["code"])


async def test_a_withdrawal_is_counted_told_and_sent_once(
    client: Client,
    desk: Desk,
    province: OnestopServer,
) -> None:
    await send(client, desk.fill())
    await wait_for_notice(client)
    body = {"asker": "zalo:9", "code": the_code(desk), "factor": "5678"}
    done = await client.post("/withdrawals", json=body)
    assert (done.status, (await done.json())["status"]) == (200, 7)
    again = await client.post("/withdrawals", json=body)
    assert (again.status, (await again.json())["title"]) == (409, "impossible step")

    async def reports() -> list[dict[str, Any]]:
        return list(province.reports.values())

    assert [one["TrangThai"] for one in await eventually(reports)] == [7]


async def test_wrong_factors_lock_withdrawals_as_they_lock_lookups(
    client: Client,
    desk: Desk,
) -> None:
    await send(client, desk.fill())
    await wait_for_notice(client)
    body = {"asker": "zalo:9", "code": the_code(desk), "factor": "0000"}
    statuses = [(await client.post("/withdrawals", json=body)).status for _ in range(6)]
    assert statuses == [404] * 4 + [429] * 2
    with desk.database.sessions.begin() as session:
        assert submission.find(session, body["code"]).status == Status.REGISTERED
