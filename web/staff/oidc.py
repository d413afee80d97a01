"""Logging in through the province's own system (OpenID Connect), where the settings name one.

The browser comes back from elsewhere, so a cookie of its own (SameSite=Lax) ties the way back to the way out,
and the session's cookie (Strict) is first sent from a page of ours: hence the page in between.
"""

from __future__ import annotations

import secrets

from aiohttp import web

from common.problems import Problem
from onestop.staff.access import anyone
from onestop.staff.schemas import OidcBegin, OidcBegun, OidcReturn, SessionOpened
from web.staff import forms
from web.staff.keys import SERVICE
from web.staff.rendering import problem_text, render

routes = web.RouteTableDef()


@routes.post("/login/oidc/begin")
@anyone
async def begin(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    binding = secrets.token_urlsafe(32)
    body = OidcBegin(binding=binding)
    try:
        begun = await request[SERVICE].ask(OidcBegun, "POST", "/staff/oidc/flows", body)
    except Problem as problem:
        return _refused(request, problem)
    response = web.Response(status=303, headers={"Location": begun.url})
    forms.keep_flow(request, response, binding)
    return response


@routes.get("/login/oidc")
@anyone
async def back(request: web.Request) -> web.Response:
    """The browser comes back."""
    body = OidcReturn(
        binding=forms.flow(request)[:100],
        state=request.query.get("state", "")[:200],
        code=request.query.get("code", "")[:4000],
    )
    try:
        opened = await request[SERVICE].ask(SessionOpened, "POST", "/staff/oidc/sessions", body)
    except Problem as problem:
        return _refused(request, problem)
    response = render(request, "entered.html.j2")
    forms.drop_flow(response)
    forms.keep_session(request, response, opened.token)
    return response


def _refused(request: web.Request, problem: Problem) -> web.Response:
    told = problem_text(problem)
    return render(request, "login.html.j2", problem.status, name="", wanted="", error=told)
