"""The keeper: brings the assistant back where a person does not come, or a talk has come to its end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from aiohttp import web

from common.database import now
from gateway.handover import service
from gateway.handover.http import announce
from gateway.keys import CONFIG, DATABASE

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0


async def keep(site: web.Application) -> None:
    """Look again and again until cancelled; any number may run, each hand-over comes to one of them."""
    while True:
        try:
            await look(site)
        except Exception as error:
            log.error("handover_keeper_failed", exc_type=type(error).__name__, exc_info=True)
        await asyncio.sleep(LOOK_SECONDS)


async def look(site: web.Application) -> None:
    """Do what is due now."""
    config = site[CONFIG]
    limits = (
        timedelta(minutes=config.handover_wait_minutes),
        timedelta(minutes=config.handover_reply_minutes),
        timedelta(minutes=config.handover_idle_minutes),
    )
    for row, messages in await site[DATABASE].run(service.overdue, now(), *limits):
        log.info("handover_overdue", handover=row.id, stage=row.stage)
        await announce(site, messages)
