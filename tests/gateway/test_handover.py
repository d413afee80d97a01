"""A person in the conversation: the assistant is silent, staff answer, the assistant is back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from common.database import Database
from gateway.handover import turns
from gateway.handover.models import Handover
from tests.gateway.fakes import Connect, FakeRasa, Inbound, until
from tests.gateway.handover import ASKS, RESUME, Citizen, Desk, desks, hand_over


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [one.get("text", "") for one in messages]


async def test_a_conversation_goes_to_a_person_and_back(connect: Connect, rasa: FakeRasa) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    async with desks(client) as (lan, _):
        await citizen.say("chào em")
        (told,) = await citizen.say(ASKS)
        assert "vị trí số 1 " in told["text"]
        assert [one["title"] for one in told["buttons"]] == ["Gặp lại trợ lý"]
        asked = len(rasa.received)

        assert await citizen.say("con tôi sinh ở nhà") == []
        assert await citizen.say("thì làm thế nào") == []

        (waiting,) = await lan.get("/handovers")
        assert waiting["stage"] == "waiting"
        assert waiting["summary"]["procedure"] == "Khai sinh"
        number = waiting["id"]
        await lan.take(number)
        seen = await lan.get(f"/handovers/{number}/messages")
        assert texts(seen)[-3:-1] == ["con tôi sinh ở nhà", "thì làm thế nào"]
        await lan.say(number, "Chị làm giấy cam đoan nhé.")
        assert await citizen.say("cảm ơn chị") == []
        assert len(rasa.received) == asked, "the assistant was asked during the pause"

        await lan.close(number)
        said = await citizen.read()
        assert [one["from"] for one in said[-4:]] == ["assistant", "staff", "citizen", "assistant"]
        assert said[-3]["author"] == "Chị Lan, cán bộ Một cửa"
        assert said[-1]["buttons"] == [RESUME]
        assert texts(await citizen.say("chào em")) == ["Trợ lý: chào em"]
        (done,) = await lan.get("/handovers?closed=1")
        moments = [done[f"{one}_at"] for one in ("asked", "taken", "answered", "closed")]
        assert moments == sorted(moments)
        assert all(moments)


async def test_without_the_guard_the_assistant_would_hear_it(
    connect: Connect, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(rasa)
    citizen = await Citizen.new(await connect())
    await citizen.say(ASKS)
    monkeypatch.setattr(turns, "hear", lambda *_: None)
    await citizen.say("con tôi sinh ở nhà")
    assert rasa.received[-1]["text"] == "con tôi sinh ở nhà"


async def test_the_pause_outlives_a_restart(connect: Connect, rasa: FakeRasa) -> None:
    hand_over(rasa)
    first = await connect()
    citizen = await Citizen.new(first)
    await citizen.say(ASKS)
    await first.close()
    asked = len(rasa.received)

    second = await connect()
    citizen.client = second
    assert await citizen.say("còn đó không") == []
    assert len(rasa.received) == asked
    async with desks(second) as (lan, _):
        (waiting,) = await lan.get("/handovers")
        await lan.take(waiting["id"])
        await lan.say(waiting["id"], "Còn ạ.")
    assert texts(await citizen.read())[-1] == "Còn ạ."


@pytest.mark.parametrize(
    ("text", "payload"),
    [("Gặp lại trợ lý", "/meet_assistant"), ("thôi cho tôi gặp lại trợ lý", None)],
)
async def test_the_citizen_has_the_assistant_back_at_a_word(
    connect: Connect, rasa: FakeRasa, text: str, payload: str | None
) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    (told,) = await citizen.say(text, payload)
    assert told["buttons"] == [RESUME]
    assert texts(await citizen.say("chào em")) == ["Trợ lý: chào em"]
    async with desks(client) as (lan, _):
        assert await lan.get("/handovers") == []
        (done,) = await lan.get("/handovers?closed=1")
        assert done["ended_by"] == "citizen"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gap lai tro ly", True),
        ("gặp bot", True),
        ("Cho em quay lại trợ lý ảo nhé!", True),
        ("thôi không cần gặp cán bộ nữa", True),
        ("lúc nãy em gặp trợ lý mà nó không hiểu", False),
        ("trợ lý nói là 5 ngày", False),
        ("không gặp được cán bộ xã thì làm sao", False),
        ("con tôi sinh ở nhà", False),
    ],
)
def test_only_a_message_that_says_nothing_else_asks_for_the_assistant(
    text: str, meant: bool
) -> None:
    assert turns.wants_assistant(text) is meant


async def test_outside_office_hours_a_ticket_is_kept_and_the_assistant_goes_on(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa, open_now=False, opens_at="2030-12-02T07:30:00+07:00")
    client = await connect()
    citizen, early = await Citizen.new(client), await Citizen.new(client)
    ticket, question = texts(await citizen.say(ASKS))
    assert "7 giờ 30 thứ Hai 02/12/2030" in ticket
    assert question == "Câu hỏi tiếp theo"
    assert texts(await citizen.say("chào em")) == ["Trợ lý: chào em"]
    await citizen.say(ASKS)  # again: the same ticket

    async with desks(client) as (lan, _):
        hand_over(rasa)  # it is morning
        (told,) = await early.say(ASKS)
        assert "vị trí số 2 " in told["text"]
        night, morning = await lan.get("/handovers")
        assert (night["stage"], morning["stage"]) == ("ticket", "waiting")
        await lan.take(night["id"])
        assert await citizen.say("vâng") == [], "who is being helped is with a person"
        await lan.say(night["id"], "Chào anh, em trả lời câu hỏi hôm qua.")
    assert "hôm qua" in texts(await citizen.read())[-1]


async def test_staff_who_are_there_outside_office_hours_are_there(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa, open_now=False)
    client = await connect()
    citizen = await Citizen.new(client)
    async with desks(client) as (lan, _):
        response = await lan.call("PUT", "/agents/me")
        assert response.status == 204
        assert [one["name"] for one in await lan.get("/agents")] == ["Chị Lan"]
        (told,) = await citizen.say(ASKS)
        assert "vị trí số 1 " in told["text"]


async def test_two_members_of_staff_cannot_have_the_same_citizen(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    async with desks(client) as (lan, hai):
        await lan.take(1)
        await lan.take(1)  # a repeat is no second one
        for path, body in (
            ("take", None),
            ("messages", {"key": "a", "text": "Xin chào"}),
            ("release", None),
            ("close", {"reason": "solved"}),
            ("proposals", {"key": "a", "draft": "d", "field": "f", "text": "t"}),
        ):
            refused = await hai.do(f"/handovers/1/{path}", body, 409)
            assert refused["type"].endswith(":not_held")
            assert refused["holder"] == "Chị Lan"
        await lan.do("/handovers/1/release")
        await hai.take(1)
        said = texts(await citizen.read())
        assert sum("đã vào trò chuyện" in one for one in said) == 2
        refused = await lan.do("/handovers/1/messages", {"key": "b", "text": "Dạ"}, 409)
        assert refused["holder"] == "Anh Hải"
        await hai.do("/handovers/9/take", None, 404)


async def test_an_answer_sent_twice_is_said_once(connect: Connect, rasa: FakeRasa) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    async with desks(client) as (lan, _):
        await lan.take(1)
        for _ in range(2):
            await lan.do("/handovers/1/messages", {"key": "same", "text": "Dạ"}, 201)
    assert texts(await citizen.read()).count("Dạ") == 1


async def _quick(connect: Connect, **minutes: float) -> Any:
    slow = dict.fromkeys(("wait", "reply", "idle"), 60.0) | minutes
    return await connect(**{f"handover_{name}_minutes": one for name, one in slow.items()})


async def test_who_is_not_taken_in_time_keeps_a_ticket_and_has_the_assistant_back(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa)
    client = await _quick(connect, wait=0.001)
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    await _told(citizen, "chưa trả lời được ngay")
    assert texts(await citizen.say("chào em")) == ["Trợ lý: chào em"]
    async with desks(client) as (lan, _):
        (ticket,) = await lan.get("/handovers")
        assert ticket["stage"] == "ticket"


async def test_who_is_taken_and_not_answered_has_the_assistant_back(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa)
    client = await _quick(connect, reply=0.001)
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    async with desks(client) as (lan, hai):
        await lan.take(1)
        await _told(citizen, "chưa trả lời được ngay")
        assert texts(await citizen.say("chào em")) == ["Trợ lý: chào em"]
        await hai.take(1)


async def test_a_talk_that_nobody_goes_on_with_is_over(connect: Connect, rasa: FakeRasa) -> None:
    hand_over(rasa)
    client = await _quick(connect, idle=0.02)
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    async with desks(client) as (lan, _):
        await lan.take(1)
        await lan.say(1, "Xong rồi ạ.")
        await _told(citizen, "một lúc lâu mình không nhắn thêm")
        (done,) = await lan.get("/handovers?closed=1")
        assert done["ended_by"] == "idle"


async def _told(citizen: Citizen, part: str) -> None:
    async def there() -> bool:
        return any(part in one for one in texts(await citizen.read()))

    await until(there)


async def test_what_the_assistant_was_thinking_of_is_not_said_once_staff_have_taken_over(
    connect: Connect, rasa: FakeRasa, gateway_database: Database
) -> None:
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say("chào em")
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def think(inbound: Inbound) -> list[dict[str, Any]]:
        thinking.set()
        await go_on.wait()
        return [{"text": "Trợ lý nói"}]

    rasa.answer = think
    async with desks(client) as (lan, _):
        turn = asyncio.create_task(citizen.say("tôi không hiểu"))
        await thinking.wait()
        sender = rasa.received[-1]["sender"]
        taken = await lan.do("/handovers", {"sender": sender})
        assert taken["mine"]
        go_on.set()
        assert await turn == []
        row = gateway_database.query(lambda session: session.scalars(select(Handover)).one())
        assert row.waits_since is not None, "staff owe an answer to what was said"


async def test_a_conversation_that_was_ended_leaves_the_queue(
    connect: Connect, rasa: FakeRasa
) -> None:
    hand_over(rasa)
    client = await connect()
    citizen = await Citizen.new(client)
    await citizen.say(ASKS)
    async with client.delete("/api/chat/sessions", headers=citizen.session) as response:
        assert response.status == 204
    async with desks(client) as (lan, _):
        refused = await lan.do("/handovers/1/take", None, 409)
        assert refused["type"].endswith(":citizen_left")
        assert await lan.get("/handovers") == []


async def test_the_inner_interface_wants_the_token_and_to_know_who_acts(connect: Connect) -> None:
    client = await connect()
    async with desks(client) as (lan, _):
        stranger = Desk(lan.client, "", "")
        response = await stranger.call("GET", "/handovers")
        assert response.status == 400
        async with lan.client.get("/handovers") as response:
            assert response.status == 401
    async with client.get("/handovers") as response:
        assert response.status == 404, "the public site has no such address"
