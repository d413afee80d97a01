"""The public site: the portal page, the API's documentation and health, around the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.orm import Session

import gateway.app
from common.problems import problem_middleware
from common.settings import Settings
from common.tenant import tenant
from gateway.channels.platform import Platform
from gateway.keys import CHANNELS, CONFIG, DATABASE, ONESTOP, RASA
from web import documentation, documents, payments
from web.documentation import BUILD, INTERNAL
from web.security import add_security_headers

WEB = Path(__file__).resolve().parent
FINGERPRINT = WEB / "static" / "build" / ".fingerprint"

routes = web.RouteTableDef()


@routes.get("/")
@aiohttp_jinja2.template("index.html.j2")
async def portal(request: web.Request) -> dict[str, object]:
    """The portal page with the chat."""
    return {
        "tenant": tenant(),
        "text_max": request.app[CONFIG].chat_text_max,
        "upload_max_bytes": request.app[CONFIG].upload_max_bytes,
        "build": request.app[BUILD],
    }


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """Whether the parts that an answer needs are up: 200 if all are, else 503; and the platforms' state.

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


def create_app(
    config: Settings, internal: Mapping[str, web.Application] | None = None
) -> web.Application:
    """The public site.

    Args:
        config: the validated settings; the gateway's database must be migrated.
        internal: by address, further applications whose interface `/api/docs` shows.

    Raises:
        FileNotFoundError: if the page's scripts were not built (`python -m web.build`).
    """
    if not FINGERPRINT.exists():
        raise FileNotFoundError("the page's scripts are missing: run python -m web.build")
    app = web.Application(
        middlewares=[problem_middleware], client_max_size=gateway.app.MAX_BODY_BYTES
    )
    app[INTERNAL] = internal or {}
    # Names the build in the scripts' addresses, so that browsers may keep them for long.
    app[BUILD] = FINGERPRINT.read_text()[:12]
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    gateway.app.setup(app, config)
    payments.setup(app)
    app.add_routes(routes)
    app.add_routes(documents.routes)
    app.add_routes(documentation.routes)
    app.router.add_static("/static", WEB / "static")
    app.on_response_prepare.append(add_security_headers)
    return app
