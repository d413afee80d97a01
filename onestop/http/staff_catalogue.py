"""Staff: the catalogue looked through, changes of procedures proposed, and its history."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r404, r409
from annotated_types import Ge, Le
from sqlalchemy.orm import Session

from common.database import now
from common.problems import as_problem
from onestop.catalogue import overview, store
from onestop.catalogue.changes import Procedures, record_of, revision_of
from onestop.catalogue.content import Procedure
from onestop.changes import service as changes
from onestop.changes.schemas import ChangeView
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE
from onestop.http.staff_changes import run_change, unknown, view_of
from onestop.http.staff_gate import STAFF
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow
from onestop.staff.schemas import (
    CataloguePage,
    ChangeNew,
    ProcedureView,
    RevisionView,
    StaleLine,
)

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
NO_LEVEL = 0


@routes.get("/staff/catalogue")
@allow(*Role)
@receive
async def look_through(
    request: web.Request,
    q: str = "",
    field: str = "",
    level: Annotated[int, Ge(0), Le(4)] = NO_LEVEL,
    source: str = "",
    after: str = "",
    limit: Annotated[int, Ge(1), Le(200)] = 50,
) -> r200[CataloguePage]:
    """Procedures in order of code; `q`: words, with or without accents, in name, everyday names or code."""
    wanted = overview.Filter(q[:200], field, level or None, source)
    scope = request[STAFF].scope

    def work(session: Session) -> CataloguePage:
        found = overview.lines(session, wanted, scope, after, limit + 1)
        more = found[limit - 1].code if len(found) > limit else ""
        fields = overview.fields(session, scope)
        return CataloguePage(lines=found[:limit], after=more, fields=fields)

    return as_json(await request.app[DATABASE].read(work))


@routes.get("/staff/catalogue/stale")
@allow(Role.EDITOR)
@receive
async def stale(request: web.Request) -> r200[list[StaleLine]]:
    """Procedures that somebody should look at."""
    oldest = timedelta(days=request.app[CONFIG].catalogue_stale_days)
    found = await request.app[DATABASE].read(overview.stale, request[STAFF].scope, now(), oldest)
    return as_json(found)


@routes.get("/staff/catalogue/{code}")
@allow(*Role)
@receive
async def read(request: web.Request, code: str, /) -> r200[ProcedureView] | r404[ProblemDetail]:
    """A procedure with its history."""
    scope = request[STAFF].scope

    def work(session: Session) -> ProcedureView:
        record = record_of(session, code, scope)
        return ProcedureView(
            procedure=Procedure.model_validate_json(record.revision.content),
            revision=record.revision_id,
            history=[
                RevisionView(
                    id=one.id,
                    source=one.source,
                    saved_at=one.saved_at,
                    current=one.id == record.revision_id,
                )
                for one in store.history(session, code)
            ],
            changes=[view_of(session, one) for one in changes.of(session, Procedures.kind, code)],
        )

    try:
        return as_json(await request.app[DATABASE].read(work))
    except LookupError as error:
        raise unknown() from error


@routes.get("/staff/catalogue/{code}/revisions/{revision_id}")
@allow(*Role)
@receive
async def revision(
    request: web.Request, code: str, revision_id: int, /
) -> r200[Procedure] | r404[ProblemDetail]:
    """A procedure as it stood in one revision."""
    scope = request[STAFF].scope

    def work(session: Session) -> Procedure:
        record_of(session, code, scope)
        return Procedure.model_validate_json(revision_of(session, code, revision_id))

    try:
        return as_json(await request.app[DATABASE].read(work))
    except LookupError as error:
        raise unknown() from error


@routes.post("/staff/catalogue/{code}/changes")
@allow(Role.EDITOR)
@receive
async def propose(
    request: web.Request, code: str, /, body: ChangeNew
) -> r201[ChangeView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Propose the procedure's new content; a second person approves it."""
    staff = request[STAFF]

    def work(session: Session) -> ChangeView:
        if body.content.code != code:
            raise changes.ChangeRefused("other_code")
        record = record_of(session, code, staff.scope)
        if record.revision_id != body.base:
            raise changes.ChangeRefused("outdated")
        change = changes.propose(
            session,
            staff.name,
            staff.scope,
            Procedures.kind,
            code,
            record.revision.content,
            body.content.model_dump_json(),
            body.note,
            body.effective_from,
            now(),
        )
        return view_of(session, change)

    return as_json(await run_change(request, work), 201)
