"""Staff in citizens' conversations: which go on now, who comes into one, what is done there.

Each goes into the audit; the conversation itself is the gateway's.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r204
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import STAFF
from onestop.staff import audit
from onestop.staff.access import Role, allow
from onestop.staff.schemas import HandoverAct
from onestop.transcripts import underway

routes = web.RouteTableDef()


@routes.post(r"/staff/handovers/{number:\d{1,12}}/acts")
@allow(Role.AGENT)
@inject_params(on_validation_error=as_problem).and_request
async def act(request: web.Request, number: int, /, body: HandoverAct) -> r204:
    """Note that a conversation was looked at, taken, given back, closed, or its dossier proposed for."""

    def work(session: Session) -> None:
        audit.record(session, request[STAFF].name, f"handover.{body.act}", f"handover:{number}")

    await request.app[DATABASE].run(work)
    return web.Response(status=204)


@routes.get("/staff/conversations")
@allow(Role.AGENT)
async def conversations(request: web.Request) -> web.Response:
    """The conversations that go on now, in the account's scope."""
    scope = request[STAFF].scope
    found = await request.app[DATABASE].read(underway.listed, scope, now())
    return as_json(found)


@routes.post(r"/staff/conversations/{conversation:\d{1,9}}/joining")
@allow(Role.AGENT)
async def join(request: web.Request) -> web.Response:
    """Come into a conversation whose citizen has not asked for a person."""
    staff, number = request[STAFF], int(request.match_info["conversation"])
    try:
        joined = await request.app[DATABASE].run(
            underway.join, staff.scope, staff.name, number, now()
        )
    except LookupError as error:
        raise Problem(404, "not_going_on", "No such conversation goes on.") from error
    return as_json(joined)
