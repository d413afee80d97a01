"""Staff: ready-made answers, used at once by whoever talks with citizens."""

from __future__ import annotations

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r204, r404, r409, r422
from sqlalchemy.orm import Session

from common.problems import Problem, as_problem
from onestop.changes.subject import Unfit
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_changes import unknown
from onestop.http.staff_gate import STAFF
from onestop.kept import answers
from onestop.kept.schemas import ReadyAnswer
from onestop.schemas import ProblemDetail
from onestop.staff import audit
from onestop.staff.access import Role, allow

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
keepers = allow(Role.AGENT, Role.EDITOR)


def _list(found: list[ReadyAnswer]) -> web.Response:
    return as_json(found)


@routes.get("/staff/answers")
@keepers
@receive
async def listed(request: web.Request, filled: bool = False) -> r200[list[ReadyAnswer]]:
    """The answers in their order; `filled`: without blanks, as they are sent."""
    work = answers.filled if filled else answers.listed
    return _list(await request.app[DATABASE].read(work))


@routes.put("/staff/answers/{answer_id}")
@keepers
@receive
async def put(
    request: web.Request, answer_id: str, /, body: ReadyAnswer
) -> r204 | r409[ProblemDetail] | r422[ProblemDetail]:
    """Change an answer; one that is not there yet comes last."""

    def work(session: Session) -> None:
        audit.queue(session)  # two who change the list at once do not lose each other's words
        found = {one.id: one for one in answers.listed(session)}
        done = "changed" if answer_id in found else "added"
        answers.save(session, list({**found, answer_id: body}.values()))
        audit.record(session, request[STAFF].name, f"answer.{done}", f"answer:{answer_id}")

    if body.id != answer_id:
        raise Problem(409, "other_code", "The answer is another one.")
    try:
        await request.app[DATABASE].run(work)
    except Unfit as unfit:
        raise Problem(422, "unfit", "The answer cannot be used.", faults=unfit.faults) from unfit
    return web.Response(status=204)


@routes.delete("/staff/answers/{answer_id}")
@keepers
@receive
async def remove(request: web.Request, answer_id: str, /) -> r204 | r404[ProblemDetail]:
    """Remove an answer."""

    def work(session: Session) -> None:
        audit.queue(session)
        found = answers.listed(session)
        left = [one for one in found if one.id != answer_id]
        if len(left) == len(found):
            raise LookupError(answer_id)
        answers.save(session, left)
        audit.record(session, request[STAFF].name, "answer.removed", f"answer:{answer_id}")

    try:
        await request.app[DATABASE].run(work)
    except LookupError as error:
        raise unknown() from error
    return web.Response(status=204)
