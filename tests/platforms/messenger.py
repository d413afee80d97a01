"""The Messenger Platform as its documents describe it: webhooks with their signature and batches, sending
with its limits and errors, the page's profile. What the sources say is in the project's shared facts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PAGE_ID, APP_SECRET, PAGE_TOKEN = "555000555", "secret-of-the-app", "token-of-the-page"
VERIFY_TOKEN = "words-of-our-own"
Post = Callable[..., Any]


@dataclass
class MessengerServer:
    """The platform's memory.

    `faults`: (code, subcode) of the next messages; None for no fault; (429, None) for a bare status.
    """

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    faults: deque[tuple[int, int | None] | None] = field(default_factory=deque)
    profile: dict[str, Any] = field(default_factory=dict)
    subscribed: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    base: str = ""

    def create_app(self) -> web.Application:
        """The application."""
        app = web.Application()
        app.router.add_post(f"/v25.0/{PAGE_ID}/messages", self._send)
        app.router.add_post(f"/v25.0/{PAGE_ID}/subscribed_apps", self._subscribe)
        app.router.add_post("/v25.0/me/messenger_profile", self._profile)
        app.router.add_get("/files/{name}", self._file)
        return app

    def texts(self, user: str) -> list[str]:
        """What a citizen was told."""
        return [text_of(message) for one, message in self.sent if one == user]

    async def _send(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {PAGE_TOKEN}":
            return refusal(190)
        fault = self.faults.popleft() if self.faults else None
        if fault == (429, None):
            return web.Response(status=429, text="<html>")
        if fault is not None:
            return refusal(*fault)
        body = await request.json()
        if body["messaging_type"] == "UTILITY":
            self.templates.append(body["message"]["template"])
            return web.json_response({"message_id": "mid.t"})
        late = (body["messaging_type"], body.get("tag")) == ("MESSAGE_TAG", "HUMAN_AGENT")
        known = late or body["messaging_type"] in ("RESPONSE", "UPDATE")
        if not fits(body["message"]) or not known:
            return refusal(100)
        user = body["recipient"]["id"]
        self.sent.append((user, body["message"]))
        self.types.append(body["messaging_type"])
        return web.json_response({"recipient_id": user, "message_id": f"mid.{len(self.sent)}"})

    async def _profile(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {PAGE_TOKEN}":
            return refusal(190)
        body = await request.json()
        for menu in body.get("persistent_menu", []):
            actions = menu["call_to_actions"]
            if len(actions) > 20 or any(len(one["title"]) > 30 for one in actions):
                return refusal(100)
        if any(len(one["text"]) > 160 for one in body.get("greeting", [])):
            return refusal(100)
        self.profile = body
        return web.json_response({"result": "success"})

    async def _subscribe(self, request: web.Request) -> web.Response:
        self.subscribed = (await request.json())["subscribed_fields"]
        return web.json_response({"success": True})

    async def _file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="image/png")


def refusal(code: int, subcode: int | None = None) -> web.Response:
    """An error as the Graph API gives it."""
    error = {"message": "refused", "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=500 if code in (1, 2) else 400)


def text_of(message: dict[str, Any]) -> str:
    """The words of a message, also of a button template."""
    payload = message.get("attachment", {}).get("payload", {})
    return str(message.get("text", payload.get("text", "")))


def fits(message: dict[str, Any]) -> bool:
    """Whether a message keeps to the documents: text, quick replies, templates."""
    quick = message.get("quick_replies", [])
    if len(quick) > 13 or any(
        len(one["title"]) > 20 or len(one["payload"]) > 1_000 for one in quick
    ):
        return False
    if "text" in message:
        return 0 < len(message["text"]) <= 2_000
    payload = message["attachment"]["payload"]
    if message["attachment"]["type"] in ("image", "file"):
        return bool(payload["url"])
    buttons = payload["buttons"]
    return (
        payload["template_type"] == "button"
        and 0 < len(payload["text"]) <= 640
        and 1 <= len(buttons) <= 3
        and all(len(one["title"]) <= 20 for one in buttons)
    )


# Webhooks -----------------------------------------------------------------------------------------


def messaging(user: str = "777", at: int | None = None, **what: Any) -> dict[str, Any]:
    """One event of a batch."""
    return {
        "sender": {"id": user},
        "recipient": {"id": PAGE_ID},
        "timestamp": at if at is not None else int(time.time() * 1000),
        **what,
    }


def text(words: str, mid: str = "m_1", user: str = "777", at: int | None = None) -> dict[str, Any]:
    """A typed message."""
    return messaging(user, at, message={"mid": mid, "text": words})


def attachments(*found: dict[str, Any], mid: str = "m_1", user: str = "777") -> dict[str, Any]:
    """A message with attachments."""
    return messaging(user, message={"mid": mid, "attachments": list(found)})


def signed(
    *entries: list[dict[str, Any]], secret: str = APP_SECRET
) -> tuple[bytes, dict[str, str]]:
    """A webhook's body and headers; each argument is the `messaging` of one entry."""
    body = {
        "object": "page",
        "entry": [
            {"id": PAGE_ID, "time": int(time.time() * 1000), "messaging": one} for one in entries
        ],
    }
    raw = json.dumps(body).encode()
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return raw, {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}


async def tell(post: Post, *events: dict[str, Any]) -> int:
    """Post a webhook with these events; its status."""
    raw, headers = signed(list(events))
    async with post("/webhooks/messenger", data=raw, headers=headers) as response:
        return int(response.status)
