"""The pages of transcripts: what reviewers see and do, and what they do not see."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from onestop.staff.access import Role
from onestop.staff.scope import Scope
from onestop.transcripts import groups, suggestions
from onestop.transcripts.schemas import SuggestionNew
from tests.onestop.transcripts.conftest import (
    Citizen,
    conversations,
    grouping_here,
    procedure_of,
    take,
    turns,
)
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console

__all__ = ["grouping_here"]  # a fixture of other tests
WEDNESDAY = datetime(2026, 5, 27, 5, tzinfo=UTC)


@pytest.fixture
def talk(console: Console) -> Console:
    """A conversation of two turns: a question, and a message with personal data."""
    citizen = Citizen()
    citizen.visit()
    citizen.says("lệ phí <b>khai sinh</b>", "ask_fee", 0.7, 0.2)
    found = [{"code": "1.004194", "name": "Khai sinh", "score": 0.97}]
    citizen.hears("Dạ, miễn lệ phí.", candidates=found)
    citizen.asks("tôi là Nguyễn Văn An, sđt 0912345678", intent="inform", confidence=0.4)
    take(console.database, citizen)
    return console


def ids(console: Console) -> tuple[int, list[int]]:
    """Numbers of the conversation and its turns."""
    return conversations(console.database)[0].id, [one.id for one in turns(console.database)]


async def test_the_list_shows_masked_words_and_nothing_as_markup(talk: Console) -> None:
    talk.enter(Role.REVIEWER)
    status, page = await talk.get("/staff/transcripts")
    assert status == 200
    assert "lệ phí &lt;b&gt;khai sinh&lt;/b&gt;" in page
    status, page = await talk.get("/staff/transcripts?q=le+phi&outcome=asked")
    assert "<mark>lệ</mark> <mark>phí</mark>" in page
    assert 'value="le phi"' in page
    status, page = await talk.get("/staff/transcripts?q=khong+co")
    assert "Không có hội thoại nào như vậy" in page


async def test_a_filter_that_does_not_fit_is_told(talk: Console) -> None:
    talk.enter(Role.REVIEWER)
    status, page = await talk.get("/staff/transcripts?since=hom-qua")
    assert status == 422
    assert "Có ô chưa điền đúng" in page


async def test_a_conversation_shows_how_each_turn_was_understood(talk: Console) -> None:
    talk.enter(Role.REVIEWER)
    number, _ = ids(talk)
    status, page = await talk.get(f"/staff/transcripts/{number}")
    assert status == 200
    for shown in ("hỏi lệ phí (70,00 %)", "hỏi giấy tờ (20,00 %)", "1.004194", "action_explain"):
        assert shown in page
    assert "tôi là ‹họ tên›, sđt ‹số điện thoại›" in page
    assert "0912345678" not in page
    assert "Xem nguyên văn" not in page


async def test_the_clear_text_is_for_administrators_with_a_reason(talk: Console) -> None:
    number, _ = ids(talk)
    talk.enter(Role.REVIEWER)
    form = {"first": "1", "last": "2", "reason": "khiếu nại số 12"}
    status, _ = await talk.post(f"/staff/transcripts/{number}/clear", **form)
    assert status == 403
    talk.enter(Role.ADMINISTRATOR, name="mai")
    status, page = await talk.post(f"/staff/transcripts/{number}/clear", **{**form, "reason": ""})
    assert status == 422
    assert "0912345678" not in page
    status, page = await talk.post(f"/staff/transcripts/{number}/clear", **form)
    assert status == 200
    assert "Nguyễn Văn An, sđt 0912345678" in page
    status, page = await talk.get("/staff/audit")
    assert "Xem nguyên văn hội thoại" in page
    assert "khiếu nại số 12" in page


@pytest.mark.parametrize(("agencies", "offered"), [(None, True), (["Sở Tư pháp"], False)])
async def test_a_hold_is_offered_to_who_may_place_it(
    console: Console, agencies: list[str] | None, offered: bool
) -> None:
    procedure_of(console.database, "1.004194", "Sở Tư pháp")
    citizen = Citizen()
    citizen.visit()
    citizen.says("lệ phí khai sinh", "ask_fee", 0.9)
    citizen.add("slot", name="procedure", value="1.004194")
    citizen.hears("Dạ, miễn lệ phí.")
    take(console.database, citizen)
    account = make_account(console.database, "hoa", Role.ADMINISTRATOR, agencies=agencies)
    console.bear(open_session(console.database, account))
    status, page = await console.get(f"/staff/transcripts/{ids(console)[0]}")
    assert (status, "/staff/retention?kind=conversation" in page) == (200, offered)


async def test_marks_notes_and_judgements_are_kept(talk: Console) -> None:
    talk.enter(Role.REVIEWER)
    number, (first, _) = ids(talk)
    here, turn = f"/staff/transcripts/{number}", f"/staff/transcripts/turns/{first}"
    for form in ({"reviewed": "yes"}, {"assigned": "lan"}, {"add_label": "Khó"}):
        assert await talk.post(f"{here}/marks", **form) == (303, f"{here}?done=marked")
    back = {"conversation": str(number), "after": "0"}
    status, where = await talk.post(f"{turn}/notes", text="xem lại", **back)
    assert (status, where) == (303, f"{here}?done=noted&after=0#turn-{first}")
    await talk.post(f"{turn}/judgement", correct="yes", **back)
    _, page = await talk.get(here)
    for shown in ("đã rà soát", "giao cho lan", "xem lại", "đúng</span>", "Bỏ nhãn “khó”"):
        assert shown in page
    _, page = await talk.get("/staff/transcripts?label=khó&reviewed=true")
    assert "lệ phí" in page


async def test_a_correction_goes_from_the_queue_to_a_second_person(talk: Console) -> None:
    talk.enter(Role.REVIEWER)
    _, (first, second) = ids(talk)
    _, page = await talk.get("/staff/review")
    assert page.index(f"turn-{second}") < page.index(f"turn-{first}")  # the least sure first
    status, _ = await talk.post(
        f"/staff/transcripts/turns/{first}/suggestions", kind="intent", value="ask_papers"
    )
    assert status == 303
    _, page = await talk.get("/staff/suggestions")
    assert "người khác duyệt" in page
    key = talk.database.query(suggestions.listed, Scope(), "pending").suggestions[0].id
    status, page = await talk.post(f"/staff/suggestions/{key}/approve")
    assert (status, "người khác duyệt" in page) == (409, True)
    talk.enter(Role.EDITOR, name="mai")
    assert await talk.post(f"/staff/suggestions/{key}/approve") == (
        303,
        "/staff/suggestions?done=approved",
    )
    _, page = await talk.get("/staff/suggestions?state=approved")
    assert "<strong>hỏi giấy tờ</strong>" in page


async def test_a_sample_gives_a_figure(talk: Console) -> None:
    talk.enter(Role.REVIEWER)
    _, (first, _) = ids(talk)
    _, page = await talk.get("/staff/review?by=lot")
    assert "Chưa có lượt nào" in page
    await talk.post(f"/staff/transcripts/turns/{first}/judgement", correct="yes", sampled="yes")
    _, page = await talk.get("/staff/review?by=lot")
    assert "Hiểu đúng 100,00 % (1/1 lượt" in page
    assert "20,65 % – 100,00 %" in page


async def test_an_export_is_a_masked_file(talk: Console) -> None:
    talk.enter(Role.REVIEWER)
    status, content = await talk.post("/staff/transcripts/export", format="csv", q="sđt")
    assert status == 200
    assert "‹họ tên›" in content
    assert "0912345678" not in content
    status, _ = await talk.post(
        "/staff/transcripts/export", format="csv", clear="yes", reason="vì thích"
    )
    assert status == 403


async def test_another_agencys_conversation_is_not_there(talk: Console) -> None:
    account = make_account(talk.database, "hoa", Role.REVIEWER, agencies=["Sở Tư pháp"])
    talk.bear(open_session(talk.database, account))
    number, (first, _) = ids(talk)
    status, page = await talk.get(f"/staff/transcripts/{number}")
    assert (status, "không thuộc cơ quan" in page) == (404, True)
    status, _ = await talk.post(f"/staff/transcripts/turns/{first}/notes", text="x")
    assert status == 404
    with pytest.raises(LookupError):
        talk.database.transact(
            suggestions.propose,
            Scope(frozenset()),
            "hoa",
            first,
            SuggestionNew(kind="intent", value="ask_fee"),
        )


@pytest.mark.usefixtures("grouping_here")
async def test_a_group_is_corrected_at_once_and_approved_by_a_second_person(
    console: Console,
) -> None:
    for number in range(3):
        citizen = Citizen(sender=f"web:{number}", moment=WEDNESDAY.timestamp())
        citizen.visit()
        citizen.says(f"tiêm phòng dại cho chó <b>{number}</b>", "nlu_fallback", 0.3)
        citizen.hears("Em chưa hiểu ạ.", said="not_understood")
        take(console.database, citizen)
    console.enter(Role.REVIEWER)
    _, page = await console.get("/staff/review/groups")
    assert "Chưa có tuần nào được gom nhóm" in page
    groups.make_due(console.database, WEDNESDAY + timedelta(days=7))
    _, page = await console.get("/staff/review/groups?week=2026-05-25")
    assert "25/05 – 31/05/2026" in page
    assert "3 câu" in page
    assert ">mới<" in page
    assert "tiêm phòng dại cho chó &lt;b&gt;" in page
    (group,) = console.database.query(groups.listed, Scope()).groups
    here = f"/staff/review/groups/{group.id}"
    status, page = await console.post(f"{here}/suggestions", kind="intent", value="ask_moon")
    assert (status, "không có ý định" in page) == (422, True)
    status, where = await console.post(f"{here}/suggestions", kind="intent", value="ask_procedure")
    assert (status, where) == (303, f"{here}?done=group_suggested&count=3")
    _, page = await console.get(where)
    assert "Số đề nghị: 3" in page
    assert "của người khác" not in page
    console.enter(Role.REVIEWER, name="mai")
    _, page = await console.get(here)
    assert "Duyệt 3 đề nghị của người khác" in page
    assert await console.post(f"{here}/approve") == (303, f"{here}?done=group_approved&count=3")
    approved = console.database.query(suggestions.approved)
    assert {(one.proposed_by, one.decided_by) for one in approved} == {("lan", "mai")}


async def test_a_week_that_is_none_is_told(console: Console) -> None:
    console.enter(Role.REVIEWER)
    status, page = await console.get("/staff/review/groups?week=xyz")
    assert (status, "Có ô chưa điền đúng" in page) == (422, True)


@pytest.mark.parametrize(
    ("roles", "ago", "offered"),
    [
        ((Role.REVIEWER, Role.AGENT), 60, True),
        ((Role.REVIEWER,), 60, False),
        ((Role.REVIEWER, Role.AGENT), 31 * 60, False),
    ],
)
async def test_an_agent_may_come_into_a_conversation_that_goes_on(
    console: Console, roles: tuple[Role, ...], ago: int, offered: bool
) -> None:
    citizen = Citizen(moment=time.time() - ago)
    citizen.visit()
    citizen.asks("lệ phí khai sinh")
    take(console.database, citizen)
    number, _ = ids(console)
    console.enter(*roles)
    _, page = await console.get(f"/staff/transcripts/{number}")
    assert (f'action="/staff/help/conversations/{number}/join"' in page) == offered
