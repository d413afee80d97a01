"""`python -m gateway handover …`: help citizens from a shell, through the running gateway.

list                                   who waits, and who is being helped
show NUMBER                            the conversation
take NUMBER                            take it: from then on one's own
answer NUMBER TEXT                     say something to the citizen
release NUMBER                         put it back for another
close NUMBER REASON [--note NOTE]      end it; the assistant goes on

Who acts is said with --staff and --name; the name is what the citizen sees.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from datetime import datetime
from typing import Any, get_args
from urllib.parse import quote

import aiohttp

from common.database import big_row_number
from common.settings import settings
from gateway.handover.schemas import Closing
from gateway.handover.turns import VIETNAM

CALL_SECONDS = 15.0
REASONS = get_args(Closing.model_fields["reason"].annotation)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `handover` with its own commands."""
    parser = commands.add_parser("handover", help="help citizens who wait for a person")
    parser.add_argument("--staff", default="shell", help="the account that acts")
    parser.add_argument("--name", default="Cán bộ trực", help="as the citizen sees it")
    steps = parser.add_subparsers(required=True, metavar="COMMAND", dest="step")
    steps.add_parser("list", help="who waits, and who is being helped")
    for name, text in (
        ("show", "the conversation"),
        ("take", "take it"),
        ("answer", "say something to the citizen"),
        ("release", "put it back for another"),
        ("close", "end it; the assistant goes on"),
    ):
        step = steps.add_parser(name, help=text)
        step.add_argument("number", type=big_row_number, metavar="NUMBER")
        if name == "answer":
            step.add_argument("text", metavar="TEXT")
        if name == "close":
            step.add_argument("reason", choices=REASONS)
            step.add_argument("--note", default="")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do one step; 1 if the gateway refuses it or does not answer."""
    try:
        return asyncio.run(_run(options))
    except (aiohttp.ClientError, TimeoutError) as error:
        sys.stderr.write(f"the gateway does not answer: {type(error).__name__}\n")
        return 1


async def _run(options: argparse.Namespace) -> int:
    config = settings()
    headers = {
        "Authorization": f"Bearer {config.internal_token.get_secret_value()}",
        "X-Staff-Id": options.staff,
        "X-Staff-Name": quote(options.name),
    }
    method, path, body = _request(options)
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with (
        aiohttp.ClientSession(headers=headers, timeout=timeout) as http,
        http.request(method, f"{config.gateway}{path}", json=body) as response,
    ):
        answer = await response.json(content_type=None)
    if response.status >= 400:
        holder = answer.get("holder")
        held = f" (held by {holder})" if holder else ""
        sys.stderr.write(f"{answer['title']}: {answer['detail']}{held}\n")
        return 1
    for line in _lines(options.step, answer):
        sys.stdout.write(line + "\n")
    return 0


def _request(options: argparse.Namespace) -> tuple[str, str, dict[str, Any] | None]:
    if options.step == "list":
        return "GET", "/handovers", None
    path = f"/handovers/{options.number}"
    if options.step == "show":
        return "GET", f"{path}/messages", None
    if options.step == "answer":
        return "POST", f"{path}/messages", {"key": secrets.token_urlsafe(12), "text": options.text}
    body = {"reason": options.reason, "note": options.note} if options.step == "close" else None
    return "POST", f"{path}/{options.step}", body


def _lines(step: str, answer: Any) -> list[str]:
    if step == "list":
        return [_row(one) for one in answer] or ["nobody waits"]
    if step in ("show", "answer"):
        return [_said(one) for one in answer]
    return [_row(answer)]


def _row(one: dict[str, Any]) -> str:
    summary = one["summary"]
    about = ", ".join(filter(None, (summary.get("procedure"), summary.get("field"))))
    holder = f"  {one['agent_name']}" if one["agent_name"] else ""
    asked = _clock(one["asked_at"])
    return f"{one['id']}  {one['stage']}  {asked}  {one['channel']}{holder}  {about}".rstrip()


def _said(one: dict[str, Any]) -> str:
    who = one.get("author") or one["from"]
    files = "".join(f" [{file['name']}]" for file in one.get("attachments") or [])
    state = f" ({one['state']})" if one["state"] in ("unsent", "held", "failed") else ""
    return f"{_clock(one['at'])}  {who}: {one.get('text') or ''}{files}{state}"


def _clock(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM):%d/%m %H:%M}"
