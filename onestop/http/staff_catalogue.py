"""Staff: the catalogue looked through, changed with a second person's approval, and its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r404, r409
from annotated_types import Ge, Le
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.catalogue import changes, overview, store
from onestop.catalogue.content import Procedure
from onestop.catalogue.models import ProcedureChange, ProcedureRecord, ProcedureRevision
from onestop.http.keys import CONFIG, DATABASE
from onestop.http.staff_gate import STAFF
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow
from onestop.staff.schemas import (
    CataloguePage,
    ChangeNew,
    ChangeView,
    ChangeWhole,
    ProcedureView,
    ReviewNote,
    RevisionView,
    StaleLine,
)
from onestop.staff.sessions import Staff

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
NO_LEVEL = 0


def _json(model: BaseModel, status: int = 200) -> web.Response:
    return web.json_response(model.model_dump(mode="json"), status=status)


def _view(change: ProcedureChange, name: str) -> ChangeView:
    return ChangeView(
        id=change.id,
        code=change.code,
        name=name,
        state=change.state,
        note=change.note,
        author=change.author,
        proposed_at=change.proposed_at,
        effective_from=change.effective_from,
        reviewer=change.reviewer,
        review_note=change.review_note,
        reviewed_at=change.reviewed_at,
    )


def _name(session: Session, code: str) -> str:
    return session.get_one(ProcedureRecord, code).name


def _unknown(error: LookupError) -> Problem:
    return Problem(404, "not_found", "There is no such thing for this account.")


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

    return _json(await request.app[DATABASE].read(work))


@routes.get("/staff/catalogue/stale")
@allow(Role.EDITOR)
@receive
async def stale(request: web.Request) -> r200[list[StaleLine]]:
    """Procedures that somebody should look at."""
    oldest = timedelta(days=request.app[CONFIG].catalogue_stale_days)
    found = await request.app[DATABASE].read(overview.stale, request[STAFF].scope, now(), oldest)
    return web.json_response([one.model_dump(mode="json") for one in found])


@routes.get("/staff/catalogue/{code}")
@allow(*Role)
@receive
async def read(request: web.Request, code: str, /) -> r200[ProcedureView] | r404[ProblemDetail]:
    """A procedure with its history."""
    scope = request[STAFF].scope

    def work(session: Session) -> ProcedureView:
        record = changes.record_of(session, code, scope)
        mine = select(ProcedureChange).where(ProcedureChange.code == code)
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
            changes=[
                _view(one, record.name)
                for one in session.scalars(mine.order_by(ProcedureChange.id.desc()).limit(50))
            ],
        )

    try:
        return _json(await request.app[DATABASE].read(work))
    except LookupError as error:
        raise _unknown(error) from error


@routes.get("/staff/catalogue/{code}/revisions/{revision_id}")
@allow(*Role)
@receive
async def revision(
    request: web.Request, code: str, revision_id: int, /
) -> r200[Procedure] | r404[ProblemDetail]:
    """A procedure as it stood in one revision."""
    scope = request[STAFF].scope

    def work(session: Session) -> Procedure:
        changes.record_of(session, code, scope)
        found = session.get(ProcedureRevision, revision_id)
        if found is None or found.code != code:
            raise LookupError(revision_id)
        return Procedure.model_validate_json(found.content)

    try:
        return _json(await request.app[DATABASE].read(work))
    except LookupError as error:
        raise _unknown(error) from error


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
        change = changes.propose(
            session,
            staff.name,
            staff.scope,
            body.base,
            body.content,
            body.note,
            body.effective_from,
            now(),
        )
        return _view(change, _name(session, code))

    return _json(await _run(request, work), 201)


@routes.get("/staff/changes")
@allow(Role.EDITOR)
@receive
async def list_changes(request: web.Request) -> r200[list[ChangeView]]:
    """Changes that wait for approval or for their day, and those that were overtaken; the oldest first."""
    scope = request[STAFF].scope

    def work(session: Session) -> list[ChangeView]:
        found = changes.listed(session, scope, (*changes.WAITING, changes.OUTDATED))
        return [_view(one, _name(session, one.code)) for one in found]

    found = await request.app[DATABASE].read(work)
    return web.json_response([one.model_dump(mode="json") for one in found])


@routes.get("/staff/changes/{change_id}")
@allow(Role.EDITOR)
@receive
async def read_change(
    request: web.Request, change_id: int, /
) -> r200[ChangeWhole] | r404[ProblemDetail]:
    """A change with what it was made against."""
    scope = request[STAFF].scope

    def work(session: Session) -> ChangeWhole:
        change = changes.get(session, change_id, scope)
        record = session.get_one(ProcedureRecord, change.code)
        base = session.get_one(ProcedureRevision, change.base_id)
        return ChangeWhole(
            change=_view(change, record.name),
            before=Procedure.model_validate_json(base.content),
            after=Procedure.model_validate_json(change.content),
            outdated=change.state in changes.WAITING and record.revision_id != change.base_id,
        )

    try:
        return _json(await request.app[DATABASE].read(work))
    except LookupError as error:
        raise _unknown(error) from error


async def _run(request: web.Request, work: Callable[[Session], ChangeView]) -> ChangeView:
    try:
        return await request.app[DATABASE].run(work)
    except LookupError as error:
        raise _unknown(error) from error
    except changes.ChangeRefused as refused:
        raise Problem(409, refused.code, "It cannot be done with this change.") from refused


async def _on_change(
    request: web.Request,
    change_id: int,
    step: Callable[[Session, Staff, ProcedureChange], object],
) -> web.Response:
    def work(session: Session) -> ChangeView:
        change = changes.get(session, change_id, request[STAFF].scope)
        step(session, request[STAFF], change)
        return _view(change, _name(session, change.code))

    return _json(await _run(request, work))


@routes.post("/staff/changes/{change_id}/approval")
@allow(Role.EDITOR)
@receive
async def approve(
    request: web.Request, change_id: int, /
) -> r200[ChangeView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Approve another's change."""
    return await _on_change(
        request,
        change_id,
        lambda session, staff, change: changes.approve(session, staff.name, change, now()),
    )


@routes.post("/staff/changes/{change_id}/rejection")
@allow(Role.EDITOR)
@receive
async def reject(
    request: web.Request, change_id: int, /, body: ReviewNote
) -> r200[ChangeView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Reject a change, telling why."""
    return await _on_change(
        request,
        change_id,
        lambda session, staff, change: changes.reject(
            session, staff.name, change, body.note, now()
        ),
    )


@routes.post("/staff/changes/{change_id}/withdrawal")
@allow(Role.EDITOR)
@receive
async def withdraw(
    request: web.Request, change_id: int, /
) -> r200[ChangeView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Take one's own change back."""
    return await _on_change(
        request,
        change_id,
        lambda session, staff, change: changes.withdraw(session, staff.name, change),
    )
