"""Staff: documents kept beside the catalogue (e-forms, units, calendar, words): read, propose, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r404, r409, r422
from pydantic import BaseModel
from sqlalchemy.orm import Session

from common.database import now
from common.problems import as_problem
from onestop.changes import service as changes
from onestop.changes.schemas import (
    SHIPPED,
    ChangeView,
    KeptContent,
    KeptKind,
    KeptMoved,
    KeptNew,
    KeptRevisionView,
    KeptView,
)
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_changes import run_change, unknown, view_of
from onestop.http.staff_gate import STAFF
from onestop.kept import registry, store
from onestop.kept.registry import SHELVES
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
T = TypeVar("T", bound=BaseModel)


async def _read(
    request: web.Request, kind: str, code: str, work: Callable[[Session], T]
) -> web.Response:
    """What `work` finds, for who sees that document."""

    def seen(session: Session) -> T:
        if not SHELVES[kind].sees(session, code, request[STAFF].scope):
            raise LookupError(code)
        return work(session)

    try:
        found = await request.app[DATABASE].read(seen)
    except LookupError as error:
        raise unknown() from error
    return as_json(found)


@routes.get("/staff/kept")
@allow(Role.EDITOR)
@receive
async def moved(request: web.Request) -> r200[list[KeptMoved]]:
    """The documents of which the project ships another one than the one over which staff have kept theirs."""
    scope = request[STAFF].scope

    def work(session: Session) -> list[KeptMoved]:
        return [
            KeptMoved.model_validate(
                {"kind": shelf.kind, "code": code, "title": shelf.title(session, code)}
            )
            for shelf, code in registry.moved(session, scope)
        ]

    found = await request.app[DATABASE].read(work)
    return as_json(found)


@routes.get("/staff/kept/{kind}/{code}")
@allow(Role.EDITOR)
@receive
async def read(
    request: web.Request, kind: KeptKind, code: str, /
) -> r200[KeptView] | r404[ProblemDetail]:
    """A document as it stands, with its history."""
    shelf = SHELVES[kind]

    def work(session: Session) -> KeptView:
        history = [
            KeptRevisionView(id=one.id, saved_at=one.saved_at)
            for one in store.history(session, kind, code)
        ]
        if code in shelf.shipped():
            history.append(KeptRevisionView(id=SHIPPED, saved_at=None))
        return KeptView(
            kind=kind,
            code=code,
            title=shelf.title(session, code),
            content=shelf.all(session)[code],
            moved=shelf.moved(session, code),
            history=history,
            changes=[view_of(session, one) for one in changes.of(session, kind, code)],
        )

    return await _read(request, kind, code, work)


@routes.get("/staff/kept/{kind}/{code}/revisions/{revision_id}")
@allow(Role.EDITOR)
@receive
async def revision(
    request: web.Request, kind: KeptKind, code: str, revision_id: int, /
) -> r200[KeptContent] | r404[ProblemDetail]:
    """A document as it stood in one revision."""
    shelf = SHELVES[kind]
    return await _read(
        request,
        kind,
        code,
        lambda session: KeptContent(content=shelf.revision(session, code, revision_id)),
    )


@routes.post("/staff/kept/{kind}/{code}/changes")
@allow(Role.EDITOR)
@receive
async def propose(
    request: web.Request, kind: KeptKind, code: str, /, body: KeptNew
) -> r201[ChangeView] | r404[ProblemDetail] | r409[ProblemDetail] | r422[ProblemDetail]:
    """Propose a document's new content; a second person approves it. One that is not there yet is made."""
    staff, shelf = request[STAFF], SHELVES[kind]

    def work(session: Session) -> ChangeView:
        new = body.base == SHIPPED and not shelf.current(session, code)
        change = changes.propose(
            session,
            staff.name,
            staff.scope,
            kind,
            code,
            "" if new else shelf.revision(session, code, body.base),
            body.content,
            body.note,
            body.effective_from,
            now(),
        )
        return view_of(session, change)

    found = await run_change(request, work)
    return as_json(found, 201)
