"""Complaints and suggestions: the list, one with its steps; and ratings with their reasons."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from common.problems import Problem
from onestop.feedback.schemas import (
    STATES,
    ComplaintAgency,
    ComplaintMove,
    ComplaintPage,
    ComplaintWhole,
    Filter,
    RatingLine,
)
from onestop.staff.access import Role, allow
from web.staff import forms
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import render
from web.staff.report import period

routes = web.RouteTableDef()
COMPLAINTS, RATINGS = "/staff/complaints", "/staff/ratings"
CODE = r"{code:[\w-]{1,24}}"
handlers = allow(Role.AGENT, Role.ADMINISTRATOR)


@routes.get("/complaints")
@handlers
async def complaints(request: web.Request) -> web.Response:
    """Complaints by the filters in the address; those that wait, unless another state is asked for."""
    names = ("state", "late", "nobodys", "first", "last", "before")
    wanted = {name: request.query.get(name, "")[:20] for name in names}
    if "state" not in request.query:
        wanted["state"] = "open"
    asked = {name: value for name, value in wanted.items() if value}
    forms.fitting(Filter, asked, "no_period")
    found = await request[SERVICE].ask(ComplaintPage, "GET", COMPLAINTS, params=asked)
    older = urlencode({**asked, "before": found.before}) if found.before else ""
    return render(
        request, "complaints.html.j2", found=found, wanted=wanted, older=older, states=STATES
    )


async def _page(request: web.Request, problem: Problem | None = None) -> web.Response:
    code = request.match_info["code"]
    found = await request[SERVICE].ask(ComplaintWhole, "GET", f"{COMPLAINTS}/{code}")
    entered = await forms.fields(request)
    return render(request, "complaint.html.j2", problem=problem, found=found, entered=entered)


@routes.get(f"/complaints/{CODE}")
@handlers
async def complaint(request: web.Request) -> web.Response:
    """One complaint with who sent it."""
    return await _page(request)


@routes.post(f"/complaints/{CODE}")
@handlers
@shows_again(_page)
async def move(request: web.Request) -> web.Response:
    """Take it a step on, with what its sender is told."""
    body, code = await forms.filled(request, ComplaintMove), request.match_info["code"]
    await request[SERVICE].tell("POST", f"{COMPLAINTS}/{code}/steps", body)
    raise web.HTTPSeeOther(f"{COMPLAINTS}/{code}?done=complaint_moved")


@routes.post(f"/complaints/{CODE}/agency")
@handlers
@shows_again(_page)
async def assign(request: web.Request) -> web.Response:
    """Say whose matter it is."""
    body, code = await forms.filled(request, ComplaintAgency), request.match_info["code"]
    await request[SERVICE].tell("PUT", f"{COMPLAINTS}/{code}/agency", body)
    raise web.HTTPSeeOther(f"{COMPLAINTS}/{code}?done=complaint_assigned")


@routes.get(f"/complaints/{CODE}/files/{{file:[\\w-]{{1,64}}}}")
@handlers
async def file(request: web.Request) -> web.Response:
    """A file that came with it."""
    code, name = request.match_info["code"], request.match_info["file"]
    content, kind = await request[SERVICE].file(f"{COMPLAINTS}/{code}/files/{name}")
    return web.Response(
        body=content, headers={"Content-Type": kind, "Content-Disposition": "inline"}
    )


@routes.get("/ratings")
@handlers
async def ratings(request: web.Request) -> web.Response:
    """Ratings with their reasons, of days in the address; this year so far without any."""
    first, last = period(request.query)
    stars = request.query.get("stars", "")
    stars = stars if stars in {"1", "2", "3", "4"} else "5"
    asked = {"first": first.isoformat(), "last": last.isoformat(), "most_stars": stars}
    found = await request[SERVICE].ask(list[RatingLine], "GET", RATINGS, params=asked)
    counts = [(level, sum(one.stars == level for one in found)) for level in range(5, 0, -1)]
    return render(
        request,
        "ratings.html.j2",
        found=found,
        counts=counts,
        wanted={"from": first.isoformat(), "to": last.isoformat(), "stars": stars},
    )
