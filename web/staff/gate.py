"""Before every page: whose session it is, whether the page lets it pass; refusals become pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeAlias
from urllib.parse import urlencode

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from common.problems import Problem
from onestop.staff.access import Stage, access_of
from onestop.staff.schemas import Me
from web.staff import forms
from web.staff.keys import CLIENT, ME, SERVICE
from web.staff.rendering import render_problem

log = structlog.get_logger(__name__)
SAFE = {"GET", "HEAD"}
HOME, LOG_IN = "/staff/", "/staff/login"
# Where an unfinished log-in goes on.
PAGES = {
    Stage.SECOND_FACTOR: "/staff/code",
    Stage.ENROLMENT: "/staff/enrolment",
    Stage.PASSWORD: "/staff/password",
    Stage.OPEN: HOME,
}


@web.middleware
async def session_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let pass who may; a form must be ours."""
    access = access_of(request.match_info.handler)
    if access is None:  # no page of ours: 404 and the like
        return await handler(request)
    token = forms.session_token(request)
    request[SERVICE] = request.app[CLIENT].bearing(token)
    if access.anyone:
        forms.remember_form(request)
    else:
        if not token:
            raise Problem(401, "no_session")
        me = await request[SERVICE].ask(Me, "GET", "/staff/session")
        if me.stage not in access.stages:
            raise web.HTTPSeeOther(PAGES[me.stage])
        if not access.admits(me.stage, me.roles):
            raise Problem(403, "not_allowed")
        request[ME] = me
    if request.method not in SAFE:
        await forms.check(request)
    response = await handler(request)
    forms.keep_form(request, response)
    return response


@web.middleware
async def problems_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into pages that say what to do; without a session, into the log-in."""
    try:
        return await handler(request)
    except Problem as problem:
        if problem.code == "no_session":
            return _log_in(request)
        return render_problem(request, problem)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return render_problem(request, Problem(error.status, "no_page"))
    except Exception as error:
        log.error(
            "page_failed",
            route=str(request.match_info.route.resource),
            exc_type=type(error).__name__,
            exc_info=True,
        )
        return render_problem(request, Problem(500, "internal_error"))


Page: TypeAlias = Callable[[web.Request, Problem], Awaitable[web.StreamResponse]]
Post: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
AGAIN = (409, 422)  # what whoever sent the form can do something about


def shows_again(page: Page, *codes: str) -> Callable[[Post], Post]:
    """Mark what a form does, the innermost mark: where it is refused, the form's page is shown again.

    Args:
        page: shows it with the refusal; what was entered it finds in the request (`forms.fields`).
        *codes: the refusals meant; without any all that say "not so" or "not now" (`AGAIN`). Other refusals
            are pages of their own.
    """

    def mark(post: Post) -> Post:
        @wraps(post)
        async def handler(request: web.Request) -> web.StreamResponse:
            try:
                return await post(request)
            except Problem as problem:
                if problem.code in codes or (not codes and problem.status in AGAIN):
                    return await page(request, problem)
                raise

        return handler

    return mark


def onward(wanted: str) -> str:
    """Where to go after the log-in: a page of ours, never elsewhere."""
    odd = "\\" in wanted or "//" in wanted or not wanted.isprintable()
    ours = wanted.startswith(HOME) and not odd
    return wanted if ours else HOME


def _log_in(request: web.Request) -> web.StreamResponse:
    asked = {"next": request.path_qs} if request.method in SAFE and request.path != HOME else {}
    address = f"{LOG_IN}?{urlencode(asked)}" if asked else LOG_IN
    if "HX-Request" in request.headers:
        response = web.Response(status=401, headers={"HX-Redirect": LOG_IN})
    else:
        response = web.Response(status=303, headers={"Location": address})
    forms.drop_session(response)
    return response
