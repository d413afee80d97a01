"""The same dossier begun in one conversation and finished in another; notices turned off and on."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.player import TIMEOUT, Citizen, Script, load_scripts
from tests.conversations.system import System

pytestmark = pytest.mark.system
FORMS = {one.name: one.steps for one in load_scripts(Path(__file__).parent / "scripts" / "shipped")}
RENEWAL = FORMS["eforms: driving licence renewal for a motorcycle"]
SOON = 60  # seconds until a notice must be in the chat


def play(citizen: Citizen, *steps: dict[str, Any]) -> None:
    citizen.play(Script("elsewhere", list(steps)))


def history(citizen: Citizen) -> list[dict[str, Any]]:
    """All that was said in a conversation, as a page that is opened finds it."""
    request = urllib.request.Request(f"{citizen.system.url}/api/chat/messages")
    request.add_header("Authorization", f"Bearer {citizen.token}")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return list(json.load(answer)["messages"])


def told(citizen: Citizen, part: str, seconds: float = SOON) -> dict[str, Any]:
    """The one message with that part, once it is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = [one for one in history(citizen) if part in (one.get("text") or "")]
        if found:
            assert len(found) == 1
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"nothing with {part!r} came")


def half_filled(system: System) -> tuple[Citizen, str, list[dict[str, Any]]]:
    """A citizen who paused after the phone; the code, and the steps that are left."""
    citizen = Citizen(system)
    half = next(at for at, step in enumerate(RENEWAL) if "091" in str(step.get("say"))) + 1
    play(citizen, *RENEWAL[:half])
    play(citizen, {"say": "để sau", "expect": ["giữ lại"]})
    found = re.search(r"tiếp tục hồ sơ ([A-Z]{4}\d{3})", citizen.text())
    assert found, citizen.text()
    return citizen, found[1], RENEWAL[half:]


def test_a_dossier_begun_in_one_conversation_is_finished_in_another(system: System) -> None:
    old, code, left = half_filled(system)
    new = Citizen(system, remembered={"code": code})
    play(
        new,
        {"say": "tiep tuc ho so {code}", "expect": ["4 số cuối"]},
        {"say": "0000", "expect": ["chưa khớp", "4 lần"]},
        {"say": f"{code[:4].lower()} {code[4:]}", "expect": ["4 số cuối"]},
        {"say": "5678", "expect": ["đã chuyển hồ sơ", "sang đây"]},
        *left,
    )
    assert "Mã hồ sơ:" in new.text()
    moved = told(old, "chuyển sang cuộc trò chuyện khác")
    assert [one["title"] for one in moved["buttons"]] == ["Gặp cán bộ"]
    play(old, {"say": "tiếp tục hồ sơ", "expect": ["chưa có hồ sơ nào"]})


def test_five_wrong_factors_lock_and_the_draft_stays(system: System) -> None:
    old, code, _ = half_filled(system)
    thief = Citizen(system, remembered={"code": code})
    for left in (4, 3, 2, 1):
        play(
            thief,
            {"say": "tiếp tục hồ sơ {code}", "expect": ["4 số cuối"]},
            {"say": "0000", "expect": [f"còn {left} lần"]},
        )
    play(
        thief,
        {"say": "{code}", "expect": ["4 số cuối"]},
        {"say": "0000", "expect": ["tạm khóa đến", "gọi tổng đài"]},
    )
    other = Citizen(system, remembered={"code": code})
    play(
        other,
        {"say": "tiếp tục hồ sơ {code}", "expect": ["4 số cuối"]},
        {"say": "5678", "expect": ["tạm khóa đến"], "reject": ["sang đây"]},
    )
    play(old, {"say": "tiếp tục hồ sơ", "expect": ["mình tiếp tục hồ sơ"]})


def test_of_two_devices_that_claim_at_once_one_gets_it(system: System) -> None:
    _, code, _ = half_filled(system)
    rivals = [Citizen(system, remembered={"code": code}) for _ in range(2)]
    for one in rivals:
        play(one, {"say": "tiếp tục hồ sơ {code}", "expect": ["4 số cuối"]})
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: one.say("5678"), rivals))
    assert sorted("sang đây" in one.text() for one in rivals) == [False, True]


def test_too_early_there_is_no_code_and_the_form_goes_on(system: System) -> None:
    play(
        Citizen(system),
        {"say": "tôi muốn nộp hồ sơ đăng ký tạm trú", "expect": ["mình bắt đầu hồ sơ"]},
        {"say": "toi muon lam tiep tren zalo", "expect": ["số điện thoại", "họ"]},
    )


def test_on_the_new_device_it_is_said_how_to_get_a_code(system: System) -> None:
    play(
        Citizen(system),
        {"say": "tôi đang điền dở ở máy tính, muốn làm tiếp ở đây", "expect": ["mã tiếp tục"]},
        {"say": "thôi", "reject": ["mã tiếp tục"]},
    )


def test_notices_come_with_buttons_that_work_and_can_be_turned_off(system: System) -> None:
    citizen = Citizen(system)
    play(citizen, *RENEWAL)
    found = re.search(r"Mã hồ sơ: (\S+)", citizen.text())
    assert found
    code = found[1]
    system.command("dossier", "advance", code, "2")
    notice = told(citizen, "Được tiếp nhận")
    citizen.replies = [notice]
    play(
        citizen,
        {"press": "Xem hồ sơ", "expect": ["4 số cuối"]},
        {"say": "5678", "expect": ["Được tiếp nhận"]},
        {"say": "đừng nhắn thông báo nữa", "expect": ["tắt thông báo"]},
    )
    system.command("dossier", "advance", code, "4")
    system.command("dossier", "advance", code, "5", "--fields", "phone")
    told(citizen, "cần bổ sung: ")
    assert not [
        one for one in history(citizen) if "vừa có tin: Đang xử lý" in (one.get("text") or "")
    ]
    play(citizen, {"say": "bat thong bao lai", "expect": ["có tin gì mới"]})
