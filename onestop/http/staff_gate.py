"""The gate before `/staff/…`: whose session it is, and whether the address's declaration lets it pass."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem
from onestop.http.keys import CONFIG, DATABASE
from onestop.staff import sessions
from onestop.staff.access import access_of
from onestop.staff.sessions import Lifetimes, Staff

PREFIX = "/staff"
HEADER = "X-Staff-Session"
STAFF: web.RequestKey[Staff] = web.RequestKey("staff", Staff)


@web.middleware
async def staff_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let pass who may.

    Raises:
        Problem: 401 `no_session` without one that stands; 403 `unfinished` with its `stage` if the log-in is
            not at its end; 403 `not_allowed` if none of its roles may.
    """
    access = access_of(request.match_info.handler)
    if access is None or not f"{request.path}/".startswith(f"{PREFIX}/") or access.anyone:
        return await handler(request)
    staff = await _bearer(request)
    if not access.admits(staff.stage, staff.roles):
        if staff.stage not in access.stages:
            raise Problem(403, "unfinished", "The log-in is not at that point.", stage=staff.stage)
        raise Problem(403, "not_allowed", "None of the account's roles may do that.")
    request[STAFF] = staff
    return await handler(request)


def require_all_agencies(request: web.Request) -> None:
    """Let only an account go on that sees all agencies.

    Raises:
        Problem: 403 `whole_province`.
    """
    if request[STAFF].scope.agencies is not None:
        raise Problem(403, "whole_province", "Only an account that sees all agencies may do that.")


async def _bearer(request: web.Request) -> Staff:
    token = request.headers.get(HEADER, "")
    database, at = request.app[DATABASE], now()
    lifetimes = Lifetimes.of(request.app[CONFIG])

    def look(session: Session) -> tuple[Staff | None, bool]:
        found = sessions.find(session, token, at, lifetimes)
        return found, found is not None and sessions.seen_long_ago(session, found, at)

    staff, due = await database.read(look)
    if staff is None:
        raise Problem(401, "no_session", "Log in first.")
    if due:
        await database.run(sessions.touch, staff, at)
    return staff
