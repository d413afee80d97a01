"""Drafts end after their days, with their files; what was handed in or is waited for stays."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, resuming, submission, supplements
from onestop.dossiers.models import ANONYMOUS, Draft, ResumeCode, SupplementRequest
from onestop.dossiers.statuses import Status
from onestop.eforms.definition import EForm
from onestop.privacy import expiring
from onestop.schemas import AnswerRequest
from onestop.storage.base import Storage
from tests.onestop.dossiers.test_drafts import agree
from tests.onestop.dossiers.test_files import OWNER, answer, contents, keep, storage, sweep_all

__all__ = ["storage"]
DAYS = timedelta(days=30)
Forms = Mapping[str, EForm]


@pytest.fixture
def forms(forms: dict[str, EForm]) -> dict[str, EForm]:
    """The small form with a paper in front."""
    form = forms["small"].model_dump(mode="json")
    paper = {
        "id": "one",
        "type": "paper",
        "section": "Giấy tờ",
        "label": "Giấy thử",
        "question": "Gửi giấy tờ thử?",
        "explanation": "Để đối chiếu.",
    }
    return {"small": EForm.model_validate({**form, "fields": [paper, *form["fields"]]})}


def begin(session: Session, forms: Forms, procedure: Procedure) -> str:
    return drafts.start(session, forms, procedure, OWNER, "web").id


def fill(session: Session, draft_id: str) -> None:
    draft = drafts.locked(session, draft_id, OWNER)
    for text in ("Nguyễn Văn An", "035090001234", "0912345678"):
        result = drafts.answer(session, draft, AnswerRequest(text=text))
        assert result is not None
        assert result.refusal is None


def submit(session: Session, draft_id: str, procedure: Procedure) -> str:
    draft = drafts.locked(session, draft_id, OWNER)
    if "email" not in draft.skipped:
        drafts.skip(draft, "email")
    agree(draft)
    return drafts.submit(session, draft, procedure, "H25").code


def left_alone(session: Session, age: timedelta = DAYS + timedelta(minutes=1)) -> None:
    """Make all drafts last touched so long ago."""
    session.execute(update(Draft).values(updated_at=now() - age))


def rows(database: Database) -> list[str]:
    somebodys = select(Draft.id).where(Draft.owner != ANONYMOUS)
    return list(database.query(lambda session: session.scalars(somebodys).all()))


def expire(database: Database) -> int:
    return next(one.count for one in expiring.run(database, now()) if one.rule.kind == "drafts")


@pytest.fixture
def draft_id(database: Database, forms: Forms, procedure: Procedure, storage: Storage) -> str:
    made = database.transact(begin, forms, procedure)
    answer(database, made, keep(database, storage))
    database.transact(fill, made)
    return made


def test_an_old_draft_goes_with_its_code_and_its_files(
    database: Database, storage: Storage, draft_id: str
) -> None:
    def issue(session: Session) -> None:
        draft = drafts.locked(session, draft_id, OWNER)
        resuming.issue(session, draft, now(), timedelta(days=7))

    database.transact(issue)
    database.transact(left_alone)
    assert expire(database) == 1
    assert rows(database) == []
    assert database.query(lambda session: session.scalars(select(ResumeCode)).all()) == []
    sweep_all(database, storage)
    assert contents(storage) == set()


def test_a_draft_of_fewer_days_stays_with_its_files(
    database: Database, storage: Storage, draft_id: str
) -> None:
    database.transact(left_alone, DAYS - timedelta(minutes=1))
    assert expire(database) == 0
    sweep_all(database, storage)
    assert (rows(database), len(contents(storage))) == ([draft_id], 1)


def test_what_was_handed_in_stays_with_its_files(
    database: Database, storage: Storage, draft_id: str, procedure: Procedure
) -> None:
    database.transact(submit, draft_id, procedure)
    database.transact(left_alone)
    assert expire(database) == 0
    sweep_all(database, storage)
    assert (rows(database), len(contents(storage))) == ([draft_id], 1)


def test_a_discarded_draft_is_nobodys_in_the_end(database: Database, draft_id: str) -> None:
    with database.sessions.begin() as session:
        drafts.discard(drafts.locked(session, draft_id, OWNER))
    database.transact(left_alone)
    assert (expire(database), rows(database)) == (1, [])


def test_more_drafts_than_fit_into_one_transaction_all_go(
    database: Database, draft_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "AT_ONCE", 2)

    def copies(session: Session) -> None:
        digest = session.get_one(Draft, draft_id).eform_digest
        for number in range(4):
            session.add(
                Draft(
                    owner=f"owner-{number}",
                    channel="web",
                    procedure_code="1.000001",
                    procedure_name="Thử",
                    eform_digest=digest,
                )
            )

    database.transact(copies)
    database.transact(left_alone)
    assert (expire(database), rows(database)) == (5, [])


@pytest.fixture
def supplement_id(database: Database, draft_id: str, procedure: Procedure) -> str:
    """A draft that supplements a dossier with a second paper, its first one kept."""
    code = database.transact(submit, draft_id, procedure)

    def ask(session: Session) -> str:
        dossier = submission.find(session, code)
        wanted = supplements.resolve(session, dossier, [], ["Giấy thêm"], None)
        supplements.ask(session, dossier, wanted, "officer", "")
        session.flush()
        return supplements.begin(session, dossier, OWNER, "web").id

    return database.transact(ask)


def test_a_supplement_that_is_waited_for_stays(
    database: Database, draft_id: str, supplement_id: str
) -> None:
    database.transact(left_alone)
    assert expire(database) == 0
    assert set(rows(database)) == {draft_id, supplement_id}


def test_a_supplement_that_nobody_waits_for_goes_and_the_dossiers_files_stay(
    database: Database, storage: Storage, draft_id: str, supplement_id: str
) -> None:
    [first] = contents(storage)
    field = database.query(lambda session: (session.get_one(Draft, supplement_id).only or [])[0])
    answer(database, supplement_id, keep(database, storage), field=field)
    with database.sessions.begin() as session:
        code = session.scalars(select(submission.Dossier.code)).one()
        submission.advance(session, code, Status.STOPPED, "officer", "")
    database.transact(left_alone)
    assert expire(database) == 1
    sweep_all(database, storage)
    assert (rows(database), contents(storage)) == ([draft_id], {first})
    asked = database.query(lambda session: session.scalars(select(SupplementRequest)).one())
    assert asked.draft_id is None


def test_who_goes_on_while_the_sweep_runs_keeps_the_draft(
    database: Database, draft_id: str
) -> None:
    database.transact(left_alone)
    at_work, started = Event(), Event()

    def go_on() -> None:
        with database.sessions.begin() as session:
            draft = drafts.locked(session, draft_id, OWNER)
            at_work.set()
            assert started.wait(60)
            drafts.skip(draft, "email")

    def sweep() -> int:
        assert at_work.wait(60)
        started.set()
        return expire(database)

    with ThreadPoolExecutor(2) as pool:
        citizen, deleted = pool.submit(go_on), pool.submit(sweep)
        citizen.result()
        assert deleted.result() == 0
    assert rows(database) == [draft_id]
