"""Complaints and suggestions, and ratings of finished dossiers."""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r403, r404, r409, r422, r429
from sqlalchemy.exc import IntegrityError

from common.problems import Problem, as_problem
from onestop.dossiers.lookup import Refused
from onestop.eforms.answers import Refusal
from onestop.eforms.texts import refusal_text
from onestop.feedback import complaints, ratings
from onestop.http import proof
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE
from onestop.schemas import (
    ComplaintAnswer,
    ComplaintCheck,
    ComplaintRequest,
    ComplaintView,
    LookupRequest,
    ProblemDetail,
    RatingOffer,
    RatingRequest,
    RatingView,
)

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
MOST_OFFERS = 20


@routes.post("/complaints/checks")
@receive
async def check(
    request: web.Request, body: ComplaintCheck
) -> r200[ComplaintAnswer] | r422[ProblemDetail]:
    """Read an answer to the question for name or phone; 422 with the sentence for the citizen."""
    try:
        return as_json(complaints.read(body.field, body.text))
    except Refusal as error:
        raise Problem(422, error.code, refusal_text(error, body.attempt)) from error


@routes.post("/complaints")
@receive
async def take(
    request: web.Request, body: ComplaintRequest
) -> r201[ComplaintView] | r409[ProblemDetail] | r422[ProblemDetail]:
    """Take a complaint in; a repeat gets the same one."""
    database = request.app[DATABASE]
    try:
        try:
            return as_json(await database.run(complaints.take, body), 201)
        except IntegrityError:  # an equal request came at the same moment and was first
            return as_json(await database.run(complaints.take, body), 201)
    except Refusal as error:
        raise Problem(422, error.code, refusal_text(error, 1)) from error
    except complaints.NotTaken as error:
        raise Problem(409, error.reason, "The complaint was not taken.") from error


@routes.post("/complaints/lookups")
@receive
async def look_up(
    request: web.Request, body: LookupRequest
) -> r200[ComplaintView] | r404[ProblemDetail] | r429[ProblemDetail]:
    """Tell a complaint to who knows its code and the last four digits of the sender's phone."""
    limits = proof.limits_of(request.app[CONFIG])
    found = await request.app[DATABASE].run(
        complaints.look_up, body.asker, body.code, body.factor, limits
    )
    if isinstance(found, Refused):
        raise proof.refusal(found, "complaint")
    return as_json(found)


@routes.get("/ratings/offers")
@receive
async def offers(request: web.Request, owner: str) -> r200[list[RatingOffer]]:
    """The owner's finished dossiers that may be rated, the newest first."""
    cipher = request.app[CONFIG].cipher()
    found = await request.app[DATABASE].read(ratings.offers, cipher, owner, MOST_OFFERS)
    return as_json(found)


@routes.post("/ratings")
@receive
async def rate(
    request: web.Request, body: RatingRequest
) -> r200[RatingView] | r403[ProblemDetail] | r409[ProblemDetail]:
    """Rate a dossier, or change its rating."""
    cipher = request.app[CONFIG].cipher()
    try:
        return as_json(await request.app[DATABASE].run(ratings.rate, cipher, body))
    except ratings.NotRated as error:
        status = 403 if error.reason == "not_granted" else 409
        raise Problem(status, error.reason, "The rating was not taken.") from error
