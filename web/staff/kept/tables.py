"""Hours and addresses, days off, everyday words; and going back to an old state of whatever staff keep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from common.problems import Problem
from common.tenant import shipped as tenant
from onestop.changes.schemas import DOCUMENT_CODE, ChangeView, KeptContent, KeptNew, KeptView
from onestop.staff.access import Role, allow
from onestop.units.directory import Directory
from web.staff import forms
from web.staff.catalogue.diff import told
from web.staff.catalogue.form import rows_of
from web.staff.changes import CHANGES, PLACES, reason_of
from web.staff.gate import shows_again
from web.staff.kept.faults import say_cell, say_fault
from web.staff.keys import SERVICE
from web.staff.rendering import render, texts

routes = web.RouteTableDef()
KEPT, ONLY = "/staff/kept", "all"
WEEK = range(1, 8)
# The tables of each document with their columns, in the order of the page; the first that is needed in a row
# must say something for the row to count.
TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "units": {
        "hours": ("unit", "days", "weekdays", "hours"),
        "places": ("unit", "name", "address", "phone", "note", "verified"),
        "booking": ("slot_minutes", "places", "days_ahead", "per_phone"),
    },
    "calendar": {
        "holidays": ("name", "day", "month", "since", "source"),
        "swaps": ("day_off", "day_worked", "source"),
    },
}
NUMBERS = {"slot_minutes", "places", "days_ahead", "per_phone", "day", "month", "since"}
DAYS = {"day_off", "day_worked"}
FIXED = {"booking"}  # one row, neither more nor less


def shown(kind: str, content: str) -> dict[str, str]:
    """A document as the form's fields; rows as `hours-0-days`, a weekday as `hours-0-weekday3`."""
    fields: dict[str, str] = {}
    for name, rows in json.loads(content).items():
        for number, row in enumerate(rows):
            for column, value in row.items():
                key = f"{name}-{number}-{column}"
                if column == "weekdays":
                    fields |= {f"{name}-{number}-weekday{day}": "yes" for day in value}
                elif isinstance(value, bool):
                    fields[key] = "yes" if value else ""
                else:
                    fields[key] = str(value)
    return fields


def read(kind: str, fields: Mapping[str, str]) -> str:
    """The document that a form describes, as JSON; what does not fit the service says."""
    found = {
        name: [
            _row(columns, row)
            for row in rows_of(fields, name)
            if any(row.get(column, "").strip() for column in columns if column != "verified")
        ]
        for name, columns in TABLES[kind].items()
    }
    return json.dumps(found, ensure_ascii=False)


def _row(columns: tuple[str, ...], row: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in columns:
        value = row.get(column, "").strip()
        if column == "weekdays":
            found[column] = [day for day in WEEK if row.get(f"weekday{day}")]
        elif column == "verified":
            found[column] = value == "yes"
        elif column in NUMBERS and value.isdecimal():
            found[column] = int(value)
        else:
            found[column] = value
    return found


def _kind(request: web.Request) -> str:
    return request.path.rpartition("/")[2]


async def _page(request: web.Request, problem: Problem | None = None) -> web.Response:
    kind, entered = _kind(request), await forms.fields(request)
    found = await request[SERVICE].ask(KeptView, "GET", f"{KEPT}/{kind}/{ONLY}")
    table = kind in TABLES
    entered = entered or (shown(kind, found.content) if table else {"content": found.content})
    faults = problem.extra.get("faults", []) if problem else []
    where = problem.extra.get("where", []) if problem else []
    directory = Directory(tenant())
    return render(
        request,
        f"kept_{'table' if table else 'text'}.html.j2",
        problem=problem,
        found=found,
        base=entered.get("base", found.history[0].id),
        entered=entered,
        tables=TABLES.get(kind, {}),
        rows={
            name: [*rows_of(entered, name), *([] if name in FIXED else [{}])]
            for name in TABLES.get(kind, {})
        },
        units=[(unit, directory.place(unit).name) for unit in directory.ids()],
        numbers=NUMBERS,
        days=DAYS,
        fixed=FIXED,
        notes=texts()["kept_notes"],
        wrong=[*where, *(one.partition(":")[0] for one in faults)],
        refused=[say_cell(one) if table else say_fault(one) for one in faults],
    )


async def _propose(
    request: web.Request, kind: str, code: str, content: str, entered: Mapping[str, str]
) -> web.Response:
    base = entered.get("base", "")
    if not base.isdecimal():
        raise Problem(422, "invalid_request")
    body = KeptNew(base=int(base), content=content, **dict(reason_of(entered)))
    path = f"{KEPT}/{kind}/{code}/changes"
    made = await request[SERVICE].ask(ChangeView, "POST", path, body)
    raise web.HTTPSeeOther(f"{CHANGES}/{made.id}?done=proposed")


@routes.get("/units")
@routes.get("/calendar")
@routes.get("/synonyms")
@allow(Role.EDITOR)
async def document(request: web.Request) -> web.Response:
    """A document as a form, with its history."""
    return await _page(request)


@routes.post("/units")
@routes.post("/calendar")
@routes.post("/synonyms")
@allow(Role.EDITOR)
@shows_again(_page)
async def change(request: web.Request) -> web.Response:
    """Propose what the form says."""
    kind, entered = _kind(request), await forms.fields(request)
    content = read(kind, entered) if kind in TABLES else entered.get("content", "")
    return await _propose(request, kind, ONLY, content, entered)


DOCUMENT = r"/kept/{kind:eform|units|calendar|synonyms|answers}/{code:" + DOCUMENT_CODE + "}"
REVISION = DOCUMENT + r"/revisions/{revision:\d{1,9}}"


async def _revision(request: web.Request) -> tuple[str, str, str]:
    kind, code = request.match_info["kind"], request.match_info["code"]
    path = f"{KEPT}/{kind}/{code}/revisions/{request.match_info['revision']}"
    return kind, code, (await request[SERVICE].ask(KeptContent, "GET", path)).content


@routes.get(REVISION)
@allow(Role.EDITOR)
async def revision(request: web.Request) -> web.Response:
    """What an old state says otherwise than the current one."""
    kind, code, old = await _revision(request)
    found = await request[SERVICE].ask(KeptView, "GET", f"{KEPT}/{kind}/{code}")
    return render(
        request,
        "kept_revision.html.j2",
        found=found,
        number=int(request.match_info["revision"]),
        place=PLACES[kind].format(code=code),
        told=told(kind, found.content, old),
    )


@routes.post(REVISION)
@allow(Role.EDITOR)
async def go_back(request: web.Request) -> web.Response:
    """Propose to go back to an old state."""
    kind, code, old = await _revision(request)
    return await _propose(request, kind, code, old, await forms.fields(request))


@routes.post(f"{DOCUMENT}/stay")
@allow(Role.EDITOR)
async def stay(request: web.Request) -> web.Response:
    """Propose to keep what stands over the file that the project ships now."""
    kind, code = request.match_info["kind"], request.match_info["code"]
    found = await request[SERVICE].ask(KeptView, "GET", f"{KEPT}/{kind}/{code}")
    return await _propose(request, kind, code, found.content, await forms.fields(request))
