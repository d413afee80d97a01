"""The public post: what it costs, what it was asked for with a dossier, taking back. Asking: `requests`."""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r403, r404, r409, r429
from sqlalchemy.orm import Session

from common.problems import Problem, as_problem
from onestop.dossiers import grants
from onestop.dossiers.lookup import Refused, open_for
from onestop.http import proof
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE
from onestop.post import rules, service
from onestop.schemas import (
    OwedRequest,
    PostCancellation,
    PostFee,
    PostOpening,
    PostView,
    ProblemDetail,
)

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


@routes.get("/post/fees")
@receive
async def fees(request: web.Request) -> r200[list[PostFee]]:
    """What an ordinary parcel costs, by zone."""
    found = [rules.fee(zone) for zone in (rules.SAME, rules.OTHER)]
    return as_json(found)


@routes.post("/post/openings")
@receive
async def opening(
    request: web.Request, body: OwedRequest
) -> r200[PostOpening] | r403[ProblemDetail] | r404[ProblemDetail] | r429[ProblemDetail]:
    """Open a dossier for the post: to its owner, or to who knows its second factor."""
    config = request.app[CONFIG]
    limits = proof.limits_of(config)

    def work(session: Session) -> PostOpening | Refused:
        dossier = open_for(session, body.asker, body.code, body.factor, limits)
        if isinstance(dossier, Refused):
            return dossier
        return PostOpening(
            code=dossier.code,
            grant=grants.give(config.cipher(), body.asker, dossier.code),
            requests=service.views(service.of_dossier(session, dossier)),
            offered=service.offered(session, dossier),
            in_person=rules.in_person(dossier.procedure_code),
        )

    found = await request.app[DATABASE].run(work)
    if isinstance(found, Refused):
        raise proof.refusal(found, "dossier")
    return as_json(found)


@routes.post("/post/{code}/cancellation")
@receive
async def cancel(
    request: web.Request, code: str, /, body: PostCancellation
) -> r200[PostView] | r403[ProblemDetail] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Take a request back, until the post holds the parcel; a repeat is harmless."""
    dossier = grants.opened(request.app[CONFIG].cipher(), body.asker, body.grant)
    if dossier is None:
        raise Problem(403, "not_granted", "The grant is not this asker's, or too old.")

    def work(session: Session) -> PostView:
        return service.view(service.cancel(session, code, dossier))

    try:
        done = await request.app[DATABASE].run(work)
    except LookupError as error:
        raise Problem(404, "unknown_parcel", "The dossier has no such request.") from error
    except service.ImpossibleStep as error:
        raise Problem(409, "impossible_step", "The post holds it already.") from error
    return as_json(done)
