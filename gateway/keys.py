"""What the gateway's handlers find in their application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from common.database import Database
from common.settings import Settings
from gateway.dispatcher import Dispatcher
from gateway.metrics import Metrics
from gateway.onestop_client import OnestopClient
from gateway.rasa_client import RasaClient

if TYPE_CHECKING:
    from gateway.channels.base import Channel
    from gateway.handover.service import Staff
    from gateway.sending import Sender

CONFIG = web.AppKey("config", Settings)
DATABASE = web.AppKey("gateway_database", Database)
DISPATCHER = web.AppKey("dispatcher", Dispatcher)
ONESTOP = web.AppKey("onestop_client", OnestopClient)
RASA = web.AppKey("rasa_client", RasaClient)
METRICS = web.AppKey("metrics", Metrics)
SENDERS: web.AppKey[dict[str, Sender]] = web.AppKey("senders")
SITE = web.AppKey("gateway_site", web.Application)
CHANNELS: web.AppKey[dict[str, Channel]] = web.AppKey("channels")
STAFF: web.RequestKey[Staff] = web.RequestKey("staff")
