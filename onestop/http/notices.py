"""What citizens are to be told: fetched and acknowledged by whoever delivers it."""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r204, r404

from common.problems import Problem, as_problem
from onestop import notices
from onestop.http.keys import DATABASE
from onestop.schemas import NoticeView, ProblemDetail

routes = web.RouteTableDef()
MOST = 100


@routes.get("/notices")
@inject_params(on_validation_error=as_problem).and_request
async def waiting(request: web.Request, limit: int = 50) -> r200[list[NoticeView]]:
    """The oldest notices that nobody has acknowledged; `limit` 1–100."""
    found = await request.app[DATABASE].read(notices.waiting, max(1, min(limit, MOST)))
    return web.json_response([one.model_dump(mode="json") for one in found])


@routes.put("/notices/{notice}/delivery")
@inject_params(on_validation_error=as_problem).and_request
async def acknowledge(request: web.Request, notice: int, /) -> r204 | r404[ProblemDetail]:
    """The owner was told. A repeat is harmless."""
    if not await request.app[DATABASE].run(notices.acknowledge, notice):
        raise Problem(404, "unknown_notice", "There is no such notice.")
    return web.Response(status=204)
