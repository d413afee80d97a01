"""`GET /health`: whether the parts that an answer needs are up, and the platforms' state."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.orm import Session

from gateway.channels.platform import Platform
from gateway.keys import CHANNELS, DATABASE, ONESTOP, RASA

routes = web.RouteTableDef()


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """200 if database, Rasa and the one-stop service answer, else 503; and whether each platform works.

    A platform that cannot be sent to does not make the whole unwell: the page goes on.
    """
    app = request.app
    parts = {
        "database": await _database_answers(app),
        "rasa": await app[RASA].healthy(),
        "onestop": await app[ONESTOP].healthy(),
    }
    status = 200 if all(parts.values()) else 503
    platforms = [one for one in app[CHANNELS].values() if isinstance(one, Platform)]
    ready = {one.name: parts["database"] and await one.ready() for one in platforms}
    return web.json_response({**parts, **ready}, status=status)


async def _database_answers(app: web.Application) -> bool:
    def probe(session: Session) -> bool:
        session.execute(text("SELECT count(*) FROM messages WHERE state = 'waiting'"))
        return True

    try:
        return await app[DATABASE].run(probe)
    except Exception:  # whatever it is, the database does not answer
        return False
