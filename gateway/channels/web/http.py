"""`/api/chat/…`: the web channel over plain HTTP, for scripts, tests and pages without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

from aiohttp import BodyPartReader, web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r202, r204, r401, r413, r415, r422, r429
from aiohttp_pydantic.uploaded_file import UploadedFile
from pydantic import BaseModel, Field

from common.database import BIGINT_MOST
from common.problems import Problem, as_problem
from common.tenant import tenant
from gateway import outbox, sessions, texts
from gateway.channels.web.schemas import (
    ChatSessionView,
    History,
    Refusal,
    TurnView,
    Utterance,
    new_message_id,
)
from gateway.keys import CONFIG, DATABASE, ONESTOP
from gateway.origins import foreign
from gateway.texts import refusal
from gateway.words import file_name

if TYPE_CHECKING:
    from gateway.channels.web.channel import WebChannel

CHANNEL: web.AppKey[WebChannel] = web.AppKey("web_channel")

COOKIE_DAYS = 30
CHUNK_BYTES = 64 * 1024
HISTORY_LIMIT = 200
MAX_FILES = 10  # in one message

routes = web.RouteTableDef()
with_request = inject_params(on_validation_error=as_problem).and_request


def cookie_name(secure: bool) -> str:
    """The session cookie; by its prefix browsers refuse one that another host or plain HTTP set."""
    return "__Host-motcua" if secure else "motcua"


def token_of(request: web.Request) -> str:
    """The session token that a request carries: `Authorization: Bearer …`, else the cookie."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token
    cookie: str = request.cookies.get(cookie_name(request.app[CONFIG].cookie_secure), "")
    return cookie


async def _sender(request: web.Request) -> str:
    sender = await request.app[CHANNEL].sender_of(token_of(request))
    if sender is None:
        raise refusal(401, "no_session")
    return sender


@routes.post("/api/chat/sessions")
@with_request
async def open_session(
    request: web.Request,
) -> r200[ChatSessionView] | r201[ChatSessionView] | r429[Refusal]:
    """Begin a conversation, or go on with the one that the request's cookie or token stands for.

    A token that we did not issue is replaced by a new one.

    Tags: chat
    Status Codes:
        200: The session goes on.
        201: A new session; its token is in the answer and, for our own pages, in an HttpOnly cookie.
        429: Too many new sessions from this address.
    """
    channel, config = request.app[CHANNEL], request.app[CONFIG]
    view = ChatSessionView(
        greeting=tenant().greeting,
        text_max=config.chat_text_max,
        upload_max_bytes=config.upload_max_bytes,
    )
    if await channel.sender_of(token_of(request)):
        return _json(view)
    view.token, _ = await channel.open(request)
    response = _json(view, status=201)
    if not foreign(request, config.public):
        response.set_cookie(
            cookie_name(config.cookie_secure),
            view.token,
            max_age=COOKIE_DAYS * 86_400,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=config.cookie_secure,
        )
    return response


@routes.delete("/api/chat/sessions")
@with_request
async def end_session(request: web.Request) -> r204:
    """End the conversation on this device: nobody can go on with it or read it here any more.

    Tags: chat
    Status Codes:
        204: Ended, or there was none.
    """
    token, channel = token_of(request), request.app[CHANNEL]
    sender = await channel.sender_of(token)
    await request.app[DATABASE].run(sessions.end, token)
    if sender:
        await channel.ended(sender, erased=False)
    response = web.Response(status=204)
    secure = request.app[CONFIG].cookie_secure
    response.del_cookie(cookie_name(secure), path="/", secure=secure, samesite="Strict")
    return response


@routes.post("/api/chat/messages")
@with_request
async def say(
    request: web.Request, utterance: Utterance
) -> r200[TurnView] | r202[TurnView] | r401[Refusal] | r422[Refusal] | r429[Refusal]:
    """Say something and wait for the replies.

    Tags: chat
    Status Codes:
        200: Answered (or given up: state `failed`, with a reply that says so).
        202: Kept; the answer comes later, see GET.
        401: No session.
        422: Empty, too long, or no payload that a button carries.
        429: Too many messages in a minute.
    """
    sender = await _sender(request)
    number = await request.app[CHANNEL].receive(sender, utterance)
    return await _turn(request, sender, number, utterance.message_id)


@routes.get("/api/chat/messages", allow_head=False)
@with_request
async def read(
    request: web.Request,
    after: Annotated[int, Field(ge=0, le=BIGINT_MOST, description="a message's number")] = 0,
    limit: Annotated[int, Field(ge=1, le=HISTORY_LIMIT)] = 100,
) -> r200[History] | r401[Refusal]:
    """The conversation's messages after a number, both ways and in order: what a page missed.

    Tags: chat
    Status Codes:
        200: The latest `limit` messages after the number.
        401: No session.
    """
    sender = await _sender(request)
    rows, busy = await request.app[DATABASE].read(outbox.history, sender, after, limit)
    body = {
        "messages": [outbox.present(row) for row in rows],
        "last": rows[-1].id if rows else after,
        "busy": busy,
    }
    return web.json_response(body)


@routes.post("/api/chat/uploads")
@with_request
async def upload(
    request: web.Request,
    file: UploadedFile,
    message_id: Annotated[str | None, Field(pattern=r"^[\w-]{1,64}$")] = None,
) -> (
    r200[TurnView] | r202[TurnView] | r401[Refusal] | r413[Refusal] | r415[Refusal] | r422[Refusal]
):
    """Send a paper (multipart field `file`, once a page) and wait for the replies: all pages are one message.

    Tags: chat
    Status Codes:
        200: The files are kept and were answered.
        202: The files are kept; the answer comes later, see GET.
        401: No session.
        413: A file is too large.
        415: A kind of file that is not taken.
        422: No file, or too many at once.
    """
    sender = await _sender(request)
    limit = request.app[CONFIG].upload_max_bytes
    most = MAX_FILES * (limit + CHUNK_BYTES)
    if request.content_length and request.content_length > most:
        raise refusal(413, "file_too_large", megabytes=limit // 1024**2)
    kept: list[dict[str, Any]] = []
    async for part in _files(file):
        if len(kept) == MAX_FILES:
            raise refusal(422, "too_many_files", limit=MAX_FILES)
        content_type = part.headers.get("Content-Type", "application/octet-stream")
        name, pieces = file_name(part.filename or ""), _pieces(part, limit)
        try:
            kept.append(await request.app[ONESTOP].upload(sender, name, content_type, pieces))
        except Problem as problem:
            if not kept:
                raise
            problem.detail = texts.say("one_of_files", file=name, detail=problem.detail)
            raise
    key = message_id or new_message_id()
    number = await request.app[CHANNEL].receive_files(sender, key, kept)
    return await _turn(request, sender, number, key)


async def _files(first: UploadedFile) -> AsyncIterator[BodyPartReader]:
    """The parts of the request that are files, each to be read before the next.

    Raises:
        Problem: 422 `no_file`, if one of them is none.
    """
    # aiohttp-pydantic hands out one part of a name; the further ones stand behind it in its reader.
    further = first._multipart_reader._reader
    try:
        part: BodyPartReader | None = await first.body_part_reader()
    except web.HTTPBadRequest as error:
        raise refusal(422, "no_file") from error
    while part is not None:
        if not isinstance(part, BodyPartReader) or part.name != "file" or not part.filename:
            raise refusal(422, "no_file")
        yield part
        part = await further.next()


async def _pieces(part: BodyPartReader, limit: int) -> AsyncIterator[bytes]:
    """The bytes of a file, at most `limit` of them."""
    size = 0
    while piece := await part.read_chunk(CHUNK_BYTES):
        size += len(piece)
        if size > limit:
            raise refusal(413, "file_too_large", megabytes=limit // 1024**2)
        yield piece


async def _turn(request: web.Request, sender: str, number: int, message_id: str) -> web.Response:
    outcome = await request.app[CHANNEL].wait(sender, number)
    replies = [outbox.present(row) for row in outcome.replies]
    body = {"message_id": message_id, "state": outcome.state, "replies": replies}
    answered = outcome.state in ("answered", "failed")
    return web.json_response(body, status=200 if answered else 202)


def _json(view: BaseModel, status: int = 200) -> web.Response:
    return web.json_response(view.model_dump(mode="json"), status=status)
