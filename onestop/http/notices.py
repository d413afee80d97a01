"""What citizens are to be told: claimed and reported on by whoever delivers it; and who wants none."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r204, r404, r409, r422
from pydantic import Field

from common.database import now
from common.problems import Problem, as_problem
from onestop import notices
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE
from onestop.notices import delivery
from onestop.schemas import DeliveryReport, NoticeClaim, NoticeView, NoticeWish, ProblemDetail

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


@routes.get("/notices")
@receive
async def waiting(
    request: web.Request, limit: Annotated[int, Field(ge=1, le=100)] = 50
) -> r200[list[NoticeView]] | r422[ProblemDetail]:
    """The oldest notices that were not told yet."""
    return as_json(await request.app[DATABASE].read(notices.waiting, limit))


@routes.post("/notices/claims")
@receive
async def claim(request: web.Request, body: NoticeClaim) -> r200[list[NoticeView]]:
    """Take up what is due; others do not get it until the lease ends."""
    config, database, at = request.app[CONFIG], request.app[DATABASE], now()
    quiet = delivery.QuietHours(config.notice_quiet_from, config.notice_quiet_until)
    # Most looks find nothing, and a look must not queue behind writers.
    if not await database.read(delivery.due, at):
        return as_json([])
    return as_json(await database.run(delivery.claim, at, quiet, body.limit))


@routes.put("/notices/{notice}/delivery")
@receive
async def report(
    request: web.Request, notice: int, /, body: DeliveryReport
) -> r204 | r404[ProblemDetail] | r409[ProblemDetail]:
    """Say how it went with a claimed notice. A repeat is harmless."""
    try:
        await request.app[DATABASE].run(delivery.report, notice, body, now())
    except LookupError as error:
        raise Problem(404, "unknown_notice", "There is no such notice.") from error
    except delivery.LeaseLost as error:
        raise Problem(409, "lease_lost", "Somebody else has it.") from error
    return web.Response(status=204)


@routes.put("/owners/{owner}/notices")
@receive
async def wish(request: web.Request, owner: str, /, body: NoticeWish) -> r204:
    """Keep whether an owner wants notices."""
    step = notices.unmute if body.wanted else notices.mute
    await request.app[DATABASE].run(step, owner)
    return web.Response(status=204)
