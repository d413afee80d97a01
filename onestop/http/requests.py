"""Requests: one address for a step and one to submit, whatever the kind."""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r404, r409
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.requests import service
from onestop.requests.kind import Context, Kind, RequestRefused
from onestop.requests.registry import KINDS
from onestop.requests.schemas import RequestDone, RequestStep, RequestSubmission, RequestView
from onestop.schemas import ProblemDetail

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Problem(404, "unknown_request", f"There is no kind of request {name}.")
    return KINDS[name]


@routes.post("/requests/steps")
@receive
async def take(request: web.Request, body: RequestStep) -> r200[RequestView] | r404[ProblemDetail]:
    """One step of a request: an answer, a correction, or only a look at what is asked next."""
    kind = _kind(body.state.kind)

    def work(session: Session) -> RequestView:
        context = Context(session, body.asker, body.state.subject, now())
        return service.take(kind, context, body)

    done = await request.app[DATABASE].read(work)
    return as_json(done)


@routes.post("/requests")
@receive
async def submit(
    request: web.Request, body: RequestSubmission
) -> r201[RequestDone] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Submit a complete request; 409 with `reopen`, the answers to be asked anew, if it cannot be."""
    kind = _kind(body.state.kind)

    def work(session: Session) -> RequestDone | RequestRefused:
        context = Context(session, body.asker, body.state.subject, now(), body.channel)
        try:
            return service.submit(kind, context, body.state)
        except RequestRefused as refused:
            if not refused.keep:
                raise
            return refused  # a wrong try is counted: it must not be undone with the refusal

    try:
        done = await request.app[DATABASE].run(work)
    except RequestRefused as refused:
        done = refused
    if isinstance(done, RequestRefused):
        raise Problem(409, done.code, "It cannot be done.", reopen=[*done.reopen], **done.extra)
    return as_json(done, 201)
