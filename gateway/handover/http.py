"""The hand-over's inner interface: what the staff console and the command line ask of the gateway.

Who calls knows the internal token and says for whom: `X-Staff-Id`, `X-Staff-Name` (percent-encoded UTF-8)
and `X-Staff-Agencies` (`common.agencies`). That this person may do it the caller has checked; which
hand-overs he or she sees is decided here, at every address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from aiohttp import BodyPartReader, web
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem
from gateway import outbox
from gateway.channels.errors import NotSentError
from gateway.handover import answers, service
from gateway.handover.guard import Decision
from gateway.handover.models import Handover, Stage
from gateway.handover.schemas import (
    AgentView,
    Answer,
    Closing,
    HandoverView,
    Opening,
    Proposal,
    message_view,
)
from gateway.handover.service import NotHeldError, UnknownHandoverError
from gateway.handover.statistics import waiting_times
from gateway.keys import CHANNELS, CONFIG, DATABASE, ONESTOP, SITE, STAFF
from gateway.models import Message
from gateway.texts import say
from gateway.words import file_name

routes = web.RouteTableDef()
log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

CHUNK_BYTES = 64 * 1024
CLOSED_SHOWN = 100
MESSAGES_SHOWN = 200


async def _step(
    request: web.Request, work: Callable[Concatenate[Session, P], T], *args: P.args, **kw: P.kwargs
) -> T:
    """Run one step; what cannot be done becomes a problem.

    Raises:
        Problem: 404 `unknown_handover`, also for one of another agency; 409 `not_held`.
    """
    try:
        return await request.app[SITE][DATABASE].run(work, *args, **kw)
    except UnknownHandoverError as error:
        raise Problem(404, "unknown_handover", "There is no such hand-over.") from error
    except NotHeldError as error:
        raise Problem(
            409, "not_held", "It is not held by you.", stage=error.stage, holder=error.holder
        ) from error


async def announce(site: web.Application, messages: list[Message]) -> bool:
    """Bring stored messages to the citizen; whether there is still somebody to read them."""
    for row in messages:
        try:
            await site[CHANNELS][row.channel].notify(row.sender, row)
        except NotSentError:
            return False
        except Exception as error:
            # Stored already: a page asks for what it missed.
            log.warning("delivery_failed", message=row.id, exc_type=type(error).__name__)
    return True


async def _told(request: web.Request, number: int, messages: list[Message]) -> None:
    """Bring messages to the citizen; a conversation that was ended has no hand-over any more.

    Raises:
        Problem: 409 `citizen_left`.
    """
    if not await announce(request.app[SITE], messages):
        await request.app[SITE][DATABASE].run(service.gone, number)
        raise Problem(409, "citizen_left", "The citizen has ended the conversation.")


def _number(request: web.Request) -> int:
    return int(request.match_info["number"])


def _view(request: web.Request, row: Handover) -> web.Response:
    return web.json_response(HandoverView.of(row, request[STAFF]).model_dump(mode="json"))


async def _found(request: web.Request) -> Handover:
    return await _step(request, service.find, _number(request), request[STAFF])


@routes.get("/handovers")
async def listing(request: web.Request) -> web.Response:
    """Open hand-overs in the queue's order, or with `?closed=1` the last closed ones."""

    def work(session: Session) -> list[Handover]:
        found = select(Handover).where(service.visible(request[STAFF]))
        if request.query.get("closed"):
            closed = found.where(Handover.stage == Stage.CLOSED).order_by(Handover.id.desc())
            return list(session.scalars(closed.limit(CLOSED_SHOWN)))
        opened = found.where(Handover.stage != Stage.CLOSED)
        return list(session.scalars(opened.order_by(Handover.asked_at, Handover.id)))

    rows = await _step(request, work)
    views = [HandoverView.of(row, request[STAFF]).model_dump(mode="json") for row in rows]
    return web.json_response(views)


@routes.post("/handovers")
async def take_over(request: web.Request) -> web.Response:
    """Take a conversation over that nobody has asked it for."""
    body = Opening.model_validate(await request.json())
    about = body.about(await request.app[SITE][ONESTOP].drafts(body.sender))

    def work(session: Session) -> tuple[Handover, list[Message]]:
        known = select(Message.channel).where(Message.sender == body.sender).limit(1)
        channel = session.scalars(known).first()
        if channel is None:
            raise Problem(404, "unknown_sender", "There is no such conversation.")
        return service.join(session, body.sender, channel, about, request[STAFF])

    row, messages = await _step(request, work)
    await _told(request, row.id, messages)
    return _view(request, row)


@routes.get(r"/handovers/{number:\d+}")
async def read(request: web.Request) -> web.Response:
    """One hand-over."""
    return _view(request, await _found(request))


@routes.post(r"/handovers/{number:\d+}/take")
async def take(request: web.Request) -> web.Response:
    """Take it; 409 if another has it."""
    row, messages = await _step(request, service.take, _number(request), request[STAFF])
    await _told(request, row.id, messages)
    return _view(request, row)


@routes.post(r"/handovers/{number:\d+}/release")
async def release(request: web.Request) -> web.Response:
    """Put it back for another."""
    row, messages = await _step(request, service.release, _number(request), request[STAFF])
    await _told(request, row.id, messages)
    return _view(request, row)


@routes.post(r"/handovers/{number:\d+}/close")
async def close(request: web.Request) -> web.Response:
    """End it; the assistant goes on."""
    body = Closing.model_validate(await request.json())
    row, messages = await _step(
        request, service.close, _number(request), request[STAFF], body.reason, body.note
    )
    await announce(request.app[SITE], messages)  # it is closed, whoever reads it
    return _view(request, row)


@routes.get(r"/handovers/{number:\d+}/messages")
async def messages(request: web.Request) -> web.Response:
    """The conversation both ways, after a message's number: the last ones."""
    number, after = _number(request), int(request.query.get("after", "0"))

    def work(session: Session) -> list[Message]:
        sender = service.find(session, number, request[STAFF]).sender
        return outbox.history(session, sender, after, MESSAGES_SHOWN)[0]

    return web.json_response([message_view(row) for row in await _step(request, work)])


@routes.post(r"/handovers/{number:\d+}/messages")
async def answer(request: web.Request) -> web.Response:
    """Say something to the citizen, with files."""
    body = Answer.model_validate(await request.json())
    row = await _found(request)
    bodies = answers.bodies(request.app[SITE][CONFIG], row.sender, body)
    if not bodies:
        raise Problem(422, "empty", "There is nothing to say.")
    said = await _step(request, service.answer, row.id, request[STAFF], body.key, bodies)
    await _told(request, row.id, said)
    return web.json_response([message_view(one) for one in said], status=201)


@routes.get(r"/handovers/{number:\d+}/drafts")
async def drafts(request: web.Request) -> web.Response:
    """The citizen's drafts, newest first, as the one-stop service shows them."""
    row = await _found(request)
    return web.json_response(await request.app[SITE][ONESTOP].drafts(row.sender))


@routes.post(r"/handovers/{number:\d+}/proposals")
async def propose(request: web.Request) -> web.Response:
    """Propose what a field should say; it is filled in when the citizen agrees.

    422 `proposal_refused` with the form's own sentence, if the value cannot be right.
    """
    body = Proposal.model_validate(await request.json())
    row = await _step(request, service.held, _number(request), request[STAFF])
    proposed = await request.app[SITE][ONESTOP].propose(
        row.sender, body.draft, body.field, body.text
    )
    choices = [
        {
            "title": say(f"proposal_{name}"),
            "payload": Decision(
                draft=body.draft, offer=proposed["offer"], accept=name == "yes"
            ).payload,
        }
        for name in ("yes", "no")
    ]
    text = say(
        "proposal", label=proposed["label"], value=proposed["display"], yes=choices[0]["title"]
    )
    bodies = [{"text": text, "buttons": choices, "lasting": True}]
    said = await _step(request, service.answer, row.id, request[STAFF], body.key, bodies)
    await _told(request, row.id, said)
    return web.json_response(proposed, status=201)


@routes.post(r"/handovers/{number:\d+}/files")
async def upload(request: web.Request) -> web.Response:
    """Keep a file (multipart field `file`) that is to be sent to the citizen with an answer."""
    row = await _step(request, service.held, _number(request), request[STAFF])
    part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise Problem(422, "no_file", "The form field `file` is missing.")
    kind = part.headers.get("Content-Type", "application/octet-stream")
    limit = request.app[SITE][CONFIG].upload_max_bytes
    pieces = answers.pieces(part, limit)
    kept = await request.app[SITE][ONESTOP].upload(
        row.sender, file_name(part.filename or ""), kind, pieces
    )
    return web.json_response(kept, status=201)


@routes.get(r"/handovers/{number:\d+}/files/{file:[\w-]{1,64}}", allow_head=False)
async def file(request: web.Request) -> web.Response:
    """A file of the conversation."""
    row = await _found(request)
    found = await request.app[SITE][ONESTOP].file(row.sender, request.match_info["file"])
    return web.Response(body=found.content, headers=found.headers)


@routes.get("/statistics")
async def statistics(request: web.Request) -> web.Response:
    """Waiting times of hand-overs asked for from `?begin=` until before `?end=` (ISO 8601, with zone).

    Of the member of staff's agencies only; what is nobody's is counted for who sees all.
    """
    try:
        begin, end = (datetime.fromisoformat(request.query[name]) for name in ("begin", "end"))
    except (KeyError, ValueError) as error:
        raise Problem(422, "invalid_request", "begin and end are moments.") from error
    if begin.tzinfo is None or end.tzinfo is None:
        raise Problem(422, "invalid_request", "A moment needs its zone.")
    found = await request.app[SITE][DATABASE].read(
        waiting_times, begin, end, request[STAFF].agencies
    )
    return web.json_response(found.model_dump(mode="json"))


@routes.put("/agents/me")
async def beat(request: web.Request) -> web.Response:
    """Say that one is there."""
    await _step(request, service.beat, request[STAFF])
    return web.Response(status=204)


@routes.get("/agents")
async def agents(request: web.Request) -> web.Response:
    """Who is there."""
    found = await _step(request, service.present, now())
    return web.json_response([AgentView.of(one).model_dump(mode="json") for one in found])
