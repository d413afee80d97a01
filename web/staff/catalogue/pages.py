"""The catalogue's pages."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from aiohttp import web
from pydantic import ValidationError

from common.problems import Problem
from onestop.catalogue.content import Procedure
from onestop.catalogue.sources import Source
from onestop.staff.access import Role, allow
from onestop.staff.schemas import (
    CataloguePage,
    ChangeNew,
    ChangeView,
    ChangeWhole,
    ProcedureView,
    ReviewNote,
    StaleLine,
)
from web.staff import forms
from web.staff.catalogue import form
from web.staff.catalogue.diff import differences, lines
from web.staff.keys import SERVICE
from web.staff.rendering import problem_text, render

routes = web.RouteTableDef()
CATALOGUE, CHANGES = "/staff/catalogue", "/staff/changes"
CODE = r"{code:[\w.-]{1,16}}"
FILTERS = ("q", "field", "level", "source")
STEPS = {"approve": "approval", "withdraw": "withdrawal"}


@routes.get("/catalogue")
@allow(*Role)
async def catalogue(request: web.Request) -> web.Response:
    """Procedures by the filters in the address; for htmx the list alone."""
    wanted = {name: request.query.get(name, "").strip()[:200] for name in FILTERS}
    if wanted["level"] not in {"", "1", "2", "3", "4"}:
        wanted["level"] = ""
    asked = {**wanted, "after": request.query.get("after", "")[:16]}
    found = await request[SERVICE].ask(CataloguePage, "GET", CATALOGUE, params=asked)
    kept = {name: value for name, value in wanted.items() if value}
    older = urlencode({**kept, "after": found.after}) if found.after else ""
    template = "catalogue_part" if "HX-Request" in request.headers else "catalogue"
    return render(
        request,
        f"{template}.html.j2",
        found=found,
        wanted=wanted,
        older=older,
        sources=[one.value for one in Source],
    )


@routes.get("/catalogue/stale")
@allow(Role.EDITOR)
async def stale(request: web.Request) -> web.Response:
    """What somebody should look at."""
    found = await request[SERVICE].ask(list[StaleLine], "GET", f"{CATALOGUE}/stale")
    return render(request, "catalogue_stale.html.j2", found=found)


async def _whole(request: web.Request) -> ProcedureView:
    code = request.match_info["code"]
    return await request[SERVICE].ask(ProcedureView, "GET", f"{CATALOGUE}/{code}")


@routes.get(f"/catalogue/{CODE}")
@allow(*Role)
async def procedure(request: web.Request) -> web.Response:
    """A procedure with its history."""
    found = await _whole(request)
    plain = found.procedure.model_dump(mode="json")
    facts = [(name, lines(name, plain[name])) for name in Procedure.model_fields]
    return render(request, "procedure.html.j2", found=found, facts=facts)


async def _revision(request: web.Request) -> Procedure:
    code, revision = request.match_info["code"], request.match_info["revision"]
    return await request[SERVICE].ask(Procedure, "GET", f"{CATALOGUE}/{code}/revisions/{revision}")


@routes.get(rf"/catalogue/{CODE}/revisions/{{revision:\d{{1,9}}}}")
@allow(*Role)
async def revision(request: web.Request) -> web.Response:
    """What an old revision says otherwise than the current one; editors may go back to it."""
    found, old = await _whole(request), await _revision(request)
    number = int(request.match_info["revision"])
    told = differences(found.procedure, old)
    return render(request, "revision.html.j2", found=found, number=number, told=told)


@routes.post(rf"/catalogue/{CODE}/revisions/{{revision:\d{{1,9}}}}")
@allow(Role.EDITOR)
async def go_back(request: web.Request) -> web.Response:
    """Propose to go back to an old revision."""
    entered = await forms.fields(request)
    return await _propose(request, entered, await _revision(request))


def _form(
    request: web.Request,
    found: ProcedureView,
    fields: dict[str, str],
    problem: Problem | None = None,
) -> web.Response:
    return render(
        request,
        "procedure_form.html.j2",
        problem.status if problem else 200,
        found=found,
        fields=fields,
        rows={name: [*form.rows_of(fields, name), {}] for name in form.ROWS},
        shapes={name: list(shape.model_fields) for name, shape in form.ROWS.items()},
        form=form,
        wrong=problem.extra.get("where", []) if problem else [],
        error=problem_text(problem) if problem else "",
    )


@routes.get(f"/catalogue/{CODE}/change")
@allow(Role.EDITOR)
async def change_form(request: web.Request) -> web.Response:
    """The procedure as a form."""
    found = await _whole(request)
    fields = {**form.shown(found.procedure), "base": str(found.revision)}
    return _form(request, found, {**fields, "note": "", "effective_from": ""})


@routes.post(f"/catalogue/{CODE}/change")
@allow(Role.EDITOR)
async def change(request: web.Request) -> web.Response:
    """Propose what the form says."""
    entered, found = await forms.fields(request), await _whole(request)
    try:
        return await _propose(request, entered, form.read(entered, found.procedure))
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _form(request, found, {**form.shown(found.procedure), **entered}, problem)


async def _propose(
    request: web.Request, entered: dict[str, str], content: Procedure
) -> web.Response:
    try:
        body = ChangeNew(
            base=int(entered.get("base", "")),
            content=content,
            note=entered.get("note", ""),
            effective_from=date.fromisoformat(entered["effective_from"])
            if entered.get("effective_from")
            else None,
        )
    except ValidationError as error:
        raise Problem(422, "note_missing", where=["note"]) from error
    except ValueError as error:
        raise Problem(422, "invalid_request", where=["effective_from"]) from error
    made = await request[SERVICE].ask(
        ChangeView, "POST", f"{CATALOGUE}/{content.code}/changes", body
    )
    raise web.HTTPSeeOther(f"{CHANGES}/{made.id}?done=proposed")


@routes.get("/changes")
@allow(Role.EDITOR)
async def changes(request: web.Request) -> web.Response:
    """What waits for approval or for its day."""
    found = await request[SERVICE].ask(list[ChangeView], "GET", CHANGES)
    return render(request, "changes.html.j2", found=found)


async def _one(request: web.Request, problem: Problem | None = None) -> web.Response:
    number = request.match_info["change"]
    found = await request[SERVICE].ask(ChangeWhole, "GET", f"{CHANGES}/{number}")
    return render(
        request,
        "change.html.j2",
        problem.status if problem else 200,
        found=found,
        told=differences(found.before, found.after),
        error=problem_text(problem) if problem else "",
    )


@routes.get(r"/changes/{change:\d{1,9}}")
@allow(Role.EDITOR)
async def one_change(request: web.Request) -> web.Response:
    """A change, line by line."""
    return await _one(request)


@routes.post(r"/changes/{change:\d{1,9}}/{step:approve|withdraw}")
@allow(Role.EDITOR)
async def decide(request: web.Request) -> web.Response:
    """Approve another's change, or take one's own back."""
    number, step = request.match_info["change"], request.match_info["step"]
    try:
        await request[SERVICE].ask(ChangeView, "POST", f"{CHANGES}/{number}/{STEPS[step]}")
    except Problem as problem:
        if problem.status != 409:
            raise
        return await _one(request, problem)
    raise web.HTTPSeeOther(f"{CHANGES}/{number}?done={step}")


@routes.post(r"/changes/{change:\d{1,9}}/reject")
@allow(Role.EDITOR)
async def reject(request: web.Request) -> web.Response:
    """Reject a change with why."""
    number = request.match_info["change"]
    try:
        body = ReviewNote(note=(await forms.fields(request)).get("note", ""))
        await request[SERVICE].ask(ChangeView, "POST", f"{CHANGES}/{number}/rejection", body)
    except ValidationError:
        return await _one(request, Problem(422, "note_missing"))
    except Problem as problem:
        if problem.status != 409:
            raise
        return await _one(request, problem)
    raise web.HTTPSeeOther(f"{CHANGES}/{number}?done=reject")
