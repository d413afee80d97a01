"""For who looks after it: `GET /health`, whether the parts that an answer needs are up, and `GET /metrics`."""

from __future__ import annotations

import hmac

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.orm import Session

from common.problems import Problem
from gateway import queue
from gateway.channels.platform import Platform
from gateway.keys import CHANNELS, CONFIG, DATABASE, METRICS, ONESTOP, RASA

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


@routes.get("/metrics", allow_head=False)
async def metrics(request: web.Request) -> web.Response:
    """This process's figures for Prometheus; 404 without its token, as for any address that is not there."""
    token = request.app[CONFIG].metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Problem(404, "not_found")
    found = await request.app[DATABASE].read(queue.depths)
    return web.Response(
        body=request.app[METRICS].exposition(found),
        headers={"Content-Type": CONTENT_TYPE_LATEST},
    )


async def _database_answers(app: web.Application) -> bool:
    def probe(session: Session) -> bool:
        session.execute(text("SELECT count(*) FROM messages WHERE state = 'waiting'"))
        return True

    try:
        return await app[DATABASE].run(probe)
    except Exception:  # whatever it is, the database does not answer
        return False
