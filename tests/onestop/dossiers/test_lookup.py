from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from common.database import Database
from onestop.catalogue.content import Procedure
from onestop.dossiers import lookup
from onestop.dossiers.lookup import Limits, Refused, look_up
from onestop.eforms.definition import EForm
from onestop.schemas import StatusView
from tests.onestop.dossiers.test_drafts import OWNER
from tests.onestop.dossiers.test_submission_races import ready_draft, submit

LIMITS = Limits(attempts=5, lock=timedelta(minutes=15))


@pytest.fixture
def code(database: Database, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    draft_id = database.transact(ready_draft, forms, procedure, OWNER)
    return database.transact(submit, draft_id, OWNER, procedure)


def ask(database: Database, asker: str, code: str, factor: str) -> StatusView | Refused:
    return database.transact(look_up, asker, code, factor, LIMITS)


@pytest.mark.parametrize("factor", ["1234", "5678"])
def test_citizen_id_and_phone_both_open_the_status(
    database: Database, code: str, factor: str
) -> None:
    found = ask(database, "somebody", code.lower(), factor)
    assert isinstance(found, StatusView)
    assert found.status_name == "Mới đăng ký"
    assert len(found.history) == 1


def test_an_unknown_code_and_a_wrong_factor_look_the_same(database: Database, code: str) -> None:
    wrong = ask(database, "a", code, "0000")
    unknown = ask(database, "b", "H25-20260101-0000009", "0000")
    assert wrong == unknown == Refused("not_found", attempts_left=4)


def test_five_wrong_tries_lock_the_code_for_every_asker(database: Database, code: str) -> None:
    for number in range(5):
        ask(database, f"asker-{number}", code, "0000")
    locked = ask(database, "the-applicant", code, "1234")
    assert isinstance(locked, Refused)
    assert locked.reason == "locked"


def test_five_wrong_tries_lock_the_asker_for_every_code(database: Database, code: str) -> None:
    for number in range(5):
        ask(database, "walker", f"H25-20260101-000000{number}", "0000")
    locked = ask(database, "walker", code, "1234")
    assert isinstance(locked, Refused)
    assert locked.reason == "locked"
    assert isinstance(ask(database, "the-applicant", code, "1234"), StatusView)


def test_the_lock_ends(database: Database, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        ask(database, "a", code, "0000")
    real = lookup.now
    monkeypatch.setattr(lookup, "now", lambda: real() + timedelta(minutes=16))
    assert isinstance(ask(database, "a", code, "1234"), StatusView)


def test_without_the_lock_all_ten_thousand_factors_could_be_tried(
    database: Database, code: str
) -> None:
    """The guard removed: limits that never bite let a guesser through."""
    unlimited = Limits(attempts=10**9, lock=timedelta(minutes=15))
    tries = (database.transact(look_up, "g", code, f"{n:04}", unlimited) for n in range(1200, 1240))
    assert any(isinstance(found, StatusView) for found in tries)
    guarded = (database.transact(look_up, "h", code, f"{n:04}", LIMITS) for n in range(1200, 1240))
    assert not any(isinstance(found, StatusView) for found in guarded)
