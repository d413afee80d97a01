"""`python -m onestop staff add | list | disable | enable | reset-totp | reset-password | audit verify`."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from collections.abc import Callable

from pydantic import ValidationError
from sqlalchemy.orm import Session

from common.database import Database
from common.settings import settings
from onestop.staff import accounts, audit, passwords
from onestop.staff.access import Role
from onestop.staff.models import StaffAccount
from onestop.staff.schemas import AccountNew

HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `staff`."""
    group = subparsers.add_parser("staff", help="accounts of the staff console, and its audit")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    adding = commands.add_parser("add", help="make an account; asks for its first password")
    adding.add_argument("name", metavar="NAME", help="what is typed to log in")
    adding.add_argument("--display", required=True, help='as citizens see it: "Chị Lan"')
    adding.add_argument(
        "--role", action="append", required=True, choices=[one.value for one in Role], dest="roles"
    )
    adding.add_argument(
        "--agency", action="append", dest="agencies", help="sees only this agency's matters"
    )
    adding.add_argument(
        "--generate", action="store_true", help="print a random password instead of asking"
    )
    adding.set_defaults(run=run_add)
    commands.add_parser("list", help="all accounts").set_defaults(run=run_list)
    steps: dict[str, tuple[Callable[[Session, str, StaffAccount], None], str]] = {
        "disable": (accounts.disable, "end its sessions and let it log in no more"),
        "enable": (accounts.enable, "let it log in again"),
        "reset-totp": (accounts.reset_second_factor, "the next log-in sets up a second factor"),
    }
    for name, (step, told) in steps.items():
        command = commands.add_parser(name, help=told)
        command.add_argument("name", metavar="NAME")
        command.set_defaults(run=run_step, step=step)
    resetting = commands.add_parser("reset-password", help="print a new first password")
    resetting.add_argument("name", metavar="NAME")
    resetting.set_defaults(run=run_reset_password)
    auditing = commands.add_parser("audit", help="the record of what staff saw and did")
    verifying = auditing.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "verify", help="follow the whole chain; prints its head, to be noted elsewhere"
    )
    verifying.add_argument(
        "--noted", type=_head, metavar="NUMBER:DIGEST", help="a head noted before"
    )
    verifying.set_defaults(run=run_verify)


def _head(text: str) -> tuple[int, str]:
    found = HEAD.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("write a head as `audit verify` prints it")
    return int(found[1]), found[2]


def _actor() -> str:
    return f"cli:{getpass.getuser()}"


def run_add(options: argparse.Namespace) -> int:
    """Make an account."""
    try:
        new = AccountNew(
            name=options.name,
            display_name=options.display,
            roles=options.roles,
            agencies=options.agencies,
        )
    except ValidationError as error:
        told = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())
        sys.stderr.write(f"{told}\n")
        return 1
    try:
        given = None if options.generate else getpass.getpass("first password: ")
        first = passwords.first(new.name, given)
    except EOFError:
        sys.stderr.write("there is nobody to ask for a password here: use --generate\n")
        return 1
    except passwords.WeakPasswordError as error:
        sys.stderr.write(f"choose another password: {error.code.replace('_', ' ')}\n")
        return 1
    database = Database(settings().database_url)
    try:
        account = database.transact(accounts.add, _actor(), new, first)
    except accounts.NameTakenError:
        sys.stderr.write(f"there is an account {new.name}\n")
        return 1
    finally:
        database.close()
    told = f", first password {first.text}" if options.generate else ""
    sys.stdout.write(f"added {account.name}{told}\n")
    return 0


def run_list(_options: argparse.Namespace) -> int:
    """One line an account: name, roles, agencies, what is missing."""
    database = Database(settings().database_url)
    found = database.query(accounts.listed)
    database.close()
    for one in found:
        agencies = "all" if one.agencies is None else ", ".join(one.agencies)
        marks = [
            text
            for text, holds in (
                ("disabled", one.disabled),
                ("no second factor", not one.second_factor and not one.external),
            )
            if holds
        ]
        roles = ",".join(sorted(one.roles))
        sys.stdout.write(f"{one.name}  {roles}  {agencies}  {', '.join(marks)}".rstrip() + "\n")
    return 0


def run_step(options: argparse.Namespace) -> int:
    """Take a step on one account."""
    return _on_account(options.name, options.step)


def run_reset_password(options: argparse.Namespace) -> int:
    """Give one account a new first password, and print it."""
    first = passwords.first(options.name)
    status = _on_account(
        options.name,
        lambda session, actor, account: accounts.reset_password(session, actor, account, first),
    )
    if status == 0:
        sys.stdout.write(f"first password {first.text}\n")
    return status


def _on_account(name: str, step: Callable[[Session, str, StaffAccount], None]) -> int:
    def work(session: Session) -> None:
        account = accounts.by_name(session, name)
        if account is None:
            raise LookupError
        step(session, _actor(), account)

    database = Database(settings().database_url)
    try:
        database.transact(work)
    except LookupError:
        sys.stderr.write(f"there is no account {name}\n")
        return 1
    except accounts.LastAdministratorError:
        sys.stderr.write("nobody would be left to administrate\n")
        return 1
    finally:
        database.close()
    sys.stdout.write(f"{name}: done\n")
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Follow the chain; 1 if it is broken."""
    database = Database(settings().database_url)
    try:
        chain = database.query(audit.verify, options.noted)
    except audit.BrokenChainError as error:
        sys.stderr.write(f"the audit is broken: {error}\n")
        return 1
    finally:
        database.close()
    sys.stdout.write(f"{chain.count} entries, whole; head {chain.last}:{chain.head}\n")
    return 0
