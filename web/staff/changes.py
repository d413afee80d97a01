"""Changes of any kind: what waits for a second person, one change line by line, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiohttp import web
from pydantic import ValidationError

from common.problems import Problem
from onestop.changes.schemas import ChangeView, ChangeWhole, KeptMoved, Reason, ReviewNote
from onestop.staff.access import Role, allow
from web.staff import forms
from web.staff.catalogue.diff import told
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import render

routes = web.RouteTableDef()
CHANGES = "/staff/changes"
STEPS = {"approve": "approval", "withdraw": "withdrawal"}
# Where the thing that is changed has its page.
PLACES = {
    "procedure": "/staff/catalogue/{code}",
    "eform": "/staff/eforms/{code}",
    "units": "/staff/units",
    "calendar": "/staff/calendar",
    "synonyms": "/staff/synonyms",
    "answers": "/staff/answers",
}


def reason_of(entered: Mapping[str, str]) -> Reason:
    """Why something is changed and from when, as a form says it.

    Raises:
        Problem: 422 `note_missing` or `invalid_request` with `where`.
    """
    given = entered.get("effective_from", "")
    try:
        starts = date.fromisoformat(given) if given else None
    except ValueError as error:
        raise Problem(422, "invalid_request", where=["effective_from"]) from error
    try:
        return Reason(note=entered.get("note", ""), effective_from=starts)
    except ValidationError as error:
        raise Problem(422, "note_missing", where=["note"]) from error


def place(change: ChangeView) -> str:
    """The page of what is changed."""
    return PLACES[change.kind].format(code=change.code)


@routes.get("/changes")
@allow(Role.EDITOR)
async def changes(request: web.Request) -> web.Response:
    """What waits for approval or for its day; of what an update of the project ships another one."""
    found = await request[SERVICE].ask(list[ChangeView], "GET", CHANGES)
    moved = await request[SERVICE].ask(list[KeptMoved], "GET", "/staff/kept")
    return render(request, "changes.html.j2", found=found, moved=moved)


async def _one(request: web.Request, problem: Problem | None = None) -> web.Response:
    number = request.match_info["change"]
    found = await request[SERVICE].ask(ChangeWhole, "GET", f"{CHANGES}/{number}")
    return render(
        request,
        "change.html.j2",
        problem=problem,
        found=found,
        place=place(found.change),
        told=told(found.change.kind, found.before, found.after),
    )


@routes.get(r"/changes/{change:\d{1,9}}")
@allow(Role.EDITOR)
async def one_change(request: web.Request) -> web.Response:
    """A change, line by line."""
    return await _one(request)


@routes.post(r"/changes/{change:\d{1,9}}/{step:approve|withdraw}")
@allow(Role.EDITOR)
@shows_again(_one)
async def decide(request: web.Request) -> web.Response:
    """Approve another's change, or take one's own back."""
    number, step = request.match_info["change"], request.match_info["step"]
    await request[SERVICE].ask(ChangeView, "POST", f"{CHANGES}/{number}/{STEPS[step]}")
    raise web.HTTPSeeOther(f"{CHANGES}/{number}?done={step}")


@routes.post(r"/changes/{change:\d{1,9}}/reject")
@allow(Role.EDITOR)
@shows_again(_one)
async def reject(request: web.Request) -> web.Response:
    """Reject a change with why."""
    number = request.match_info["change"]
    body = await forms.filled(request, ReviewNote, "note_missing")
    await request[SERVICE].ask(ChangeView, "POST", f"{CHANGES}/{number}/rejection", body)
    raise web.HTTPSeeOther(f"{CHANGES}/{number}?done=reject")
