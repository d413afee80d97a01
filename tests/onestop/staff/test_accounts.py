"""Accounts: made, changed and disabled by administrators, over HTTP and by the command line."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import onestop.cli.staff as commands
from common.database import Database
from onestop.cli import main
from onestop.staff import passwords
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry, StaffAccount
from onestop.staff.scope import Scope
from tests.onestop.staff.conftest import Service
from tests.staff import PASSWORD, code, make_account, open_session

HOA = {"name": "Hoa.Tran", "display_name": "Chị Hoa", "roles": ["agent"], "agencies": None}


def administrator(database: Database) -> str:
    return open_session(database, make_account(database, "sep", Role.ADMINISTRATOR))


def actions(database: Database) -> list[str]:
    query = select(AuditEntry.action).order_by(AuditEntry.id)
    return database.query(lambda session: list(session.scalars(query)))


async def test_an_account_is_made_with_a_password_told_once(service: Service) -> None:
    token = administrator(service.database)
    status, made = await service.call("POST", "/staff/accounts", token, HOA)
    assert (status, made["account"]["name"]) == (201, "hoa.tran")
    _, begun = await service.log_in("hoa.tran", made["password"])
    assert begun["stage"] == "enrolment"
    _, listed = await service.call("GET", "/staff/accounts", token)
    assert made["password"] not in str(listed)
    status, problem = await service.call("POST", "/staff/accounts", token, HOA)
    assert (status, problem["code"]) == (409, "name_taken")
    assert actions(service.database) == ["account.added"]


@pytest.mark.parametrize(
    "wrong", [{"name": "có dấu"}, {"roles": []}, {"roles": ["king"]}, {"display_name": " "}]
)
async def test_what_does_not_fit_is_refused(service: Service, wrong: dict[str, object]) -> None:
    token = administrator(service.database)
    assert (await service.call("POST", "/staff/accounts", token, {**HOA, **wrong}))[0] == 422


async def test_changed_roles_and_disabling_hold_at_once(service: Service) -> None:
    token = administrator(service.database)
    account = make_account(service.database, "hoa", Role.AGENT)
    hers = open_session(service.database, account)
    address = f"/staff/accounts/{account}"
    assert (await service.call("GET", "/staff/accounts", hers))[0] == 403
    wanted = {"display_name": "Chị Hoa", "roles": ["administrator"], "agencies": ["Sở Tư pháp"]}
    assert (await service.call("PUT", address, token, wanted))[0] == 200
    assert (await service.call("GET", "/staff/accounts", hers))[0] == 200
    assert (await service.call("GET", "/staff/session", hers))[1]["agencies"] == ["Sở Tư pháp"]
    assert (await service.call("POST", f"{address}/disabling", token))[0] == 200
    assert (await service.call("GET", "/staff/session", hers))[0] == 401
    assert (await service.log_in("hoa", PASSWORD))[0] == 401
    assert (await service.call("POST", f"{address}/enabling", token))[0] == 200
    assert (await service.log_in("hoa", PASSWORD))[0] == 201
    assert (await service.call("GET", "/staff/session", hers))[0] == 401  # it stays ended


async def test_the_last_administrator_stays(service: Service) -> None:
    account = make_account(service.database, "sep", Role.ADMINISTRATOR)
    token = open_session(service.database, account)
    address = f"/staff/accounts/{account}"
    wanted = {"display_name": "Sếp", "roles": ["agent"], "agencies": None}
    for call in (("PUT", address, token, wanted), ("POST", f"{address}/disabling", token)):
        status, problem = await service.call(*call)
        assert (status, problem["code"]) == (409, "last_administrator")


async def test_a_lost_telephone_and_a_forgotten_password_begin_anew(service: Service) -> None:
    token = administrator(service.database)
    account = make_account(service.database, "hoa", Role.AGENT)
    hers = open_session(service.database, account)
    address = f"/staff/accounts/{account}"
    assert (await service.call("DELETE", f"{address}/second-factor", token))[0] == 200
    assert (await service.call("GET", "/staff/session", hers))[0] == 401
    assert (await service.log_in("hoa", PASSWORD))[1]["stage"] == "enrolment"
    _, made = await service.call("POST", f"{address}/password", token)
    assert (await service.log_in("hoa", PASSWORD))[0] == 401
    assert (await service.log_in("hoa", made["password"]))[0] == 201
    assert (await service.call("POST", "/staff/accounts/99/password", token))[0] == 404


async def test_changing_the_own_second_factor_needs_the_password(service: Service) -> None:
    account = make_account(service.database, "lan", Role.AGENT)
    token, other = (open_session(service.database, account) for _ in range(2))
    draw = "/staff/second-factor"
    assert (await service.call("POST", draw, token, {"password": "not it"}))[0] == 401
    _, drawn = await service.call("POST", draw, token, {"password": PASSWORD})
    # Until it is confirmed the old one counts.
    _, begun = await service.log_in("lan", PASSWORD)
    old = await service.call("POST", "/staff/session/code", begun["token"], {"code": code()})
    assert old[0] == 200
    shown = {"code": code(drawn["secret"])}
    status, enrolled = await service.call("POST", f"{draw}/confirmation", token, shown)
    assert (status, enrolled["stage"]) == (200, "open")
    assert (await service.call("GET", "/staff/session", other))[0] == 401
    assert (await service.call("GET", "/staff/session", enrolled["token"]))[0] == 200


def test_the_scope_of_an_account() -> None:
    assert Scope.of(None).sees("Sở Tư pháp")
    assert Scope.of(["Sở Tư pháp"]).sees("Sở Tư pháp")
    assert not Scope.of(["Sở Tư pháp"]).sees("Sở Y tế")
    assert not Scope.of([]).sees("Sở Y tế")


@pytest.fixture
def command_line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(commands, "Database", lambda _url: database)
    monkeypatch.setattr(database, "close", lambda: None)
    return database


def test_the_first_account_comes_from_the_command_line(
    command_line: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ["staff", "add", "sep", "--display", "Sếp", "--role", "administrator"]
    assert main([*add, "--generate"]) == 0
    password = capsys.readouterr().out.split()[-1]
    account = command_line.query(lambda session: session.scalar(select(StaffAccount)))
    assert account
    assert passwords.matches(account.password_hash, password)
    assert account.password_is_first
    assert main([*add, "--generate"]) == 1
    assert "there is an account" in capsys.readouterr().err
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "short")
    assert main(["staff", "add", "lan", "--display", "Lan", "--role", "agent"]) == 1
    assert "too short" in capsys.readouterr().err
    monkeypatch.setattr("getpass.getpass", lambda _prompt: PASSWORD)
    assert main(["staff", "add", "lan", "--display", "Lan", "--role", "agent"]) == 0
    capsys.readouterr()
    assert main(["staff", "disable", "sep"]) == 1
    assert "administrate" in capsys.readouterr().err
    assert main(["staff", "disable", "lan"]) == 0
    assert main(["staff", "reset-totp", "nobody"]) == 1
    capsys.readouterr()
    assert main(["staff", "reset-password", "sep"]) == 0
    again = capsys.readouterr().out.split()[-1]
    account = command_line.query(lambda session: session.scalar(select(StaffAccount)))
    assert account
    assert passwords.matches(account.password_hash, again)
    capsys.readouterr()
    assert main(["staff", "list"]) == 0
    told = capsys.readouterr().out
    assert "lan  agent  all  disabled, no second factor" in told
    entries = command_line.query(lambda session: list(session.scalars(select(AuditEntry))))
    done = [one.action for one in entries]
    assert done == [*["account.added"] * 2, "account.disabled", "account.password_reset"]
    assert all(one.actor.startswith("cli:") for one in entries)


def test_where_nobody_can_be_asked_for_a_password_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nobody)
    assert main(["staff", "add", "lan", "--display", "Lan", "--role", "agent"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--generate" in told
