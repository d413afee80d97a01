"""The public site: portal page, staff console and the API's documentation, around the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

import gateway.app
from common.problems import problem_middleware
from common.settings import Settings
from common.tenant import tenant
from web import documentation, documents, files, payments, privacy
from web.documentation import BUILD, INTERNAL
from web.limits import limit_payments
from web.security import add_security_headers
from web.staff.app import create_app as create_staff

WEB = Path(__file__).resolve().parent
FINGERPRINT = WEB / "static" / "build" / ".fingerprint"

routes = web.RouteTableDef()


@routes.get("/")
@aiohttp_jinja2.template("index.html.j2")
async def portal(request: web.Request) -> dict[str, object]:
    """The portal page with the chat."""
    return {"tenant": tenant(), "build": request.app[BUILD]}


@routes.get("/staff")
async def staff(_request: web.Request) -> web.Response:
    """The staff console's first page has a slash at its end."""
    raise web.HTTPPermanentRedirect("/staff/")


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
        middlewares=[problem_middleware, limit_payments(config)],
        client_max_size=gateway.app.MAX_BODY_BYTES,
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
    app.add_routes(privacy.routes)
    app.add_routes(files.routes)
    app.add_routes(documentation.routes)
    app.router.add_static("/static", WEB / "static")
    app.on_response_prepare.append(add_security_headers)
    app.add_subapp("/staff", create_staff(config, app[BUILD]))
    return app
