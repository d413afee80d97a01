"""Staff: what they do in a citizen's conversation goes into the audit; the conversation is the gateway's."""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r204
from sqlalchemy.orm import Session

from common.problems import as_problem
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import STAFF
from onestop.staff import audit
from onestop.staff.access import Role, allow
from onestop.staff.schemas import HandoverAct

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
