"""The first page, and the own account."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from aiohttp import web

from common import yaml_files
from common.problems import Problem
from onestop.staff.access import Role, allow
from onestop.staff.schemas import Waiting
from web.staff.keys import ME, SERVICE, desk_of
from web.staff.rendering import STAFF, render

routes = web.RouteTableDef()


@lru_cache
def _kinds() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml_files.read(STAFF / "home.yml")
    return found


async def _citizens(request: web.Request) -> int:
    """How many citizens wait for an agent; 0 if the gateway does not answer: the page stands without."""
    try:
        queue = await desk_of(request).ask(list[dict[str, Any]], "GET", "/handovers")
    except Problem:
        return 0
    return sum(one["stage"] != "taken" for one in queue)


@routes.get("/")
@allow(*Role)
async def home(request: web.Request) -> web.Response:
    """What waits, by role."""
    waiting = await request[SERVICE].ask(list[Waiting], "GET", "/staff/waiting")
    if Role.AGENT in request[ME].roles and (citizens := await _citizens(request)):
        waiting.insert(0, Waiting(kind="citizens", count=citizens))
    return render(request, "home.html.j2", waiting=waiting, kinds=_kinds())


@routes.get("/profile")
@allow(*Role)
async def profile(request: web.Request) -> web.Response:
    """The own account: second factor, password."""
    return render(request, "profile.html.j2")
