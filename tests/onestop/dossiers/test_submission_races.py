"""Races of submitting, first with the guard removed, then with it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import Database, open_engine
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, submission
from onestop.dossiers.models import Dossier, RunningNumber
from onestop.dossiers.statuses import Status
from onestop.eforms.definition import EForm
from tests.onestop.dossiers.test_drafts import OWNER, agree, begin, fill

Forms = Mapping[str, EForm]
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def ready_draft(session: Session, forms: Forms, procedure: Procedure, owner: str) -> str:
    draft = drafts.start(session, forms, procedure, owner, "web")
    fill(session, draft)
    agree(draft)
    return draft.id


def submit(session: Session, draft_id: str, owner: str, procedure: Procedure) -> str:
    draft = drafts.locked(session, draft_id, owner)
    return drafts.submit(session, draft, procedure, "H25").code


def test_submitting_twice_gives_the_same_receipt(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    draft_id = database.transact(ready_draft, forms, procedure, OWNER)
    first = database.transact(submit, draft_id, OWNER, procedure)
    assert database.transact(submit, draft_id, OWNER, procedure) == first


def test_submitting_at_once_makes_one_dossier_a_draft_and_codes_without_gap(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    ids = {f"o{n}": database.transact(ready_draft, forms, procedure, f"o{n}") for n in range(10)}
    calls = [(draft_id, owner) for owner, draft_id in ids.items() for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(lambda one: database.transact(submit, *one, procedure), calls))
    assert len(set(codes)) == 10
    assert sorted(code[-7:] for code in set(codes)) == [f"{n:07}" for n in range(1, 11)]
    with database.sessions.begin() as session:
        assert session.scalar(select(func.count()).select_from(Dossier)) == 10


def test_a_failed_submission_leaves_no_gap(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    def fail_after_the_number(session: Session) -> None:
        submission.next_number(session, "H25", NOW)
        raise RuntimeError("the process dies here")

    with pytest.raises(RuntimeError):
        database.transact(fail_after_the_number)
    assert database.transact(submission.next_number, "H25", NOW) == 1


def test_without_immediate_transactions_two_writers_would_take_the_same_number(
    database: Database,
) -> None:
    """The guard removed: read the last number in one statement, write it in another."""
    url = str(database.engine.url)
    both_have_read = Barrier(2, timeout=60)
    database.transact(submission.next_number, "H25", NOW)

    def unguarded(_worker: int) -> int:
        engine = open_engine(url)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            last = connection.exec_driver_sql("SELECT last FROM running_numbers").scalar_one()
            connection.rollback()
            both_have_read.wait()
            connection.exec_driver_sql(f"UPDATE running_numbers SET last = {last + 1}")
            connection.commit()
        engine.dispose()
        return int(last) + 1

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(unguarded, range(2))) == [2, 2]


def test_with_them_each_writer_takes_its_own_number(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        numbers = list(
            threads.map(lambda _n: database.transact(submission.next_number, "H25", NOW), range(40))
        )
    assert sorted(numbers) == list(range(1, 41))
    with database.sessions.begin() as session:
        assert session.scalars(select(RunningNumber.last)).one() == 40


def test_an_impossible_step_is_refused_and_names_the_possible_ones(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        fill(session, draft)
        agree(draft)
        code = drafts.submit(session, draft, procedure, "H25").code
        with pytest.raises(submission.ImpossibleStep, match="Được tiếp nhận"):
            submission.advance(session, code, Status.HANDED_OVER, "officer")
        dossier = submission.advance(session, code, Status.RECEIVED, "officer", "đủ giấy tờ")
        assert [event.status for event in dossier.history] == [1, 2]
        with pytest.raises(LookupError):
            submission.advance(session, "H25-20260101-0000009", Status.RECEIVED, "officer")
