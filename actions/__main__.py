"""The action server: rasa-sdk's executor behind aiohttp, on the loopback, for Rasa only.

rasa-sdk's own server (Sanic 21.12) listens on all addresses and answers an error with the whole
conversation in its body; see docs/decisions/0004-action-server-on-aiohttp.md.
"""

from __future__ import annotations

import json
import zlib

import structlog
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import (
    bookings,
    clarify,
    complaints,
    documents,
    dossier_form,
    dossiers,
    erasure,
    feedback_form,
    menu,
    notices,
    offers,
    payments,
    person,
    post,
    questions,
    ratings,
    request_form,
    status_form,
    units,
)
from actions.naming import unless_named
from actions.onestop_client import close_client
from common.logs import configure_logs
from common.problems import Problem, problem_middleware, require_token
from common.settings import Settings, settings

log = structlog.get_logger(__name__)
EXECUTOR = web.AppKey("executor", ActionExecutor)
TOPICS = (
    bookings,
    clarify,
    complaints,
    documents,
    dossier_form,
    dossiers,
    erasure,
    feedback_form,
    menu,
    notices,
    offers,
    payments,
    person,
    post,
    questions,
    ratings,
    request_form,
    status_form,
    units,
)
# A tracker of a long session; far above what a session of an hour holds.
MAX_CALL_BYTES = 32 * 1024 * 1024


async def run_action(request: web.Request) -> web.Response:
    """Run one action for Rasa; a rejection is 400 with the action's name, as Rasa expects."""
    body = await request.read()
    if request.headers.get("Content-Encoding") == "deflate":
        body = zlib.decompress(body)
    call = json.loads(body)
    try:
        return web.json_response(await request.app[EXECUTOR].run(call))
    except ActionExecutionRejection as rejection:
        answer = {"error": "rejected", "action_name": rejection.action_name}
        return web.json_response(answer, status=400)
    except ActionNotFoundException as error:
        raise Problem(404, "unknown_action", error.action_name) from error


async def health(_request: web.Request) -> web.Response:
    """Say that the server answers."""
    return web.json_response({"status": "ok"})


def create_app(config: Settings) -> web.Application:
    """The action server's application."""
    token = require_token(config.internal_token.get_secret_value())
    inner = web.Application(middlewares=[problem_middleware, token], client_max_size=MAX_CALL_BYTES)
    executor = ActionExecutor()
    for topic in TOPICS:
        for action in topic.ACTIONS:
            executor.register_action(unless_named(action()))
    inner[EXECUTOR] = executor
    inner.router.add_post("/webhook", run_action)
    inner.on_cleanup.append(lambda _app: close_client())
    app = web.Application()
    app.router.add_get("/health", health)
    app.add_subapp("/actions", inner)
    return app


if __name__ == "__main__":
    configure_logs()
    web.run_app(create_app(settings()), host="127.0.0.1", port=settings().actions_port, print=None)
