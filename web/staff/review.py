"""Review: what teaches most, the sample by lot with its figure, groups of the week, corrections."""

from __future__ import annotations

from aiohttp import web

from common.problems import Problem
from onestop.staff.access import Role, allow
from onestop.transcripts.schemas import (
    GroupCorrection,
    GroupDone,
    GroupPage,
    GroupView,
    GroupWanted,
    Period,
    Quality,
    Refusing,
    SuggestionPage,
    Waiting,
)
from web.staff import forms
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import render
from web.staff.transcripts import TRANSCRIPTS, choices, number, reviewers

routes = web.RouteTableDef()
SUGGESTIONS = "/staff/suggestions"
GROUPS, GROUP_PAGES = f"{TRANSCRIPTS}/groups", "/staff/review/groups"
STATES = ("pending", "approved", "rejected")
deciders = allow(Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR)


@routes.get("/review")
@reviewers
async def review(request: web.Request) -> web.Response:
    """Turns to judge: the least sure first, or as the lot falls."""
    by_lot = request.query.get("by") == "lot"
    period = {name: request.query.get(name, "")[:10] for name in Period.model_fields}
    forms.fitting(Period, period)
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


@routes.get("/review/groups")
@reviewers
async def groups(request: web.Request) -> web.Response:
    """The groups of misunderstood messages of a week."""
    params = {"week": request.query.get("week", "")[:10]}
    forms.fitting(GroupWanted, params)
    found = await request[SERVICE].ask(GroupPage, "GET", GROUPS, params=params)
    return render(request, "groups.html.j2", found=found)


async def _group(request: web.Request, problem: Problem | None = None) -> web.Response:
    key, after = request.match_info["group"], number(request, "after")
    found = await request[SERVICE].ask(GroupView, "GET", f"{GROUPS}/{key}", params={"after": after})
    return render(
        request,
        "group.html.j2",
        problem=problem,
        group=found.group,
        found=found,
        choices=await choices(request),
        count=number(request, "count"),
    )


@routes.get(r"/review/groups/{group:\d{1,9}}")
@reviewers
async def group(request: web.Request) -> web.Response:
    """A group's messages."""
    return await _group(request)


@routes.post(r"/review/groups/{group:\d{1,9}}/suggestions")
@reviewers
@shows_again(_group)
async def correct_group(request: web.Request) -> web.Response:
    """Propose one correction of all messages of a group."""
    body, key = await forms.filled(request, GroupCorrection), request.match_info["group"]
    done = await request[SERVICE].ask(GroupDone, "POST", f"{GROUPS}/{key}/suggestions", body)
    raise web.HTTPSeeOther(f"{GROUP_PAGES}/{key}?done=group_suggested&count={done.count}")


@routes.post(r"/review/groups/{group:\d{1,9}}/approve")
@reviewers
async def approve_group(request: web.Request) -> web.Response:
    """Take the corrections of a group's messages that others have proposed."""
    key = request.match_info["group"]
    done = await request[SERVICE].ask(GroupDone, "POST", f"{GROUPS}/{key}/approval")
    raise web.HTTPSeeOther(f"{GROUP_PAGES}/{key}?done=group_approved&count={done.count}")


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
    body = forms.fitting(Refusing, {"reason": form.get("reason", "")})
    await request[SERVICE].tell("POST", f"{SUGGESTIONS}/{key}/rejection", body)
    raise web.HTTPSeeOther(f"{SUGGESTIONS}?done=rejected")
