"""Live help: who waits for a person, who talks with the assistant, and the conversation with one citizen.

What is new in a conversation is fetched by an element at its end, which is replaced by the new messages and
its successor: nothing that was read is announced or moved again.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import BodyPartReader, web

from common.problems import Problem
from gateway.handover.schemas import (
    AgentView,
    Answer,
    Closing,
    HandoverView,
    MessageView,
    Opening,
    Proposal,
    SharedFile,
)
from onestop.kept.schemas import ReadyAnswer
from onestop.schemas import DraftView
from onestop.staff.access import Role, allow
from onestop.staff.schemas import HandoverAct, Joined, UnderWay
from web.staff import forms
from web.staff.keys import ME, SERVICE, desk_of
from web.staff.rendering import problem_text, render

routes = web.RouteTableDef()
HELP = "/staff/help"
CHUNK_BYTES = 64 * 1024
NUMBER = r"{number:\d{1,12}}"
# What the page's buttons do beside answering: what is said of it.
GIVEN_BACK = {"release": ("released", "handover_released"), "close": ("closed", "handover_closed")}


def _path(request: web.Request, rest: str = "") -> str:
    return f"/handovers/{request.match_info['number']}{rest}"


async def _note(request: web.Request, act: str, number: int | None = None) -> None:
    """Write into the audit what is done in the hand-over of the address, or of that number."""
    path = _path(request) if number is None else f"/handovers/{number}"
    body = HandoverAct.model_validate({"act": act})
    await request[SERVICE].tell("POST", f"/staff{path}/acts", body)


async def _found(request: web.Request) -> HandoverView:
    """The hand-over, for whoever may see its conversation: while it is open every agent, then who had it.

    Raises:
        Problem: 403 `not_allowed`.
    """
    found = await desk_of(request).ask(HandoverView, "GET", _path(request))
    if found.stage == "closed" and found.agent != str(request[ME].id):
        raise Problem(403, "not_allowed")
    return found


async def _queue(request: web.Request) -> dict[str, Any]:
    desk = desk_of(request)
    await desk.tell("PUT", "/agents/me")
    return {
        "waiting": await desk.ask(list[HandoverView], "GET", "/handovers"),
        "present": await desk.ask(list[AgentView], "GET", "/agents"),
    }


@routes.get("/help")
@allow(Role.AGENT)
async def queue(request: web.Request) -> web.Response:
    """Who waits, and who is being helped; the part that changes for htmx."""
    if "HX-Request" in request.headers:
        return render(request, "handover_queue_part.html.j2", **await _queue(request))
    return await _overview(request)


async def _overview(request: web.Request, refused: Problem | None = None) -> web.Response:
    """The whole page; with why something could not be done, over what is so now."""
    return render(
        request,
        "handover_queue.html.j2",
        refused.status if refused else 200,
        error=problem_text(refused) if refused else "",
        **await _queue(request),
        **await _underway(request),
    )


async def _underway(request: web.Request) -> dict[str, Any]:
    """Who talks with the assistant now: all but those who wait for a person or have one."""
    found = await request[SERVICE].ask(list[UnderWay], "GET", "/staff/conversations")
    helped = await desk_of(request).ask(list[HandoverView], "GET", "/handovers")
    senders = {one.sender for one in helped}
    return {"underway": [one for one in found if one.sender not in senders]}


@routes.get("/help/conversations")
@allow(Role.AGENT)
async def conversations(request: web.Request) -> web.Response:
    """Who talks with the assistant now, for htmx."""
    return render(request, "handover_underway_part.html.j2", **await _underway(request))


@routes.post(r"/help/conversations/{conversation:\d{1,9}}/join")
@allow(Role.AGENT)
async def join(request: web.Request) -> web.Response:
    """Take a conversation over whose citizen has not asked for a person."""
    path = f"/staff/conversations/{request.match_info['conversation']}/joining"
    try:
        joined = await request[SERVICE].ask(Joined, "POST", path)
        body = Opening.model_validate(joined.model_dump())
        found = await desk_of(request).ask(HandoverView, "POST", "/handovers", body)
    except Problem as problem:
        return await _overview(request, problem)
    await _note(request, "taken", found.id)
    raise web.HTTPSeeOther(f"{HELP}/{found.id}")


@routes.post(f"/help/{NUMBER}/take")
@allow(Role.AGENT)
async def take(request: web.Request) -> web.Response:
    """Take a citizen; where another was faster, say so over the queue as it is now."""
    try:
        await desk_of(request).tell("POST", _path(request, "/take"))
    except Problem as problem:
        return await _overview(request, problem)
    await _note(request, "taken")
    raise web.HTTPSeeOther(f"{HELP}/{request.match_info['number']}")


@routes.get(f"/help/{NUMBER}")
@allow(Role.AGENT)
async def conversation(request: web.Request) -> web.Response:
    """One conversation with its dossiers."""
    found = await _found(request)
    await _note(request, "looked")
    drafts = await _drafts(request) if found.stage != "closed" else []
    templates = await request[SERVICE].ask(
        list[ReadyAnswer], "GET", "/staff/answers", params={"filled": "true"}
    )
    context = {"drafts": drafts, "templates": templates, **await _news(request, found, 0)}
    return render(request, "handover.html.j2", **context)


async def _drafts(request: web.Request) -> list[DraftView]:
    return await desk_of(request).ask(list[DraftView], "GET", _path(request, "/drafts"))


async def _news(request: web.Request, found: HandoverView, after: int) -> dict[str, Any]:
    """The messages after a number, and what the next look and the next answer need."""
    messages = await desk_of(request).ask(
        list[MessageView], "GET", _path(request, "/messages"), params={"after": after}
    )
    last = messages[-1].id if messages else after
    return {"found": found, "messages": messages, "last": last, "key": secrets.token_urlsafe(9)}


@routes.get(f"/help/{NUMBER}/messages")
@allow(Role.AGENT)
async def news(request: web.Request) -> web.Response:
    """What is new since `after`; the whole page anew where somebody else has the citizen by now."""
    await desk_of(request).tell("PUT", "/agents/me")
    found = await _found(request)
    if request.query.get("mine") != str(int(found.mine)):
        return web.Response(headers={"HX-Refresh": "true"})
    return await _part(request, found, request.query.get("after", ""))


async def _part(request: web.Request, found: HandoverView, after: str) -> web.Response:
    number = int(after) if after.isdecimal() and len(after) < 16 else 0
    context = await _news(request, found, number)
    if not context["messages"]:
        return web.Response(status=204)
    return render(request, "handover_messages_part.html.j2", **context)


@routes.post(f"/help/{NUMBER}/answer")
@allow(Role.AGENT)
async def answer(request: web.Request) -> web.Response:
    """Say something to the citizen."""
    form = await forms.fields(request)
    body = Answer(key=form.get("key") or secrets.token_urlsafe(9), text=form.get("text", ""))
    await desk_of(request).tell("POST", _path(request, "/messages"), body)
    if "HX-Request" in request.headers:
        found = await desk_of(request).ask(HandoverView, "GET", _path(request))
        return await _part(request, found, form.get("after", ""))
    raise web.HTTPSeeOther(f"{HELP}/{request.match_info['number']}")


@routes.post(f"/help/{NUMBER}/files")
@allow(Role.AGENT)
async def send_file(request: web.Request) -> web.Response:
    """Send a file, streamed on; the token of the form comes as a header."""
    desk = desk_of(request)
    part = None
    if request.content_type == "multipart/form-data" and forms.HEADER in request.headers:
        part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file" or not part.filename:
        raise Problem(422, "no_file")
    writer = aiohttp.MultipartWriter("form-data")
    kind = part.headers.get("Content-Type", "application/octet-stream")
    sent = writer.append(_pieces(part), {"Content-Type": kind})
    sent.set_content_disposition(
        "form-data", quote_fields=False, name="file", filename=part.filename
    )
    kept = await desk.upload(_path(request, "/files"), writer)
    shared = SharedFile.model_validate(
        {name: kept[name] for name in ("file_id", "name", "content_type")}
    )
    body = Answer(key=secrets.token_urlsafe(9), files=[shared])
    await desk.tell("POST", _path(request, "/messages"), body)
    return web.Response(status=204)  # the next look finds it


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    """A file's bytes as they come; the gateway says when they are too many."""
    while piece := await part.read_chunk(CHUNK_BYTES):
        yield piece


@routes.post(f"/help/{NUMBER}/propose")
@allow(Role.AGENT)
async def propose(request: web.Request) -> web.Response:
    """Propose what a field should say; the citizen is asked in the chat."""
    form = await forms.fields(request)
    entered = {name: form.get(name, "") for name in ("draft", "field", "text")}
    error = done = ""
    try:
        if not entered["text"].strip():
            raise Problem(422, "empty")
        body = Proposal(key=secrets.token_urlsafe(9), **entered)
        await desk_of(request).tell("POST", _path(request, "/proposals"), body)
        await _note(request, "proposed")
        done = "asked"
    except Problem as problem:
        refused = problem.code == "proposal_refused"
        error = problem.detail if refused else problem_text(problem)
    return render(
        request,
        "handover_drafts_part.html.j2",
        number=request.match_info["number"],
        drafts=await _drafts(request),
        error=error,
        asked=done,
        entered=entered,
    )


@routes.get(f"/help/{NUMBER}/drafts")
@allow(Role.AGENT)
async def drafts(request: web.Request) -> web.Response:
    """The dossiers as they are now."""
    await _found(request)
    return render(
        request,
        "handover_drafts_part.html.j2",
        number=request.match_info["number"],
        drafts=await _drafts(request),
        asked="",
        entered={},
    )


@routes.post(f"/help/{NUMBER}/{{step:release|close}}")
@allow(Role.AGENT)
async def give_back(request: web.Request) -> web.Response:
    """Put a citizen back into the queue, or end the help with a reason."""
    step = request.match_info["step"]
    form = await forms.fields(request)
    body = None
    if step == "close":
        note = form.get("note", "").strip()[:1000]
        body = Closing.model_validate({"reason": form.get("reason", ""), "note": note})
    await desk_of(request).tell("POST", _path(request, f"/{step}"), body)
    act, done = GIVEN_BACK[step]
    await _note(request, act)
    raise web.HTTPSeeOther(f"{HELP}?done={done}")


@routes.get(f"/help/{NUMBER}/files/{{file_id:[\\w-]{{1,64}}}}")
@allow(Role.AGENT)
async def file(request: web.Request) -> web.Response:
    """A file of the conversation."""
    await _found(request)
    path = _path(request, f"/files/{request.match_info['file_id']}")
    content, kind = await desk_of(request).file(path)
    await _note(request, "file_looked")
    return web.Response(
        body=content, headers={"Content-Type": kind, "Content-Disposition": "inline"}
    )
