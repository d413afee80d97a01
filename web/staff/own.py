"""The first page, and the own account."""

from __future__ import annotations

from aiohttp import web

from onestop.staff.access import Role, allow
from web.staff.rendering import render

routes = web.RouteTableDef()


@routes.get("/")
@allow(*Role)
async def home(request: web.Request) -> web.Response:
    """What waits, by role."""
    return render(request, "home.html.j2")


@routes.get("/profile")
@allow(*Role)
async def profile(request: web.Request) -> web.Response:
    """The own account: second factor, password."""
    return render(request, "profile.html.j2")
