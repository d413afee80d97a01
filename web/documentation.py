"""`/api/docs`: our HTTP interfaces as one OpenAPI document, read from the handlers' types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from aiohttp_pydantic.oas import pydantic_schema_to_oas as translation
from aiohttp_pydantic.oas.view import generate_oas

from web.security import allow_inline_styles

# The library turns pydantic's schemas into those of OpenAPI 3.0, and fails on an optional model. OpenAPI
# 3.1 takes pydantic's schemas as they are.
translation.add_or_replace_translater("3.0.0", translation.pydantic_schema_to_oas_3_1)

INTERNAL = web.AppKey[Mapping[str, web.Application]]("internal", Mapping)
BUILD = web.AppKey("build", str)

SECURITY = {
    "session": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of POST /api/chat/sessions (browsers: its cookie); for internal "
        "addresses the internal token.",
    }
}

routes = web.RouteTableDef()


def specification(
    public: web.Application, internal: Mapping[str, web.Application]
) -> dict[str, Any]:
    """The OpenAPI document.

    Args:
        public: the site that citizens reach.
        internal: by their addresses, applications that only our own processes reach.
    """
    document: dict[str, Any] = generate_oas([public], "1", "Một Cửa", SECURITY)
    document["openapi"] = "3.1.0"
    document["security"] = [{"session": []}]
    for address, app in internal.items():
        part = generate_oas([app])
        for path, operations in part["paths"].items():
            servers = [{"url": address, "description": "internal"}]
            document["paths"][path] = {**operations, "servers": servers}
        document["components"]["schemas"].update(part.get("components", {}).get("schemas", {}))
    return document


@routes.get("/api/docs")
async def page(request: web.Request) -> web.Response:
    """The interface, to read and to try."""
    context = {"build": request.app[BUILD]}
    response = aiohttp_jinja2.render_template("docs.html.j2", request, context)
    allow_inline_styles(response)
    return response


@routes.get("/api/docs/openapi.json")
async def document(request: web.Request) -> web.Response:
    """The interface for programs."""
    return web.json_response(specification(request.app, request.app[INTERNAL]))
