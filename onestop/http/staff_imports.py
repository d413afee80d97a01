"""Staff: national records uploaded, seen line by line before anything counts, imported or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r204, r404, r409, r413, r422
from annotated_types import Ge, Le
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.catalogue import imports
from onestop.catalogue.imports import CatalogueImport, ImportRefused
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_changes import unknown
from onestop.http.staff_gate import STAFF
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow
from onestop.staff.schemas import ImportDone, ImportLine, ImportPage, ImportPair, ImportView

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
importers = allow(Role.EDITOR, Role.ADMINISTRATOR)
CHUNK_BYTES = 64 * 1024
T = TypeVar("T")


def _view(found: CatalogueImport) -> ImportView:
    counts = dict(imports.counts_of(found))
    return ImportView(id=found.id, name=found.name, uploaded_at=found.uploaded_at, counts=counts)


def _refusal(refused: ImportRefused) -> Problem:
    status = 409 if refused.code == "catalogue_moved" else 422
    return Problem(status, refused.code, "The file cannot be imported.")


async def _run(request: web.Request, work: Callable[[Session], T]) -> T:
    try:
        return await request.app[DATABASE].run(work)
    except LookupError as error:
        raise unknown() from error
    except ImportRefused as refused:
        raise _refusal(refused) from refused


@routes.get("/staff/imports")
@importers
@receive
async def listed(request: web.Request) -> r200[list[ImportView]]:
    """The account's own uploads that wait, the newest first."""

    def work(session: Session) -> list[ImportView]:
        return [_view(one) for one in imports.waiting(session, request[STAFF].name)]

    found = await request.app[DATABASE].read(work)
    return as_json(found)


@routes.post("/staff/imports")
@importers
@receive
async def upload(
    request: web.Request, name: str = ""
) -> r201[ImportView] | r413[ProblemDetail] | r422[ProblemDetail]:
    """Look a file through, sent as the body; the catalogue stays as it is."""
    content = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        content.extend(chunk)
        if len(content) > imports.MOST_BYTES:
            raise Problem(413, "file_too_large", "The file is too large.")
    staff = request[STAFF]

    kept = bytes(content)
    try:  # beside those who write: it takes a while
        seen = await request.app[DATABASE].read(imports.look, staff.scope, kept)
    except ImportRefused as refused:
        raise _refusal(refused) from refused

    def work(session: Session) -> ImportView:
        return _view(imports.keep(session, staff.name, name, kept, seen, now()))

    return as_json(await request.app[DATABASE].run(work), 201)


@routes.get("/staff/imports/{import_id}")
@importers
@receive
async def read(
    request: web.Request,
    import_id: int,
    /,
    outcome: str = "",
    after: Annotated[int, Ge(0)] = 0,
    limit: Annotated[int, Ge(1), Le(500)] = 100,
) -> r200[ImportPage] | r404[ProblemDetail]:
    """An upload's lines, of one outcome or all, after a line."""

    def work(session: Session) -> ImportPage:
        found = imports.get(session, request[STAFF].name, import_id)
        wanted: list[dict[str, Any]] = [
            one for one in found.lines if one["line"] > after and outcome in ("", one["outcome"])
        ]
        more = wanted[limit - 1]["line"] if len(wanted) > limit else 0
        lines = [ImportLine.model_validate(one) for one in wanted[:limit]]
        return ImportPage(upload=_view(found), lines=lines, after=more)

    return as_json(await _run(request, work))


@routes.get("/staff/imports/{import_id}/lines/{line_id}")
@importers
@receive
async def pair(
    request: web.Request, import_id: int, line_id: int, /
) -> r200[ImportPair] | r404[ProblemDetail]:
    """One line beside what stands of its procedure."""

    def work(session: Session) -> ImportPair:
        found = imports.get(session, request[STAFF].name, import_id)
        before, after = imports.pair(session, found, line_id)
        return ImportPair(before=before, after=after)

    return as_json(await _run(request, work))


@routes.post("/staff/imports/{import_id}/taking")
@importers
@receive
async def take(
    request: web.Request, import_id: int, /
) -> r200[ImportDone] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Import all that was seen; 409 `catalogue_moved` with the lines seen anew if the catalogue has changed."""
    staff = request[STAFF]

    try:
        parsed = await request.app[DATABASE].read(imports.parsed, staff.name, import_id)
    except LookupError as error:
        raise unknown() from error

    def work(session: Session) -> ImportDone:
        found = imports.get(session, staff.name, import_id)
        return ImportDone(counts=dict(imports.take(session, found, staff.scope, parsed)))

    def again(session: Session) -> None:
        imports.look_again(session, imports.get(session, staff.name, import_id), staff.scope)

    try:
        return as_json(await _run(request, work))
    except Problem as problem:
        if problem.code == "catalogue_moved":
            await _run(request, again)
        raise


@routes.delete("/staff/imports/{import_id}")
@importers
@receive
async def drop(request: web.Request, import_id: int, /) -> r204 | r404[ProblemDetail]:
    """Throw an upload away."""

    def work(session: Session) -> None:
        imports.drop(session, imports.get(session, request[STAFF].name, import_id))

    await _run(request, work)
    return web.Response(status=204)
