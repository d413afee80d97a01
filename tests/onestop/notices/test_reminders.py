"""Reminders: on their day, once, whoever looks and however often; the clock is the test's."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop import notices, reminders
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, submission, supplements
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import Draft, SupplementRequest
from onestop.dossiers.statuses import Status
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest, NoticeView
from tests.onestop.dossiers.test_drafts import agree, fill

PLAN = reminders.Plan(supplement_days=[3, 1], draft_kept_days=30, draft_days=3, payment_days=2)
OWNER = "web:a"
FRIDAY = date(2026, 11, 20)  # two weeks without a holiday before it


def look(database: Database, at: datetime) -> list[NoticeView]:
    """What is kept when somebody looks at that time."""
    before = len(database.query(notices.waiting, 100))
    kept = database.transact(reminders.schedule, at, PLAN)
    told = database.query(notices.waiting, 100)[before:]
    assert len(told) == kept
    return told


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=VIETNAM)


@pytest.fixture
def code(database: Database, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    """A dossier that was handed in."""

    def work(session: Session) -> str:
        draft = drafts.start(session, forms, procedure, OWNER, "web")
        fill(session, draft)
        agree(draft)
        return drafts.submit(session, draft, procedure, "H25").code

    return database.transact(work)


def ask(database: Database, code: str, asked: date, until: date) -> None:
    def work(session: Session) -> None:
        dossier = submission.find(session, code)
        supplements.ask(session, dossier, supplements.Wanted(["phone"], (), until), "officer", "")
        session.flush()
        request = session.query(SupplementRequest).one()
        request.requested_at = morning(asked)

    database.transact(work)


def test_a_supplement_is_reminded_of_three_working_days_before_and_one(
    database: Database, code: str
) -> None:
    ask(database, code, date(2026, 11, 9), FRIDAY)
    told = {
        day: [one.template for one in look(database, morning(date(2026, 11, day)))]
        for day in (10, 16, 17, 18, 19, 20, 21)
    }
    assert told == {
        10: [],
        16: [],
        17: ["supplement_reminder"],
        18: [],
        19: ["supplement_reminder"],
        20: [],
        21: [],
    }
    last = database.query(notices.waiting, 100)[-1]
    assert "20/11/2026" in last.text
    assert [one.payload for one in last.buttons] == [
        f'/supplement_dossier{{"dossier_code": "{code}"}}'
    ]


def test_after_a_long_stop_only_the_nearest_reminder_is_told(database: Database, code: str) -> None:
    ask(database, code, date(2026, 11, 9), FRIDAY)
    assert len(look(database, morning(date(2026, 11, 19)))) == 1
    assert look(database, morning(FRIDAY)) == []


def test_who_was_asked_with_a_short_deadline_is_not_reminded_of_it_at_once(
    database: Database, code: str
) -> None:
    ask(database, code, date(2026, 11, 18), FRIDAY)
    assert look(database, morning(date(2026, 11, 18))) == []
    assert len(look(database, morning(date(2026, 11, 19)))) == 1


def begun(database: Database, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    def work(session: Session) -> str:
        draft = drafts.start(session, forms, procedure, OWNER, "web")
        drafts.answer(session, draft, AnswerRequest(text="Nguyễn Văn An"))
        draft.updated_at = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
        return draft.id

    return database.transact(work)


def test_a_draft_is_reminded_of_before_it_ends_and_again_after_it_was_gone_on_with(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    draft_id = begun(database, forms, procedure)
    assert look(database, morning(date(2026, 11, 27))) == []
    (told,) = look(database, morning(date(2026, 11, 29)))
    assert "30/11/2026" in told.text
    assert told.buttons[0].payload == f'/resume_dossier{{"draft": "{draft_id}"}}'
    assert look(database, morning(date(2026, 11, 30))) == []
    assert look(database, morning(date(2026, 12, 2))) == []  # it has ended

    def go_on(session: Session) -> None:
        session.get_one(Draft, draft_id).updated_at = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)

    database.transact(go_on)
    assert len(look(database, morning(date(2026, 12, 28)))) == 1


def test_a_draft_without_any_answer_is_not_worth_a_word(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    def work(session: Session) -> None:
        draft = drafts.start(session, forms, procedure, OWNER, "web")
        draft.updated_at = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)

    database.transact(work)
    assert look(database, morning(date(2026, 11, 29))) == []


def test_money_that_was_asked_for_is_reminded_of_until_the_dossier_moves_on(
    database: Database, code: str
) -> None:
    for status in (Status.RECEIVED, Status.PAYMENT_REQUESTED):
        database.transact(submission.advance, code, status, "officer")
    asked = now()
    assert look(database, asked + timedelta(days=1)) == []
    (told,) = look(database, asked + timedelta(days=2, minutes=1))
    assert (told.template, told.owner) == ("payment_reminder", OWNER)
    assert look(database, asked + timedelta(days=3)) == []
    database.transact(submission.advance, code, Status.PROCESSING, "officer")
    assert look(database, asked + timedelta(days=9)) == []


def test_many_who_look_at_once_remind_once(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    begun(database, forms, procedure)
    at = morning(date(2026, 11, 29))
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: database.transact(reminders.schedule, at, PLAN), range(8)))
    assert sum(kept) == 1
