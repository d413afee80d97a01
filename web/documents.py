"""`/documents/<ticket>`: the printed form behind a link told in a chat; whoever may not have it gets a page."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from common.problems import Problem
from common.tenant import tenant
from gateway.channels.web.http import CHANNEL, token_of
from gateway.keys import ONESTOP

routes = web.RouteTableDef()


@routes.get(r"/documents/{ticket:[A-Za-z0-9_-]{64,1024}}", allow_head=False)
async def document(request: web.Request) -> web.Response:
    """The file, to be kept; the session in the cookie (or token) says who asks."""
    asker = await request.app[CHANNEL].sender_of(token_of(request))
    try:
        found = await request.app[ONESTOP].document(request.match_info["ticket"], asker or "")
    except Problem as problem:
        page = aiohttp_jinja2.render_template(
            "notice.html.j2", request, {"tenant": tenant(), "text": problem.detail}
        )
        page.set_status(problem.status)
        page.headers["Cache-Control"] = "no-store"
        return page
    return web.Response(body=found.content, headers=found.headers)
