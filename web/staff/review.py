"""Review: the queue of what teaches most, the sample by lot with its figure, and corrections to decide on."""

from __future__ import annotations

from aiohttp import web

from onestop.staff.access import Role, allow
from onestop.transcripts.schemas import (
    Period,
    Quality,
    Refusing,
    SuggestionPage,
    Waiting,
)
from web.staff import forms
from web.staff.keys import SERVICE
from web.staff.rendering import render
from web.staff.transcripts import TRANSCRIPTS, choices, fitting, number, reviewers

routes = web.RouteTableDef()
SUGGESTIONS = "/staff/suggestions"
STATES = ("pending", "approved", "rejected")
deciders = allow(Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR)


@routes.get("/review")
@reviewers
async def review(request: web.Request) -> web.Response:
    """Turns to judge: the least sure first, or as the lot falls."""
    by_lot = request.query.get("by") == "lot"
    period = {name: request.query.get(name, "")[:10] for name in Period.model_fields}
    fitting(Period, period)
    service = request[SERVICE]
    queue = "sample" if by_lot else "uncertain"
    return render(
        request,
        "review.html.j2",
        by_lot=by_lot,
        period=period,
        waiting=await service.ask(list[Waiting], "GET", f"{TRANSCRIPTS}/{queue}", params=period),
        quality=await service.ask(Quality, "GET", f"{TRANSCRIPTS}/quality", params=period),
        choices=await choices(request),
    )


@routes.get("/suggestions")
@deciders
async def suggestions(request: web.Request) -> web.Response:
    """Corrections that wait for a second person, or that were decided."""
    state = request.query.get("state", "")
    state = state if state in STATES else STATES[0]
    params = {"state": state, "before": number(request, "before")}
    found = await request[SERVICE].ask(SuggestionPage, "GET", SUGGESTIONS, params=params)
    return render(request, "suggestions.html.j2", found=found, state=state, states=STATES)


@routes.post(r"/suggestions/{suggestion:\d{1,9}}/approve")
@deciders
async def approve(request: web.Request) -> web.Response:
    """Take a correction."""
    key = request.match_info["suggestion"]
    await request[SERVICE].tell("POST", f"{SUGGESTIONS}/{key}/approval")
    raise web.HTTPSeeOther(f"{SUGGESTIONS}?done=approved")


@routes.post(r"/suggestions/{suggestion:\d{1,9}}/reject")
@deciders
async def reject(request: web.Request) -> web.Response:
    """Refuse a correction, with a reason."""
    key, form = request.match_info["suggestion"], await forms.fields(request)
    body = fitting(Refusing, {"reason": form.get("reason", "")})
    await request[SERVICE].tell("POST", f"{SUGGESTIONS}/{key}/rejection", body)
    raise web.HTTPSeeOther(f"{SUGGESTIONS}?done=rejected")
