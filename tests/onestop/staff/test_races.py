"""Many at the same moment: a code is taken once, a limit is not passed, an administrator stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.staff import accounts, second_factor, throttle
from onestop.staff.access import Role
from onestop.staff.models import StaffAccount, StaffAttempts
from tests.databases import BACKENDS, migrated
from tests.staff import SECRET, code, make_account

T = TypeVar("T")
MANY = 8


@pytest.fixture(params=BACKENDS)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with migrated("onestop", request.param, tmp_path) as url:
        found = Database(url)
        yield found
        found.close()


def at_once(work: Callable[[int], T]) -> list[T | Exception]:
    """What each of many threads got, or what it raised; they begin together."""
    gate, results = threading.Barrier(MANY), [None] * MANY

    def one(number: int) -> None:
        gate.wait(60)
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_without_the_guard_a_code_is_taken_twice(either: Database) -> None:
    account_id = make_account(either, "lan", Role.AGENT)
    step = second_factor.step_of(SECRET, code(), now())
    assert step is not None
    gate = threading.Barrier(MANY)

    def look_then_write(_number: int) -> bool:
        # Two steps, as they would be without the condition in the statement.
        account = either.query(lambda session: session.get_one(StaffAccount, account_id))
        fresh = account.totp_last_step is None or account.totp_last_step < step
        gate.wait(60)

        def write(session: Session) -> None:
            session.get_one(StaffAccount, account_id).totp_last_step = step

        either.transact(write)
        return fresh

    assert at_once(look_then_write).count(True) == MANY


@pytest.mark.parametrize("recovery", [False, True])
def test_a_code_given_many_times_at_once_is_taken_once(either: Database, recovery: bool) -> None:
    account_id = make_account(either, "lan", Role.AGENT)
    shown, at = code(), now()
    if recovery:
        shown = either.transact(
            lambda session: second_factor.renew_recovery_codes(
                session, session.get_one(StaffAccount, account_id)
            )
        )[0]

    def give(_number: int) -> bool:
        return either.transact(
            lambda session: second_factor.accept(
                session, session.get_one(StaffAccount, account_id), shown, at
            )
        )

    results = at_once(give)
    assert sorted(results, key=str) == [False] * (MANY - 1) + [True]


def test_many_tries_at_once_do_not_pass_the_limit(either: Database) -> None:
    at, window = now(), timedelta(minutes=15)

    def one(_number: int) -> bool:
        return either.transact(throttle.reserve, {"name:x": 3, "address:y": 50}, at, window) is None

    assert at_once(one).count(True) == 3


def test_without_the_one_statement_they_do(either: Database) -> None:
    gate = threading.Barrier(MANY)

    def count_then_write(_number: int) -> bool:
        found = either.query(lambda session: session.get(StaffAttempts, "name:x"))
        gate.wait(60)

        def write(session: Session) -> None:
            row = session.merge(StaffAttempts(key="name:x", count=1, since=now()))
            row.count = (found.count if found else 0) + 1

        try:
            either.transact(write)
        except Exception:  # two inserts at once on PostgreSQL: the try was made all the same
            return found is None or found.count < 3
        return found is None or found.count < 3

    assert at_once(count_then_write).count(True) == MANY


def test_tries_count_for_a_window_only(either: Database) -> None:
    at, window = now(), timedelta(minutes=15)
    for _ in range(3):
        assert either.transact(throttle.reserve, {"name:x": 3}, at, window) is None
    assert either.transact(throttle.reserve, {"name:x": 3}, at, window) == at + window
    later = at + window
    assert either.transact(throttle.reserve, {"name:x": 3}, later, window) is None
    assert either.transact(throttle.sweep, later + window, window) == 1


def test_administrators_who_disable_one_another_at_once_leave_one(either: Database) -> None:
    ids = [make_account(either, f"sep{n}", Role.ADMINISTRATOR) for n in range(MANY)]

    def step(number: int) -> None:
        either.transact(
            lambda session: accounts.disable(
                session, "x", session.get_one(StaffAccount, ids[number])
            )
        )

    results = at_once(step)
    refused = [one for one in results if isinstance(one, accounts.LastAdministratorError)]
    assert len(refused) == 1
    assert results.count(None) == MANY - 1
