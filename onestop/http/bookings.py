"""Booked counter times of an owner; they are made and given up by code through `requests`."""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r404
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.bookings import service
from onestop.bookings.request import facts
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.requests.schemas import RequestDone
from onestop.schemas import ProblemDetail

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


@routes.get("/bookings")
@receive
async def upcoming(request: web.Request, owner: str) -> r200[list[RequestDone]]:
    """The owner's bookings from today on, soonest first."""

    def work(session: Session) -> list[RequestDone]:
        found = service.upcoming(session, owner, now())
        return [RequestDone(code=one.code, facts=facts(one)) for one in found]

    done = await request.app[DATABASE].read(work)
    return as_json(done)


@routes.delete("/bookings/{code}")
@receive
async def cancel(
    request: web.Request, code: str, /, owner: str
) -> r200[RequestDone] | r404[ProblemDetail]:
    """Give up a booking of one's own; a repeat is harmless."""

    def work(session: Session) -> RequestDone:
        booking = service.cancel(session, code, owner)
        return RequestDone(code=booking.code, facts=facts(booking))

    try:
        done = await request.app[DATABASE].run(work)
    except service.NotFound as error:
        raise Problem(404, "unknown_booking", "There is no such booking of this owner.") from error
    return as_json(done)
