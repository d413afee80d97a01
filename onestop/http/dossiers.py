"""Where a dossier stands."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r404, r429

from common.problems import Problem, as_problem
from onestop.dossiers import lookup
from onestop.http.keys import CONFIG, DATABASE
from onestop.schemas import LookupRequest, ProblemDetail, StatusView

routes = web.RouteTableDef()


@routes.post("/lookups")
@inject_params(on_validation_error=as_problem).and_request
async def look_up(
    request: web.Request, body: LookupRequest
) -> r200[StatusView] | r404[ProblemDetail] | r429[ProblemDetail]:
    """Tell where a dossier stands to who knows its code and a second factor."""
    config = request.app[CONFIG]
    limits = lookup.Limits(
        config.lookup_max_attempts, timedelta(minutes=config.lookup_lock_minutes)
    )
    found = await request.app[DATABASE].run(
        lookup.look_up, body.asker, body.code, body.factor, limits
    )
    if isinstance(found, lookup.Refused):
        if found.locked_until is not None:
            until = found.locked_until.isoformat()
            raise Problem(429, "locked", "Too many wrong tries.", locked_until=until)
        raise Problem(
            404,
            "not_found",
            "No dossier has that code and that second factor.",
            attempts_left=found.attempts_left,
        )
    return web.json_response(found.model_dump(mode="json"))
