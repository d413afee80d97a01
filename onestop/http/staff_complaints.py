"""Staff: complaints and suggestions handled, ratings read. Who opens one sees who sent it: that is audited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar
from urllib.parse import quote

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r204, r403, r404, r409, r422
from annotated_types import Ge, Le
from sqlalchemy.orm import Session

from common.database import INTEGER_MOST, now
from common.problems import Problem, as_problem
from onestop.dossiers.models import StoredFile
from onestop.feedback import agencies, complaints, handling
from onestop.feedback.schemas import (
    ComplaintAgency,
    ComplaintMove,
    ComplaintPage,
    ComplaintWhole,
    Filter,
    RatingLine,
)
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE, STORAGE
from onestop.http.staff_changes import unknown
from onestop.http.staff_gate import STAFF, require_all_agencies
from onestop.schemas import ProblemDetail
from onestop.staff import audit
from onestop.staff.access import Role, allow
from onestop.storage.base import StorageError

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
handlers = allow(Role.AGENT, Role.ADMINISTRATOR)
PAGE = 50
T = TypeVar("T")


async def _run(request: web.Request, work: Callable[[Session], T]) -> T:
    try:
        return await request.app[DATABASE].run(work)
    except LookupError as error:
        raise unknown() from error


@routes.get("/staff/complaints")
@handlers
@receive
async def listed(
    request: web.Request,
    state: str = "",
    late: bool = False,
    nobodys: bool = False,
    first: date | None = None,
    last: date | None = None,
    before: Annotated[int, Ge(0), Le(INTEGER_MOST)] | None = None,
) -> r200[ComplaintPage]:
    """Complaints without who sent them; `state`: one, or `open`."""
    wanted = Filter(state=state, late=late, nobodys=nobodys, first=first, last=last, before=before)
    scope = request[STAFF].scope
    found = await request.app[DATABASE].read(
        lambda session: handling.lines(session, scope, wanted, now(), PAGE + 1)
    )
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return as_json(ComplaintPage(lines=found[:PAGE], before=more))


@routes.get("/staff/complaints/{code}")
@handlers
@receive
async def read(request: web.Request, code: str, /) -> r200[ComplaintWhole] | r404[ProblemDetail]:
    """One complaint with who sent it; the look is audited."""

    def work(session: Session) -> ComplaintWhole:
        found = handling.whole(session, request[STAFF].scope, code, now())
        audit.record(session, request[STAFF].name, "complaint.looked", f"complaint:{code}")
        return found

    return as_json(await _run(request, work))


@routes.post("/staff/complaints/{code}/steps")
@handlers
@receive
async def move(
    request: web.Request, code: str, /, body: ComplaintMove
) -> r200[ComplaintWhole] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Take a complaint a step on; its sender is told."""
    staff = request[STAFF]

    def work(session: Session) -> ComplaintWhole:
        handling.find(session, staff.scope, code)
        complaints.move(session, code, body.state, staff.name, body.note)
        audit.record(session, staff.name, f"complaint.{body.state}", f"complaint:{code}")
        session.flush()
        return handling.whole(session, staff.scope, code, now())

    try:
        return as_json(await _run(request, work))
    except complaints.ImpossibleStep as error:
        raise Problem(409, "impossible_step", "The state may not follow.") from error


@routes.put("/staff/complaints/{code}/agency")
@handlers
@receive
async def assign(
    request: web.Request, code: str, /, body: ComplaintAgency
) -> r204 | r403[ProblemDetail] | r404[ProblemDetail] | r409[ProblemDetail] | r422[ProblemDetail]:
    """Say whose matter a complaint is that names no dossier; for accounts that see all agencies."""
    staff = request[STAFF]
    require_all_agencies(request)

    def work(session: Session) -> None:
        complaint, *_ = handling.find(session, staff.scope, code)
        agencies.assign(session, complaint, body.agency, body.note, staff.name)

    try:
        await _run(request, work)
    except agencies.NotAssignable as error:
        status = 409 if error.code == "has_agency" else 422
        raise Problem(status, error.code, "It cannot be given to that agency.") from error
    return web.Response(status=204)


@routes.get("/staff/complaints/{code}/files/{file_id}")
@handlers
@receive
async def file(request: web.Request, code: str, file_id: str, /) -> r200 | r404[ProblemDetail]:
    """A file that came with a complaint; the look is audited."""

    def work(session: Session) -> StoredFile:
        found = handling.file_of(session, request[STAFF].scope, code, file_id)
        audit.record(session, request[STAFF].name, "complaint.file_looked", f"complaint:{code}")
        return found

    found = await _run(request, work)
    try:
        content = await asyncio.to_thread(request.app[STORAGE].get, file_id)
    except StorageError as error:
        raise Problem(503, "storage_unavailable", "The file cannot be read.") from error
    name = f"inline; filename*=UTF-8''{quote(found.name)}"
    headers = {"Content-Type": found.content_type, "Content-Disposition": name}
    return web.Response(body=content, headers={**headers, "Cache-Control": "private, no-store"})


@routes.get("/staff/ratings")
@handlers
@receive
async def ratings(
    request: web.Request,
    first: date,
    last: date,
    most_stars: Annotated[int, Ge(1), Le(5)] = 5,
) -> r200[list[RatingLine]]:
    """The ratings of some days (in Vietnam), the newest first, at most 500."""
    scope = request[STAFF].scope
    found = await request.app[DATABASE].read(
        lambda session: handling.ratings(session, scope, first, last, most_stars, 500)
    )
    return as_json(found)
