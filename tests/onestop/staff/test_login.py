"""Logging in over HTTP: password, code, enrolment, ends of sessions, throttling."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from common.database import Database, now
from common.settings import Settings
from onestop.staff import login, sessions, throttle
from onestop.staff.access import Role, Stage
from onestop.staff.models import StaffAccount, StaffAttempts, StaffSession
from tests.onestop.staff.conftest import Service
from tests.staff import PASSWORD, code, make_account, open_session


async def test_password_and_code_open_a_session(service: Service) -> None:
    make_account(service.database, "lan", Role.AGENT)
    status, begun = await service.log_in("Lan", PASSWORD)
    assert (status, begun["stage"]) == (201, "second_factor")
    status, problem = await service.call("GET", "/staff/accounts", begun["token"])
    assert (status, problem["code"]) == (403, "unfinished")
    status, opened = await service.call(
        "POST", "/staff/session/code", begun["token"], {"code": code()}
    )
    assert (status, opened["stage"]) == (200, "open")
    status, me = await service.call("GET", "/staff/session", opened["token"])
    assert (me["name"], me["roles"]) == ("lan", ["agent"])
    # The token of the unfinished log-in is good no more.
    assert (await service.call("GET", "/staff/session", begun["token"]))[0] == 401


async def test_a_code_is_accepted_once(service: Service) -> None:
    make_account(service.database, "lan", Role.AGENT)
    shown = code()
    statuses = []
    for _ in range(2):
        _, begun = await service.log_in("lan", PASSWORD)
        status, _ = await service.call(
            "POST", "/staff/session/code", begun["token"], {"code": shown}
        )
        statuses.append(status)
    assert statuses == [200, 401]


async def test_unknown_disabled_and_wrong_get_one_answer(service: Service) -> None:
    make_account(service.database, "lan", Role.AGENT)
    gone = make_account(service.database, "hoa", Role.AGENT)
    off = update(StaffAccount).where(StaffAccount.id == gone).values(disabled_at=now())
    service.database.transact(lambda session: session.execute(off))
    answers = [
        await service.log_in(name, password)
        for name, password in (("nobody", PASSWORD), ("hoa", PASSWORD), ("lan", "something else"))
    ]
    assert answers[0][0] == 401
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("name", ["lan", "nobody"])
async def test_after_wrong_tries_even_the_right_password_waits_and_no_name_tells(
    service: Service, name: str
) -> None:
    make_account(service.database, "lan", Role.AGENT)
    tries = [(await service.log_in(name, f"wrong {n}"))[0] for n in range(3)]
    assert tries == [401, 401, 401]
    status, problem = await service.log_in(name, PASSWORD)
    assert (status, problem["code"]) == (429, "too_many_tries")
    # Another account, from elsewhere, is not held up by it.
    make_account(service.database, "hoa", Role.AGENT)
    assert (await service.log_in("hoa", PASSWORD, "192.0.2.9"))[0] == 201


async def test_an_address_that_tries_many_names_waits(service: Service) -> None:
    make_account(service.database, "lan", Role.AGENT)
    for number in range(6):
        assert (await service.log_in(f"name{number}", "wrong"))[0] == 401
    assert (await service.log_in("lan", PASSWORD))[0] == 429
    assert (await service.log_in("lan", PASSWORD, "192.0.2.2"))[0] == 201


async def test_an_offices_successes_do_not_lock_its_address(service: Service) -> None:
    make_account(service.database, "lan", Role.AGENT)
    assert {(await service.log_in("lan", PASSWORD))[0] for _ in range(10)} == {201}


async def test_the_first_log_in_sets_up_a_second_factor_and_a_new_password(
    service: Service,
) -> None:
    make_account(service.database, "lan", Role.AGENT, enrolled=False, first=True)
    _, begun = await service.log_in("lan", PASSWORD)
    assert begun["stage"] == "enrolment"
    status, drawn = await service.call(
        "POST", "/staff/second-factor", begun["token"], {"password": ""}
    )
    assert (status, drawn["uri"].startswith("otpauth://totp/")) == (201, True)
    confirm = "/staff/second-factor/confirmation"
    assert (await service.call("POST", confirm, begun["token"], {"code": "000000"}))[0] == 401
    shown = {"code": code(drawn["secret"])}
    status, enrolled = await service.call("POST", confirm, begun["token"], shown)
    assert (status, enrolled["stage"]) == (200, "password")
    assert len(set(enrolled["recovery_codes"])) == 10
    chosen = {"new": "một mật khẩu khác hẳn"}
    status, opened = await service.call("PUT", "/staff/password", enrolled["token"], chosen)
    assert (status, opened["stage"]) == (200, "open")
    # A recovery code stands in for the authenticator, once.
    for expected in (200, 401):
        _, begun = await service.log_in("lan", chosen["new"])
        given = {"code": enrolled["recovery_codes"][0].upper()}
        status, _ = await service.call("POST", "/staff/session/code", begun["token"], given)
        assert status == expected


@pytest.mark.parametrize("chosen", ["short", "lan-lan-lan-2026", "aaaaaaaaaaaaaaaa", PASSWORD])
async def test_a_weak_or_unchanged_password_is_refused(service: Service, chosen: str) -> None:
    account = make_account(service.database, "lan", Role.AGENT, first=True)
    token = open_session(service.database, account, Stage.PASSWORD)
    assert (await service.call("PUT", "/staff/password", token, {"new": chosen}))[0] == 422


async def test_a_changed_password_ends_the_other_sessions(service: Service) -> None:
    account = make_account(service.database, "lan", Role.AGENT)
    token, other = (open_session(service.database, account) for _ in range(2))
    wrong = {"current": "not it", "new": "một mật khẩu khác hẳn"}
    assert (await service.call("PUT", "/staff/password", token, wrong))[0] == 401
    right = {**wrong, "current": PASSWORD}
    status, opened = await service.call("PUT", "/staff/password", token, right)
    assert status == 200
    assert (await service.call("GET", "/staff/session", opened["token"]))[0] == 200
    for ended in (token, other):
        assert (await service.call("GET", "/staff/session", ended))[0] == 401


def _age(database: Database, column: str, by: timedelta) -> None:
    aged = update(StaffSession).values({column: now() - by})
    database.transact(lambda session: session.execute(aged))


@pytest.mark.parametrize(
    ("column", "by", "status"),
    [
        ("seen_at", timedelta(minutes=29), 200),
        ("seen_at", timedelta(minutes=31), 401),
        ("began_at", timedelta(hours=11), 200),
        ("began_at", timedelta(hours=13), 401),
    ],
)
async def test_a_session_ends_idle_and_at_the_latest_after_its_hours(
    service: Service, column: str, by: timedelta, status: int
) -> None:
    token = open_session(service.database, make_account(service.database, "lan", Role.AGENT))
    _age(service.database, column, by)
    assert (await service.call("GET", "/staff/session", token))[0] == status


async def test_a_sign_of_life_keeps_a_session_from_its_idle_end(service: Service) -> None:
    token = open_session(service.database, make_account(service.database, "lan", Role.AGENT))
    for _ in range(3):
        _age(service.database, "seen_at", timedelta(minutes=20))
        assert (await service.call("GET", "/staff/session", token))[0] == 200
    stamp = service.database.query(lambda session: session.query(StaffSession.seen_at).scalar())
    assert now() - stamp < timedelta(minutes=1)


async def test_an_unfinished_log_in_lasts_a_quarter_of_an_hour(service: Service) -> None:
    account = make_account(service.database, "lan", Role.AGENT)
    token = open_session(service.database, account, Stage.SECOND_FACTOR)
    _age(service.database, "began_at", timedelta(minutes=16))
    body = {"code": code()}
    assert (await service.call("POST", "/staff/session/code", token, body))[0] == 401


async def test_logging_out_ends_the_session(service: Service) -> None:
    token = open_session(service.database, make_account(service.database, "lan", Role.AGENT))
    assert (await service.call("DELETE", "/staff/session", token))[0] == 204
    assert (await service.call("GET", "/staff/session", token))[0] == 401


async def test_codes_are_throttled_too(service: Service) -> None:
    account = make_account(service.database, "lan", Role.AGENT)
    token = open_session(service.database, account, Stage.SECOND_FACTOR)
    for _ in range(3):
        wrong = await service.call("POST", "/staff/session/code", token, {"code": "123"})
        assert wrong[0] == 401
    right = await service.call("POST", "/staff/session/code", token, {"code": code()})
    assert right[0] == 429


def test_what_has_ended_is_swept(database: Database) -> None:
    config = Settings()
    account = make_account(database, "lan", Role.AGENT)
    old, fresh = (open_session(database, account) for _ in range(2))
    database.transact(throttle.reserve, {"name:x": 3}, now() - timedelta(hours=1), timedelta(1))
    aged = update(StaffSession).where(StaffSession.digest == sessions.digest(old))
    database.transact(
        lambda session: session.execute(aged.values(seen_at=now() - timedelta(hours=1)))
    )
    database.transact(login.sweep, config, now())
    left = database.query(lambda session: list(session.scalars(select(StaffSession.digest))))
    assert left == [sessions.digest(fresh)]
    assert database.query(lambda session: session.get(StaffAttempts, "name:x")) is None
