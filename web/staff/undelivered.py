"""Messages that did not get through: not answered, not sent, or kept for the citizen's next visit."""

from __future__ import annotations

from aiohttp import web

from common.problems import Problem
from gateway.given_up import GivenUp
from onestop.staff.access import Role, allow
from web.staff.keys import desk_of
from web.staff.rendering import problem_text, render

routes = web.RouteTableDef()


async def _page(request: web.Request, refused: Problem | None = None) -> web.Response:
    return render(
        request,
        "undelivered.html.j2",
        refused.status if refused else 200,
        found=await desk_of(request).ask(list[GivenUp], "GET", "/given-up"),
        error=problem_text(refused) if refused else "",
    )


@routes.get("/undelivered")
@allow(Role.AGENT, Role.ADMINISTRATOR)
async def listing(request: web.Request) -> web.Response:
    """What did not get through, without whose it is and what it says."""
    return await _page(request)


@routes.post(r"/undelivered/{message:\d{1,12}}/retry")
@allow(Role.AGENT, Role.ADMINISTRATOR)
async def retry(request: web.Request) -> web.Response:
    """Try one again."""
    try:
        await desk_of(request).tell("POST", f"/given-up/{request.match_info['message']}/retry")
    except Problem as refused:
        return await _page(request, refused)
    raise web.HTTPSeeOther("/staff/undelivered")
