"""The catalogue's pages; changes that were proposed have theirs in `web/staff/changes.py`."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from common.problems import Problem
from onestop.catalogue.content import Procedure
from onestop.catalogue.sources import Source
from onestop.changes.schemas import ChangeView
from onestop.staff.access import Role, allow
from onestop.staff.schemas import CataloguePage, ChangeNew, ProcedureView, StaleLine
from web.staff import forms
from web.staff.catalogue import form
from web.staff.catalogue.diff import differences, lines
from web.staff.changes import CHANGES, reason_of
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import render

routes = web.RouteTableDef()
CATALOGUE = "/staff/catalogue"
CODE = r"{code:[\w.-]{1,16}}"
FILTERS = ("q", "field", "level", "source")


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


async def _form(request: web.Request, problem: Problem | None = None) -> web.Response:
    found = await _whole(request)
    standing = {**form.shown(found.procedure), "base": str(found.revision)}
    if sent := await forms.fields(request):
        standing["withdrawn"] = ""  # a box without a tick is not sent
    fields = {**standing, "note": "", "effective_from": "", **sent}
    return render(
        request,
        "procedure_form.html.j2",
        problem=problem,
        found=found,
        fields=fields,
        rows={name: [*form.rows_of(fields, name), {}] for name in form.ROWS},
        shapes={name: list(shape.model_fields) for name, shape in form.ROWS.items()},
        form=form,
        wrong=problem.extra.get("where", []) if problem else [],
    )


@routes.get(f"/catalogue/{CODE}/change")
@allow(Role.EDITOR)
async def change_form(request: web.Request) -> web.Response:
    """The procedure as a form."""
    return await _form(request)


@routes.post(f"/catalogue/{CODE}/change")
@allow(Role.EDITOR)
@shows_again(_form)
async def change(request: web.Request) -> web.Response:
    """Propose what the form says."""
    entered, found = await forms.fields(request), await _whole(request)
    return await _propose(request, entered, form.read(entered, found.procedure))


async def _propose(
    request: web.Request, entered: dict[str, str], content: Procedure
) -> web.Response:
    reason = reason_of(entered)
    body = ChangeNew(base=int(entered.get("base", "")), content=content, **dict(reason))
    made = await request[SERVICE].ask(
        ChangeView, "POST", f"{CATALOGUE}/{content.code}/changes", body
    )
    raise web.HTTPSeeOther(f"{CHANGES}/{made.id}?done=proposed")
