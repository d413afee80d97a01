"""A Rasa server and a one-stop service to test the gateway against, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.test_utils import TestClient

TOKEN = "a-token-for-tests-only-of-32-characters"
Client = TestClient[web.Request, web.Application]
Connect = Callable[..., Awaitable[Client]]
T = TypeVar("T")
Inbound = dict[str, Any]
Answer = Callable[[Inbound], Awaitable[list[dict[str, Any]]]]


async def echo(inbound: Inbound) -> list[dict[str, Any]]:
    return [{"text": f"Anh/chị nói: {inbound['text']}"}]


class FakeRasa:
    """Answers as told; keeps what it was asked, and how many turns ran at the same time."""

    def __init__(self) -> None:
        self.answer: Answer = echo
        self.down = False
        self.received: list[Inbound] = []
        self.keys: list[str] = []
        self.running: dict[str, int] = {}
        self.most_per_sender = 0
        self.most_senders = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/webhooks/gateway/", self._health)
        app.router.add_post("/webhooks/gateway/webhook", self._webhook)
        return app

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"ready": not self.down}, status=503 if self.down else 200)

    async def _webhook(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({}, status=401)
        if self.down:
            return web.json_response({}, status=503)
        inbound = await request.json()
        sender = inbound["sender"]
        self.received.append(inbound)
        self.keys.append(request.headers["Idempotency-Key"])
        self.running[sender] = self.running.get(sender, 0) + 1
        self.most_per_sender = max(self.most_per_sender, self.running[sender])
        self.most_senders = max(self.most_senders, sum(1 for n in self.running.values() if n))
        try:
            return web.json_response(await self.answer(inbound))
        except web.HTTPException as error:
            return web.json_response({}, status=error.status)
        finally:
            self.running[sender] -= 1


class FakeOnestop:
    """Takes files (no programs: MZ) and hands out notices, each claimed until its lease ends."""

    def __init__(self, limit: int = 10 * 1024 * 1024) -> None:
        self.limit = limit
        self.files: list[dict[str, Any]] = []
        self.down = False
        self.notices: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []
        self.leases: dict[int, str] = {}
        self.drafts: list[dict[str, Any]] = []
        self.offer: dict[str, str] | None = None
        self.proposed = 0
        self.decided: list[tuple[str, bool]] = []
        self.askers: list[str] = []

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2 * self.limit)
        app.router.add_post("/files", self._files)
        app.router.add_get("/files/{id}/content", self._content)
        app.router.add_get("/drafts", self._drafts)
        app.router.add_post("/drafts/{id}/proposals", self._propose)
        app.router.add_post("/drafts/{id}/offer", self._decide)
        app.router.add_get("/documents/{ticket}", self._document)
        app.router.add_post("/notices/claims", self._claims)
        app.router.add_put("/notices/{id}/delivery", self._delivery)
        app.router.add_post("/erasures/claims", self._nothing)
        app.router.add_get("/retention/orders", self._nothing)
        return app

    def tell(self, owner: str, text: str, **parts: Any) -> int:
        """Have something to tell; its number."""
        number = len(self.notices) + 1
        self.notices.append(
            {"id": number, "owner": owner, "text": text, "buttons": [], "card": None, **parts}
        )
        return number

    def expire(self) -> None:
        """Let all leases end."""
        self.leases.clear()

    async def _claims(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        if self.down:
            return web.json_response({}, status=503)
        settled = {one["id"] for one in self.reports if one["outcome"] != "later"}
        free = [one for one in self.notices if one["id"] not in settled | self.leases.keys()]
        limit = (await request.json())["limit"]
        claimed = [{**one, "lease": f"lease-{id(request)}"} for one in free[:limit]]
        self.leases |= {one["id"]: one["lease"] for one in claimed}
        return web.json_response(claimed)

    async def _nothing(self, request: web.Request) -> web.Response:
        """Nobody has asked for anything to be deleted, and nothing has had its time."""
        return web.json_response([])

    async def _delivery(self, request: web.Request) -> web.Response:
        said, number = await request.json(), int(request.match_info["id"])
        if self.down:
            return web.json_response({}, status=503)
        if self.leases.get(number) != said["lease"]:
            return web.json_response({}, status=409)
        self.reports.append({"id": number, **said})
        return web.Response(status=204)

    async def _content(self, request: web.Request) -> web.Response:
        for one in self.files:
            mine = (one["file_id"], one["owner"]) == (
                request.match_info["id"],
                request.query["owner"],
            )
            if mine:
                headers = {"Content-Type": one["content_type"], "Cache-Control": "no-store"}
                name = {"Content-Disposition": f"inline; filename={one['name']}"}
                return web.Response(body=one["content"], headers={**headers, **name})
        return web.json_response({}, status=404)

    async def _drafts(self, request: web.Request) -> web.Response:
        return web.json_response(
            [one for one in self.drafts if one["owner"] == request.query["owner"]]
        )

    async def _propose(self, request: web.Request) -> web.Response:
        said = await request.json()
        if said["text"] == "sai":
            problem = {"type": "urn:motcua:problem:proposal_refused", "detail": "Chưa đúng ạ."}
            return web.json_response(problem, status=422, content_type="application/problem+json")
        self.proposed += 1
        field = {"field": said["field"], "label": "Họ tên", "display": said["text"]}
        self.offer = {"offer": f"offer-{self.proposed}", **field}
        return web.json_response(self.offer)

    async def _decide(self, request: web.Request) -> web.Response:
        said = await request.json()
        if self.offer is None or said["offer"] != self.offer["offer"]:
            return web.json_response({}, status=409)
        self.decided.append((said["offer"], said["accept"]))
        filled, self.offer = [self.offer] if said["accept"] else [], None
        return web.json_response({"accepted": filled})

    async def _document(self, request: web.Request) -> web.Response:
        self.askers.append(request.query["asker"])
        headers = {
            "Content-Disposition": "attachment; filename*=UTF-8''to-khai.docx",
            "Cache-Control": "no-store",
        }
        return web.Response(body=b"a form", headers=headers)

    async def _files(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        part = await (await request.multipart()).next()
        content = await part.read()
        await asyncio.sleep(0)
        if self.down:
            return web.json_response({}, status=503)
        if content.startswith(b"MZ"):
            problem = {
                "type": "urn:motcua:problem:file_kind",
                "detail": "Em chỉ nhận ảnh hoặc PDF ạ.",
            }
            return web.json_response(problem, status=415, content_type="application/problem+json")
        kept = {
            "file_id": f"file-{len(self.files) + 1}",
            "name": part.filename,
            "content_type": part.headers["Content-Type"],
            "size": len(content),
        }
        self.files.append({**kept, "owner": request.query["owner"], "content": bytes(content)})
        return web.json_response(kept, status=201)


async def until(check: Callable[[], Awaitable[T | None]], seconds: float = 60) -> T:
    """What `check` gives as soon as it gives something true."""
    async with asyncio.timeout(seconds):
        while not (found := await check()):  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.02)
    return found


async def open_session(client: Client) -> dict[str, str]:
    """A new session; the headers that speak for it."""
    async with client.post("/api/chat/sessions") as response:
        token = (await response.json())["token"]
    client.session.cookie_jar.clear()
    return {"Authorization": f"Bearer {token}"}
