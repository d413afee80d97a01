"""Find and read procedures."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r404
from annotated_types import Ge, Le
from pydantic import StringConstraints

from common.problems import Problem, as_problem
from common.tenant import tenant
from onestop.catalogue import store
from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.search.narrow import Narrow
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE, SEARCH
from onestop.schemas import ProblemDetail, SearchResult

routes = web.RouteTableDef()
Query = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(max_length=100)]


@routes.get("/procedures")
@inject_params(on_validation_error=as_problem).and_request
async def find(
    request: web.Request,
    q: Query,
    limit: Annotated[int, Ge(1), Le(20)] = 5,
    applicant: Name | None = None,
    place: Name | None = None,
    tier: Tier | None = None,
    level: Annotated[int, Ge(1), Le(4)] | None = None,
) -> r200[SearchResult]:
    """Find procedures in a citizen's own words.

    `applicant` prefers who may apply ("doanh nghiệp"), `place` a province's own procedures (the
    tenant's if none is named); `tier` leaves out other levels of government, `level` lower service levels.
    """
    places = (place,) if place else tenant().places
    narrow = Narrow(applicant=applicant, places=places, tier=tier, level=level)
    return as_json(request.app[SEARCH].search(q, limit, narrow))


@routes.get("/procedures/{code}")
@inject_params(on_validation_error=as_problem).and_request
async def read(request: web.Request, code: str, /) -> r200[Procedure] | r404[ProblemDetail]:
    """A procedure's whole content."""
    procedure = await request.app[DATABASE].read(store.get, code)
    if procedure is None:
        raise Problem(404, "unknown_procedure", f"There is no procedure {code}.")
    return as_json(procedure)
