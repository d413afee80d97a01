"""National records: uploaded, seen line by line before anything counts, imported or dropped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlencode

from aiohttp import BodyPartReader, web

from common.problems import Problem
from onestop.catalogue.imports import MOST_BYTES, OUTCOMES
from onestop.staff.access import Role, allow
from onestop.staff.schemas import ImportDone, ImportPage, ImportPair, ImportView
from web.staff import forms
from web.staff.catalogue.diff import told
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.onestop_client import UPLOAD
from web.staff.rendering import render, texts

routes = web.RouteTableDef()
IMPORTS = "/staff/imports"
NUMBER = r"{upload:\d{1,9}}"
CHUNK_BYTES = 64 * 1024
importers = allow(Role.EDITOR, Role.ADMINISTRATOR)


def import_reason(told: str) -> str:
    """Why a record is refused; what has no words is shown as it is."""
    for code, said in texts()["import_reasons"].items():
        if told.startswith(code):
            return said.format(told.removeprefix(code).strip())
    return told


@routes.get("/imports")
@importers
async def imports(request: web.Request) -> web.Response:
    """The form to upload a file, and what waits for the own decision."""
    found = await request[SERVICE].ask(list[ImportView], "GET", IMPORTS)
    return render(request, "imports.html.j2", found=found, megabytes=MOST_BYTES // 1024**2)


@routes.post("/imports")
@importers
async def upload(request: web.Request) -> web.Response:
    """Hand a file on as it comes; the token of the form comes as a header."""
    part = None
    if request.content_type == "multipart/form-data" and forms.HEADER in request.headers:
        part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file" or not part.filename:
        raise Problem(422, "no_file")
    made = await request[SERVICE].hand_over(
        ImportView, IMPORTS, _pieces(part), {"name": part.filename[:200]}
    )
    return web.Response(headers={"HX-Redirect": f"{IMPORTS}/{made.id}"})


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(CHUNK_BYTES):
        yield piece


async def _page(request: web.Request, problem: Problem | None = None) -> web.Response:
    number = request.match_info["upload"]
    outcome = request.query.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    after = request.query.get("after", "")
    found = await request[SERVICE].ask(
        ImportPage,
        "GET",
        f"{IMPORTS}/{number}",
        params={"outcome": outcome, "after": after if after.isdecimal() else "0"},
    )
    more = urlencode({"outcome": outcome, "after": found.after}) if found.after else ""
    return render(
        request,
        "import.html.j2",
        problem=problem,
        found=found,
        outcome=outcome,
        outcomes=OUTCOMES,
        more=more,
        import_reason=import_reason,
    )


@routes.get(f"/imports/{NUMBER}")
@importers
async def one(request: web.Request) -> web.Response:
    """An upload's lines: what importing would do with each."""
    return await _page(request)


@routes.get(rf"/imports/{NUMBER}/lines/{{line:\d{{1,9}}}}")
@importers
async def line(request: web.Request) -> web.Response:
    """One line beside what stands of its procedure."""
    number, at = request.match_info["upload"], request.match_info["line"]
    found = await request[SERVICE].ask(ImportPair, "GET", f"{IMPORTS}/{number}/lines/{at}")
    new = found.before is None
    return render(
        request,
        "import_line.html.j2",
        number=number,
        at=at,
        new=new,
        told=[] if found.before is None else told("procedure", found.before, found.after),
    )


@routes.post(f"/imports/{NUMBER}/take")
@importers
@shows_again(_page, "catalogue_moved")
async def take(request: web.Request) -> web.Response:
    """Import what was seen; where the catalogue has changed meanwhile, show what would happen now."""
    path = f"{IMPORTS}/{request.match_info['upload']}/taking"
    done = await request[SERVICE].ask(ImportDone, "POST", path, patience=UPLOAD)
    return render(request, "import_done.html.j2", counts=done.counts, outcomes=OUTCOMES)


@routes.post(f"/imports/{NUMBER}/drop")
@importers
async def drop(request: web.Request) -> web.Response:
    """Throw an upload away."""
    await request[SERVICE].tell("DELETE", f"{IMPORTS}/{request.match_info['upload']}")
    raise web.HTTPSeeOther(f"{IMPORTS}?done=import_dropped")
