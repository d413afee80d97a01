"""The report, for reviewers and administrators; each account's own agencies."""

from __future__ import annotations

from datetime import date

import aiohttp
from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r422

from common.database import now
from common.problems import Problem, as_problem
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE
from onestop.http.staff_gate import STAFF
from onestop.reports import report
from onestop.reports.period import Period
from onestop.reports.tables import Table
from onestop.reports.waiting import waiting
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


@routes.get("/staff/report")
@allow(Role.REVIEWER, Role.ADMINISTRATOR)
@receive
async def read(
    request: web.Request, first: date, last: date
) -> r200[list[Table]] | r422[ProblemDetail]:
    """All tables of the days from `first` to `last`."""
    try:
        period = Period(first, last)
    except ValueError as error:
        raise Problem(422, "no_period", "The last day is before the first.") from error
    scope = request[STAFF].scope
    tables = await request.app[DATABASE].read(report.build, period, now(), scope)
    async with aiohttp.ClientSession() as http:
        waited = await waiting(http, request.app[CONFIG], period, scope)
    tables += [waited] if waited is not None else []
    return as_json(tables)
