"""Zalo as its documents describe it: webhooks with their signature, sending with its limits and errors,
and tokens whose refresh token can be used once. What the sources say is in the project's shared facts.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientTimeout, web

APP_ID, APP_SECRET, OA_SECRET = "1234567890", "secret-of-the-app", "secret-of-the-account"
OA_ID = "9876543210"
BUTTONS = {
    "oa.query.show": str,
    "oa.query.hide": str,
    "oa.open.url": dict,
    "oa.open.phone": dict,
    "oa.open.sms": dict,
}
UPLOADS = {
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/csv",
}
Post = Callable[..., Any]


@dataclass
class ZaloServer:
    """The platform's memory.

    `faults`: error codes of the next messages, 0 for none; "500", "429", "late" for no answer as it should be.
    `minute`: messages that may be sent before -32.
    """

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    approved: set[str] = field(default_factory=set)
    faults: deque[int | str] = field(default_factory=deque)
    blocked: set[str] = field(default_factory=set)
    minute: int = 4_000
    files: dict[str, bytes] = field(default_factory=dict)
    upload_faults: deque[int] = field(default_factory=deque)
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # token → name, content
    access_tokens: dict[str, float] = field(default_factory=dict)  # token → when it ends
    refresh_token: str = "seed"
    access_seconds: int = 90_000
    renewals: int = 0
    token_faults: deque[str] = field(default_factory=deque)
    on_renewal: Callable[[], Awaitable[None]] | None = None
    asked_with: list[str] = field(default_factory=list)
    base: str = ""

    def create_app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=6 * 1024**2)
        app.router.add_post("/v3.0/oa/message/cs", self._send)
        app.router.add_post("/v3.0/oa/message/template", self._template)
        app.router.add_post("/v2.0/oa/upload/file", self._upload)
        app.router.add_post("/v4/oa/access_token", self._token)
        app.router.add_get("/files/{name}", self._file)
        return app

    def texts(self, user: str) -> list[str]:
        """What a citizen was told."""
        return [message.get("text", "") for one, message in self.sent if one == user]

    # Sending ------------------------------------------------------------------------------------

    async def _send(self, request: web.Request) -> web.Response:
        fault = self.faults.popleft() if self.faults else 0
        if fault in ("500", "429"):
            return web.Response(status=int(fault), text="<html>")
        if fault == "late":
            raise web.HTTPGatewayTimeout
        token = request.headers.get("access_token", "")
        self.asked_with.append(token)
        body = await request.json()
        error = fault or self._refusal(token, body)
        if error:
            return web.json_response({"error": error, "message": "refused"})
        user = body["recipient"]["user_id"]
        self.sent.append((user, body["message"]))
        data = {
            "message_id": f"m{len(self.sent)}",
            "user_id": user,
            "sent_time": str(int(time.time() * 1000)),
            "quota": {"quota_type": "reply"},
        }
        return web.json_response({"data": data, "error": 0, "message": "Success"})

    async def _template(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.headers.get("access_token") not in self.access_tokens:
            return web.json_response({"error": -216})
        if body["template_id"] not in self.approved or not all(body["template_data"].values()):
            return web.json_response({"error": -201})
        self.templates.append(body)
        return web.json_response({"error": 0, "data": {"msg_id": "t"}})

    async def _upload(self, request: web.Request) -> web.Response:
        if request.headers.get("access_token") not in self.access_tokens:
            return web.json_response({"error": -216})
        if self.upload_faults:
            return web.json_response({"error": self.upload_faults.popleft()})
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        content = file.file.read()
        if file.content_type not in UPLOADS or not 0 < len(content) <= 5 * 1024**2:
            return web.json_response({"error": -201})
        token = f"token-of-file-{len(self.uploads) + 1}"
        self.uploads[token] = (file.filename, content)
        return web.json_response({"error": 0, "data": {"token": token}})

    def _refusal(self, token: str, body: dict[str, Any]) -> int:
        if token not in self.access_tokens:
            return -216
        if self.access_tokens[token] < time.time():
            return -220
        if len(self.sent) >= self.minute:
            return -32
        if body["recipient"]["user_id"] in self.blocked:
            return -217
        attachment = body["message"].get("attachment", {})
        if attachment.get("type") == "file":
            return 0 if attachment["payload"]["token"] in self.uploads else -100
        return 0 if fits(body["message"]) else -201

    # Tokens -------------------------------------------------------------------------------------

    def grant(self, access: str = "first", seconds: float = 90_000) -> None:
        """Let an access token work."""
        self.access_tokens[access] = time.time() + seconds

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.token_faults:
            fault = self.token_faults.popleft()
            if fault == "500":
                return web.Response(status=500)
        if request.headers.get("secret_key") != APP_SECRET or form["app_id"] != APP_ID:
            return web.json_response({"error": -14002, "error_name": "Invalid app"})
        if form["grant_type"] != "refresh_token" or form["refresh_token"] != self.refresh_token:
            return web.json_response({"error": -14014, "error_name": "Invalid refresh token"})
        self.renewals += 1
        access = f"access-{self.renewals}"
        self.refresh_token = f"refresh-{self.renewals}"
        self.grant(access, self.access_seconds)
        if self.on_renewal is not None:
            await self.on_renewal()
        return web.json_response(
            {
                "access_token": access,
                "refresh_token": self.refresh_token,
                "expires_in": str(self.access_seconds),
            }
        )

    async def _file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="image/jpeg")


def fits(message: dict[str, Any]) -> bool:
    """Whether a message keeps to the documents: text, buttons, media."""
    text = message.get("text", "")
    if len(text) > 2_000:
        return False
    attachment = message.get("attachment")
    if attachment is None:
        return bool(text)
    payload = attachment["payload"]
    if payload.get("template_type") == "request_user_info":
        return all(
            one["title"] and one["subtitle"] and one["image_url"] for one in payload["elements"]
        )
    if payload.get("template_type") == "media":
        return all(one["media_type"] == "image" and one["url"] for one in payload["elements"])
    buttons = payload.get("buttons", [])
    return (
        bool(text)
        and 1 <= len(buttons) <= 5
        and all(
            isinstance(one["payload"], BUTTONS[one["type"]])
            and 0 < len(one["title"]) <= 100
            and len(json.dumps(one["payload"])) <= 1_000
            for one in buttons
        )
    )


# Webhooks -----------------------------------------------------------------------------------------


def event(name: str, user: str = "111", at: int | None = None, **rest: Any) -> dict[str, Any]:
    """An event as Zalo tells it; ids and the timestamp are strings."""
    return {
        "app_id": APP_ID,
        "sender": {"id": user},
        "recipient": {"id": OA_ID},
        "user_id_by_app": f"9{user}",
        "event_name": name,
        "timestamp": str(at if at is not None else int(time.time() * 1000)),
        **rest,
    }


def text(
    words: str, msg_id: str = "m1", user: str = "111", at: int | None = None
) -> dict[str, Any]:
    """A typed message."""
    return event("user_send_text", user, at, message={"text": words, "msg_id": msg_id})


def signed(
    body: dict[str, Any], secret: str = OA_SECRET, source: str = "body"
) -> tuple[bytes, dict[str, str]]:
    """A webhook's body and headers; `source`: whose timestamp the signature is made with."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    stamp = body["timestamp"] if source == "body" else "1700000000999"
    mac = hashlib.sha256(APP_ID.encode() + raw + stamp.encode() + secret.encode()).hexdigest()
    headers = {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}
    return raw, headers | ({"X-ZEvent-Timestamp": stamp} if source == "header" else {})


async def tell(post: Post, body: dict[str, Any], retries: int = 0) -> int:
    """Post a webhook as Zalo does, again with `num_retry` if it was not taken; the last status.

    Zalo waits 2 seconds; here longer, for a test says nothing of the machine that it runs on.
    """
    raw, headers = signed(body)
    status = 0
    for attempt in range(retries + 1):
        counted = headers | ({"num_retry": str(attempt)} if attempt else {})
        async with post(
            "/webhooks/zalo", data=raw, headers=counted, timeout=ClientTimeout(total=30)
        ) as response:
            status = response.status
        if status == 200:
            break
    return status
