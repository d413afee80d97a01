"""Staff: how long data is kept, what went, what goes next; legal holds.

Whoever reads the audit reads this. A hold stops what concerns a whole conversation, whichever agencies it was
about, so placing and releasing is for administrators that see all agencies.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r204, r403, r404, r409, r422
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import STAFF, require_all_agencies
from onestop.privacy import expiring, holds
from onestop.privacy.models import LegalHold
from onestop.privacy.rules import rules
from onestop.privacy.schemas import HoldNew, HoldReleased, HoldView, RetentionLine, RetentionPage
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow
from onestop.staff.scope import Scope

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
PAST_DAYS, AHEAD_DAYS = 30, 7


def _view(session: Session, hold: LegalHold) -> HoldView:
    told = ("id", "kind", "subject", "reason", "actor", "placed_at")
    return HoldView(
        **{name: getattr(hold, name) for name in told},
        conversation=holds.conversation_of(session, hold),
    )


def _page(session: Session, scope: Scope, at: datetime) -> RetentionPage:
    looked: dict[str, datetime] = {}
    gone: Counter[str] = Counter()
    for run in expiring.runs(session, at - timedelta(days=PAST_DAYS)):
        looked[run.kind] = run.at
        gone[run.kind] += run.count
    soon = expiring.due(session, at + timedelta(days=AHEAD_DAYS))
    told = ("kind", "what", "since", "why", "store", "action", "basis", "on_request")
    return RetentionPage(
        past=PAST_DAYS,
        ahead=AHEAD_DAYS,
        lines=[
            RetentionLine.model_validate(
                {name: getattr(rule, name) for name in told}
                | {
                    "basis": list(rule.basis),
                    "days": None if rule.action == "keep" else rule.period.days,
                    "looked_at": looked.get(rule.kind),
                    "gone": gone[rule.kind],
                    "soon": soon.get(rule.kind),
                }
            )
            for rule in rules().values()
        ],
        holds=[_view(session, one) for one in holds.standing(session)],
        may_hold=scope.agencies is None,
    )


@routes.get("/staff/retention")
@allow(Role.ADMINISTRATOR)
@receive
async def read(request: web.Request) -> r200[RetentionPage]:
    """How long each kind of data is kept, what went and what goes next; the holds that stand."""
    return as_json(await request.app[DATABASE].read(_page, request[STAFF].scope, now()))


@routes.post("/staff/holds")
@allow(Role.ADMINISTRATOR)
@receive
async def place(
    request: web.Request, body: HoldNew
) -> r201[HoldView] | r403[ProblemDetail] | r409[ProblemDetail] | r422[ProblemDetail]:
    """Place a hold."""
    require_all_agencies(request)
    unknown = Problem(422, f"unknown_{body.kind}", f"There is no such {body.kind}.")
    if body.kind == "conversation" and not body.subject.isdecimal():
        raise unknown

    def work(session: Session) -> HoldView:
        name = request[STAFF].name
        return _view(session, holds.place(session, body.kind, body.subject, body.reason, name))

    try:
        return as_json(await request.app[DATABASE].run(work), 201)
    except holds.UnknownSubject as error:
        raise unknown from error
    except holds.AlreadyHeld as error:
        raise Problem(409, "already_held", f"Hold {error.number} stands on it.") from error


@routes.post("/staff/holds/{hold_id}/release")
@allow(Role.ADMINISTRATOR)
@receive
async def release(
    request: web.Request, hold_id: int, /, body: HoldReleased
) -> r204 | r403[ProblemDetail] | r404[ProblemDetail]:
    """Release a hold, telling why."""
    require_all_agencies(request)
    try:
        await request.app[DATABASE].run(holds.release, hold_id, body.reason, request[STAFF].name)
    except holds.UnknownSubject as error:
        raise Problem(404, "unknown_hold", "There is no such hold, or it was released.") from error
    return web.Response(status=204)
