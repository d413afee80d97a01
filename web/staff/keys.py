"""What the console's handlers find in their application and in a request."""

from __future__ import annotations

from aiohttp import web

from onestop.staff.schemas import Me
from web.staff.gateway_client import Desk, GatewayClient
from web.staff.onestop_client import OnestopClient, StaffService

CLIENT = web.AppKey("staff_onestop_client", OnestopClient)
GATEWAY = web.AppKey("staff_gateway_client", GatewayClient)
BUILD = web.AppKey("staff_build", str)
ME: web.RequestKey[Me] = web.RequestKey("me", Me)  # on addresses that ask for a session
SERVICE: web.RequestKey[StaffService] = web.RequestKey("service", StaffService)


def desk_of(request: web.Request) -> Desk:
    """The gateway as whoever asks may use it."""
    return request.app[GATEWAY].acting(request[ME])
