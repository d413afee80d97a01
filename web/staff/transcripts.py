"""Transcripts: list and search, one conversation, exports; for reviewers and administrators."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from common.database import now
from common.problems import Problem
from onestop.staff.access import Role, allow
from onestop.staff.schemas import GOES_ON
from onestop.transcripts.schemas import (
    Choices,
    ClearTurn,
    Export,
    Filter,
    Judgement,
    Listing,
    Look,
    Marks,
    NoteNew,
    Part,
    SuggestionNew,
    SuggestionView,
)
from web.staff import forms
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import problem_text, render

routes = web.RouteTableDef()
TRANSCRIPTS = "/staff/transcripts"
reviewers = allow(Role.REVIEWER, Role.ADMINISTRATOR)


def asked(request: web.Request) -> dict[str, str]:
    """The filter in the address, without what is empty."""
    kept = {name: request.query.get(name, "").strip()[:200] for name in Filter.model_fields}
    return {name: value for name, value in kept.items() if value}


def number(request: web.Request, name: str) -> str:
    """A number of the query; empty if it is none."""
    value = request.query.get(name, "")
    return value if value.isdecimal() and len(value) < 12 else ""


async def choices(request: web.Request) -> Choices:
    """What may be chosen in forms."""
    return await request[SERVICE].ask(Choices, "GET", f"{TRANSCRIPTS}/choices")


@routes.get("/transcripts")
@reviewers
async def transcripts(request: web.Request) -> web.Response:
    """Conversations or found turns, by the filter in the address; for htmx only the further rows."""
    wanted, before = asked(request), number(request, "before")
    error, found = "", Listing()
    try:
        params = {**wanted, "before": before}
        found = await request[SERVICE].ask(Listing, "GET", TRANSCRIPTS, params=params)
    except Problem as problem:
        if problem.status != 422:
            raise
        error = problem_text(problem)
    older = urlencode({**wanted, "before": found.before}) if found.before else ""
    part = "HX-Request" in request.headers
    return render(
        request,
        "transcripts_rows.html.j2" if part else "transcripts.html.j2",
        422 if error else 200,
        found=found,
        wanted=wanted,
        older=older,
        choices=None if part else await choices(request),
        error=error,
    )


@routes.post("/transcripts/export")
@reviewers
async def export(request: web.Request) -> web.Response:
    """A file of what the filter chooses."""
    form = await forms.fields(request)
    wanted = {name: form.get(name, "") for name in Filter.model_fields}
    body = forms.fitting(
        Export,
        {
            "filter": forms.fitting(Filter, wanted),
            "format": form.get("format", ""),
            "clear": form.get("clear") == "yes",
            "reason": form.get("reason", ""),
        },
    )
    content, kind = await request[SERVICE].fetch("POST", f"{TRANSCRIPTS}/exports", body)
    headers = {"Content-Disposition": f'attachment; filename="hoi-thoai.{form["format"]}"'}
    return web.Response(body=content, content_type=kind, charset="utf-8", headers=headers)


@routes.get(r"/transcripts/{conversation:\d{1,9}}")
@reviewers
async def conversation(request: web.Request) -> web.Response:
    """A conversation, part by part; for htmx only the further turns."""
    return await _shown(request)


async def _shown(
    request: web.Request,
    problem: Problem | None = None,
    *,
    clear: list[ClearTurn] | None = None,
) -> web.Response:
    key, after = request.match_info["conversation"], number(request, "after") or "0"
    part = await request[SERVICE].ask(Part, "GET", f"{TRANSCRIPTS}/{key}", params={"after": after})
    more = "HX-Request" in request.headers
    return render(
        request,
        "transcript_turns.html.j2" if more else "transcript.html.j2",
        problem=problem,
        conversation=part.conversation,
        turns=part.turns,
        after=part.after,
        choices=await choices(request),
        clear={one.number: one for one in clear or []},
        goes_on=part.conversation.last_at > now() - GOES_ON,
    )


@routes.post(r"/transcripts/{conversation:\d{1,9}}/clear")
@allow(Role.ADMINISTRATOR)
@shows_again(_shown)
async def look(request: web.Request) -> web.Response:
    """The part of the conversation as it was said, for a reason that is kept."""
    body, key = await forms.filled(request, Look), request.match_info["conversation"]
    found = await request[SERVICE].ask(list[ClearTurn], "POST", f"{TRANSCRIPTS}/{key}/looks", body)
    return await _shown(request, clear=found)


@routes.post(r"/transcripts/{conversation:\d{1,9}}/marks")
@reviewers
async def mark(request: web.Request) -> web.Response:
    """Reviewed or not, whose it is, labels."""
    form = await forms.fields(request)
    key = request.match_info["conversation"]
    entered: dict[str, Any] = {
        name: form[name] for name in ("assigned", "add_label", "remove_label") if name in form
    }
    if "reviewed" in form:
        entered["reviewed"] = form["reviewed"] == "yes"
    await request[SERVICE].tell("PUT", f"{TRANSCRIPTS}/{key}/marks", forms.fitting(Marks, entered))
    raise web.HTTPSeeOther(f"{TRANSCRIPTS}/{key}?done=marked")


def _back(form: dict[str, str], turn: str, done: str) -> web.HTTPSeeOther:
    """To the turn in its conversation, in the part that was looked at."""
    key, after = form.get("conversation", ""), form.get("after", "")
    if not key.isdecimal():
        return web.HTTPSeeOther(f"/staff/review?done={done}")
    shown = f"&after={after}" if after.isdecimal() else ""
    return web.HTTPSeeOther(f"{TRANSCRIPTS}/{key}?done={done}{shown}#turn-{turn}")


@routes.post(r"/transcripts/turns/{turn:\d{1,9}}/notes")
@reviewers
async def note(request: web.Request) -> web.Response:
    """Remark on a turn."""
    form, turn = await forms.fields(request), request.match_info["turn"]
    body = forms.fitting(NoteNew, {"text": form.get("text", "")})
    await request[SERVICE].tell("POST", f"{TRANSCRIPTS}/turns/{turn}/notes", body)
    raise _back(form, turn, "noted")


@routes.post(r"/transcripts/turns/{turn:\d{1,9}}/judgement")
@reviewers
async def judge(request: web.Request) -> web.Response:
    """Say whether a turn was understood; for htmx the turn gives way to a word."""
    form, turn = await forms.fields(request), request.match_info["turn"]
    entered = {"correct": form.get("correct") == "yes", "sampled": form.get("sampled") == "yes"}
    body = forms.fitting(Judgement, entered)
    await request[SERVICE].tell("PUT", f"{TRANSCRIPTS}/turns/{turn}/judgement", body)
    if "HX-Request" in request.headers:
        return render(request, "judged_part.html.j2", correct=entered["correct"])
    raise _back(form, turn, "judged")


@routes.post(r"/transcripts/turns/{turn:\d{1,9}}/suggestions")
@reviewers
async def suggest(request: web.Request) -> web.Response:
    """Propose a correction."""
    form, turn = await forms.fields(request), request.match_info["turn"]
    entered = {name: form.get(name, "") for name in SuggestionNew.model_fields}
    body = forms.fitting(SuggestionNew, entered)
    address = f"{TRANSCRIPTS}/turns/{turn}/suggestions"
    await request[SERVICE].ask(SuggestionView, "POST", address, body)
    if "HX-Request" in request.headers:
        return render(request, "judged_part.html.j2", correct=False)
    raise _back(form, turn, "suggested")
