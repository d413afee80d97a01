"""Retention at the console: what is told of each kind of data; holds placed and released, audited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.database import now
from onestop.notices.models import Notice, State
from onestop.privacy import expiring, holds
from onestop.privacy.rules import rules
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from onestop.transcripts.models import Conversation
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console

PAGE, HOLDS = "/staff/retention", "/staff/holds"
OWNER = "web:an"
LETTER = "Công văn 12/CAT ngày 3/11/2026"


@pytest.fixture
def conversation(console: Console) -> str:
    """A conversation's number among the transcripts."""
    row = Conversation(owner=OWNER, first=0, channel="web", started_at=now(), last_at=now())
    console.database.transact(lambda session: session.add(row))
    return str(console.database.query(lambda session: session.query(Conversation).one().id))


def of_an_agency(console: Console) -> None:
    """Go on as an administrator of one agency."""
    agencies = ["Sở Tư pháp"]
    account = make_account(console.database, "mai", Role.ADMINISTRATOR, agencies=agencies)
    console.bear(open_session(console.database, account))


def audited(console: Console) -> list[tuple[str, str, str, str]]:
    return console.database.query(
        lambda session: [
            (one.actor, one.action, one.subject, one.reason) for one in session.query(AuditEntry)
        ]
    )


async def test_each_kind_is_told_with_its_period_what_went_and_what_goes_next(
    console: Console,
) -> None:
    def notice(days: int) -> Notice:
        told = {"owner": OWNER, "template": "x", "variables": {}, "state": State.DELIVERED}
        return Notice(**told, created_at=now() - timedelta(days=days))

    database = console.database
    database.transact(lambda session: session.add_all([notice(91), notice(92), notice(85)]))
    console.enter(Role.ADMINISTRATOR)
    _, page = await console.get(PAGE)
    assert all(one.what in page for one in rules().values())
    assert "90 ngày từ ngày tạo" in page
    assert page.count("chưa chạy") == sum(one.action != "keep" for one in rules().values())

    def row(page: str) -> str:
        return page.partition(rules()["notices"].what)[2].partition("</tr>")[0]

    assert '<td class="number">0</td>\n    <td class="number">3</td>' in row(page)
    expiring.run(database, now())
    database.transact(expiring.record, "gateway", "messages", 0)
    _, page = await console.get(PAGE)
    assert '<td class="number">2</td>\n    <td class="number">1</td>' in row(page)
    # The gateway's and the tracker's other kinds were not looked through.
    others = [one for one in rules().values() if one.store != "onestop"]
    assert page.count("chưa chạy") == len(others) - 1


async def test_a_day_is_one_row_of_a_kind_however_often_it_is_looked_through(
    console: Console,
) -> None:
    for count in (2, 0, 3):
        console.database.transact(expiring.record, "gateway", "messages", count)
    found = console.database.query(expiring.runs, now() - timedelta(hours=1))
    assert [(one.kind, one.count) for one in found] == [("messages", 5)]


async def test_a_conversation_is_held_and_released_with_reasons(
    console: Console, conversation: str
) -> None:
    console.enter(Role.ADMINISTRATOR)
    status, address = await console.post(
        HOLDS, kind="conversation", subject=conversation, reason=LETTER
    )
    assert (status, address) == (303, f"{PAGE}?done=held#hold-1")
    assert console.database.query(holds.held, OWNER)
    _, page = await console.get(PAGE)
    assert LETTER in page
    assert f"/staff/transcripts/{conversation}" in page
    assert OWNER not in page
    twice = {"kind": "conversation", "subject": conversation, "reason": "lý do khác"}
    status, page = await console.post(HOLDS, **twice)
    assert (status, "Đã có lệnh giữ" in page) == (409, True)
    assert "lý do khác" in page  # what was entered
    status, page = await console.post(f"{HOLDS}/1/release", reason=" ")
    assert status == 422
    status, address = await console.post(f"{HOLDS}/1/release", reason="đã xử xong")
    assert (status, address) == (303, f"{PAGE}?done=released_hold")
    assert not console.database.query(holds.held, OWNER)
    assert audited(console) == [
        ("lan", "hold.placed", "hold:1", LETTER),
        ("lan", "hold.released", "hold:1", "đã xử xong"),
    ]
    status, page = await console.post(f"{HOLDS}/1/release", reason="lần nữa")
    assert status == 404
    assert "không còn" in page


@pytest.mark.parametrize(
    ("kind", "subject", "told"),
    [
        ("dossier", "H25-000000-0000000", "Không có hồ sơ mã này"),
        ("conversation", "4711", "Không có hội thoại số này"),
        ("conversation", "9" * 40, "Không có hội thoại số này"),
        ("conversation", OWNER, "Không có hội thoại số này"),
        ("conversation", "", "chưa điền đúng"),
        ("something", "1", "chưa điền đúng"),
    ],
)
async def test_what_is_not_there_is_not_held_and_what_was_entered_stays(
    console: Console, kind: str, subject: str, told: str
) -> None:
    console.enter(Role.ADMINISTRATOR)
    status, page = await console.post(HOLDS, kind=kind, subject=subject, reason=LETTER)
    assert status == 422
    assert told in page
    assert LETTER in page
    assert console.database.query(holds.standing) == []


async def test_an_administrator_of_an_agency_reads_and_does_not_hold(
    console: Console, conversation: str
) -> None:
    console.database.transact(holds.place, "conversation", OWNER, LETTER, "lan")
    of_an_agency(console)
    status, page = await console.get(PAGE)
    assert (status, LETTER in page) == (200, True)
    assert f'action="{HOLDS}' not in page
    status, _ = await console.post(HOLDS, kind="conversation", subject=conversation, reason="x")
    assert status == 403
    status, _ = await console.post(f"{HOLDS}/1/release", reason="x")
    assert status == 403
    assert console.database.query(holds.held, OWNER)
