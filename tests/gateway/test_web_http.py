"""The web channel over HTTP: sessions, messages, history, uploads, limits, failures of Rasa."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from aiohttp import FormData, web
from hypothesis import given
from hypothesis import strategies as st

from common.problems import Problem
from gateway.channels.web.schemas import Utterance
from gateway.texts import say as text_of
from gateway.words import file_name
from tests.gateway.fakes import Client, Connect, FakeOnestop, FakeRasa, open_session, until


async def say(
    client: Client, headers: dict[str, str], status: int = 200, **body: Any
) -> dict[str, Any]:
    async with client.post("/api/chat/messages", json=body, headers=headers) as response:
        assert response.status == status, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def history(client: Client, headers: dict[str, str], after: int = 0) -> dict[str, Any]:
    async with client.get(f"/api/chat/messages?after={after}", headers=headers) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def kept_at_least(client: Client, headers: dict[str, str], number: int) -> bool:
    messages = (await history(client, headers))["messages"]
    return sum(one["from"] == "citizen" for one in messages) >= number


async def test_the_cookie_is_unreadable_to_scripts_and_other_sites(connect: Connect) -> None:
    client = await connect(cookie_secure=True)
    async with client.post("/api/chat/sessions") as response:
        assert response.status == 201
        cookie = response.cookies["__Host-motcua"]
        assert cookie.value == (await response.json())["token"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/", "")


async def test_a_session_goes_on_and_tells_its_token_once(connect: Connect) -> None:
    client = await connect()
    headers = await open_session(client)
    async with client.post("/api/chat/sessions", headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["token"] is None
        assert "Set-Cookie" not in response.headers


async def test_a_token_of_ones_own_making_is_replaced_and_refused(connect: Connect) -> None:
    client = await connect()
    made_up = {"Cookie": "motcua=of-my-own-making"}
    async with client.post("/api/chat/sessions", headers=made_up) as response:
        assert response.status == 201
        assert response.cookies["motcua"].value != "of-my-own-making"
    client.session.cookie_jar.clear()
    for headers in ({}, made_up, {"Authorization": "Bearer of-my-own-making"}):
        problem = await say(client, headers, 401, text="xin chào")
        assert problem["detail"] == text_of("no_session")


async def test_nobody_reads_anothers_conversation(connect: Connect) -> None:
    client = await connect()
    mine, other = await open_session(client), await open_session(client)
    await say(client, mine, text="chuyện của tôi")
    assert len((await history(client, mine))["messages"]) == 2
    assert (await history(client, other))["messages"] == []


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30])
async def test_what_can_be_no_messages_number_is_a_problem_not_a_crash(
    connect: Connect, after: str
) -> None:
    client = await connect()
    headers = await open_session(client)
    async with client.get(f"/api/chat/messages?after={after}", headers=headers) as response:
        assert response.status == 422
        assert response.content_type == "application/problem+json"


async def test_an_ended_session_can_no_longer_be_read(connect: Connect) -> None:
    client = await connect()
    headers = await open_session(client)
    async with client.delete("/api/chat/sessions", headers=headers) as response:
        assert response.status == 204
    async with client.get("/api/chat/messages", headers=headers) as response:
        assert response.status == 401


async def test_a_message_is_answered_and_kept_for_a_reload(
    connect: Connect, rasa: FakeRasa
) -> None:
    async def answer(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        button = {"title": "Lệ phí", "payload": "/ask_fee"}
        return [
            {"text": "Chào", "buttons": [button], "recipient_id": "x"},
            {"custom": {"type": "link"}},
        ]

    rasa.answer = answer
    client = await connect()
    headers = await open_session(client)
    turn = await say(client, headers, text="xin chào", message_id="m-1")
    assert (turn["state"], turn["message_id"]) == ("answered", "m-1")
    first, second = turn["replies"]
    assert first["text"] == "Chào"
    assert first["buttons"] == [{"title": "Lệ phí", "payload": "/ask_fee"}]
    assert "recipient_id" not in first
    assert second["custom"] == {"type": "link"}
    kept = await history(client, headers)
    assert kept["messages"][1:] == turn["replies"]
    assert (kept["messages"][0]["from"], kept["messages"][0]["message_id"]) == ("citizen", "m-1")
    assert kept["last"] == second["id"]
    assert kept["busy"] is False
    assert (await history(client, headers, after=first["id"]))["messages"] == [second]


async def test_rasa_is_told_who_speaks_where_and_what(connect: Connect, rasa: FakeRasa) -> None:
    client = await connect()
    headers = await open_session(client)
    await say(client, headers, text="Nộp hồ sơ", payload='/start_dossier{"procedure": "1.004194"}')
    (inbound,) = rasa.received
    assert inbound["sender"].startswith("web:")
    assert inbound["channel"] == "web"
    assert inbound["text"] == '/start_dossier{"procedure": "1.004194"}'
    assert inbound["attachments"] == []
    assert (await history(client, headers))["messages"][0]["text"] == "Nộp hồ sơ"


async def test_a_message_sent_twice_at_once_is_answered_once(
    connect: Connect, rasa: FakeRasa
) -> None:
    client = await connect()
    headers = await open_session(client)
    turns = await asyncio.gather(
        *(say(client, headers, text="xin chào", message_id="same") for _ in range(5))
    )
    assert len(rasa.received) == 1
    assert all(turn["replies"] == turns[0]["replies"] for turn in turns)
    assert len(turns[0]["replies"]) == 1


async def test_order_is_kept_for_a_citizen_and_citizens_do_not_wait_for_one_another(
    connect: Connect, rasa: FakeRasa
) -> None:
    both = asyncio.Barrier(2)

    async def answer(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        # Passes only when a turn of the other citizen runs at the same time.
        await asyncio.wait_for(both.wait(), 50)
        return [{"text": inbound["text"]}]

    rasa.answer = answer
    client = await connect()
    people = [await open_session(client), await open_session(client)]

    async def talk(headers: dict[str, str]) -> list[str]:
        pending = []
        for number in range(3):
            pending.append(asyncio.create_task(say(client, headers, text=str(number))))
            await until(partial(kept_at_least, client, headers, number + 1))
        turns = await asyncio.gather(*pending)
        return [turn["replies"][0]["text"] for turn in turns]

    assert await asyncio.gather(*(talk(headers) for headers in people)) == [["0", "1", "2"]] * 2
    for sender in {one["sender"] for one in rasa.received}:
        texts = [one["text"] for one in rasa.received if one["sender"] == sender]
        assert texts == ["0", "1", "2"]
    assert (rasa.most_per_sender, rasa.most_senders) == (1, 2)


async def test_when_rasa_is_down_the_citizen_is_told_once_and_answered_later(
    connect: Connect, rasa: FakeRasa
) -> None:
    rasa.down = True
    client = await connect()
    headers = await open_session(client)
    turn = await say(client, headers, 202, text="xin chào")
    assert turn["state"] == "waiting"
    assert [reply["text"] for reply in turn["replies"]] == [text_of("delayed")]
    assert (await history(client, headers))["busy"] is True
    rasa.down = False

    async def settled() -> dict[str, Any] | None:
        found = await history(client, headers)
        return None if found["busy"] else found

    kept = await until(settled)
    texts = [one["text"] for one in kept["messages"]]
    assert texts == ["xin chào", text_of("delayed"), "Anh/chị nói: xin chào"]
    assert len(rasa.received) == 1


async def test_what_rasa_cannot_take_is_given_up_kindly(connect: Connect, rasa: FakeRasa) -> None:
    async def refuse(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        raise web.HTTPUnprocessableEntity

    rasa.answer = refuse
    client = await connect()
    turn = await say(client, await open_session(client), text="xin chào")
    assert turn["state"] == "failed"
    assert [reply["text"] for reply in turn["replies"]] == [text_of("failed")]
    assert len(rasa.received) == 1


async def test_a_message_that_is_too_long_is_refused_with_a_clear_text(connect: Connect) -> None:
    client = await connect()
    headers = await open_session(client)
    await say(client, headers, text="a" * 2000)
    problem = await say(client, headers, 422, text="a" * 2001)
    assert problem["detail"] == text_of("too_long", limit=2000)
    assert (await say(client, headers, 422, text=" \u0007 /"))["detail"] == text_of("empty")


async def test_a_flood_is_refused_with_a_clear_text(connect: Connect) -> None:
    client = await connect(chat_messages_per_minute=2)
    headers = await open_session(client)
    for _ in range(2):
        await say(client, headers, text="xin chào")
    problem = await say(client, headers, 429, text="xin chào")
    assert problem["detail"] == text_of("too_many")
    assert len((await history(client, headers))["messages"]) == 4


async def test_typed_commands_are_plain_text(connect: Connect, rasa: FakeRasa) -> None:
    client = await connect()
    headers = await open_session(client)
    await say(client, headers, text='/submit_dossier{"a": 1}')
    await say(client, headers, text="  //restart")
    assert [one["text"] for one in rasa.received] == ['submit_dossier{"a": 1}', "restart"]


@pytest.mark.parametrize(
    "payload",
    [
        "/restart",
        "/upload",
        "/session_start",
        "/back",
        "hello",
        "/EXTERNAL_x",
        "/a b",
        "/a{" + "x" * 1000 + "}",
    ],
)
async def test_only_payloads_of_buttons_are_taken(
    connect: Connect, rasa: FakeRasa, payload: str
) -> None:
    client = await connect()
    problem = await say(client, await open_session(client), 422, payload=payload)
    assert problem["detail"] == text_of("bad_payload")
    assert rasa.received == []


@given(st.text(max_size=60))
def test_no_words_ever_become_a_command(words: str) -> None:
    try:
        body = Utterance(text=words).body(text_max=50)
    except Problem:
        assert len(words) > 50 or not any(one.isalnum() for one in words)
        return
    assert not body["text"].startswith("/")
    assert body["text"].strip() == body["text"]
    assert body["payload"] is None


@pytest.mark.parametrize("body", ["[]", "{", '{"text": 1}', '{"message_id": "a b", "text": "x"}'])
async def test_a_malformed_request_is_a_problem_not_a_crash(connect: Connect, body: str) -> None:
    client = await connect()
    headers = {**await open_session(client), "Content-Type": "application/json"}
    async with client.post("/api/chat/messages", data=body, headers=headers) as response:
        assert response.status in (400, 422)
        assert response.content_type == "application/problem+json"


@given(st.text())
def test_a_file_name_never_holds_a_folder_or_a_line_break(given_name: str) -> None:
    name = file_name(given_name)
    assert 0 < len(name) <= 200
    assert not set(name) & set("/\\\r\n\0")


async def upload(
    client: Client, headers: dict[str, str], content: bytes, name: str = "file", **query: str
) -> tuple[int, dict[str, Any]]:
    form = FormData(quote_fields=False)  # as browsers write it
    form.add_field(name, content, filename="giấy khai sinh.pdf", content_type="application/pdf")
    async with client.post(
        "/api/chat/uploads", data=form, headers=headers, params=query
    ) as response:
        return response.status, await response.json()


async def test_a_file_goes_to_the_one_stop_service_and_then_to_rasa(
    connect: Connect, rasa: FakeRasa, onestop: FakeOnestop
) -> None:
    client = await connect()
    headers = await open_session(client)
    content = b"%PDF-1.7 " + bytes(range(256)) * 1000
    status, turn = await upload(client, headers, content, message_id="up-1")
    assert (status, turn["message_id"]) == (200, "up-1")
    (stored,) = onestop.files
    (inbound,) = rasa.received
    assert stored["content"] == content
    assert stored["owner"] == inbound["sender"]
    assert inbound["text"] == "/upload"
    assert inbound["attachments"] == [
        {
            "file_id": "file-1",
            "name": "giấy khai sinh.pdf",
            "content_type": "application/pdf",
            "size": len(content),
        }
    ]
    shown = (await history(client, headers))["messages"][0]
    assert shown["attachments"][0]["name"] == "giấy khai sinh.pdf"
    assert "file_id" not in shown["attachments"][0]


async def test_a_file_that_is_too_large_is_refused_before_it_is_kept(
    connect: Connect, rasa: FakeRasa, onestop: FakeOnestop
) -> None:
    client = await connect(upload_max_bytes=100_000)
    headers = await open_session(client)
    for size in (100_001, 300_000):  # found while it streams; told by its length at once
        status, problem = await upload(client, headers, b"x" * size)
        assert status == 413
        assert problem["detail"] == text_of("file_too_large", megabytes=0)
    assert (onestop.files, rasa.received) == ([], [])


async def test_refusals_of_the_one_stop_service_reach_the_citizen(
    connect: Connect, onestop: FakeOnestop
) -> None:
    client = await connect()
    headers = await open_session(client)
    status, problem = await upload(client, headers, b"MZ program")
    assert (status, problem["detail"]) == (415, "Em chỉ nhận ảnh hoặc PDF ạ.")
    onestop.down = True
    status, problem = await upload(client, headers, b"%PDF")
    assert (status, problem["detail"]) == (503, text_of("storage_unavailable"))
    status, problem = await upload(client, headers, b"%PDF", name="other")
    assert (status, problem["detail"]) == (422, text_of("no_file"))
    assert (await history(client, headers))["messages"] == []


async def upload_pages(
    client: Client, headers: dict[str, str], *pages: bytes
) -> tuple[int, dict[str, Any]]:
    form = FormData(quote_fields=False)
    for number, content in enumerate(pages, start=1):
        form.add_field("file", content, filename=f"trang {number}.pdf")
    async with client.post("/api/chat/uploads", data=form, headers=headers) as response:
        return response.status, await response.json()


async def test_several_pages_are_one_message_in_their_order(
    connect: Connect, rasa: FakeRasa, onestop: FakeOnestop
) -> None:
    client = await connect()
    headers = await open_session(client)
    big = bytes(range(256)) * 2000  # longer than what is read at once
    status, _ = await upload_pages(client, headers, b"%PDF one", big, b"%PDF three")
    assert status == 200
    assert [one["content"] for one in onestop.files] == [b"%PDF one", big, b"%PDF three"]
    (inbound,) = rasa.received
    assert [one["name"] for one in inbound["attachments"]] == [f"trang {n}.pdf" for n in (1, 2, 3)]


async def test_one_bad_page_among_several_is_named_and_nothing_is_said(
    connect: Connect, rasa: FakeRasa
) -> None:
    client = await connect()
    headers = await open_session(client)
    status, problem = await upload_pages(client, headers, b"%PDF one", b"MZ program")
    assert (status, problem["detail"]) == (415, "Tệp “trang 2.pdf”: Em chỉ nhận ảnh hoặc PDF ạ.")
    assert rasa.received == []


async def test_more_pages_than_a_message_holds_are_refused(
    connect: Connect, rasa: FakeRasa
) -> None:
    client = await connect()
    headers = await open_session(client)
    assert (await upload_pages(client, headers, *[b"%PDF"] * 10))[0] == 200
    status, problem = await upload_pages(client, headers, *[b"%PDF"] * 11)
    assert (status, problem["detail"]) == (422, text_of("too_many_files", limit=10))
    assert len(rasa.received) == 1
