"""Staff: changes of any kind that wait for a second person, or were decided."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r404, r409
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.changes import service as changes
from onestop.changes.models import Change
from onestop.changes.schemas import ChangeView, ChangeWhole, ReviewNote
from onestop.changes.subject import OUTDATED, WAITING, Unfit
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import STAFF
from onestop.kept import live
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow
from onestop.staff.sessions import Staff

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


def unknown() -> Problem:
    """What is not there, or not for this account."""
    return Problem(404, "not_found", "There is no such thing for this account.")


def view_of(session: Session, change: Change) -> ChangeView:
    """A change as it is told."""
    return ChangeView.model_validate(
        {name: getattr(change, name) for name in ChangeView.model_fields if name != "name"}
        | {"name": changes.title(session, change)}
    )


async def run_change(request: web.Request, work: Callable[[Session], ChangeView]) -> ChangeView:
    """Run a step with a change; its refusals become problems.

    Raises:
        Problem: 404 `not_found`, 409 with the refusal's code, 422 `unfit` with its `faults`.
    """
    try:
        return await request.app[DATABASE].run(work)
    except LookupError as error:
        raise unknown() from error
    except changes.ChangeRefused as refused:
        raise Problem(409, refused.code, "It cannot be done with this change.") from refused
    except Unfit as unfit:
        raise Problem(422, "unfit", "The content cannot be used.", faults=unfit.faults) from unfit


@routes.get("/staff/changes")
@allow(Role.EDITOR)
@receive
async def list_changes(request: web.Request) -> r200[list[ChangeView]]:
    """Changes that wait for approval or for their day, and those that were overtaken; the oldest first."""
    scope = request[STAFF].scope

    def work(session: Session) -> list[ChangeView]:
        found = changes.listed(session, scope, (*WAITING, OUTDATED))
        return [view_of(session, one) for one in found]

    found = await request.app[DATABASE].read(work)
    return as_json(found)


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
        return ChangeWhole(
            change=view_of(session, change),
            before=change.before,
            after=change.content,
            outdated=changes.overtaken(session, change),
        )

    try:
        return as_json(await request.app[DATABASE].read(work))
    except LookupError as error:
        raise unknown() from error


async def _on_change(
    request: web.Request,
    change_id: int,
    step: Callable[[Session, Staff, Change], object],
) -> web.Response:
    def work(session: Session) -> ChangeView:
        change = changes.get(session, change_id, request[STAFF].scope)
        step(session, request[STAFF], change)
        return view_of(session, change)

    return as_json(await run_change(request, work))


@routes.post("/staff/changes/{change_id}/approval")
@allow(Role.EDITOR)
@receive
async def approve(
    request: web.Request, change_id: int, /
) -> r200[ChangeView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Approve another's change; what is applied counts in this process at once."""
    answer = await _on_change(
        request,
        change_id,
        lambda session, staff, change: changes.approve(session, staff.name, change, now()),
    )
    await request.app[DATABASE].read(live.load)
    return answer


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
