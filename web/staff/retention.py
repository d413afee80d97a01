"""How long data is kept, what went and what goes next; legal holds, placed and released."""

from __future__ import annotations

from aiohttp import web

from common.problems import Problem
from onestop.privacy.schemas import HoldNew, HoldReleased, HoldView, RetentionPage
from onestop.staff.access import Role, allow
from web.staff import forms
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import render

routes = web.RouteTableDef()
RETENTION, HOLDS = "/staff/retention", "/staff/holds"


async def _page(request: web.Request, problem: Problem | None = None) -> web.Response:
    found = await request[SERVICE].ask(RetentionPage, "GET", RETENTION)
    entered = await forms.fields(request) or request.query
    return render(request, "retention.html.j2", problem=problem, found=found, entered=entered)


@routes.get("/retention")
@allow(Role.ADMINISTRATOR)
async def retention(request: web.Request) -> web.Response:
    """All kinds of data, and the holds that stand; `?kind=&subject=` fill in what is to be held."""
    return await _page(request)


@routes.post("/holds")
@allow(Role.ADMINISTRATOR)
@shows_again(_page)
async def place(request: web.Request) -> web.Response:
    """Place a hold on a dossier or a conversation."""
    body = await forms.filled(request, HoldNew)
    made = await request[SERVICE].ask(HoldView, "POST", HOLDS, body)
    raise web.HTTPSeeOther(f"{RETENTION}?done=held#hold-{made.id}")


@routes.post(r"/holds/{hold:\d{1,9}}/release")
@allow(Role.ADMINISTRATOR)
@shows_again(_page)
async def release(request: web.Request) -> web.Response:
    """Release a hold, with why."""
    body = await forms.filled(request, HoldReleased)
    await request[SERVICE].tell("POST", f"{HOLDS}/{request.match_info['hold']}/release", body)
    raise web.HTTPSeeOther(f"{RETENTION}?done=released_hold")
