"""One-stop units: where they are and when they are open."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200

from common.database import now
from common.problems import as_problem
from common.tenant import tenant
from onestop.schemas import UnitsFound
from onestop.units.directory import Directory

routes = web.RouteTableDef()


@routes.get("/units")
@inject_params(on_validation_error=as_problem).and_request
async def find(request: web.Request, q: str = "", asked: bool = False) -> r200[UnitsFound]:
    """The units that a question names and their hours; `asked`: a commune was asked for before."""
    found = await asyncio.to_thread(Directory(tenant()).tell, q, now(), asked=asked)
    return web.json_response(found.model_dump(mode="json"))
