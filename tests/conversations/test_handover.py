"""A person in the conversation, on the running system: page and Zalo, out of hours, no answer.

The office is closed by the clock; staff who are there all the same (a heartbeat) open it. A restart in the
middle is `tests/gateway/test_handover.py`'s: a second start of Rasa would prove no more.
"""

from __future__ import annotations

import json
import sqlite3
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import yaml

from common.settings import ROOT
from tests.conversations.conftest import running_platforms
from tests.conversations.phones import Platforms, ZaloPhone
from tests.conversations.player import TIMEOUT, Citizen
from tests.conversations.system import System
from tests.conversations.test_elsewhere import history, play, told
from tests.conversations.test_platforms import told as told_on_phone

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
REPLY_SECONDS = 25
# Hours that are not now, however long the tests take.
OPENS, CLOSES = ("20 giờ", "21 giờ") if datetime.now(VIETNAM).hour < 12 else ("5 giờ", "6 giờ")
START = "tôi muốn nộp hồ sơ đăng ký tạm trú"


@pytest.fixture(scope="module")
def platforms() -> Iterator[Platforms]:
    """Of its own: another system holds the session's tokens."""
    with running_platforms() as found:
        yield found


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory, platforms: Platforms) -> Iterator[System]:
    """A system whose office is closed now, and whose patience with staff is short."""
    directory = tmp_path_factory.mktemp("staffed")
    settings = {
        "MOTCUA_HANDOVER": "office_hours",
        "MOTCUA_HANDOVER_REPLY_MINUTES": str(REPLY_SECONDS / 60),
        "MOTCUA_TENANT": str(closed_tenant(directory).with_suffix("")),
        **platforms.environment(),
    }
    running = System(directory, settings)
    running.start()
    yield running
    running.stop()


def closed_tenant(directory: Path) -> Path:
    """The tenant with hours that are over or not begun now, on every day of the week."""
    tenant = yaml.safe_load((ROOT / "data" / "tenant" / "ha-nam.yml").read_text(encoding="utf-8"))
    hours = f"{OPENS} – {CLOSES}"
    days = {"days": "Mỗi ngày", "weekdays": [1, 2, 3, 4, 5, 6, 7], "hours": hours}
    tenant["opening_hours"] = [days]
    file = directory / "closed.yml"
    file.write_text(yaml.safe_dump(tenant, allow_unicode=True), encoding="utf-8")
    return file


class Desk:
    """A member of staff at the gateway's inner interface."""

    def __init__(self, system: System, account: str, name: str) -> None:
        self._system, self._account, self._name = system, account, name
        self._count = 0

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        environment = self._system.environment
        request = urllib.request.Request(
            f"http://127.0.0.1:{environment['MOTCUA_GATEWAY_PORT']}{path}",
            json.dumps(body).encode() if body is not None else None,
            method=method,
        )
        request.add_header("Authorization", f"Bearer {environment['MOTCUA_INTERNAL_TOKEN']}")
        request.add_header("X-Staff-Id", self._account)
        request.add_header("X-Staff-Name", quote(self._name))
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer) if answer.status != 204 else None

    def queue(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "/handovers"))

    def do(self, number: int, step: str, **body: Any) -> Any:
        self._count += 1
        if step in ("messages", "proposals"):
            body["key"] = f"{self._account}-{self._count}"
        return self.call("POST", f"/handovers/{number}/{step}", body)

    def say(self, number: int, text: str) -> None:
        self.do(number, "messages", text=text)


def events(system: System, sender: str) -> int:
    """How many events Rasa has of a conversation: whatever it hears adds some."""
    path = system.environment["MOTCUA_TRACKER_DATABASE_URL"].removeprefix("sqlite:///")
    connection = sqlite3.connect(path, timeout=10)
    try:
        count = "SELECT count(*) FROM tracker_events WHERE sender_id = ?"
        return int(connection.execute(count, (sender,)).fetchone()[0])
    finally:
        connection.close()


def press(citizen: Citizen, message: dict[str, Any], title: str) -> None:
    """Press a button of a message that came without being asked for."""
    citizen.replies = [message]
    citizen.press(title)


def test_out_of_hours_a_ticket_is_answered_later_and_no_answer_brings_the_assistant_back(
    staffed: System, platforms: Platforms
) -> None:
    phone, desk = ZaloPhone(staffed, platforms), Desk(staffed, "hai", "Anh Hải")
    play(
        phone,
        {"say": "gặp cán bộ", "expect": ["ngoài giờ", f"Từ {OPENS}"]},
        {"say": "lệ phí đăng ký tạm trú", "expect": ["7.000 đồng"]},
    )
    (ticket,) = desk.queue()
    assert (ticket["stage"], ticket["channel"]) == ("ticket", "zalo")
    desk.do(ticket["id"], "take")
    desk.say(ticket["id"], "Dạ em nghe ạ.")
    told_on_phone(phone, "Anh Hải, cán bộ Một cửa:\nDạ em nghe ạ.")
    heard = events(staffed, ticket["sender"])
    phone.say("tôi hỏi về sổ tạm trú")
    assert phone.messages == []
    assert events(staffed, ticket["sender"]) == heard

    told_on_phone(phone, "chưa trả lời được ngay", REPLY_SECONDS + 60)
    play(phone, {"say": "lệ phí đăng ký tạm trú", "expect": ["7.000 đồng"]})
    assert [one["stage"] for one in desk.queue()] == ["ticket"]
    desk.do(ticket["id"], "take")
    phone.say("gap lai tro ly")
    assert "trợ lý ảo" in phone.text()
    play(phone, {"say": "lệ phí đăng ký tạm trú", "expect": ["7.000 đồng"]})
    assert desk.queue() == []


def test_a_person_helps_through_a_dossier_and_the_assistant_goes_on(staffed: System) -> None:
    citizen, desk = Citizen(staffed), Desk(staffed, "lan", "Chị Lan")
    desk.call("PUT", "/agents/me")
    play(
        citizen,
        {"say": START, "expect": ["Họ, chữ đệm và tên khai sinh"]},
        {"say": "Lê Văn Bình", "expect": ["nam hay nữ"]},
        {"say": "cho tôi gặp cán bộ", "expect": ["vị trí số 1 "], "reject": ["nam hay nữ"]},
    )
    (waiting,) = desk.queue()
    summary = waiting["summary"]
    assert (summary["procedure"], summary["answered"]) == ("Đăng ký tạm trú", 1)
    assert summary["said"][-1] == "cho tôi gặp cán bộ"
    heard = events(staffed, waiting["sender"])

    citizen.say("tôi không rành máy")
    assert citizen.replies == []

    citizen.say("chị ơi giúp tôi với")
    assert citizen.replies == []

    assert "waiting" in staffed.gateway("handover", "list")
    number = str(waiting["id"])
    staffed.gateway("handover", "--staff", "lan", "--name", "Chị Lan", "take", number)
    (draft,) = desk.call("GET", f"/handovers/{number}/drafts")
    assert draft["field"]["id"] == "sex"
    desk.do(waiting["id"], "proposals", draft=draft["id"], field="sex", text="nam")
    proposal = told(citizen, "Đề nghị ghi vào hồ sơ")
    assert proposal["author"] == "Chị Lan, cán bộ Một cửa"
    press(citizen, proposal, "Đúng, ghi vào hồ sơ")
    assert "đã ghi vào hồ sơ" in citizen.text()
    assert events(staffed, waiting["sender"]) == heard, "the assistant heard what was not for it"

    desk.do(waiting["id"], "close", reason="to_assistant")
    back = told(citizen, "đã kết thúc phần hỗ trợ")
    press(citizen, back, "Tiếp tục hồ sơ")
    play(citizen, {"say": "15/3/1998", "expect": ["ngày sinh: 15/03/1998", "số định danh"]})
    assert events(staffed, waiting["sender"]) > heard
    spoken = [one["text"] for one in history(citizen) if one["from"] == "citizen"]
    assert spoken[3:5] == ["tôi không rành máy", "chị ơi giúp tôi với"]
