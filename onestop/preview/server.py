"""The preview's pages: the walk, the file with its faults at their lines, and word of each change of the file.

For who writes a form, on one's own machine: it listens on the loopback only, answers no other name than the
loopback's (so that no web page can read the file through it), and keeps nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import TypeAdapter, ValidationError

from common.problems import Problem, problem_middleware
from onestop.eforms.checking import check_file
from onestop.eforms.definition import EFormError, read_eform
from onestop.preview.trial import Trial, trial_of
from onestop.preview.walk import Try

FILE = web.AppKey("file", Path)
HERE = Path(__file__).parent
NAMES = ("127.0.0.1", "localhost", "[::1]")
LOOK_SECONDS, WAIT_SECONDS = 0.3, 25.0
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"
)

routes = web.RouteTableDef()


class State(Trial):
    """The file as it is now, tried out."""

    digest: str
    source: list[str]


def digest_of(path: Path) -> str:
    """A fingerprint of the file; of a missing one too, so that its coming back is a change."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"


def state_of(path: Path, tries: list[Try]) -> State:
    """Read the file, and play the tries on it."""
    digest = digest_of(path)
    try:
        source = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError):
        source = []
    today = datetime.now(UTC).date()
    told = [fault.removeprefix(f"{path.name}: ") for fault in check_file(path, today)]
    try:
        form = read_eform(path)
    except (EFormError, OSError):
        form = None
    trial = trial_of(source, told, form, tries, today)
    return State(digest=digest, source=source, **dict(trial))


@web.middleware
async def only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer the loopback's names only, and let pages load nothing from elsewhere."""
    if re.sub(r":\d+$", "", request.host) not in NAMES:
        raise Problem(421, "not_here", "The preview answers on the loopback only.")
    response = await handler(request)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@routes.get("/")
async def page(_request: web.Request) -> web.FileResponse:
    """The page."""
    return web.FileResponse(HERE / "page.html")


@routes.get("/{name:page[.](js|css)}")
async def part(request: web.Request) -> web.FileResponse:
    """Its script and its style."""
    return web.FileResponse(HERE / request.match_info["name"])


@routes.post("/state")
async def state(request: web.Request) -> web.Response:
    """The file as it is now, with the walk by the tries in the body."""
    try:
        tries = TypeAdapter(list[Try]).validate_json(await request.read())
    except ValidationError as error:
        raise Problem(422, "invalid_request", "A list of tries is wanted.") from error
    found = await asyncio.to_thread(state_of, request.app[FILE], tries)
    return web.json_response(found.model_dump(mode="json"))


@routes.get("/changes")
async def changes(request: web.Request) -> web.Response:
    """Answers as soon as the file differs from the fingerprint `seen`, or after a while."""
    loop = asyncio.get_running_loop()
    until = loop.time() + WAIT_SECONDS
    while True:
        digest = await asyncio.to_thread(digest_of, request.app[FILE])
        if digest != request.query.get("seen") or loop.time() > until:
            return web.json_response({"digest": digest})
        await asyncio.sleep(LOOK_SECONDS)


def create_app(path: Path) -> web.Application:
    """The preview of one file."""
    app = web.Application(middlewares=[problem_middleware, only_here])
    app[FILE] = path
    app.add_routes(routes)
    return app
