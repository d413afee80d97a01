"""Where conversations' events come in (`bot/events.py`)."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from common.problems import Problem
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.transcripts import consumer, suggestions

routes = web.RouteTableDef()

MAX_BATCH_BYTES = 16 * 1024 * 1024
"""A batch holds 1 MB, or one turn however large it is."""


@routes.post("/transcripts/events")
async def take(request: web.Request) -> web.Response:
    """Write events into the transcripts: `{"events": [{"sender_id", "sequence", "event", …}]}`.

    Answers `{"failed": [sender, …]}`: their events are to be sent again; all others need not be.
    """
    try:
        body = await request.clone(client_max_size=MAX_BATCH_BYTES).json()
        sent = list(body["events"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise Problem(422, "invalid_request", "A list `events` is needed.") from error
    events = [event for one in sent if (event := consumer.read(one)) is not None]
    failed = await asyncio.to_thread(consumer.consume, request.app[DATABASE], events)
    return web.json_response({"failed": sorted(failed)})


@routes.get("/transcripts/suggestions/approved")
async def approved(request: web.Request) -> web.Response:
    """All approved corrections, masked as the transcripts are, for `python -m bot.training`."""
    found = await request.app[DATABASE].read(suggestions.approved)
    return as_json(found)
