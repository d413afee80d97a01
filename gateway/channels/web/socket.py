"""The web channel over socket.io, with the event names of npm's rasa-webchat.

    page → server  session_request {session_id?}   user_uttered {text|payload, message_id} → ack
    server → page  session_confirm {session_id}    bot_uttered, user_uttered {…}  turn_ended {id}
                   session_ended {erased}

A page that holds the session cookie (or passes `auth: {token}`) is let in as its sender when it
connects. A rasa-webchat asks with `session_request`: it gets a token as the session's id, and gives that
token with `session_request` when it comes back; the setting MOTCUA_RASA_WEBCHAT lets it in.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import socketio
import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from common.problems import Problem
from gateway.channels.web import webchat
from gateway.channels.web.http import cookie_name
from gateway.channels.web.schemas import Utterance
from gateway.keys import CONFIG
from gateway.texts import refusal

if TYPE_CHECKING:
    from gateway.channels.web.channel import WebChannel

log = structlog.get_logger(__name__)

MAX_EVENT_BYTES = 64 * 1024


class SessionRequest(BaseModel):
    """What a page without a cookie asks with."""

    session_id: str | None = None


def register(sockets: socketio.AsyncServer, channel: WebChannel, app: web.Application) -> None:
    """Put the handlers of the events on the socket.io server."""

    async def enter(sid: str, sender: str, room: str) -> None:
        session = await sockets.get_session(sid)
        if session:
            await sockets.leave_room(sid, session["room"])
        await channel.pages.enter(sid, sender)
        try:
            await sockets.save_session(sid, {"sender": sender, "room": room})
            await sockets.enter_room(sid, room)
        except Exception:  # it was closed meanwhile
            channel.pages.leave(sid)
            raise

    @sockets.event
    async def connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        cookie = cookies.get(cookie_name(app[CONFIG].cookie_secure))
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str):
            token = cookie.value if cookie else ""
        sender = await channel.sender_of(token)
        if sender:
            await enter(sid, sender, sender)

    @sockets.event
    async def disconnect(sid: str, _reason: str) -> None:
        channel.pages.leave(sid)

    @sockets.event
    async def session_request(sid: str, data: Any = None) -> dict[str, Any] | None:
        if not app[CONFIG].rasa_webchat:
            return _refused(Problem(403, "not_offered"))
        try:
            asked = SessionRequest.model_validate(data or {})
        except ValidationError:
            asked = SessionRequest()
        token = asked.session_id or ""
        sender = (await sockets.get_session(sid)).get("sender") or await channel.sender_of(token)
        if not sender:
            try:
                token, sender = await channel.open(sockets.get_environ(sid)["aiohttp.request"])
            except Problem as problem:
                await sockets.emit("bot_uttered", {"text": problem.detail}, to=sid)
                return _refused(problem)
        await enter(sid, sender, webchat.room(sender))
        # Whoever has the cookie needs no token; the client wants some id.
        await sockets.emit("session_confirm", {"session_id": token or sid}, to=sid)
        return None

    @sockets.event
    async def user_uttered(sid: str, data: Any = None) -> dict[str, Any]:
        session = await sockets.get_session(sid)
        sender, room = session.get("sender"), session.get("room")
        foreign = sender is not None and room == webchat.room(sender)
        try:
            # A socket may outlive its conversation, which was ended in another tab or erased.
            if sender is None or not await channel.is_open(sender):
                raise refusal(401, "no_session")
            utterance = Utterance.model_validate(webchat.utterance(data) if foreign else data)
            number = await channel.receive(sender, utterance, origin=sid)
        except Problem as problem:
            if foreign:  # it does not look at acknowledgements
                await sockets.emit("bot_uttered", {"text": problem.detail}, to=sid)
            return _refused(problem)
        except ValidationError:
            return _refused(refusal(422, "empty"))
        except Exception as error:
            log.error("event_failed", exc_type=type(error).__name__)
            return {"status": 500, "code": "internal_error", "detail": ""}
        return {"status": 200, "id": number, "message_id": utterance.message_id}


def _refused(problem: Problem) -> dict[str, Any]:
    """The acknowledgement that says why a message was not kept."""
    return {"status": problem.status, "code": problem.code, "detail": problem.detail}
