"""A citizen and staff around the gateway under test."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from common.agencies import agencies_header
from gateway.handover.app import create_app
from tests.gateway.fakes import TOKEN, Client, FakeRasa, Inbound, open_session

ASKS = "gặp cán bộ"
DRAFT = "draft-1"
RESUME = {"title": "Tiếp tục hồ sơ", "payload": "/resume_dossier"}


def person(open_now: bool = True, opens_at: str | None = None, agency: str = "") -> dict[str, Any]:
    """The card with which the assistant asks for a person."""
    summary = {"procedure": "Khai sinh", "field": "Họ tên", "draft": DRAFT}
    return {
        "type": "handover",
        "open": open_now,
        "opens_at": opens_at,
        "agency": agency,
        "summary": summary,
        "buttons": [RESUME],
    }


def hand_over(rasa: FakeRasa, **card: Any) -> None:
    """Let the assistant ask for a person when the citizen does, and go on asking after it."""

    async def answer(inbound: Inbound) -> list[dict[str, Any]]:
        if inbound["text"] == ASKS:
            return [{"text": "…", "custom": person(**card)}, {"text": "Câu hỏi tiếp theo"}]
        return [{"text": f"Trợ lý: {inbound['text']}"}]

    rasa.answer = answer


@dataclass
class Citizen:
    """Someone on the page."""

    client: Client
    session: dict[str, str]
    ids: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    async def new(cls, client: Client) -> Citizen:
        return cls(client, await open_session(client))

    async def say(self, text: str, payload: str | None = None) -> list[dict[str, Any]]:
        body = {"text": text, **({"payload": payload} if payload else {})}
        async with self.client.post(
            "/api/chat/messages", json=body, headers=self.session
        ) as response:
            assert response.status == 200, await response.text()
            replies: list[dict[str, Any]] = (await response.json())["replies"]
            return replies

    async def read(self) -> list[dict[str, Any]]:
        async with self.client.get("/api/chat/messages", headers=self.session) as response:
            found: list[dict[str, Any]] = (await response.json())["messages"]
            return found


@dataclass
class Desk:
    """A member of staff at the inner interface."""

    client: Client
    id: str
    name: str
    agencies: list[str] | None = None
    ids: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {TOKEN}",
            "X-Staff-Id": self.id,
            "X-Staff-Name": quote(self.name),
            **agencies_header(self.agencies),
        }

    async def call(self, method: str, path: str, **kwargs: Any) -> ClientResponse:
        return await self.client.request(method, path, headers=self.headers, **kwargs)

    async def get(self, path: str) -> Any:
        response = await self.call("GET", path)
        assert response.status == 200, await response.text()
        return await response.json()

    async def do(self, path: str, body: Any = None, status: int = 200) -> Any:
        response = await self.call("POST", path, json=body)
        assert response.status == status, await response.text()
        return await response.json()

    async def take(self, number: int) -> None:
        await self.do(f"/handovers/{number}/take")

    async def say(self, number: int, text: str) -> Any:
        body = {"key": f"k{next(self.ids)}", "text": text}
        return await self.do(f"/handovers/{number}/messages", body, 201)

    async def close(self, number: int) -> None:
        await self.do(f"/handovers/{number}/close", {"reason": "solved"})


@asynccontextmanager
async def desks(client: Client) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two members of staff at the site's inner interface."""
    assert client.app is not None
    inner: Client = TestClient(TestServer(create_app(client.app)))
    await inner.start_server()
    try:
        yield Desk(inner, "lan", "Chị Lan"), Desk(inner, "hai", "Anh Hải")
    finally:
        await inner.close()
