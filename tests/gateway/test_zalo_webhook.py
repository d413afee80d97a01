"""Zalo's webhooks: only what Zalo signed is taken, once, and acknowledged at once.

Each test names the row of the shared facts ("Zalo Official Account, API v3") that it pins.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.platform import MAX_WEBHOOK_BYTES
from gateway.channels.zalo.signature import matching
from gateway.keys import METRICS
from gateway.texts import say
from tests.gateway.fakes import Client, Connect, FakeRasa, until
from tests.gateway.platforms import answered
from tests.platforms import zalo
from tests.platforms.zalo import ZaloServer


async def post(client: Client, raw: bytes, headers: dict[str, str]) -> int:
    async with client.post("/webhooks/zalo", data=raw, headers=headers) as response:
        return response.status


def count(client: Client, name: str, reason: str = "") -> int:
    assert client.app is not None
    return client.app[METRICS].total(name, "zalo", reason)


async def test_row_send_a_message_is_answered_through_the_interface(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo()
    assert await zalo.tell(client.post, zalo.text("xin chào")) == 200
    await answered(zalo_server, 1)
    assert zalo_server.sent == [("111", {"text": "Anh/chị nói: xin chào"})]
    assert zalo_server.asked_with == ["access-1"]
    assert (rasa.received[0]["sender"], rasa.received[0]["channel"]) == ("zalo:111", "zalo")


@pytest.mark.parametrize("source", ["body", "header"])
async def test_row_signature_and_row_its_timestamp_either_is_taken(
    connect_zalo: Connect, source: str
) -> None:
    client = await connect_zalo()
    assert await post(client, *zalo.signed(zalo.text("chào"), source=source)) == 200


async def test_row_its_timestamp_can_be_pinned(connect_zalo: Connect) -> None:
    client = await connect_zalo(zalo_timestamp="header")
    assert await post(client, *zalo.signed(zalo.text("chào"), source="header")) == 200
    assert await post(client, *zalo.signed(zalo.text("chào"), source="body")) == 403


async def test_forged_webhooks_are_refused_and_counted(
    connect_zalo: Connect, rasa: FakeRasa
) -> None:
    client = await connect_zalo()
    raw, headers = zalo.signed(zalo.text("chào"))
    wrong = zalo.signed(zalo.text("chào"), secret="another")[1]
    for body, given_headers in (
        (raw, {}),
        (raw, {"X-ZEvent-Signature": ""}),
        (raw, {"X-ZEvent-Signature": "mac=ü"}),
        (raw, wrong),
        (raw.replace("chào".encode(), b"alo"), headers),
        (b"[]", headers),
        (b"", headers),
    ):
        assert await post(client, body, given_headers) == 403
    assert count(client, "webhooks_refused", "forged") == 7
    assert rasa.received == []


async def test_oversized_and_malformed_and_stale_webhooks_are_refused_and_counted(
    connect_zalo: Connect, rasa: FakeRasa
) -> None:
    client = await connect_zalo()
    big = zalo.signed(zalo.text("x" * MAX_WEBHOOK_BYTES))
    assert await post(client, *big) == 413
    malformed: list[dict[str, Any]] = [
        zalo.event("user_send_text"),
        zalo.event("user_send_text", message={"text": "chào"}),
        zalo.event("user_send_text", user="../1", message={"text": "a", "msg_id": "m"}),
        zalo.event("user_send_image", message={"msg_id": "m", "attachments": []}),
    ]
    for body in malformed:
        assert await post(client, *zalo.signed(body)) == 400
    now = int(time.time() * 1000)
    for at in (now - 25 * 3_600_000, now + 3_600_000):
        assert await post(client, *zalo.signed(zalo.text("cũ", at=at))) == 403
    assert [
        count(client, "webhooks_refused", one) for one in ("oversized", "malformed", "stale")
    ] == [
        1,
        4,
        2,
    ]
    assert rasa.received == []


async def test_row_webhook_a_repeat_is_acknowledged_and_answered_once(
    connect_zalo: Connect, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo()
    for _ in range(3):
        assert await zalo.tell(client.post, zalo.text("chào", msg_id="m7")) == 200
    await zalo.tell(client.post, zalo.text("nữa", msg_id="m8"))
    await answered(zalo_server, 2)
    assert count(client, "events_repeated") == 2


async def test_row_webhook_it_is_acknowledged_though_rasa_is_slow(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    done = asyncio.Event()

    async def slow(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        await done.wait()
        return [{"text": "xong"}]

    rasa.answer = slow
    client = await connect_zalo(turn_timeout_seconds=60)
    for number in range(20):
        body = zalo.text("chào", f"m{number}", user=str(number))
        assert await zalo.tell(client.post, body) == 200
    assert not any(message["text"] == "xong" for _, message in zalo_server.sent)

    async def all_answered() -> bool:
        return sum(message["text"] == "xong" for _, message in zalo_server.sent) == 20

    done.set()
    await until(all_answered)


async def test_row_console_probe_an_unsigned_empty_object_is_answered_200(
    connect_zalo: Connect,
) -> None:
    client = await connect_zalo()
    assert await post(client, b"{}", {}) == 200


@pytest.mark.parametrize(
    "name",
    [
        "oa_send_text",
        "oa_send_image",
        "user_received_message",
        "user_seen_message",
        "unfollow",
        "user_reacted_message",
    ],
)
async def test_row_events_echoes_are_ignored(
    connect_zalo: Connect, rasa: FakeRasa, name: str
) -> None:
    client = await connect_zalo()
    body = zalo.event(name, message={"text": "tiếng vọng", "msg_id": "m1"})
    assert await zalo.tell(client.post, body) == 200
    assert count(client, "events_kept") == 0


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("user_send_sticker", "sticker"),
        ("user_send_audio", "audio"),
        ("user_send_location", "location"),
        ("user_send_business_card", "other"),
    ],
)
async def test_row_events_what_nobody_can_read_is_answered_kindly(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer, name: str, told: str
) -> None:
    client = await connect_zalo()
    place = {
        "type": "location",
        "payload": {"coordinates": {"latitude": "20.5", "longitude": "105"}},
    }
    body = zalo.event(name, message={"msg_id": "m1", "attachments": [place]})
    await zalo.tell(client.post, body)
    await answered(zalo_server, 1)
    assert zalo_server.texts("111") == [say(told)]
    assert rasa.received == []


async def test_row_events_a_new_follower_is_greeted_once(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo()
    body = zalo.event("follow", follower={"id": "111"})
    del body["sender"]
    for _ in range(2):
        assert await zalo.tell(client.post, body) == 200
    await answered(zalo_server, 1)
    assert [one["text"] for one in rasa.received] == ["/greet"]


async def test_row_ask_for_contact_a_shared_number_counts_as_typed(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo()
    await zalo.tell(client.post, zalo.event("user_submit_info", info={"phone": "84912345678"}))
    await answered(zalo_server, 1)
    assert rasa.received[0]["text"] == "0912345678"


async def test_row_ask_for_contact_it_is_offered_where_a_number_is_asked_for(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    async def ask(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"text": "Số điện thoại của anh/chị?", "custom": {"type": "contact"}}]

    rasa.answer = ask
    client = await connect_zalo(zalo_contact_image="https://motcua.example.vn/so.png")
    zalo_server.faults.extend([0, 0, 0, -201])
    await zalo.tell(client.post, zalo.text("chào"))
    await answered(zalo_server, 2)
    payload = zalo_server.sent[1][1]["attachment"]["payload"]
    assert payload["template_type"] == "request_user_info"
    assert payload["elements"][0]["title"] == say("contact_title")
    # Refused: the number can be typed all the same.
    await zalo.tell(client.post, zalo.text("chào", "m2"))
    await answered(zalo_server, 3)

    async def sent() -> bool:
        return client.app is not None and count(client, "messages_sent") == 2

    await until(sent)


async def test_without_a_picture_the_number_is_only_typed(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    async def ask(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"text": "Số điện thoại của anh/chị?", "custom": {"type": "contact"}}]

    rasa.answer = ask
    client = await connect_zalo()
    await zalo.tell(client.post, zalo.text("chào"))
    await answered(zalo_server, 1)


async def test_a_typed_command_is_words(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo()
    await zalo.tell(client.post, zalo.text("/restart"))
    await answered(zalo_server, 1)
    assert rasa.received[0]["text"] == "restart"


async def test_messages_beyond_a_minutes_limit_are_told_once_and_then_dropped(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo(chat_messages_per_minute=2)
    for number in range(5):
        assert await zalo.tell(client.post, zalo.text("chào", f"m{number}")) == 200
    await answered(zalo_server, 3)
    assert zalo_server.texts("111")[2] == say("too_many")
    assert len(rasa.received) == 2
    assert count(client, "events_dropped", "too_many") == 2


async def test_row_webhook_when_too_much_waits_the_platform_is_asked_to_come_again(
    connect_zalo: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.dispatcher.CONCURRENT_TURNS", 0)
    monkeypatch.setattr("gateway.channels.platform.BACKLOG_SECONDS", 0.0)
    monkeypatch.setattr("gateway.channels.platform.MAX_BACKLOG", 2)
    client = await connect_zalo()
    told = [zalo.text("chào", f"m{number}", user=str(number)) for number in range(1, 5)]
    assert [await zalo.tell(client.post, one) for one in told] == [200, 200, 200, 503]
    assert (count(client, "webhooks_refused", "busy"), count(client, "events_kept")) == (1, 3)
    # Told again when there is room, it is taken.
    monkeypatch.setattr("gateway.channels.platform.MAX_BACKLOG", 3)
    assert await zalo.tell(client.post, told[3], retries=1) == 200
    assert count(client, "events_kept") == 4


async def test_a_text_too_long_is_answered_kindly(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo(chat_text_max=100)
    await zalo.tell(client.post, zalo.text("a" * 101))
    await answered(zalo_server, 1)
    assert zalo_server.texts("111") == [say("too_long", limit=100)]
    assert rasa.received == []


async def test_nothing_personal_is_in_the_log(
    connect_zalo: Connect, zalo_server: ZaloServer, capfd: pytest.CaptureFixture[str]
) -> None:
    client = await connect_zalo()
    zalo_server.faults.extend([-201])
    await post(client, zalo.signed(zalo.text("Bí Mật", user="424242"))[0], {})
    await zalo.tell(client.post, zalo.text("tên tôi là Bí Mật", user="424242"))

    async def refused() -> bool:
        return count(client, "messages_not_sent", "zalo -201") == 1

    await until(refused)
    await asyncio.sleep(0.1)
    printed = "".join(capfd.readouterr())
    assert "message_not_sent" in printed
    assert "Bí Mật" not in printed
    assert "424242" not in printed


@given(st.binary(max_size=200), st.text(max_size=80), st.text(max_size=30))
def test_no_body_and_no_header_make_the_check_fail_or_pass(
    raw: bytes, signature: str, stamp: str
) -> None:
    assert matching(raw, signature, stamp, "1", "secret") is None


def test_row_signature_is_plain_sha256_of_the_four_parts() -> None:
    # printf '12{"timestamp": "1"}1s' | sha256sum
    mac = "mac=39e0ffb57b09e3e6ef59847ee3eae24b222e4a46d211c212fb5de501644e1baf"
    assert matching(b'{"timestamp": "1"}', mac, "", "12", "s") == "body"
