"""Xóa dữ liệu của tôi: after it nothing of the citizen's is found anywhere; what was handed in stays."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.player import TIMEOUT, Citizen, Script, load_scripts
from tests.conversations.system import System
from tests.onestop.privacy.everything import cells

pytestmark = pytest.mark.system
SCRIPTS = {
    one.name: one.steps for one in load_scripts(Path(__file__).parent / "scripts" / "shipped")
}
SENT = SCRIPTS["status: typed agreement sends, and the receipt leads to the status"]
# Said by no other script: the traces that are looked for.
NAME, NUMBER, PHONE = "Đặng Thị Nụ Tầm", "035186004417", "0978112235"
SOON = 60  # seconds until all stores are done


def everything(system: System) -> Iterator[tuple[str, str]]:
    """Database with table, and content, of every cell of the three databases."""
    for name in ("DATABASE", "GATEWAY_DATABASE", "TRACKER_DATABASE"):
        url = system.environment[f"MOTCUA_{name}_URL"]
        for table, content in cells(url):
            yield f"{name.lower()}: {table}", content


def where(system: System, *traces: str) -> set[str]:
    """The tables that hold any of these."""
    return {
        table
        for table, content in everything(system)
        if any(trace.casefold() in content.casefold() for trace in traces)
    }


def gone(system: System, *traces: str) -> bool:
    """Whether no table holds any of these, soon."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        if not where(system, *traces):
            return True
        time.sleep(1)
    return False


def session_ended(citizen: Citizen) -> bool:
    request = urllib.request.Request(f"{citizen.system.url}/api/chat/messages")
    request.add_header("Authorization", f"Bearer {citizen.token}")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return False
    except urllib.error.HTTPError as error:
        return error.code == 401


def told(system: System) -> Citizen:
    """A citizen who has told name, number and phone, and sent nothing."""
    citizen = Citizen(system)
    steps = [
        {"say": "tôi muốn nộp hồ sơ thông báo lưu trú"},
        {"say": "chủ nhà"},
        {"say": NAME, "expect": [NAME]},
        {"say": NUMBER},
        {"say": PHONE, "expect": ["Ví dụ"]},
    ]
    citizen.play(Script("told", steps))
    return citizen


def test_nothing_is_left_of_a_draft_and_its_conversation(system: System) -> None:
    citizen = told(system)
    assert where(system, NAME, NUMBER, PHONE)
    steps = [
        {"say": "xóa dữ liệu của tôi", "expect": ["4 số cuối"]},
        {"say": "0000", "expect": ["1 hồ sơ đang điền dở", "không lấy lại được"]},
        {"press": "Đồng ý", "expect": ["chưa khớp", "4 lần"]},
        {"say": "2235", "expect": ["không lấy lại được"]},
        {"press": "Đồng ý", "expect": ["em đã xóa dữ liệu"], "reject": ["pháp luật buộc"]},
    ]
    citizen.play(Script("erase", steps))
    assert gone(system, NAME, NUMBER, PHONE), where(system, NAME, NUMBER, PHONE)
    assert session_ended(citizen)


def test_a_no_erases_nothing(system: System) -> None:
    citizen = Citizen(system)
    steps = [
        {"say": "xoá lịch sử trò chuyện", "expect": ["Em sẽ xóa cuộc trò chuyện này"]},
        {"say": "không", "expect": ["không xóa gì cả"]},
        {"say": "xin chào"},
    ]
    citizen.play(Script("no", steps))
    assert not session_ended(citizen)


def test_what_was_handed_in_stays_and_the_citizen_is_told(system: System) -> None:
    citizen = Citizen(system)
    sending = next(at for at, step in enumerate(SENT) if "remember" in step)
    citizen.play(Script("sent", SENT[: sending + 1]))
    code = citizen.remembered["code"]
    steps = [
        {"press": "Hồ sơ đến đâu rồi"},
        {"say": "xóa dữ liệu của tôi", "expect": ["4 số cuối"]},
        {"say": "5678", "expect": [f"Em không xóa được {code}", "pháp luật buộc phải lưu"]},
        {"say": "đồng ý", "expect": ["em đã xóa dữ liệu", code]},
    ]
    citizen.play(Script("erase", steps))
    deadline = time.monotonic() + SOON
    while not session_ended(citizen):
        assert time.monotonic() < deadline
        time.sleep(1)
    tables = where(system, code)
    assert "database: dossiers" in tables
    assert not {one for one in tables if not one.startswith("database: ")}
    other = Citizen(system, remembered={"code": code})
    look = [
        {"say": "hồ sơ {code} đến đâu rồi", "expect": ["4 số cuối"]},
        {"say": "5678", "expect": ["Mới đăng ký"]},
    ]
    other.play(Script("look", look))
