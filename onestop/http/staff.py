"""Staff: logging in and out, and the own account."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TypeVar

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r204, r401, r422, r429
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from common.tenant import tenant
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE
from onestop.http.staff_gate import STAFF
from onestop.schemas import ProblemDetail
from onestop.staff import accounts, audit, login, passwords, second_factor, sessions
from onestop.staff.access import Role, Stage, allow, anyone, during
from onestop.staff.schemas import (
    CodeGiven,
    Enrolled,
    Enrolment,
    LogIn,
    Me,
    PasswordChange,
    PasswordGiven,
    SessionOpened,
    Waiting,
)
from onestop.staff.waiting import waiting

routes = web.RouteTableDef()
T = TypeVar("T")
receive = inject_params(on_validation_error=as_problem).and_request


def _too_many(until: datetime) -> Problem:
    return Problem(429, "too_many_tries", "Wait a while.", until=until.isoformat())


async def _reserve_try(request: web.Request) -> None:
    """Count a try of the asker's code or password before it is looked at: many at once are counted too."""
    limits = login.Limits.of(request.app[CONFIG])
    until = await request.app[DATABASE].run(login.reserve_code, request[STAFF], limits, now())
    if until is not None:
        raise _too_many(until)


def _right(passed: T | None, detail: str) -> T:
    """What a right code gives; raises if it was wrong."""
    if passed is None:
        raise Problem(401, "wrong_code", detail)
    return passed


@routes.post("/staff/sessions")
@anyone
@receive
async def log_in(
    request: web.Request, body: LogIn
) -> r201[SessionOpened] | r401[ProblemDetail] | r429[ProblemDetail]:
    """Begin a session by name and password; it waits for the second factor."""
    database, limits, at = request.app[DATABASE], login.Limits.of(request.app[CONFIG]), now()
    until = await database.run(login.reserve, body.name, body.address, limits, at)
    if until is not None:
        raise _too_many(until)
    found = await database.read(login.candidate, body.name)
    kept = found.password_hash if found else None
    right = await asyncio.to_thread(passwords.matches, kept, body.password)
    if found is None or not right:
        await database.run(login.failed, found)
        raise Problem(401, "wrong_credentials", "Name or password is wrong.")
    token, stage = await database.run(login.passed, found.account_id, body.name, body.address, at)
    return as_json(SessionOpened(token=token, stage=stage), 201)


@routes.post("/staff/session/code")
@during(Stage.SECOND_FACTOR)
@receive
async def give_code(
    request: web.Request, body: CodeGiven
) -> r200[SessionOpened] | r401[ProblemDetail] | r429[ProblemDetail]:
    """Go on with the session by a code of the authenticator, or a recovery code."""
    await _reserve_try(request)
    passed = await request.app[DATABASE].run(login.give_code, request[STAFF], body.code, now())
    token, stage = _right(passed, "The code is wrong, or was used before.")
    return as_json(SessionOpened(token=token, stage=stage))


@routes.get("/staff/session")
@during(*Stage)
@receive
async def me(request: web.Request) -> r200[Me]:
    """Who bears the session."""
    staff = request[STAFF]

    def work(session: Session) -> Me:
        account = accounts.get(session, staff.account_id)
        return Me(
            id=staff.account_id,
            name=staff.name,
            display_name=staff.display_name,
            roles=staff.roles,
            agencies=account.agencies,
            stage=staff.stage,
            has_password=account.password_hash is not None,
            recovery_codes_left=second_factor.recovery_codes_left(session, account.id),
        )

    return as_json(await request.app[DATABASE].read(work))


@routes.get("/staff/waiting")
@allow(*Role)
@receive
async def what_waits(request: web.Request) -> r200[list[Waiting]]:
    """What waits for the bearer's roles."""
    found = await request.app[DATABASE].read(waiting, request[STAFF])
    return as_json(found)


@routes.delete("/staff/session")
@during(*Stage)
@receive
async def log_out(request: web.Request) -> r204[None]:
    """End the session."""
    staff = request[STAFF]

    def work(session: Session) -> None:
        sessions.end(session, staff.session)
        audit.record(session, staff.name, "logout")

    await request.app[DATABASE].run(work)
    return web.Response(status=204)


async def _prove_password(request: web.Request, password: str) -> None:
    """Raise unless it is the asker's password; tries are counted like codes."""
    staff, database = request[STAFF], request.app[DATABASE]
    await _reserve_try(request)
    account = await database.read(accounts.get, staff.account_id)
    if not await asyncio.to_thread(passwords.matches, account.password_hash, password):
        raise Problem(401, "wrong_password", "That is not the present password.")
    await database.run(login.proven, staff)


@routes.post("/staff/second-factor")
@during(Stage.ENROLMENT, Stage.OPEN)
@receive
async def draw_second_factor(
    request: web.Request, body: PasswordGiven
) -> r201[Enrolment] | r401[ProblemDetail] | r429[ProblemDetail]:
    """Draw a secret for the authenticator; whoever has one already gives the password again."""
    staff = request[STAFF]
    if staff.stage is Stage.OPEN:
        await _prove_password(request, body.password)

    def work(session: Session) -> str:
        return second_factor.begin(session, accounts.get(session, staff.account_id))

    secret = await request.app[DATABASE].run(work)
    issuer = f"Một Cửa {tenant().name}"
    drawn = Enrolment(secret=secret, uri=second_factor.uri(secret, staff.name, issuer))
    return as_json(drawn, 201)


@routes.post("/staff/second-factor/confirmation")
@during(Stage.ENROLMENT, Stage.OPEN)
@receive
async def confirm_second_factor(
    request: web.Request, body: CodeGiven
) -> r200[Enrolled] | r401[ProblemDetail] | r429[ProblemDetail]:
    """Show by a code that the authenticator holds the drawn secret; it counts from now on."""
    await _reserve_try(request)
    done = await request.app[DATABASE].run(login.enrol, request[STAFF], body.code, now())
    token, stage, codes = _right(done, "The code does not belong to the drawn secret.")
    return as_json(Enrolled(token=token, stage=stage, recovery_codes=codes))


@routes.put("/staff/password")
@during(Stage.PASSWORD, Stage.OPEN)
@receive
async def change_password(
    request: web.Request, body: PasswordChange
) -> r200[SessionOpened] | r401[ProblemDetail] | r422[ProblemDetail] | r429[ProblemDetail]:
    """Choose another password; other sessions of the account end."""
    staff, database = request[STAFF], request.app[DATABASE]
    account = await database.read(accounts.get, staff.account_id)
    if staff.stage is Stage.OPEN:
        await _prove_password(request, body.current)
    try:
        passwords.check(body.new, staff.name)
    except passwords.WeakPasswordError as error:
        raise Problem(422, error.code, "Choose another password.") from error
    if await asyncio.to_thread(passwords.matches, account.password_hash, body.new):
        raise Problem(422, "same", "That is the present password.")
    kept = await asyncio.to_thread(passwords.hashed, body.new)

    def work(session: Session) -> str:
        accounts.set_password(session, accounts.get(session, staff.account_id), kept, staff.session)
        return sessions.advance(session, staff, Stage.OPEN, now())

    token = await database.run(work)
    return as_json(SessionOpened(token=token, stage=Stage.OPEN))
