"""What staff send: files, proposals for the dossier, and how it looks on Zalo and Messenger."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from gateway.channels.web import webchat
from gateway.handover.service import Staff
from tests.gateway.fakes import Connect, FakeOnestop, FakeRasa, open_session, until
from tests.gateway.handover import ASKS, DRAFT, Citizen, Desk, desks, hand_over
from tests.gateway.platforms import answered
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer


async def _propose(desk: Desk, text: str, status: int = 201) -> Any:
    body = {"key": f"p{next(desk.ids)}", "draft": DRAFT, "field": "name", "text": text}
    return await desk.do("/handovers/1/proposals", body, status)


async def _offered(citizen: Citizen) -> dict[str, str]:
    """Title → payload of what was offered last."""
    return {one["title"]: one["payload"] for one in (await citizen.read())[-1]["buttons"]}


async def test_a_proposal_is_filled_in_when_the_citizen_agrees(
    connect: Connect, rasa: FakeRasa, onestop: FakeOnestop
) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    asked = len(rasa.received)
    async with desks(client) as (lan, _):
        onestop.drafts = [{"id": DRAFT, "owner": rasa.received[-1]["sender"]}]
        assert [one["id"] for one in await lan.get("/handovers/1/drafts")] == [DRAFT]
        await lan.take(1)
        refused = await _propose(lan, "sai", 422)
        assert refused["detail"] == "Chưa đúng ạ."
        await _propose(lan, "Nguyễn Văn An")
        said = (await citizen.read())[-1]
        assert said["from"] == "staff"
        assert "Họ tên: Nguyễn Văn An" in said["text"]
        first = await _offered(citizen)

        await _propose(lan, "Nguyễn Văn Ân")
        second = await _offered(citizen)
        (gone,) = await citizen.say("Đúng", first["Đúng, ghi vào hồ sơ"])
        assert "không còn dùng được" in gone["text"]
        assert onestop.decided == []
        (done,) = await citizen.say("Đúng", second["Đúng, ghi vào hồ sơ"])
        assert "Họ tên: Nguyễn Văn Ân" in done["text"]
        assert onestop.decided == [("offer-2", True)]

        await _propose(lan, "Nguyễn Văn Ấn")
        (left,) = await citizen.say("Không", (await _offered(citizen))["Không đúng"])
        assert "không ghi" in left["text"]
        assert onestop.decided[-1] == ("offer-3", False)
    assert len(rasa.received) == asked


async def test_a_file_of_staff_opens_only_for_the_citizen(
    connect: Connect, rasa: FakeRasa, onestop: FakeOnestop
) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    async with desks(client) as (lan, hai):
        await lan.take(1)
        form = aiohttp.FormData()
        form.add_field("file", b"%PDF-", filename="mau.pdf", content_type="application/pdf")
        response = await lan.call("POST", "/handovers/1/files", data=form)
        assert response.status == 201, await response.text()
        kept = await response.json()
        assert onestop.files[0]["owner"] == rasa.received[-1]["sender"]
        shared = {name: kept[name] for name in ("file_id", "name", "content_type")}
        body = {"key": "f", "text": "Mẫu đây ạ.", "files": [shared]}
        await lan.do("/handovers/1/messages", body, 201)
        words, file = (await citizen.read())[-2:]
        assert words["text"] == "Mẫu đây ạ."
        assert file["custom"]["title"] == "mau.pdf"
        # Another member of staff may look, and reads the very bytes.
        response = await hai.call("GET", f"/handovers/1/files/{kept['file_id']}")
        assert await response.read() == b"%PDF-"
        response = await hai.call("GET", "/handovers/1/files/other")
        assert response.status == 404


@pytest.mark.parametrize("name", ["zalo", "messenger"])
async def test_on_a_platform_the_citizen_sees_who_writes_and_a_number_is_an_answer_to_staff(
    connect_zalo: Connect,
    connect_messenger: Connect,
    zalo_server: ZaloServer,
    messenger_server: MessengerServer,
    rasa: FakeRasa,
    name: str,
) -> None:
    hand_over(rasa)
    client = await (connect_zalo if name == "zalo" else connect_messenger)()
    server: ZaloServer | MessengerServer = zalo_server if name == "zalo" else messenger_server

    async def write(text: str) -> None:
        if name == "zalo":
            raw, headers = zalo.signed(zalo.text(text, f"m-{len(text)}", "1234567"))
        else:
            said = {"mid": f"m_{len(text)}", "text": text}
            raw, headers = messenger.signed([messenger.messaging("1234567", message=said)])
        async with client.post(f"/webhooks/{name}", data=raw, headers=headers) as response:
            assert response.status == 200

    await write(ASKS)
    await answered(server, 1)
    async with desks(client) as (lan, _):
        await lan.take(1)
        await lan.say(1, "Anh có mấy con?\n1. một\n2. hai")
        await answered(server, 3)
        sent = [messenger.text_of(one) for _, one in server.sent]
        assert sent[-1].startswith("Chị Lan, cán bộ Một cửa:\nAnh có mấy con?")
        await write("2")
        seen = await _heard(lan, "2")
        assert seen["from"] == "citizen"
    assert len(rasa.received) == 1
    assert len(server.sent) == 3


async def _heard(desk: Desk, text: str) -> dict[str, Any]:
    async def heard() -> dict[str, Any] | None:
        last: dict[str, Any] = (await desk.get("/handovers/1/messages"))[-1]
        return last if last["text"] == text and last["state"] == "answered" else None

    return await until(heard)


def test_staff_are_named_as_citizens_know_them() -> None:
    assert Staff("1", "Chị Lan").title == "Chị Lan, cán bộ Một cửa"


def test_a_rasa_webchat_shows_who_writes_too() -> None:
    (said,) = webchat.shown({"id": 1, "text": "Dạ", "author": "Chị Lan, cán bộ Một cửa"}, "")
    assert said == {"text": "Chị Lan, cán bộ Một cửa:  \nDạ"}


async def test_nothing_is_said_where_there_is_nothing_to_say(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa)
    client = await connect()
    await Citizen(client, await open_session(client)).say(ASKS)
    async with desks(client) as (lan, _):
        await lan.take(1)
        await lan.do("/handovers/1/messages", {"key": "a", "text": " \n"}, 422)
