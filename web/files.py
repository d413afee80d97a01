"""`/files/<ticket>`: a file that staff have sent, behind a link told in the chat."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from common.problems import Problem
from common.tenant import tenant
from gateway.channels.web.http import CHANNEL, token_of
from gateway.handover import answers
from gateway.keys import CONFIG, ONESTOP
from gateway.texts import refusal

routes = web.RouteTableDef()


@routes.get(r"/files/{ticket:[A-Za-z0-9_-]{64,1024}}", allow_head=False)
async def file(request: web.Request) -> web.Response:
    """The file; whoever may not have it gets a page that says so."""
    asker = await request.app[CHANNEL].sender_of(token_of(request)) or ""
    cipher = request.app[CONFIG].cipher()
    try:
        ticket = answers.opened(cipher, request.match_info["ticket"], asker)
        if ticket is None:
            raise refusal(404, "no_such_file")
        found = await request.app[ONESTOP].file(ticket.owner, ticket.file)
    except Problem as problem:
        page = aiohttp_jinja2.render_template(
            "notice.html.j2", request, {"tenant": tenant(), "text": problem.detail}
        )
        page.set_status(problem.status)
        page.headers["Cache-Control"] = "no-store"
        return page
    return web.Response(body=found.content, headers=found.headers)
