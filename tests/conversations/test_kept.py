"""What two members of staff have kept is what citizens meet in the running system, without a restart."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.changes import service as changes
from onestop.kept.registry import SHELVES
from onestop.staff.scope import Scope
from tests.conversations.player import Citizen
from tests.conversations.system import System

pytestmark = pytest.mark.system
FORM = "marriage-registration"
OLD, NEW = "Anh/chị là bên nam hay bên nữ ạ?", "Trong hai bên, anh/chị là bên nào ạ?"
OPENS = "6 giờ 15"
SOON = 60  # seconds until every process has what was kept
Keep = Callable[[str, str, str], None]


@pytest.fixture
def keep(system: System) -> Iterator[Keep]:
    """Lan proposes a document's content and Hoa approves it, beside the system; all is gone back on later."""
    database = Database(system.environment["MOTCUA_DATABASE_URL"])
    begun: list[tuple[str, str]] = []

    def work(session: Session, kind: str, code: str, content: str) -> None:
        before = SHELVES[kind].current(session, code)
        made = changes.propose(
            session, "lan", Scope(), kind, code, before, content, "thử", None, now()
        )
        changes.approve(session, "hoa", made, now())

    def change(kind: str, code: str, content: str) -> None:
        begun.append((kind, code))
        database.transact(work, kind, code, content)

    yield change
    for kind, code in begun:
        database.transact(work, kind, code, SHELVES[kind].shipped()[code])
    database.close()
    # The next test finds the system as it was.
    until(lambda: OPENS not in hours_told(Citizen(system)))


def hours_told(citizen: Citizen) -> str:
    citizen.say("mấy giờ thì bộ phận một cửa làm việc")
    return citizen.text()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(1)


def test_new_hours_are_told_and_a_new_form_is_asked_by(
    system: System, citizen: Citizen, keep: Keep
) -> None:
    citizen.say("tôi muốn nộp hồ sơ đăng ký kết hôn")
    for _ in range(3):
        if OLD in citizen.text():
            break
        citizen.say("bắt đầu nộp hồ sơ")
    assert OLD in citizen.text()

    text = SHELVES["eform"].shipped()[FORM]
    assert OLD in text
    keep("eform", FORM, text.replace(OLD, NEW))
    hours = json.loads(SHELVES["units"].shipped()["all"])
    hours["hours"][0]["hours"] = f"{OPENS} – 10 giờ 45"
    keep("units", "all", json.dumps(hours))

    other = Citizen(system)
    other.say("tôi muốn nộp hồ sơ đăng ký kết hôn")
    for _ in range(3):
        if NEW in other.text():
            break
        other.say("bắt đầu nộp hồ sơ")
    assert NEW in other.text()

    until(lambda: OPENS in hours_told(other))

    # Who had begun goes on with the form of then.
    citizen.say("bên nữ")
    assert "tên" in citizen.text().lower()
