"""What was given up, for the staff console: the list, and another try; beside the hand-overs' interface."""

from __future__ import annotations

from aiohttp import web

from common.problems import Problem
from gateway import given_up
from gateway.keys import DATABASE, SITE

routes = web.RouteTableDef()


@routes.get("/given-up")
async def listing(request: web.Request) -> web.Response:
    """What could not be answered or sent, and what waits for a citizen's next visit, oldest first."""
    found = await request.app[SITE][DATABASE].read(given_up.listed, True)
    return web.json_response([one.model_dump(mode="json") for one in found])


@routes.post(r"/given-up/{message:\d{1,12}}/retry")
async def retry(request: web.Request) -> web.Response:
    """Put one back to work.

    Raises:
        Problem: 404 `not_given_up`, also when another has put it back already.
    """
    number = int(request.match_info["message"])
    if await request.app[SITE][DATABASE].run(given_up.retry, [number]):
        raise Problem(404, "not_given_up", "Under this number nothing was given up.")
    return web.Response(status=204)
