"""What its applicant may see and do with a dossier that was handed in."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r404, r409, r429
from pydantic import BaseModel
from sqlalchemy.orm import Session

from common.problems import Problem, as_problem
from onestop.dossiers import drafts, lookup, submission, supplements
from onestop.dossiers.models import Dossier
from onestop.feedback import ratings
from onestop.http import proof
from onestop.http.answers import as_json
from onestop.http.keys import BACKEND, CONFIG, DATABASE, wake
from onestop.post import service as post
from onestop.schemas import (
    DraftView,
    LookupRequest,
    ProblemDetail,
    StatusView,
    SupplementStart,
)

routes = web.RouteTableDef()


receive = inject_params(on_validation_error=as_problem).and_request


async def _on_proof(
    request: web.Request, body: LookupRequest, step: Callable[[Session, Dossier], BaseModel]
) -> BaseModel:
    """Run a step on the dossier of who knows its code and a second factor; else say why not.

    A wrong try is counted even though nothing is told, so it must not be undone with the refusal.
    """
    limits = proof.limits_of(request.app[CONFIG])

    def work(session: Session) -> BaseModel | lookup.Refused:
        found = lookup.prove(session, body.asker, body.code, body.factor, limits)
        return found if isinstance(found, lookup.Refused) else step(session, found)

    try:
        found = await request.app[DATABASE].run(work)
    except supplements.NothingAsked as error:
        raise Problem(409, "nothing_asked", "The dossier waits for nothing.") from error
    except submission.ImpossibleStep as error:
        raise Problem(409, "impossible_step", "Its status does not allow that.") from error
    if isinstance(found, lookup.Refused):
        raise proof.refusal(found, "dossier")
    return found


@routes.post("/lookups")
@receive
async def look_up(
    request: web.Request, body: LookupRequest
) -> r200[StatusView] | r404[ProblemDetail] | r429[ProblemDetail]:
    """Tell where a dossier stands to who knows its code and a second factor."""
    cipher = request.app[CONFIG].cipher()

    def step(session: Session, found: Dossier) -> StatusView:
        view = lookup.view(found)
        view.rating = ratings.offer(session, cipher, body.asker, found)
        view.post = post.views(post.of_dossier(session, found))
        view.can_post = bool(post.offered(session, found))
        return view

    return as_json(await _on_proof(request, body, step))


@routes.post("/supplements")
@receive
async def supplement(
    request: web.Request, body: SupplementStart
) -> r201[DraftView] | r404[ProblemDetail] | r409[ProblemDetail] | r429[ProblemDetail]:
    """Begin, or go on with, the draft that asks for just what an officer asked for."""

    def step(session: Session, found: Dossier) -> DraftView:
        return drafts.view(supplements.begin(session, found, body.asker, body.channel))

    return as_json(await _on_proof(request, body, step), 201)


@routes.post("/withdrawals")
@receive
async def withdraw(
    request: web.Request, body: LookupRequest
) -> r200[StatusView] | r404[ProblemDetail] | r409[ProblemDetail] | r429[ProblemDetail]:
    """Note that the applicant wants the dossier back; an officer decides."""
    backend = request.app[BACKEND]

    def step(session: Session, found: Dossier) -> StatusView:
        supplements.withdraw(session, found, backend)
        return lookup.view(found)

    done = await _on_proof(request, body, step)
    wake(request.app)
    return as_json(done)
