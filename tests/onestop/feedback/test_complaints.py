"""Taking complaints in, handling them, and telling them only to who sent them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from onestop.dossiers.lookup import Limits, Refused
from onestop.dossiers.models import StoredFile
from onestop.eforms.answers import Refusal
from onestop.feedback import complaints
from onestop.feedback.models import Complaint
from onestop.feedback.rules import complaint_rules
from onestop.notices.models import Notice
from onestop.schemas import ComplaintView
from tests.onestop.dossiers.test_submission_races import OWNER
from tests.onestop.feedback.conftest import complaint

LIMITS = Limits(5, timedelta(minutes=15))
MONDAY = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onestop.feedback.complaints.now", lambda: MONDAY)


def row(database: Database, code: str) -> Complaint:
    query = select(Complaint).where(Complaint.code == code)
    return database.transact(lambda session: session.scalars(query).one())


def notices(database: Database) -> list[tuple[str, str]]:
    def work(session: Session) -> list[tuple[str, str]]:
        return [(one.owner, one.template) for one in session.scalars(select(Notice))]

    return database.transact(work)


def test_a_complaint_gets_a_code_and_the_days_of_the_law(database: Database) -> None:
    taken = database.transact(complaints.take, complaint())
    assert (taken.code, taken.state) == ("PA-20261005-0001", "received")
    # Five and fifteen working days after a Monday.
    assert (taken.forward_by, taken.answer_by) == (date(2026, 10, 12), date(2026, 10, 26))
    kept = row(database, taken.code)
    assert (kept.name, kept.phone) == ("Nguyễn Văn An", "0912345678")


def test_a_repeat_is_the_same_complaint_and_takes_no_number(database: Database) -> None:
    first = database.transact(complaints.take, complaint())
    assert database.transact(complaints.take, complaint()) == first
    other = database.transact(complaints.take, complaint("request-0000000002"))
    assert other.code == "PA-20261005-0002"


def test_one_that_is_refused_takes_no_number(database: Database) -> None:
    with pytest.raises(Refusal):
        database.transact(complaints.take, complaint(phone="không có"))
    taken = database.transact(complaints.take, complaint())
    assert taken.code == "PA-20261005-0001"


def test_what_was_said_is_kept_encrypted(database: Database) -> None:
    database.transact(complaints.take, complaint(about="Phường Phủ Lý"))
    with database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT content, about, name, phone FROM complaints")
        (row,) = stored.all()
    for words in ("Phường", "Chờ hai tiếng", "Nguyễn", "0912345678"):
        assert all(isinstance(one, bytes) and words.encode() not in one for one in row)


def test_the_dossier_that_it_is_about_is_found_by_its_code(database: Database, code: str) -> None:
    said = complaint(about=f"hồ sơ {code.lower()} trễ hẹn")
    taken = database.transact(complaints.take, said)
    assert row(database, taken.code).dossier_id is not None
    assert taken.about == said.about
    unknown = complaint("request-0000000002", about="hồ sơ H25-20200101-0000001")
    assert row(database, database.transact(complaints.take, unknown).code).dossier_id is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"content": ["a" * (complaint_rules().most_characters + 1)]}, "too_long"),
        ({"file_ids": ["x"] * (complaint_rules().most_files + 1)}, "too_many_files"),
        ({"file_ids": ["nobodys"]}, "unknown_file"),
    ],
)
def test_what_breaks_a_bound_is_not_taken(
    database: Database, given: dict[str, object], reason: str
) -> None:
    with pytest.raises(complaints.NotTaken, match=reason):
        database.transact(complaints.take, complaint(**given))


def test_files_are_taken_from_their_owner_only(database: Database) -> None:
    facts = {"name": "anh.jpg", "content_type": "image/jpeg", "size": 1, "sha256": "0"}
    database.transact(lambda session: session.add(StoredFile(id="f1", owner=OWNER, **facts)))
    assert database.transact(complaints.take, complaint(file_ids=["f1"])).files == 1
    with pytest.raises(complaints.NotTaken, match="unknown_file"):
        database.transact(complaints.take, complaint(owner="web:another", file_ids=["f1"]))


def test_one_sender_may_send_so_many_a_day(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = complaint_rules().most_a_day
    for at in range(most):
        database.transact(complaints.take, complaint(f"request-{at:010}"))
    with pytest.raises(complaints.NotTaken, match="too_many"):
        database.transact(complaints.take, complaint("request-more-of-it"))
    database.transact(complaints.take, complaint(owner="web:another"))
    monkeypatch.setattr("onestop.feedback.complaints.now", lambda: MONDAY + timedelta(days=1))
    database.transact(complaints.take, complaint("request-more-of-it"))


def look_up(database: Database, code: str, factor: str, asker: str = "web:any") -> object:
    return database.transact(complaints.look_up, asker, code, factor, LIMITS)


def test_code_and_phone_together_tell_it_on_any_channel(database: Database) -> None:
    code = database.transact(complaints.take, complaint()).code
    found = look_up(database, code.lower().replace("-", " "), "5678")
    assert isinstance(found, ComplaintView)
    assert found.content.startswith("Chờ hai tiếng")
    assert look_up(database, code, "0000") == Refused("not_found", attempts_left=4)
    assert look_up(database, "PA-20200101-0001", "5678", "web:other") == Refused(
        "not_found", attempts_left=4
    )


def test_wrong_tries_lock_also_the_right_one(database: Database) -> None:
    code = database.transact(complaints.take, complaint()).code
    for _ in range(LIMITS.attempts):
        look_up(database, code, "0000", "web:guesser")
    locked = look_up(database, code, "5678", "web:someone-else")
    assert isinstance(locked, Refused)
    assert locked.reason == "locked"


def test_staff_forward_and_answer_and_the_sender_hears_each(database: Database) -> None:
    code = database.transact(complaints.take, complaint()).code
    database.transact(complaints.move, code, "forwarded", "lan", "UBND phường Phủ Lý")
    database.transact(complaints.move, code, "answered", "lan", "Đã mở thêm một quầy.")
    found = look_up(database, code, "5678")
    assert isinstance(found, ComplaintView)
    assert [(one.state, one.note) for one in found.history] == [
        ("received", ""),
        ("forwarded", "UBND phường Phủ Lý"),
        ("answered", "Đã mở thêm một quầy."),
    ]
    assert notices(database) == [(OWNER, "complaint_forwarded"), (OWNER, "complaint_answered")]


@pytest.mark.parametrize("last", ["answered", "out_of_scope"])
def test_nothing_follows_an_answer(database: Database, last: str) -> None:
    code = database.transact(complaints.take, complaint()).code
    database.transact(complaints.move, code, last, "lan", "Xong.")
    with pytest.raises(complaints.ImpossibleStep, match=code):
        database.transact(complaints.move, code, "forwarded", "lan", "ai đó")
    assert len(notices(database)) == 1


def test_a_complaint_is_late_after_its_last_day(database: Database) -> None:
    code = database.transact(complaints.take, complaint()).code
    in_time = datetime(2026, 10, 12, 10, tzinfo=UTC)
    too_late = in_time + timedelta(days=1)
    one = row(database, code)
    assert [complaints.late(one, at) for at in (in_time, too_late)] == [False, True]
    database.transact(complaints.move, code, "forwarded", "lan", "xã")
    one = row(database, code)
    assert not complaints.late(one, too_late)
    assert complaints.late(one, datetime(2026, 10, 27, 3, tzinfo=UTC))
    database.transact(complaints.move, code, "answered", "lan", "Xong.")
    assert not complaints.late(row(database, code), datetime(2027, 1, 1, tzinfo=UTC))
