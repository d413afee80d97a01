"""The console as an application of its own, mounted under `/staff` of the public site.

A page is a handler that says who may open it; forgotten, the application does not start:

    @routes.get("/accounts")
    @allow(Role.ADMINISTRATOR)
    async def accounts(request: web.Request) -> web.Response:
        found = await request[SERVICE].ask(list[AccountView], "GET", "/staff/accounts")
        return render(request, "accounts.html.j2", accounts=found)

What a form does says which page shows it again where the service refuses it, and reads its fields in the shape
that is sent on:

    @routes.post("/holds")
    @allow(Role.ADMINISTRATOR)
    @shows_again(_page)
    async def place(request: web.Request) -> web.Response:
        body = await forms.filled(request, HoldNew)
        await request[SERVICE].tell("POST", "/staff/holds", body)
        raise web.HTTPSeeOther("/staff/retention?done=held")

List its module in `PARTS`, its entry in `menu.yml`, its texts in `texts.yml` and its template. The service
asks for the roles again: pages show, they do not decide.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from common.settings import Settings
from gateway.keys import CONFIG
from onestop.staff.access import check_declared
from web.staff import (
    accounts,
    answers,
    audit,
    changes,
    complaints,
    handover,
    imports,
    login,
    oidc,
    own,
    rendering,
    report,
    retention,
    review,
    transcripts,
    undelivered,
)
from web.staff.catalogue import pages as catalogue
from web.staff.gate import problems_as_pages, session_gate
from web.staff.gateway_client import GatewayClient
from web.staff.kept import eforms, tables
from web.staff.keys import BUILD, CLIENT, GATEWAY
from web.staff.onestop_client import OnestopClient

PARTS = (
    accounts,
    answers,
    audit,
    catalogue,
    changes,
    complaints,
    eforms,
    handover,
    imports,
    login,
    oidc,
    own,
    report,
    retention,
    review,
    tables,
    transcripts,
    undelivered,
)
MAX_BODY_BYTES = 1024 * 1024


async def _client(app: web.Application) -> AsyncIterator[None]:
    config = app[CONFIG]
    async with aiohttp.ClientSession() as http:
        token = config.internal_token.get_secret_value()
        app[CLIENT] = OnestopClient(http, config.onestop, token)
        app[GATEWAY] = GatewayClient(http, config.gateway, token)
        yield


async def _never_kept(_request: web.Request, response: web.StreamResponse) -> None:
    """Browsers keep no page of the console: the next to sit there must not find it."""
    response.headers["Cache-Control"] = "no-store"


def create_app(config: Settings, build: str) -> web.Application:
    """The console.

    Args:
        config: the validated settings.
        build: names the build of scripts and styles in their addresses.

    Raises:
        onestop.staff.access.UndeclaredAddressError: if a page does not say who may open it.
        web.staff.rendering.Unreachable: if an entry of the menu leads to no page.
    """
    app = web.Application(
        middlewares=[problems_as_pages, session_gate], client_max_size=MAX_BODY_BYTES
    )
    app[CONFIG], app[BUILD] = config, build
    app.cleanup_ctx.append(_client)
    app.on_response_prepare.append(_never_kept)
    for part in PARTS:
        app.add_routes(part.routes)
    check_declared(app, "")
    rendering.setup(app)
    return app
