"""Conversations on Zalo and Messenger, with the running system between fake platforms."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.phones import PHONES, Phone, Platforms, ZaloPhone
from tests.conversations.player import Script, load_scripts
from tests.conversations.system import System
from tests.conversations.test_elsewhere import half_filled, play

WANTED = {
    "drafts: giving up is confirmed by button",
    "eforms: birth registration by the mother",
    "eforms: household business of a family shop",
    "eforms: the general e-form with papers now, later and of a wrong kind",
    "explaining: choice by a typed number",
    "filling: a choice by number starts the dossier",
    "filling: correction by number",
    "status: typed agreement sends, and the receipt leads to the status",
    "supplements: an officer asks for a field and a paper, the citizen gives just these",
    "talk: greeting offers what can be done",
}
SCRIPTS = [
    one for one in load_scripts(Path(__file__).parent / "scripts" / "shipped") if one.name in WANTED
]
# The first one also waits for the system to start.
pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def test_the_scripts_are_there() -> None:
    assert {one.name for one in SCRIPTS} == WANTED


@pytest.mark.parametrize("phone", PHONES, ids=lambda phone: phone.channel)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_conversation(
    system: System, platforms: Platforms, phone: type[Phone], script: Script
) -> None:
    phone(system, platforms).play(script)


def told(phone: Phone, part: str, seconds: float = 60) -> dict[str, Any]:
    """The one message with that part, once the platform has it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        own = [one for user, one in phone.server.sent if user == phone.user]
        found = [one for one in own if part in phone.words(one)]
        if found:
            assert len(found) == 1
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"nothing with {part!r} came")


def test_a_dossier_begun_on_the_page_is_finished_on_zalo_and_followed_there(
    system: System, platforms: Platforms
) -> None:
    _, code, left = half_filled(system)
    phone = ZaloPhone(system, platforms)
    phone.remembered = {"code": code}
    play(
        phone,
        {"say": "tiep tuc ho so {code}", "expect": ["4 số cuối"]},
        {"say": "5678", "expect": ["đã chuyển hồ sơ", "sang đây"]},
        *left,
    )
    sent = re.search(r"Mã hồ sơ: (\S+)", phone.text())
    assert sent
    system.command("dossier", "advance", sent[1], "2")
    notice = told(phone, "Được tiếp nhận")
    phone.messages, phone.replies = [notice], [{"text": phone.words(notice)}]
    play(
        phone,
        {"press": "Xem hồ sơ", "expect": ["4 số cuối"]},
        {"say": "5678", "expect": ["Được tiếp nhận"]},
    )
