"""`/privacy`: what is kept of citizens, how long and why, from the very rules by which it goes."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from common.tenant import tenant
from onestop.privacy.rules import rules
from web.documentation import BUILD

routes = web.RouteTableDef()


@routes.get("/privacy")
@aiohttp_jinja2.template("privacy.html.j2")
async def privacy(request: web.Request) -> dict[str, object]:
    """The rules of `data/retention.yml` for citizens; what goes on their wish comes first."""
    found = sorted(rules().values(), key=lambda rule: not rule.on_request)
    return {"tenant": tenant(), "build": request.app[BUILD], "rules": found}
