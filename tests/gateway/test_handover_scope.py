"""Whose matters a member of staff sees: at every address, in the queue, and when somebody is looked for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import true

from common.agencies import AGENCIES_HEADER, agencies_header, agencies_of
from common.database import Database, now
from gateway.handover import http, service
from gateway.handover.service import Staff
from tests.gateway.fakes import Client, Connect, FakeOnestop, FakeRasa
from tests.gateway.handover import ASKS, Citizen, Desk, desks, hand_over, person

LAND, HEALTH = "Sở Nông nghiệp và Môi trường", "Sở Y tế"
WITH_NUMBER = [
    (route.method, route.path)
    for route in http.routes
    if isinstance(route, web.RouteDef) and "{number" in route.path
]

FITS_ALL = {"key": "a", "text": "Dạ", "reason": "solved", "draft": "d", "field": "f"}


def of(desk: Desk, *agencies: str) -> Desk:
    """The same member of staff with an account of these agencies."""
    return replace(desk, agencies=list(agencies))


def filled(path: str) -> str:
    """An address of the table for the first hand-over."""
    return re.sub(r"\{file:.*\}$", "file-1", path.replace(r"{number:\d+}", "1"))


def test_the_table_holds_what_is_to_be_tried() -> None:
    assert len(WITH_NUMBER) >= 10


async def three_wait(connect: Connect, rasa: FakeRasa) -> Client:
    """A gateway with three who wait: with a matter of each of two agencies, and with nobody's."""
    client = await connect()
    for agency in (LAND, HEALTH, ""):
        hand_over(rasa, agency=agency)
        await (await Citizen.new(client)).say(ASKS)
    return client


@pytest.mark.parametrize(("method", "path"), WITH_NUMBER)
@pytest.mark.parametrize("taken", [False, True])
async def test_another_agencys_hand_over_is_not_there_at_any_address(
    connect: Connect, rasa: FakeRasa, method: str, path: str, taken: bool
) -> None:
    hand_over(rasa, agency=LAND)
    client = await connect()
    await (await Citizen.new(client)).say(ASKS)
    async with desks(client) as (lan, hai):
        if taken:  # by the same account, before its scope was changed
            await lan.take(1)
        before = await hai.get("/handovers/1")
        refused = await of(lan, HEALTH).call(method, filled(path), json=FITS_ALL)
        assert refused.status == 404, await refused.text()
        assert (await refused.json())["type"].endswith(":unknown_handover")
        assert await hai.get("/handovers/1") == before
        told = await (await of(lan, HEALTH, LAND).call(method, filled(path), json=FITS_ALL)).text()
        assert "unknown_handover" not in told


async def test_without_the_condition_it_would_be(
    connect: Connect, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(rasa, agency=LAND)
    client = await connect()
    await (await Citizen.new(client)).say(ASKS)
    monkeypatch.setattr(service, "visible", lambda _: true())
    async with desks(client) as (lan, _):
        await of(lan, HEALTH).take(1)
        assert len(await of(lan, HEALTH).get("/handovers")) == 1


async def test_the_queue_holds_ones_own_matters_and_those_of_nobody(
    connect: Connect, rasa: FakeRasa
) -> None:
    client = await three_wait(connect, rasa)
    async with desks(client) as (lan, _):
        for desk, seen in (
            (lan, [1, 2, 3]),
            (of(lan, LAND), [1, 3]),
            (of(lan, LAND, HEALTH), [1, 2, 3]),
            (of(lan), [3]),
        ):
            assert [one["id"] for one in await desk.get("/handovers")] == seen
        await of(lan, LAND).take(1)
        await of(lan, LAND).close(1)
        assert await of(lan, HEALTH).get("/handovers?closed=1") == []
        assert [one["id"] for one in await of(lan, LAND).get("/handovers?closed=1")] == [1]


async def test_who_is_there_for_another_agency_is_not_there_for_this_citizen(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa, open_now=False, agency=LAND)
    client = await connect()
    citizen = await Citizen.new(client)
    async with desks(client) as (lan, hai):
        assert (await of(lan, HEALTH).call("PUT", "/agents/me")).status == 204
        (told,) = (await citizen.say(ASKS))[:1]
        assert "ngoài giờ" in told["text"]
        assert (await of(hai, LAND).call("PUT", "/agents/me")).status == 204
        (told,) = await citizen.say(ASKS)
        assert "vị trí số 1 " in told["text"]


async def test_a_matter_of_a_citizen_who_asks_again_is_the_new_one(
    connect: Connect, rasa: FakeRasa
) -> None:
    client = await connect()
    citizen = await Citizen.new(client)
    async with desks(client) as (lan, _):
        for agency in (LAND, HEALTH):
            hand_over(rasa, open_now=False, agency=agency)
            await citizen.say(ASKS)
            assert len(await of(lan, agency).get("/handovers")) == 1
        assert await of(lan, LAND).get("/handovers") == []


async def test_staff_come_into_a_conversation_that_did_not_ask_for_them(
    connect: Connect, rasa: FakeRasa, onestop: FakeOnestop
) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say("chào em")
    sender = rasa.received[-1]["sender"]
    onestop.drafts = [
        {
            "id": "draft-7",
            "owner": sender,
            "procedure": {"code": "1.004194", "name": "Đăng ký tạm trú"},
            "field": {"id": "sex", "label": "Giới tính"},
            "answered": 1,
            "total": 14,
        }
    ]
    opening = {"sender": sender, "agency": LAND, "procedure": "Tạm trú"}
    async with desks(client) as (lan, hai):
        refused = await of(lan, HEALTH).do("/handovers", opening, 404)
        assert refused["type"].endswith(":unknown_handover")
        assert await lan.get("/handovers") == [], "nothing is left of the refused one"

        row = await of(lan, LAND).do("/handovers", opening)
        assert (row["stage"], row["mine"], row["waits_since"]) == ("taken", True, None)
        assert row["summary"] == {
            "reason": "joined",
            "procedure": "Đăng ký tạm trú",
            "field": "Giới tính",
            "answered": 1,
            "total": 14,
            "said": [],
        }
        told = (await citizen.read())[-1]
        assert told["text"].startswith("Chị Lan, cán bộ Một cửa, vào trò chuyện")
        assert [one["title"] for one in told["buttons"]] == ["Gặp lại trợ lý"]
        assert told["lasting"]

        other = await hai.do("/handovers", opening, 409)
        assert other["holder"] == "Chị Lan"
        heard = len(rasa.received)
        assert await citizen.say("sao lại có chị ạ") == []
        assert len(rasa.received) == heard, "the assistant heard it"
        await lan.close(row["id"])
        (resume,) = (await citizen.read())[-1]["buttons"]
        assert resume == {
            "title": "Tiếp tục hồ sơ",
            "payload": '/resume_dossier{"draft": "draft-7"}',
        }
        assert await citizen.say("chào em") != []


async def test_a_citizen_whom_staff_joined_has_the_assistant_back_at_a_press(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say("chào em")
    async with desks(client) as (lan, _):
        await lan.do("/handovers", {"sender": rasa.received[-1]["sender"]})
        (back,) = (await citizen.read())[-1]["buttons"]
        (told,) = await citizen.say(back["title"], back["payload"])
        assert "trợ lý ảo" in told["text"]
        assert (await lan.get("/handovers/1"))["ended_by"] == "citizen"


async def test_who_had_asked_already_is_taken_as_the_one_who_asked(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa, agency=HEALTH)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    opening = {"sender": rasa.received[-1]["sender"], "agency": LAND}
    async with desks(client) as (lan, _):
        await of(lan, LAND).do("/handovers", opening, 404)
        row = await of(lan, HEALTH).do("/handovers", opening)
        assert row["summary"]["procedure"] == "Khai sinh"
        assert row["waits_since"]
        assert "đã vào trò chuyện" in (await citizen.read())[-1]["text"]


def test_whom_staff_joined_and_left_without_a_word_is_no_ticket(
    gateway_database: Database,
) -> None:
    staff = Staff("lan", "Chị Lan")
    minutes = [timedelta(minutes=one) for one in (15, 10, 60)]
    row, _ = gateway_database.transact(service.join, "web:a", "web", {}, staff)
    later = now() + timedelta(minutes=30)
    assert gateway_database.transact(service.overdue, later, *minutes) == []
    ((ended, told),) = gateway_database.transact(
        service.overdue, now() + timedelta(minutes=61), *minutes
    )
    assert (ended.id, ended.stage, ended.ended_by) == (row.id, "closed", "idle")
    assert "đã kết thúc" in told[0].body["text"]


def test_many_agencies_with_long_names_fit_a_header() -> None:
    many = {
        f"Ủy ban nhân dân xã {name} {at}" for at in range(50) for name in ("Bình Lục", "Lý Nhân")
    }
    header = agencies_header(many)
    assert len(header[AGENCIES_HEADER]) < 4_000
    assert agencies_of(header[AGENCIES_HEADER]) == many
    assert agencies_header(None) == {}
    assert agencies_of(None) is None
    assert agencies_of(agencies_header([])[AGENCIES_HEADER]) == frozenset()


@pytest.mark.parametrize("header", ["", "*", "Sở Y tế", "eJyLBgAA-AB9"])
async def test_a_scope_that_cannot_be_read_is_refused(connect: Connect, header: str) -> None:
    client = await connect()
    async with desks(client) as (lan, _):
        headers = {**lan.headers, AGENCIES_HEADER: header.encode().decode("latin-1")}
        async with lan.client.get("/handovers", headers=headers) as response:
            assert response.status == 400


def test_the_card_may_say_no_agency() -> None:
    assert service.agency_of(person()) == ""
    assert service.agency_of({}) == ""
    assert service.agency_of({"agency": None}) == ""


async def test_waiting_times_are_of_the_own_agencies_and_nobodys_for_who_sees_all(
    connect: Connect, rasa: FakeRasa
) -> None:
    client = await three_wait(connect, rasa)
    async with desks(client) as (lan, hai):
        await hai.take(1)
        day = timedelta(days=1)
        wanted = {"begin": (now() - day).isoformat(), "end": (now() + day).isoformat()}

        async def counted(desk: Desk) -> tuple[int, int]:
            found = await (await desk.call("GET", "/statistics", params=wanted)).json()
            return found["asked"], found["taken"]["count"]

        assert await counted(hai) == (3, 1)
        assert await counted(of(lan, LAND)) == (1, 1)
        assert await counted(of(lan, HEALTH)) == (1, 0)
        assert await counted(of(lan, LAND, HEALTH)) == (2, 1)
        assert await counted(of(lan)) == (0, 0)
