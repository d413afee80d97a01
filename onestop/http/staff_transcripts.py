"""Staff: transcripts, their review, corrections, exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy.orm import Session

from common.problems import Problem
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import STAFF
from onestop.staff.access import Role, allow
from onestop.staff.scope import Scope
from onestop.staff.sessions import Staff
from onestop.transcripts import access, exporting, groups, listing, reviewing, suggestions
from onestop.transcripts.schemas import (
    Export,
    Filter,
    GroupCorrection,
    GroupWanted,
    Judgement,
    Look,
    Marks,
    NoteNew,
    Period,
    Refusing,
    SuggestionNew,
    SuggestionWanted,
)

routes = web.RouteTableDef()
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

reviewers = allow(Role.REVIEWER, Role.ADMINISTRATOR)
deciders = allow(Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR)
# Personal data is not for every reviewer.
unmaskers = allow(Role.ADMINISTRATOR)
REFUSALS: dict[type[Exception], tuple[str, str]] = {
    exporting.ReasonMissingError: ("reason_missing", "Say why."),
    suggestions.UnknownNameError: ("unknown_name", "There is nothing of that name."),
    suggestions.ValueMissingError: ("value_missing", "Say what the words mean."),
    suggestions.WordsMissingError: ("words_missing", "The message has no such words."),
}


def _number(request: web.Request, name: str) -> int:
    return int(request.match_info[name])


async def _body(request: web.Request, shape: type[M]) -> M:
    return shape.model_validate_json(await request.read())


async def _read(request: web.Request, work: Callable[[Session, Staff], T]) -> T:
    try:
        return await request.app[DATABASE].read(work, request[STAFF])
    except LookupError as error:
        raise Problem(404, "unknown_transcript", "There is nothing of that number.") from error


async def _write(request: web.Request, work: Callable[[Session, Staff], T]) -> T:
    try:
        return await request.app[DATABASE].run(work, request[STAFF])
    except LookupError as error:
        raise Problem(404, "unknown_transcript", "There is nothing of that number.") from error
    except tuple(REFUSALS) as error:
        raise Problem(422, *REFUSALS[type(error)]) from error


async def _act(request: web.Request, work: Callable[[Session, Staff], None]) -> web.Response:
    try:
        await _write(request, work)
    except suggestions.NotDecidedError as error:
        raise Problem(409, error.reason, "The decision was not taken.") from error
    return web.Response(status=204)


def _before(request: web.Request) -> int | None:
    asked = request.query.get("before", "")
    return int(asked) if asked.isdecimal() and len(asked) < 12 else None


@routes.get("/staff/transcripts")
@reviewers
async def transcripts(request: web.Request) -> web.Response:
    """A page of conversations, or of found turns (`onestop.transcripts.schemas.Listing`)."""
    wanted, before = Filter.model_validate(dict(request.query)), _before(request)
    return as_json(
        await _read(request, lambda s, staff: listing.page(s, staff.scope, wanted, before))
    )


@routes.get("/staff/transcripts/choices")
@reviewers
async def choices(request: web.Request) -> web.Response:
    """What may be filtered by and corrected to."""
    return as_json(await _read(request, lambda s, staff: listing.choices(s, staff.scope)))


async def _of_period(
    request: web.Request,
    look: Callable[[Session, Scope, date | None, date | None], BaseModel | Sequence[BaseModel]],
) -> web.Response:
    """What a look finds in the days that are asked for."""
    asked = Period.model_validate(dict(request.query))
    return as_json(
        await _read(request, lambda s, staff: look(s, staff.scope, asked.since, asked.until))
    )


@routes.get("/staff/transcripts/uncertain")
@reviewers
async def uncertain(request: web.Request) -> web.Response:
    """The turns from which most can be learnt."""
    return await _of_period(request, reviewing.uncertain)


@routes.get("/staff/transcripts/sample")
@reviewers
async def sample(request: web.Request) -> web.Response:
    """The turns of a period that the lot falls on next."""
    return await _of_period(request, reviewing.sample)


@routes.get("/staff/transcripts/quality")
@reviewers
async def quality(request: web.Request) -> web.Response:
    """The share of turns that were understood, by those judged by lot."""
    return await _of_period(request, reviewing.quality)


@routes.post("/staff/transcripts/exports")
@reviewers
async def export(request: web.Request) -> web.Response:
    """A file of turns; the clear text only for who may look at it."""
    wanted = await _body(request, Export)
    if wanted.clear and Role.ADMINISTRATOR not in request[STAFF].roles:
        raise Problem(403, "not_allowed", "None of the account's roles may do that.")
    content = await _write(
        request, lambda s, staff: exporting.export(s, staff.scope, staff.name, wanted)
    )
    kind = "text/csv" if wanted.format == "csv" else "application/jsonl"
    return web.Response(body=content, content_type=kind, charset="utf-8")


@routes.get(r"/staff/transcripts/{conversation:\d{1,12}}")
@reviewers
async def conversation(request: web.Request) -> web.Response:
    """A part of a conversation, from the turn after `after` on."""
    number, after = _number(request, "conversation"), request.query.get("after", "0")
    first = int(after) if after.isdecimal() and len(after) < 9 else 0
    return as_json(
        await _read(request, lambda s, staff: listing.part(s, staff.scope, number, first))
    )


@routes.post(r"/staff/transcripts/{conversation:\d{1,12}}/looks")
@unmaskers
async def look(request: web.Request) -> web.Response:
    """The clear text of some turns, for a reason; audited."""
    number, asked = _number(request, "conversation"), await _body(request, Look)
    return as_json(
        await _write(
            request, lambda s, staff: access.look(s, staff.scope, staff.name, number, asked)
        )
    )


@routes.put(r"/staff/transcripts/{conversation:\d{1,12}}/marks")
@reviewers
async def mark(request: web.Request) -> web.Response:
    """Reviewed or not, whose it is, labels."""
    number, marks = _number(request, "conversation"), await _body(request, Marks)
    return await _act(
        request, lambda s, staff: reviewing.mark(s, staff.scope, staff.name, number, marks)
    )


@routes.post(r"/staff/transcripts/turns/{turn:\d{1,12}}/notes")
@reviewers
async def note(request: web.Request) -> web.Response:
    """Remark on a turn."""
    number, new = _number(request, "turn"), await _body(request, NoteNew)
    return await _act(
        request, lambda s, staff: reviewing.note(s, staff.scope, staff.name, number, new.text)
    )


@routes.put(r"/staff/transcripts/turns/{turn:\d{1,12}}/judgement")
@reviewers
async def judge(request: web.Request) -> web.Response:
    """Say whether a turn was understood."""
    number, judgement = _number(request, "turn"), await _body(request, Judgement)
    return await _act(
        request, lambda s, staff: reviewing.judge(s, staff.scope, staff.name, number, judgement)
    )


@routes.post(r"/staff/transcripts/turns/{turn:\d{1,12}}/suggestions")
@reviewers
async def suggest(request: web.Request) -> web.Response:
    """Propose a correction."""
    number, new = _number(request, "turn"), await _body(request, SuggestionNew)
    return as_json(
        await _write(
            request, lambda s, staff: suggestions.propose(s, staff.scope, staff.name, number, new)
        )
    )


@routes.get("/staff/suggestions")
@deciders
async def suggested(request: web.Request) -> web.Response:
    """Corrections of a state, the newest first."""
    wanted, before = SuggestionWanted.model_validate(dict(request.query)), _before(request)
    return as_json(
        await _read(
            request, lambda s, staff: suggestions.listed(s, staff.scope, wanted.state, before)
        )
    )


@routes.post(r"/staff/suggestions/{suggestion:\d{1,12}}/approval")
@deciders
async def approve(request: web.Request) -> web.Response:
    """Take a correction; whoever proposed it may not."""
    number = _number(request, "suggestion")
    return await _act(
        request, lambda s, staff: suggestions.approve(s, staff.scope, staff.name, number)
    )


@routes.post(r"/staff/suggestions/{suggestion:\d{1,12}}/rejection")
@deciders
async def reject(request: web.Request) -> web.Response:
    """Refuse a correction, with a reason."""
    number, body = _number(request, "suggestion"), await _body(request, Refusing)
    return await _act(
        request,
        lambda s, staff: suggestions.reject(s, staff.scope, staff.name, number, body.reason),
    )


@routes.get("/staff/transcripts/groups")
@reviewers
async def grouped(request: web.Request) -> web.Response:
    """The groups of misunderstood messages of a week."""
    week = GroupWanted.model_validate(dict(request.query)).week
    return as_json(await _read(request, lambda s, staff: groups.listed(s, staff.scope, week)))


@routes.get(r"/staff/transcripts/groups/{group:\d{1,12}}")
@reviewers
async def group(request: web.Request) -> web.Response:
    """A group's messages, from the one behind place `after` on."""
    number, given = _number(request, "group"), request.query.get("after", "")
    after = int(given) if given.isdecimal() and len(given) < 9 else -1
    return as_json(
        await _read(request, lambda s, staff: groups.get(s, staff.scope, staff.name, number, after))
    )


@routes.post(r"/staff/transcripts/groups/{group:\d{1,12}}/suggestions")
@reviewers
async def correct_group(request: web.Request) -> web.Response:
    """Propose one correction of all messages of a group."""
    number, new = _number(request, "group"), await _body(request, GroupCorrection)
    return as_json(
        await _write(
            request, lambda s, staff: groups.correct(s, staff.scope, staff.name, number, new)
        )
    )


@routes.post(r"/staff/transcripts/groups/{group:\d{1,12}}/approval")
@reviewers
async def approve_group(request: web.Request) -> web.Response:
    """Take the corrections of a group's messages that others have proposed."""
    number = _number(request, "group")
    return as_json(
        await _write(request, lambda s, staff: groups.approve(s, staff.scope, staff.name, number))
    )
