"""The hand-over's inner interface as an application, beside the site whose conversations it concerns."""

from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web
from aiohttp.typedefs import Handler

from common.agencies import AGENCIES_HEADER, agencies_of
from common.problems import Problem, problem_middleware, require_token
from gateway import given_up_http
from gateway.handover import http
from gateway.handover.service import Staff
from gateway.keys import CONFIG, SITE, STAFF


@web.middleware
async def _staff(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who acts, as the caller says."""
    try:
        agencies = agencies_of(request.headers.get(AGENCIES_HEADER))
    except ValueError as error:
        raise Problem(400, "no_staff", f"{AGENCIES_HEADER} is not as it should be.") from error
    staff = Staff(
        request.headers.get("X-Staff-Id", "")[:64],
        unquote(request.headers.get("X-Staff-Name", "")).strip()[:100],
        agencies,
    )
    if not (staff.id and staff.name):
        raise Problem(400, "no_staff", "X-Staff-Id and X-Staff-Name must say who acts.")
    request[STAFF] = staff
    return await handler(request)


def create_app(site: web.Application) -> web.Application:
    """The inner interface.

    Args:
        site: the application that `gateway.app.setup` has made the gateway's; set up before this one.
    """
    config = site[CONFIG]
    token = require_token(config.internal_token.get_secret_value())
    app = web.Application(
        middlewares=[problem_middleware, token, _staff],
        client_max_size=config.upload_max_bytes + 64 * 1024,
    )
    app[SITE] = site
    app.add_routes(http.routes)
    app.add_routes(given_up_http.routes)
    return app
