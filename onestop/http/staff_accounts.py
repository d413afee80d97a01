"""Staff: accounts and the audit, for administrators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r404, r409
from annotated_types import Ge, Le
from sqlalchemy.orm import Session

from common.problems import Problem, as_problem
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import STAFF
from onestop.schemas import ProblemDetail
from onestop.staff import accounts, audit, audit_pages, passwords
from onestop.staff.access import Role, allow
from onestop.staff.models import StaffAccount
from onestop.staff.schemas import (
    AccountChange,
    AccountNew,
    AccountView,
    AuditPage,
    AuditVerified,
    PasswordMade,
)

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


@routes.get("/staff/accounts")
@allow(Role.ADMINISTRATOR)
@receive
async def list_accounts(request: web.Request) -> r200[list[AccountView]]:
    """All accounts, by name."""
    found = await request.app[DATABASE].read(accounts.listed)
    return as_json(found)


@routes.post("/staff/accounts")
@allow(Role.ADMINISTRATOR)
@receive
async def add_account(
    request: web.Request, body: AccountNew
) -> r201[PasswordMade] | r409[ProblemDetail]:
    """Make an account; its first password is told once."""

    first = await asyncio.to_thread(passwords.first, body.name)

    def work(session: Session) -> PasswordMade:
        account = accounts.add(session, request[STAFF].name, body, first)
        return PasswordMade(account=accounts.view(account), password=first.text)

    try:
        return as_json(await request.app[DATABASE].run(work), 201)
    except accounts.NameTakenError as error:
        raise Problem(409, "name_taken", "There is an account of that name.") from error


async def _on_account(
    request: web.Request, account_id: int, step: Callable[[Session, str, StaffAccount], object]
) -> AccountView:
    def work(session: Session) -> AccountView:
        account = accounts.get(session, account_id)
        step(session, request[STAFF].name, account)
        return accounts.view(account)

    try:
        return await request.app[DATABASE].run(work)
    except LookupError as error:
        raise Problem(404, "unknown_account", "There is no such account.") from error
    except accounts.LastAdministratorError as error:
        raise Problem(409, "last_administrator", "Nobody would be left to administrate.") from error


@routes.put("/staff/accounts/{account_id}")
@allow(Role.ADMINISTRATOR)
@receive
async def change_account(
    request: web.Request, account_id: int, /, body: AccountChange
) -> r200[AccountView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Set name to show, roles and agencies."""
    return as_json(
        await _on_account(
            request,
            account_id,
            lambda session, actor, _: accounts.change(session, actor, account_id, body),
        )
    )


@routes.post("/staff/accounts/{account_id}/disabling")
@allow(Role.ADMINISTRATOR)
@receive
async def disable(
    request: web.Request, account_id: int, /
) -> r200[AccountView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """End its sessions and let it log in no more."""
    return as_json(await _on_account(request, account_id, accounts.disable))


@routes.post("/staff/accounts/{account_id}/enabling")
@allow(Role.ADMINISTRATOR)
@receive
async def enable(
    request: web.Request, account_id: int, /
) -> r200[AccountView] | r404[ProblemDetail]:
    """Let it log in again."""
    return as_json(await _on_account(request, account_id, accounts.enable))


@routes.delete("/staff/accounts/{account_id}/second-factor")
@allow(Role.ADMINISTRATOR)
@receive
async def reset_second_factor(
    request: web.Request, account_id: int, /
) -> r200[AccountView] | r404[ProblemDetail]:
    """Take its second factor away; the next log-in sets up a new one."""
    return as_json(await _on_account(request, account_id, accounts.reset_second_factor))


@routes.post("/staff/accounts/{account_id}/password")
@allow(Role.ADMINISTRATOR)
@receive
async def reset_password(
    request: web.Request, account_id: int, /
) -> r200[PasswordMade] | r404[ProblemDetail]:
    """Give it a new first password, told once."""
    first = await asyncio.to_thread(passwords.first, "")
    account = await _on_account(
        request,
        account_id,
        lambda session, actor, one: accounts.reset_password(session, actor, one, first),
    )
    return as_json(PasswordMade(account=account, password=first.text))


@routes.get("/staff/audit")
@allow(Role.ADMINISTRATOR)
@receive
async def read_audit(
    request: web.Request,
    actor: str = "",
    action: str = "",
    subject: str = "",
    before: int = 0,
    limit: Annotated[int, Ge(1), Le(200)] = 50,
) -> r200[AuditPage]:
    """Entries of the audit, the newest first."""
    wanted = audit_pages.Filter(actor, action, subject)
    return as_json(await request.app[DATABASE].read(audit_pages.page, wanted, before, limit))


@routes.get("/staff/audit/verification")
@allow(Role.ADMINISTRATOR)
@receive
async def verify_audit(request: web.Request) -> r200[AuditVerified]:
    """Follow the whole chain."""
    try:
        chain = await request.app[DATABASE].read(audit.verify)
    except audit.BrokenChainError as error:
        return as_json(AuditVerified(whole=False, broken_at=error.entry))
    return as_json(AuditVerified(whole=True, count=chain.count, last=chain.last, head=chain.head))
