"""Supplements: asked for by an officer, given by the citizen; the clock; withdrawal; what is counted late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from common.database import Database
from onestop import notices
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, submission, supplements, waiting
from onestop.dossiers.calendar import VIETNAM, add_working_days, move_due, working_days_between
from onestop.dossiers.models import Dossier, Draft
from onestop.dossiers.statuses import Status
from onestop.dossiers.waiting import Timeliness
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest, Receipt
from tests.onestop.dossiers.test_drafts import OWNER, agree
from tests.onestop.dossiers.test_submission_races import ready_draft, submit
from tests.onestop.uploads.test_cleaning import picture
from tests.papers import sent

Forms = Mapping[str, EForm]
MONDAY = datetime(2026, 11, 9, 3, tzinfo=UTC)
UNTIL = date(2026, 11, 17)


class Clock:
    """Stands at a Monday of two plain weeks until it is moved."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (drafts, submission, supplements):
        monkeypatch.setattr(module, "now", made)
    return made


@pytest.fixture
def code(database: Database, forms: Forms, procedure: Procedure, clock: Clock) -> str:
    """A dossier handed in on Monday, due on Thursday."""
    draft_id = database.transact(ready_draft, forms, procedure, OWNER)
    return database.transact(submit, draft_id, OWNER, procedure)


def ask(
    session: Session,
    code: str,
    clock: Clock,
    fields: list[str] | None = None,
    papers: list[str] | None = None,
) -> None:
    dossier = submission.find(session, code)
    wanted = supplements.resolve(session, dossier, fields or [], papers or [], UNTIL)
    supplements.ask(session, dossier, wanted, "officer", "Số điện thoại không gọi được")
    for request in waiting.requests_of(session, dossier):
        if request.answered_at is None:
            request.requested_at = clock()
    dossier.history[-1].at = clock()


def begin(session: Session, code: str, owner: str = "phone-of-an") -> Draft:
    return supplements.begin(session, submission.find(session, code), owner, "zalo")


def answer(session: Session, draft: Draft, **request: object) -> None:
    result = drafts.answer(session, draft, AnswerRequest.model_validate(request))
    assert result is not None
    assert result.refusal is None


def hand_in(session: Session, draft: Draft, procedure: Procedure) -> Receipt:
    agree(draft)
    return drafts.submit(session, draft, procedure, "H25")


def test_only_what_was_asked_for_is_asked_and_can_be_changed(
    database: Database, code: str, clock: Clock
) -> None:
    with database.sessions.begin() as session:
        ask(session, code, clock, ["phone"], ["Giấy xác nhận nơi ở"])
        draft = begin(session, code)
        seen = drafts.view(draft)
        assert (seen.total, seen.answered) == (2, 0)
        assert seen.field is not None
        assert seen.field.id == "phone"
        assert drafts.answer(session, draft, AnswerRequest(text="Trần Thị B", field="name")) is None
        assert drafts.find_fields(draft, "họ và tên").matches == []
        with pytest.raises(KeyError):
            drafts.skip(draft, "email")
        answer(session, draft, text="0987654321")
        following = drafts.view(draft).field
        assert following is not None
        assert (following.type, following.label) == ("paper", "Giấy xác nhận nơi ở")


def test_handed_in_it_changes_the_record_once_and_the_dossier_goes_on_where_it_stood(
    database: Database, code: str, clock: Clock, procedure: Procedure, tmp_path: Path
) -> None:
    with database.sessions.begin() as session:
        submission.advance(session, code, Status.RECEIVED, "officer")
        submission.advance(session, code, Status.PROCESSING, "officer")
        ask(session, code, clock, ["Số điện thoại"], ["Giấy xác nhận nơi ở"])
        draft = begin(session, code)
        answer(session, draft, text="0987654321")
        kept = sent(session, tmp_path, "phone-of-an", "giay.jpg", picture())
        answer(session, draft, file_ids=[kept.file_id])
        first = hand_in(session, draft, procedure)
        assert drafts.submit(session, draft, procedure, "H25") == first
        assert (first.code, first.state) == (code, "supplemented")
        dossier = submission.find(session, code)
        assert dossier.status == Status.PROCESSING
        assert [event.status for event in dossier.history] == [1, 2, 4, 5, 4]
        said = {line["label"]: line["value"] for line in dossier.lines}
        assert said["Số điện thoại"] == "0987 654 321"
        assert said["Họ và tên"] == "Nguyễn Văn An"
        assert "giay.jpg" in said["Giấy xác nhận nơi ở"]
        assert dossier.second_factors == ["1234", "4321"]


def test_the_clock_stands_still_while_it_waits(
    database: Database, code: str, clock: Clock, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        due = submission.find(session, code).due_at
        assert due is not None
        clock.at = MONDAY + timedelta(days=1)  # Tuesday
        ask(session, code, clock, ["phone"])
        clock.at = MONDAY + timedelta(days=7)  # the next Monday: Wed, Thu, Fri, Mon were waited
        draft = begin(session, code)
        answer(session, draft, text="0987654321")
        receipt = hand_in(session, draft, procedure)
        assert receipt.due_at is not None
        assert due.astimezone(VIETNAM).date() == date(2026, 11, 12)
        assert receipt.due_at.astimezone(VIETNAM) == datetime(2026, 11, 18, 17, tzinfo=VIETNAM)


def test_papers_brought_to_the_counter_let_the_clock_go_on_too(
    database: Database, code: str, clock: Clock
) -> None:
    with database.sessions.begin() as session:
        ask(session, code, clock, papers=["Giấy xác nhận nơi ở"])
        clock.at = MONDAY + timedelta(days=2)
        dossier = submission.advance(session, code, Status.RECEIVED, "officer", "Đã nộp tại quầy")
        assert dossier.due_at is not None
        assert dossier.due_at.astimezone(VIETNAM).date() == date(2026, 11, 16)
        with pytest.raises(supplements.NothingAsked):
            begin(session, code)


def test_a_supplement_that_comes_after_the_officer_went_on_is_refused(
    database: Database, code: str, clock: Clock, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        ask(session, code, clock, ["phone"])
        draft = begin(session, code)
        answer(session, draft, text="0987654321")
        submission.advance(session, code, Status.RECEIVED, "officer")
        with pytest.raises(supplements.NothingAsked):
            hand_in(session, draft, procedure)


def test_begun_again_on_another_channel_it_goes_on(
    database: Database, code: str, clock: Clock
) -> None:
    with database.sessions.begin() as session:
        ask(session, code, clock, ["phone", "email"])
        draft = begin(session, code)
        answer(session, draft, text="0987654321")
        again = begin(session, code, "page-of-an")
        assert (again.id, again.owner) == (draft.id, "page-of-an")
        assert drafts.view(again).answered == 1


def test_what_comes_after_it_is_told_where_it_was_handed_in(
    database: Database, code: str, clock: Clock, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        ask(session, code, clock, ["phone"])
        draft = begin(session, code, "zalo:an")
        answer(session, draft, text="0987654321")
        hand_in(session, draft, procedure)
        submission.advance(session, code, Status.RECEIVED, "officer")
    told = [(one.owner, one.template) for one in database.query(notices.waiting, 9)]
    assert told == [(OWNER, "supplement_requested"), ("zalo:an", "decision")]


def test_a_second_supplement_starts_from_the_first(
    database: Database, code: str, clock: Clock, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        ask(session, code, clock, ["phone"])
        draft = begin(session, code)
        answer(session, draft, text="0987654321")
        hand_in(session, draft, procedure)
        ask(session, code, clock, ["name"])
        second = begin(session, code)
        assert second.answers["phone"]["value"] == "0987654321"
        answer(session, second, text="Nguyễn Văn Anh")
        hand_in(session, second, procedure)
        said = {one["label"]: one["value"] for one in submission.find(session, code).lines}
        assert (said["Họ và tên"], said["Số điện thoại"]) == ("Nguyễn Văn Anh", "0987 654 321")


def test_it_is_not_taken_for_a_draft_of_a_new_dossier(
    database: Database, code: str, clock: Clock, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        ask(session, code, clock, ["phone"])
        draft = begin(session, code, OWNER)
        fresh = drafts.start(session, forms, procedure, OWNER, "web")
        assert fresh.id != draft.id
        assert {one.id for one in drafts.open_drafts(session, OWNER, 30)} == {draft.id, fresh.id}


def test_the_owner_is_told_what_is_asked_for(database: Database, code: str, clock: Clock) -> None:
    database.transact(ask, code, clock, ["phone"], ["Giấy xác nhận nơi ở"])
    (told,) = database.query(notices.waiting, 9)
    assert told.owner == OWNER
    for part in (code, "Số điện thoại; Giấy xác nhận nơi ở", "17/11/2026", "không gọi được"):
        assert part in told.text
    assert [one.title for one in told.buttons] == ["Bổ sung ngay"]


def test_an_unknown_field_is_refused_and_the_known_ones_are_named(
    database: Database, code: str, clock: Clock
) -> None:
    with (
        database.sessions.begin() as session,
        pytest.raises(supplements.UnknownField, match="citizen_id, phone"),
    ):
        ask(session, code, clock, ["chiều cao"])
    with database.sessions.begin() as session, pytest.raises(supplements.UnknownField):
        ask(session, code, clock)


def test_a_second_request_while_one_waits_is_refused(
    database: Database, code: str, clock: Clock
) -> None:
    database.transact(ask, code, clock, ["phone"])
    with pytest.raises(submission.ImpossibleStep):
        database.transact(ask, code, clock, ["name"])


def test_withdrawal_is_asked_for_once_and_not_after_the_end(database: Database, code: str) -> None:
    backend = drafts.EMBEDDED
    with database.sessions.begin() as session:
        dossier = submission.find(session, code)
        supplements.withdraw(session, dossier, backend)
        assert dossier.status == Status.WITHDRAWAL_REQUESTED
        assert dossier.history[-1].actor == "citizen"
        with pytest.raises(submission.ImpossibleStep):
            supplements.withdraw(session, dossier, backend)
        submission.advance(session, code, Status.STOPPED, "officer")
        with pytest.raises(submission.ImpossibleStep):
            supplements.withdraw(session, dossier, backend)


def counted(session: Session, dossier: Dossier, at: datetime) -> Timeliness | None:
    return waiting.timeliness(dossier, waiting.requests_of(session, dossier), at)


def test_on_time_and_late_as_the_national_rule_counts_them(
    database: Database, code: str, clock: Clock, procedure: Procedure
) -> None:
    much_later = MONDAY + timedelta(days=30)
    with database.sessions.begin() as session:
        dossier = submission.find(session, code)
        assert counted(session, dossier, MONDAY) is Timeliness.ON_TIME
        assert counted(session, dossier, much_later) is Timeliness.LATE
        ask(session, code, clock, ["phone"])
        assert counted(session, dossier, much_later) is Timeliness.ON_TIME  # the clock stands
        draft = begin(session, code)
        answer(session, draft, text="0987654321")
        hand_in(session, draft, procedure)
        assert counted(session, dossier, much_later) is Timeliness.LATE
        ask(session, code, clock, ["email"])
        assert counted(session, dossier, MONDAY) is Timeliness.LATE  # asked a second time


@given(st.dates(date(2021, 1, 1), date(2027, 6, 1)), st.integers(0, 60), st.integers(0, 30))
def test_waited_days_and_moved_due_dates_agree(start: date, waited: int, limit: int) -> None:
    end = start + timedelta(days=waited)
    days = working_days_between(start, end)
    assert add_working_days(start, days) <= end
    assert add_working_days(start, days + 1) > end
    due_day = add_working_days(start, limit)
    due = datetime(due_day.year, due_day.month, due_day.day, 17, tzinfo=VIETNAM)
    moved = move_due(due, days)
    assert moved.hour == 17
    assert working_days_between(due_day, moved.date()) == days
