"""The platforms' limits and errors as data: each number and code of the shared facts that we depend on.

A platform's change is one edit of `limits.yml` and of the line here that names its row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from gateway.channels.errors import NotSentError, Remedy
from gateway.channels.limits import Limits, limits_of
from gateway.channels.manner import Manner
from gateway.channels.messenger.client import MessengerClient
from gateway.channels.zalo.client import ZaloClient
from gateway.rendering import Choice, Link, Part
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer


def limits(channel: str) -> Limits:
    found = limits_of(channel)
    assert found
    return found


@pytest.mark.parametrize(
    ("row", "channel", "name", "value"),
    [
        ("text", "zalo", "text", 2_000),
        ("buttons", "zalo", "together", 5),
        ("buttons", "zalo", "choice_title", 100),
        ("images, files", "zalo", "file_bytes", 5 * 1024**2),
        ("window", "zalo", "reply_hours", 48),
        ("rate", "zalo", "per_second", 20),
        ("text", "messenger", "text", 2_000),
        ("quick replies", "messenger", "choices", 13),
        ("quick replies", "messenger", "choice_title", 20),
        ("templates", "messenger", "text_with_links", 640),
        ("templates", "messenger", "links", 3),
        ("window", "messenger", "reply_hours", 24),
        ("window", "messenger", "person_hours", 7 * 24),
    ],
)
def test_the_limits_are_those_of_the_row(row: str, channel: str, name: str, value: float) -> None:
    assert getattr(limits(channel), name) == value, row


def test_row_quick_replies_titles_of_the_menu_fit_one() -> None:
    """A longer title would turn what every citizen sees first into a list of numbers."""
    domain = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))
    longest = limits("messenger").choice_title
    shown = [
        button["title"]
        for variants in domain["responses"].values()
        for one in variants
        for button in one.get("buttons", ())
    ]
    assert shown
    assert [title for title in shown if len(title) > longest] == []


def test_row_rate_we_stay_below_what_a_page_may_send() -> None:
    assert limits("messenger").per_second <= 300
    assert limits("zalo").per_second * 60 <= 4_000


async def zalo_remedy(server: ZaloServer, fault: int | str) -> NotSentError:
    server.grant("token")
    server.faults.append(fault)
    async with aiohttp.ClientSession() as http:
        client = ZaloClient(http, server.base, server.base, "1", "s", limits("zalo"))
        with pytest.raises(NotSentError) as caught:
            await client.send("token", "111", Part("chào"))
    return caught.value


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (-32, Remedy.SLOW_DOWN),
        (-201, Remedy.GIVE_UP),
        (-211, Remedy.GIVE_UP),
        (-213, Remedy.UNREACHABLE),
        (-216, Remedy.RENEW_TOKEN),
        (-217, Remedy.UNREACHABLE),
        (-220, Remedy.RENEW_TOKEN),
        (-230, Remedy.CLOSED),
        (-232, Remedy.CLOSED),
        (-234, Remedy.WAIT),
        (-248, Remedy.GIVE_UP),
        (-999, Remedy.RETRY),
    ],
)
async def test_row_errors_of_zalo_and_row_reply_they_come_with_status_200(
    zalo_server: ZaloServer, code: int, remedy: Remedy
) -> None:
    error = await zalo_remedy(zalo_server, code)
    assert (error.remedy, error.reason) == (remedy, f"zalo {code}")


@pytest.mark.parametrize("fault", ["500", "late"])
async def test_an_answer_that_is_none_is_tried_again(zalo_server: ZaloServer, fault: str) -> None:
    assert (await zalo_remedy(zalo_server, fault)).remedy is Remedy.RETRY


async def test_row_rate_a_bare_429_is_too_fast_as_well(zalo_server: ZaloServer) -> None:
    assert (await zalo_remedy(zalo_server, "429")).remedy is Remedy.SLOW_DOWN


async def test_a_platform_that_is_not_there_is_tried_again(zalo_server: ZaloServer) -> None:
    async with aiohttp.ClientSession() as http:
        client = ZaloClient(http, "http://127.0.0.1:1", "x", "1", "s", limits("zalo"))
        with pytest.raises(NotSentError) as caught:
            await client.send("token", "111", Part("chào"))
    assert caught.value.remedy is Remedy.RETRY


@pytest.mark.parametrize(
    ("code", "subcode", "remedy"),
    [
        (613, None, Remedy.SLOW_DOWN),
        (4, None, Remedy.SLOW_DOWN),
        (80006, None, Remedy.SLOW_DOWN),
        (429, None, Remedy.SLOW_DOWN),
        (190, None, Remedy.RETRY),
        (10, 2018278, Remedy.CLOSED),
        (10, None, Remedy.GIVE_UP),
        (551, None, Remedy.UNREACHABLE),
        (551, 1545041, Remedy.UNREACHABLE),
        (100, 2018001, Remedy.UNREACHABLE),
        (100, None, Remedy.GIVE_UP),
        (2, None, Remedy.RETRY),
        (99_999, 1, Remedy.RETRY),
    ],
)
async def test_row_rate_codes_of_messenger(
    messenger_server: MessengerServer, code: int, subcode: int | None, remedy: Remedy
) -> None:
    messenger_server.faults.append((code, subcode))
    async with aiohttp.ClientSession() as http:
        client = MessengerClient(
            http,
            f"{messenger_server.base}/v25.0",
            messenger.PAGE_ID,
            messenger.PAGE_TOKEN,
            limits("messenger"),
        )
        with pytest.raises(NotSentError) as caught:
            await client.send("777", Part("chào"), Manner.ANSWER)
    assert caught.value.remedy is remedy
    assert str(code) in caught.value.reason


async def test_row_buttons_and_row_images_are_written_as_zalo_wants_them(
    zalo_server: ZaloServer,
) -> None:
    zalo_server.grant("token")
    part = Part("?", (Choice("Có", "#1.1"),), (Link("Mở", "https://a.vn"),))
    async with aiohttp.ClientSession() as http:
        client = ZaloClient(http, zalo_server.base, zalo_server.base, "1", "s", limits("zalo"))
        await client.send("token", "111", part)
        await client.send("token", "111", Part(image="https://a.vn/q.png"))
    buttons, image = (message["attachment"]["payload"] for _, message in zalo_server.sent)
    assert buttons["buttons"] == [
        {"type": "oa.open.url", "title": "Mở", "payload": {"url": "https://a.vn"}},
        {"type": "oa.query.hide", "title": "Có", "payload": "#1.1"},
    ]
    assert image == {
        "template_type": "media",
        "elements": [{"media_type": "image", "url": "https://a.vn/q.png"}],
    }


async def test_a_file_is_written_as_messenger_wants_it(
    messenger_server: MessengerServer,
) -> None:
    api = f"{messenger_server.base}/v25.0"
    async with aiohttp.ClientSession() as http:
        client = MessengerClient(
            http, api, messenger.PAGE_ID, messenger.PAGE_TOKEN, limits("messenger")
        )
        await client.send("777", Part(file="https://a.vn/t"), Manner.ANSWER)
    assert messenger_server.sent == [
        ("777", {"attachment": {"type": "file", "payload": {"url": "https://a.vn/t"}}})
    ]


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x" * 2_001},
        {"text": ""},
        {"text": "?", "attachment": {"payload": {"buttons": [{}] * 6}}},
    ],
)
def test_the_fake_zalo_refuses_what_breaks_a_limit(message: dict[str, Any]) -> None:
    assert not zalo.fits(message)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x" * 2_001},
        {"text": "?", "quick_replies": [{"title": "x" * 21, "payload": ""}]},
        {"text": "?", "quick_replies": [{"title": "x", "payload": ""}] * 14},
    ],
)
def test_the_fake_messenger_refuses_what_breaks_a_limit(message: dict[str, Any]) -> None:
    assert not messenger.fits(message)
