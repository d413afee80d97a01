"""What the stores beside this one are asked to erase: on a citizen's wish, and when its time is over."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r204, r409, r422
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE, STORAGE
from onestop.privacy import erasing, expiring
from onestop.privacy.holds import held_owners
from onestop.privacy.rules import rules
from onestop.schemas import (
    ErasureClaim,
    ErasureClaims,
    ErasureReport,
    ExpiryOrder,
    ExpiryReport,
    ProblemDetail,
)
from onestop.storage.base import StorageError

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


@routes.post("/erasures/claims")
@receive
async def claim(request: web.Request, body: ErasureClaims) -> r200[list[ErasureClaim]]:
    """Take erasures that wait for the conversation's stores; a claim ends with its lease."""

    def work(session: Session) -> list[ErasureClaim]:
        found = erasing.claim(session, now(), body.limit)
        return [ErasureClaim(id=one.id, owner=one.owner, lease=one.lease or "") for one in found]

    found = await request.app[DATABASE].run(work)
    return as_json(found)


@routes.put("/erasures/{number}")
@receive
async def finish(
    request: web.Request, number: int, /, body: ErasureReport
) -> r204 | r409[ProblemDetail]:
    """The other stores are done; the contents of files go now, then only counts stay."""
    database, storage = request.app[DATABASE], request.app[STORAGE]
    try:
        found = await database.run(erasing.claimed, number, body.lease)
        for key in found.file_keys:
            await asyncio.to_thread(storage.delete, key)
        late = await database.run(erasing.finish, number, body.lease, body.counts, now())
        for key in late:
            await asyncio.to_thread(storage.delete, key)
    except erasing.ClaimLost as error:
        raise Problem(409, "claim_lost", "Another worker has the erasure.") from error
    except StorageError as error:
        # The claim ends and all is repeated; a content without a row is swept at the latest.
        raise Problem(503, "storage_unavailable", "The files could not be deleted.") from error
    return web.Response(status=204)


@routes.get("/retention/orders")
@receive
async def orders(request: web.Request) -> r200[list[ExpiryOrder]]:
    """What the other stores are to take away now, and whose must stay."""

    def work(session: Session) -> list[str]:
        return list(session.scalars(held_owners()))

    held = await request.app[DATABASE].read(work)
    found = [
        ExpiryOrder(store=rule.store, kind=rule.kind, before=rule.before(now()), held=held)
        for rule in rules().values()
        if rule.store != "onestop" and rule.action != "keep"
    ]
    return as_json(found)


@routes.post("/retention/runs")
@receive
async def report(request: web.Request, body: ExpiryReport) -> r204 | r422[ProblemDetail]:
    """Keep how much another store has taken away."""
    try:
        await request.app[DATABASE].run(expiring.record, body.store, body.kind, body.count)
    except KeyError as error:
        raise Problem(422, "unknown_kind", "That store has no such kind of data.") from error
    return web.Response(status=204)
