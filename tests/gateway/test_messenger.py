"""Messenger's webhooks and messages. Each test names the row of the shared facts ("Messenger Platform")."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from gateway.channels.messenger.events import read
from gateway.channels.zalo.channel import ZaloChannel
from gateway.keys import METRICS
from gateway.sending import CONCURRENT_SENDS
from gateway.texts import say
from tests.gateway.fakes import Client, Connect, FakeOnestop, FakeRasa, until
from tests.gateway.platforms import answered
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer


async def post(client: Client, raw: bytes, headers: dict[str, str]) -> int:
    async with client.post("/webhooks/messenger", data=raw, headers=headers) as response:
        return response.status


def refused(client: Client, reason: str) -> int:
    assert client.app is not None
    return client.app[METRICS].total("webhooks_refused", "messenger", reason)


async def test_row_send_an_answer_goes_to_the_page_as_a_response(
    connect_messenger: Connect, rasa: FakeRasa, messenger_server: MessengerServer
) -> None:
    client = await connect_messenger()
    assert await messenger.tell(client.post, messenger.text("xin chào")) == 200
    await answered(messenger_server, 1)
    assert messenger_server.sent == [("777", {"text": "Anh/chị nói: xin chào"})]
    assert messenger_server.types == ["RESPONSE"]
    assert rasa.received[0]["sender"] == "messenger:777"


async def test_row_verify_the_challenge_is_answered_to_who_knows_the_word(
    connect_messenger: Connect,
) -> None:
    client = await connect_messenger()
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": messenger.VERIFY_TOKEN,
        "hub.challenge": "<b>1158201444",
    }
    async with client.get("/webhooks/messenger", params=query) as response:
        assert (response.status, await response.text()) == (200, "<b>1158201444")
        assert response.content_type == "text/plain"
    for changed in ({"hub.verify_token": "guessed"}, {"hub.mode": "x"}):
        async with client.get("/webhooks/messenger", params=query | changed) as response:
            assert response.status == 403
    assert refused(client, "verification") == 2


async def test_row_signature_a_bad_one_gets_403_and_is_counted(
    connect_messenger: Connect, rasa: FakeRasa
) -> None:
    client = await connect_messenger()
    raw, headers = messenger.signed([messenger.text("chào")])
    wrong = messenger.signed([messenger.text("chào")], secret="another")[1]
    for body, given in ((raw, {}), (raw, wrong), (raw + b" ", headers), (b"", headers)):
        assert await post(client, body, given) == 403
    assert refused(client, "forged") == 4
    assert rasa.received == []


async def test_stale_malformed_and_foreign_webhooks_are_refused_and_counted(
    connect_messenger: Connect,
) -> None:
    client = await connect_messenger()
    old = messenger.text("cũ", at=int(time.time() * 1000) - 25 * 3_600_000)
    assert await messenger.tell(client.post, old) == 403
    assert await messenger.tell(client.post, old, messenger.text("mới", "m_2")) == 200
    assert client.app is not None
    assert client.app[METRICS].total("events_dropped", "messenger", "stale") == 1
    assert client.app[METRICS].total("events_kept", "messenger") == 1
    odd: list[dict[str, Any]] = [{"sender": {"id": "abc"}}, {"message": {"mid": "m"}}]
    for one in odd:
        assert await messenger.tell(client.post, one) == 400
    assert (refused(client, "stale"), refused(client, "malformed")) == (1, 2)


@pytest.mark.parametrize(
    "odd", [{"sender": {"user_ref": "a plug-in"}, "timestamp": 1}, "no object"]
)
async def test_an_event_that_nobody_can_read_does_not_keep_others_of_its_batch_out(
    connect_messenger: Connect, messenger_server: MessengerServer, odd: Any
) -> None:
    client = await connect_messenger()
    assert client.app is not None
    assert await messenger.tell(client.post, odd, messenger.text("xin chào")) == 200
    await answered(messenger_server, 1)
    assert client.app[METRICS].total("events_dropped", "messenger", "malformed") == 1


async def test_row_events_every_event_of_every_entry_is_answered_once(
    connect_messenger: Connect, messenger_server: MessengerServer
) -> None:
    client = await connect_messenger()
    raw, headers = messenger.signed(
        [messenger.text("một", "m_1", at=1 + now()), messenger.text("hai", "m_2", at=2 + now())],
        [messenger.text("ba", "m_3", user="888"), messenger.text("một", "m_1", at=1 + now())],
    )
    for _ in range(2):
        assert await post(client, raw, headers) == 200
    await answered(messenger_server, 3)
    assert messenger_server.texts("777") == ["Anh/chị nói: một", "Anh/chị nói: hai"]
    assert messenger_server.texts("888") == ["Anh/chị nói: ba"]


async def test_row_time_to_answer_it_is_acknowledged_before_rasa_has_answered(
    connect_messenger: Connect, rasa: FakeRasa, messenger_server: MessengerServer
) -> None:
    done = asyncio.Event()

    async def slow(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        await done.wait()
        return [{"text": "xong"}]

    rasa.answer = slow
    client = await connect_messenger(turn_timeout_seconds=60)
    for number in range(20):
        said = messenger.text("chào", f"m_{number}", user=str(number))
        assert await messenger.tell(client.post, said) == 200
    assert not any(message["text"] == "xong" for _, message in messenger_server.sent)

    async def all_answered() -> bool:
        return sum(message["text"] == "xong" for _, message in messenger_server.sent) == 20

    done.set()
    await until(all_answered)


def now() -> int:
    return int(time.time() * 1000)


@pytest.mark.parametrize(
    "what",
    [
        {"message": {"mid": "m", "is_echo": True, "text": "tiếng vọng"}},
        {"message": {"mid": "m", "is_echo": True, "attachments": [{"type": "image"}]}},
        {"delivery": {"mids": ["m"], "watermark": 1}},
        {"read": {"watermark": 1}},
        {"reaction": {"mid": "m", "action": "react"}},
    ],
)
async def test_row_events_echoes_and_marks_are_ignored(
    connect_messenger: Connect, what: dict[str, Any]
) -> None:
    client = await connect_messenger()
    assert await messenger.tell(client.post, messenger.messaging(**what)) == 200
    assert client.app is not None
    assert client.app[METRICS].total("events_kept", "messenger") == 0


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"postback": {"mid": "m", "title": "Bắt đầu", "payload": "/greet"}}, "/greet"),
        ({"postback": {"title": "Nộp hồ sơ", "payload": "/start_dossier"}}, "/start_dossier"),
        ({"postback": {"title": "Nút cũ", "payload": "OLD_BOT_MENU"}}, "Nút cũ"),
        ({"postback": {"title": "Lạ", "payload": "/restart"}}, "Lạ"),
        (
            {"postback": {"payload": "/greet", "referral": {"ref": "dang-ky-khai-sinh"}}},
            "dang ky khai sinh",
        ),
        ({"referral": {"ref": "lam_ho_chieu", "type": "OPEN_THREAD"}}, "lam ho chieu"),
        ({"referral": {"ref": "", "type": "OPEN_THREAD"}}, "/greet"),
    ],
)
async def test_row_events_postback_and_referral(
    connect_messenger: Connect,
    rasa: FakeRasa,
    messenger_server: MessengerServer,
    what: dict[str, Any],
    said: str,
) -> None:
    client = await connect_messenger()
    await messenger.tell(client.post, messenger.messaging(**what))
    await answered(messenger_server, 1)
    assert rasa.received[0]["text"] == said


async def test_row_quick_replies_a_pressed_one_sends_its_payload(
    connect_messenger: Connect, rasa: FakeRasa, messenger_server: MessengerServer
) -> None:
    async def ask(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        titles = ["Khai sinh", "Khai tử và nhiều việc khác nữa"]
        payload = '/inform{"value": "' + "x" * 900 + '"}'
        return [{"text": "?", "buttons": [{"title": one, "payload": payload} for one in titles]}]

    rasa.answer = ask
    client = await connect_messenger()
    await messenger.tell(client.post, messenger.text("chào"))
    await answered(messenger_server, 1)
    quick = messenger_server.sent[0][1]["quick_replies"]
    assert [one["title"] for one in quick] == ["1. Khai sinh", "2. Khai tử và nhiều…"]
    pressed = {"mid": "m_2", "text": quick[1]["title"], "quick_reply": quick[1]}
    await messenger.tell(client.post, messenger.messaging(message=pressed))
    await answered(messenger_server, 2)
    assert rasa.received[1]["text"].startswith('/inform{"value": "xxx')
    await messenger.tell(client.post, messenger.text("so 2", "m_3"))
    await answered(messenger_server, 3)
    assert rasa.received[2]["text"] == rasa.received[1]["text"]


async def test_row_templates_a_link_becomes_a_button_and_an_image_goes_before_it(
    connect_messenger: Connect, rasa: FakeRasa, messenger_server: MessengerServer
) -> None:
    async def pay(inbound: dict[str, Any]) -> list[dict[str, Any]]:
        card = {"type": "link", "title": "Trả qua VNPay", "url": "https://pay.example.vn/x"}
        return [{"text": "Anh/chị trả ở đây", "custom": card, "image": "/payments/qr/k.png"}]

    rasa.answer = pay
    client = await connect_messenger(public_url="https://motcua.example.vn")
    await messenger.tell(client.post, messenger.text("trả tiền"))
    await answered(messenger_server, 2)
    image, template = (message["attachment"] for _, message in messenger_server.sent)
    assert image["payload"]["url"] == "https://motcua.example.vn/payments/qr/k.png"
    assert template["payload"] == {
        "template_type": "button",
        "text": "Anh/chị trả ở đây",
        "buttons": [
            {"type": "web_url", "title": "Trả qua VNPay", "url": "https://pay.example.vn/x"}
        ],
    }


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"type": "image", "payload": {"url": "https://x/s.png", "sticker_id": 3692}}, "sticker"),
        ({"type": "audio", "payload": {"url": "https://x/a.mp4"}}, "audio"),
        ({"type": "video", "payload": {"url": "https://x/a.mp4"}}, "audio"),
        ({"type": "location", "payload": {"coordinates": {"lat": 20.5, "long": 105}}}, "location"),
        ({"type": "template", "payload": None}, "other"),
    ],
)
async def test_what_nobody_can_read_is_answered_kindly(
    connect_messenger: Connect,
    rasa: FakeRasa,
    messenger_server: MessengerServer,
    found: dict[str, Any],
    told: str,
) -> None:
    client = await connect_messenger()
    await messenger.tell(client.post, messenger.attachments(found))
    await answered(messenger_server, 1)
    assert messenger_server.texts("777") == [say(told)]
    assert rasa.received == []


async def test_photos_and_words_of_one_message_both_count(
    connect_messenger: Connect,
    rasa: FakeRasa,
    onestop: FakeOnestop,
    messenger_server: MessengerServer,
) -> None:
    messenger_server.files = {"a.png": b"\x89PNG a", "b.png": b"\x89PNG b"}
    client = await connect_messenger()
    photos = [
        {"type": "image", "payload": {"url": f"{messenger_server.base}/files/{name}?oh=1"}}
        for name in ("a.png", "b.png")
    ]
    message = {"mid": "m_1", "text": "giấy của tôi", "attachments": photos}
    await messenger.tell(client.post, messenger.messaging(message=message))
    await answered(messenger_server, 2)
    assert [one["text"] for one in rasa.received] == ["/upload", "giấy của tôi"]
    assert [one["name"] for one in rasa.received[0]["attachments"]] == ["a.png", "b.png"]
    assert [one["owner"] for one in onestop.files] == ["messenger:777"] * 2


def test_a_shared_link_counts_as_words() -> None:
    link = {"type": "fallback", "payload": {"url": "https://a.vn", "title": "a"}}
    message = {"mid": "m_1", "text": "https://a.vn", "attachments": [link]}
    raw, _ = messenger.signed([messenger.messaging(message=message)])
    (event,), odd = read(raw)
    assert odd == 0
    assert (event.text, event.files) == ("https://a.vn", ())


async def test_a_zalo_that_hangs_does_not_hold_up_messenger(
    connect_zalo: Connect,
    zalo_server: ZaloServer,
    messenger_server: MessengerServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hanging: list[str] = []

    async def hang(_channel: ZaloChannel, user: str, *_args: Any) -> None:
        hanging.append(user)
        await asyncio.sleep(60)

    async def all_taken() -> bool:
        return len(hanging) == CONCURRENT_SENDS

    monkeypatch.setattr(ZaloChannel, "send", hang)
    monkeypatch.setattr("gateway.worker.STOP_SECONDS", 0.05)
    client = await connect_zalo(
        messenger_page_id=messenger.PAGE_ID,
        messenger_app_secret=messenger.APP_SECRET,
        messenger_page_token=messenger.PAGE_TOKEN,
        messenger_verify_token=messenger.VERIFY_TOKEN,
        messenger_api_url=f"{messenger_server.base}/v25.0",
    )
    for number in range(CONCURRENT_SENDS + 4):
        await zalo.tell(client.post, zalo.text("chào", f"m{number}", str(number)))
    await until(all_taken)
    await messenger.tell(client.post, messenger.text("chào"))
    await answered(messenger_server, 1)
