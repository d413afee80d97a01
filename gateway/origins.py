"""Which pages of others may hold our widget: CORS (Fetch standard) for the addresses that it asks.

A page of another origin speaks with a token that the widget keeps there, never with our cookie: browsers
that block third parties' cookies change nothing, and no answer allows credentials. Which origins may is the
setting MOTCUA_WIDGET_ORIGINS; a page of any other is refused, also where a browser would send a simple
request with our cookie along, as it does between hosts of one domain.
"""

from __future__ import annotations

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from common.problems import Problem
from gateway.keys import CONFIG, METRICS

CHAT = "/api/chat/"
SHARED = (CHAT, "/documents/", "/files/", "/payments/qr/", "/static/build/mot-cua-chat.js")
"""What the widget asks for, by the beginning of the path; socket.io asks `welcome` itself."""

PREFLIGHT = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, DELETE",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, Content-Type",
    hdrs.ACCESS_CONTROL_MAX_AGE: "600",
}


def foreign(request: web.BaseRequest, public: str) -> bool:
    """Whether the page that asks is not one of ours.

    Args:
        public: our address as citizens know it, which a proxy may hide from us.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    return origin not in (None, f"http://{request.host}", f"https://{request.host}", public)


def welcome(request: web.Request) -> bool:
    """Whether the page that asks is ours or one that may hold the widget."""
    config = request.app[CONFIG]
    return not foreign(request, config.public) or _listed(request)


def _listed(request: web.Request) -> bool:
    return request.headers.get(hdrs.ORIGIN) in request.app[CONFIG].widget_origins


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a browser's question whether it may ask, and refuse pages that may not hold the widget."""
    if not request.path.startswith(SHARED) or not foreign(request, request.app[CONFIG].public):
        return await handler(request)
    if not _listed(request):
        if not request.path.startswith(CHAT):
            return await handler(request)  # without our word the browser gives the page nothing
        request.app[METRICS].count("requests_refused", "web", "foreign_origin")
        raise Problem(403, "foreign_origin", "MOTCUA_WIDGET_ORIGINS does not have this origin.")
    if request.method == hdrs.METH_OPTIONS:
        return web.Response(status=204, headers=PREFLIGHT)
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Let a page that may hold the widget read the answer."""
    if not request.app[CONFIG].widget_origins or not request.path.startswith(SHARED):
        return
    response.headers[hdrs.VARY] = hdrs.ORIGIN
    # An image says nothing of where it is shown, so this cannot depend on the origin.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if foreign(request, request.app[CONFIG].public) and _listed(request):
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = request.headers[hdrs.ORIGIN]
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = "Content-Disposition, Retry-After"
