"""Fill in, sum up, submit: one address a step of a draft."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r204, r404, r409, r429
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.catalogue import store
from onestop.dossiers import drafts, resuming, submission, supplements
from onestop.dossiers.lookup import Refused
from onestop.dossiers.models import Draft
from onestop.eforms.answers import Refusal
from onestop.http import proof
from onestop.http.answers import as_json
from onestop.http.keys import BACKEND, CONFIG, DATABASE, EFORMS, wake
from onestop.kept import eforms
from onestop.schemas import (
    AnswerRequest,
    AnswerResult,
    ChooseRequest,
    ConsentRequest,
    DraftView,
    FieldMatches,
    ProblemDetail,
    Receipt,
    ResumeCodeView,
    ResumeRequest,
    StartRequest,
)

routes = web.RouteTableDef()
P = ParamSpec("P")
T = TypeVar("T")
receive = inject_params(on_validation_error=as_problem).and_request


async def on_draft(
    request: web.Request,
    draft_id: str,
    owner: str,
    step: Callable[Concatenate[Session, Draft, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run one step on the owner's locked draft; its refusals become problems.

    Raises:
        Problem: 404 for what is not there or not this owner's, 409 for what cannot be done now.
    """

    def work(session: Session) -> T:
        return step(session, drafts.locked(session, draft_id, owner), *args, **kwargs)

    try:
        return await request.app[DATABASE].run(work)
    except drafts.DraftNotFound as error:
        raise Problem(404, "unknown_draft", "There is no such draft of this owner.") from error
    except submission.NotReady as error:
        raise Problem(409, error.reason, "The draft is not ready.", fields=error.fields) from error
    except supplements.NothingAsked as error:
        raise Problem(409, "nothing_asked", "The dossier waits for nothing.") from error
    except drafts.StaleConsent as error:
        raise Problem(409, "stale_consent", "The statement has changed.") from error
    except Refusal as error:
        raise Problem(409, f"field_{error.code}", "The field may not be left out.") from error
    except KeyError as error:
        raise Problem(404, "unknown_field", "The form has no such field.") from error


@routes.post("/drafts")
@receive
async def start(
    request: web.Request, body: StartRequest
) -> r201[DraftView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Start a draft, or go on with the one that this owner has begun for the procedure."""

    def work(session: Session) -> DraftView:
        procedure = store.get(session, body.procedure)
        if procedure is None:
            raise Problem(404, "unknown_procedure", f"There is no procedure {body.procedure}.")
        try:
            shipped = request.app[EFORMS]
            forms = eforms.forms(session, shipped)
            days = request.app[CONFIG].draft_days
            draft = drafts.start(session, forms, procedure, body.owner, body.channel, days)
        except drafts.NotOnline as error:
            raise Problem(409, "not_online", "It takes no dossiers online.") from error
        return drafts.view(draft)

    return as_json(await request.app[DATABASE].run(work), 201)


@routes.get("/drafts")
@receive
async def listing(request: web.Request, owner: str) -> r200[list[DraftView]]:
    """What the owner is filling, newest first."""
    days = request.app[CONFIG].draft_days

    def work(session: Session) -> list[DraftView]:
        return [drafts.view(one) for one in drafts.open_drafts(session, owner, days)]

    found = await request.app[DATABASE].read(work)
    return as_json(found)


@routes.get("/drafts/{draft}")
@receive
async def read(
    request: web.Request, draft: str, /, owner: str
) -> r200[DraftView] | r404[ProblemDetail]:
    """One draft with its summary and what is asked next."""
    return as_json(await on_draft(request, draft, owner, lambda _session, one: drafts.view(one)))


@routes.delete("/drafts/{draft}")
@receive
async def discard(request: web.Request, draft: str, /, owner: str) -> r204:
    """Give a draft up; a submitted one stays."""

    await on_draft(request, draft, owner, lambda _session, one: drafts.discard(one))
    return web.Response(status=204)


@routes.post("/drafts/{draft}/answers")
@receive
async def answer(
    request: web.Request, draft: str, /, body: AnswerRequest, owner: str
) -> r200[AnswerResult] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Answer the field asked last, or the one named; a refusal is an ordinary answer here."""
    most = request.app[CONFIG].dossier_max_bytes
    result = await on_draft(request, draft, owner, drafts.answer, body, most)
    if result is None:
        raise Problem(409, "nothing_asked", "The draft asks nothing.")
    return as_json(result)


@routes.get("/drafts/{draft}/fields")
@receive
async def find_fields(
    request: web.Request, draft: str, /, owner: str, phrase: str
) -> r200[FieldMatches] | r404[ProblemDetail]:
    """The fields that a phrase names, best first."""
    found = await on_draft(
        request, draft, owner, lambda _session, one: drafts.find_fields(one, phrase)
    )
    return as_json(found)


@routes.put("/drafts/{draft}/field")
@receive
async def choose_field(
    request: web.Request, draft: str, /, body: ChooseRequest, owner: str
) -> r200[DraftView] | r404[ProblemDetail]:
    """Ask a given field next, or go on in the form's order."""

    def step(_session: Session, one: Draft) -> DraftView:
        drafts.choose_field(one, body.field)
        return drafts.view(one)

    return as_json(await on_draft(request, draft, owner, step))


@routes.post("/drafts/{draft}/fields/{field}/skip")
@receive
async def skip(
    request: web.Request, draft: str, field: str, /, owner: str, turn: str | None = None
) -> r200[DraftView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Leave an optional field out, or hand a paper in later; `turn` is the key of the citizen's message."""

    def step(_session: Session, one: Draft) -> DraftView:
        drafts.skip(one, field, turn)
        return drafts.view(one)

    return as_json(await on_draft(request, draft, owner, step))


@routes.put("/drafts/{draft}/consent")
@receive
async def consent(
    request: web.Request, draft: str, /, body: ConsentRequest, owner: str
) -> r200[DraftView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Record the agreement to the statement that was shown."""

    def step(_session: Session, one: Draft) -> DraftView:
        drafts.consent(one, body)
        return drafts.view(one)

    return as_json(await on_draft(request, draft, owner, step))


@routes.post("/drafts/{draft}/resume-codes")
@receive
async def issue_resume_code(
    request: web.Request, draft: str, /, owner: str
) -> r201[ResumeCodeView] | r404[ProblemDetail] | r409[ProblemDetail]:
    """A code to go on with the draft elsewhere; the one before is no longer good."""
    life = timedelta(days=request.app[CONFIG].resume_code_days)

    def step(session: Session, one: Draft) -> ResumeCodeView:
        if one.state != "filling":
            raise Problem(409, "submitted", "The draft was submitted.")
        try:
            code, expires_at = resuming.issue(session, one, now(), life)
        except resuming.NoFactor as error:
            raise Problem(409, "no_factor", "It holds no citizen ID and no phone yet.") from error
        return ResumeCodeView(code=code, expires_at=expires_at)

    return as_json(await on_draft(request, draft, owner, step), 201)


@routes.post("/resumptions")
@receive
async def resume(
    request: web.Request, body: ResumeRequest
) -> r200[DraftView] | r404[ProblemDetail] | r429[ProblemDetail]:
    """Move a draft to the asker's conversation, for who knows its code and second factor."""
    limits = proof.limits_of(request.app[CONFIG])

    def work(session: Session) -> DraftView | Refused:
        found = resuming.redeem(
            session, body.asker, body.channel, body.code, body.factor, limits, now()
        )
        return found if isinstance(found, Refused) else drafts.view(found)

    found = await request.app[DATABASE].run(work)
    if isinstance(found, Refused):
        raise proof.refusal(found, "draft")
    return as_json(found)


@routes.post("/drafts/{draft}/submission")
@receive
async def submit(
    request: web.Request, draft: str, /, owner: str
) -> r201[Receipt] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Submit a draft. A repeat, even at the same time, gives the same receipt: the draft is the key."""
    agency, backend = request.app[CONFIG].agency_identifier, request.app[BACKEND]

    def step(session: Session, one: Draft) -> Receipt:
        procedure = store.get(session, one.procedure_code)
        if procedure is None:
            raise Problem(404, "unknown_procedure", "The procedure is no longer there.")
        return drafts.submit(session, one, procedure, agency, backend)

    receipt = await on_draft(request, draft, owner, step)
    wake(request.app)
    return as_json(receipt, 201)
