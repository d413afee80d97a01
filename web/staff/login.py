"""Logging in: password, code, and at first a second factor and a password of one's own."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
from aiohttp import web

from common.limits import address_of
from common.problems import Problem
from gateway.keys import CONFIG
from onestop.staff.access import Stage, anyone, during
from onestop.staff.schemas import (
    CodeGiven,
    Enrolled,
    Enrolment,
    LogIn,
    PasswordChange,
    PasswordGiven,
    SessionOpened,
)
from web.staff import forms
from web.staff.gate import HOME, LOG_IN, PAGES, onward
from web.staff.keys import ME, SERVICE
from web.staff.rendering import problem_text, render

routes = web.RouteTableDef()


def enter(request: web.Request, opened: SessionOpened, wanted: str = "") -> web.Response:
    """Keep a session's new token, and go where it goes on: once it is open, to the page first wanted."""
    address = onward(wanted) if opened.stage is Stage.OPEN else PAGES[opened.stage]
    if wanted and opened.stage is Stage.SECOND_FACTOR:
        address += f"?{urlencode({'next': wanted})}"
    response = web.Response(status=303, headers={"Location": address})
    forms.keep_session(request, response, opened.token)
    return response


@routes.get("/login")
@anyone
async def log_in_page(request: web.Request) -> web.Response:
    """The form for name and password."""
    return render(request, "login.html.j2", name="", wanted=request.query.get("next", ""))


@routes.post("/login")
@anyone
async def log_in(request: web.Request) -> web.Response:
    """Judge name and password."""
    form = await forms.fields(request)
    name, wanted = form.get("name", "")[:200], form.get("next", "")
    address = address_of(request, request.app[CONFIG].trusted_proxies)
    body = LogIn(name=name, password=form.get("password", "")[:1000], address=address[:64])
    try:
        opened = await request[SERVICE].ask(SessionOpened, "POST", "/staff/sessions", body)
    except Problem as problem:
        told = problem_text(problem)
        return render(
            request, "login.html.j2", problem.status, name=name, wanted=wanted, error=told
        )
    return enter(request, opened, wanted)


@routes.get("/code")
@during(Stage.SECOND_FACTOR)
async def code_page(request: web.Request) -> web.Response:
    """The form for the code."""
    return render(request, "code.html.j2", wanted=request.query.get("next", ""))


@routes.post("/code")
@during(Stage.SECOND_FACTOR)
async def give_code(request: web.Request) -> web.Response:
    """Judge the code."""
    form = await forms.fields(request)
    wanted, body = form.get("next", ""), CodeGiven(code=form.get("code", "")[:40])
    try:
        opened = await request[SERVICE].ask(SessionOpened, "POST", "/staff/session/code", body)
    except Problem as problem:
        return render(
            request, "code.html.j2", problem.status, wanted=wanted, error=problem_text(problem)
        )
    return enter(request, opened, wanted)


@routes.get("/enrolment")
@during(Stage.ENROLMENT)
async def enrolment_page(request: web.Request) -> web.Response:
    """Say what an authenticator is for."""
    return render(request, "enrolment.html.j2")


def _drawn(request: web.Request, drawn: Enrolment, problem: Problem | None = None) -> web.Response:
    picture = segno.make(drawn.uri, error="m").svg_data_uri(scale=6, border=2)
    return render(
        request,
        "enrolment_drawn.html.j2",
        problem=problem,
        drawn=drawn,
        picture=picture,
    )


@routes.post("/enrolment")
@during(Stage.ENROLMENT, Stage.OPEN)
async def draw(request: web.Request) -> web.Response:
    """Draw a secret, and show it as a QR code."""
    form = await forms.fields(request)
    body = PasswordGiven(password=form.get("password", "")[:1000])
    try:
        drawn = await request[SERVICE].ask(Enrolment, "POST", "/staff/second-factor", body)
    except Problem as problem:
        if problem.code not in {"wrong_password", "too_many_tries"}:
            raise
        return render(request, "profile.html.j2", problem.status, error=problem_text(problem))
    return _drawn(request, drawn)


@routes.post("/enrolment/confirmation")
@during(Stage.ENROLMENT, Stage.OPEN)
async def confirm(request: web.Request) -> web.Response:
    """Judge the first code; the recovery codes are shown once."""
    form = await forms.fields(request)
    body = CodeGiven(code=form.get("code", "")[:40])
    address = "/staff/second-factor/confirmation"
    try:
        enrolled = await request[SERVICE].ask(Enrolled, "POST", address, body)
    except Problem as problem:
        if problem.code not in {"wrong_code", "too_many_tries"}:
            raise
        # The same picture again, as the form sent it back: the authenticator holds it by now.
        shown = Enrolment(secret=form.get("secret", "")[:64], uri=form.get("uri", "")[:400])
        return _drawn(request, shown, problem)
    response = render(
        request,
        "recovery_codes.html.j2",
        codes=enrolled.recovery_codes,
        onward=PAGES[enrolled.stage],
    )
    forms.keep_session(request, response, enrolled.token)
    return response


@routes.get("/password")
@during(Stage.PASSWORD, Stage.OPEN)
async def password_page(request: web.Request) -> web.Response:
    """The form for a new password."""
    return render(request, "password.html.j2")


@routes.post("/password")
@during(Stage.PASSWORD, Stage.OPEN)
async def change_password(request: web.Request) -> web.Response:
    """Take a new password."""
    form = await forms.fields(request)
    current, new = form.get("current", "")[:1000], form.get("new", "")[:1000]
    try:
        if new != form.get("again", ""):
            raise Problem(422, "not_repeated")
        body = PasswordChange(current=current, new=new)
        opened = await request[SERVICE].ask(SessionOpened, "PUT", "/staff/password", body)
    except Problem as problem:
        return render(request, "password.html.j2", problem.status, error=problem_text(problem))
    first = request[ME].stage is Stage.PASSWORD
    return enter(request, opened, HOME if first else f"{HOME}profile?done=password_changed")


@routes.post("/logout")
@during(*Stage)
async def log_out(request: web.Request) -> web.Response:
    """End the session."""
    await request[SERVICE].tell("DELETE", "/staff/session")
    response = web.Response(status=303, headers={"Location": LOG_IN})
    forms.drop_session(response)
    return response
