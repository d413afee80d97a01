"""One-stop units: where they are and when they are open."""

from __future__ import annotations

import asyncio
from datetime import datetime

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200

from common.database import now
from common.problems import as_problem
from common.tenant import tenant
from onestop.dossiers.calendar import VIETNAM
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG
from onestop.schemas import HelpHours, UnitsFound
from onestop.units import hours
from onestop.units.directory import Directory

routes = web.RouteTableDef()


@routes.get("/units")
@inject_params(on_validation_error=as_problem).and_request
async def find(request: web.Request, q: str = "", asked: bool = False) -> r200[UnitsFound]:
    """The units that a question names and their hours; `asked`: a commune was asked for before."""
    found = await asyncio.to_thread(Directory(tenant()).tell, q, now(), asked=asked)
    return as_json(found)


@routes.get("/help-hours")
@inject_params(on_validation_error=as_problem).and_request
async def help_hours(request: web.Request) -> r200[HelpHours]:
    """Whether a citizen can be handed to a person now: in the tenant's hours, on working days."""
    return as_json(help_at(request.app[CONFIG].handover, now()))


def help_at(mode: str, moment: datetime) -> HelpHours:
    """What the setting `handover` and the tenant's hours say at a moment."""
    week, local = tenant().opening_hours, moment.astimezone(VIETNAM)
    told = HelpHours(offered=mode != "off", week=[(one.days, one.hours) for one in week])
    if mode != "off":
        told.open = mode == "always" or hours.open_until(week, local) is not None
        told.opens_at = None if told.open else hours.opening(week, local)
    return told
