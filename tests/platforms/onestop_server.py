"""A province's one-stop system as the documents describe it, with the faults of a real one.

Steps B1–B6 with the field names of the national synchronisation (see onestop/backends/contrib/http.py
for the addresses, which no document gives). Faults are planned per step: each call of the step takes the
next fault of its list, and behaves when the list is empty.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from common.database import now
from onestop.dossiers.codes import make_code
from onestop.dossiers.submission import day_of

USERNAME, PASSWORD = "mot-cua", "a password for tests"
LATE_SECONDS = 0.6

# Faults: of the reply, after the work was done …
LATE = "late"  # the work is done, the reply comes after the client has gone
LOST = "lost"  # the work is done, the connection breaks
BROKEN = "broken"  # the work is done, the reply is nonsense
HALF = "half"  # the work is done, the reply lacks what it should hold
# … and before it
ERROR = "error"  # 500
SILENT = "silent"  # nothing comes back
EXPIRED = "expired"  # the session is no longer good
REFUSED = "refused"  # understood, and refused
AFTER_THE_WORK = {LATE, LOST, BROKEN, HALF}


@dataclass
class OnestopServer:
    """The system's memory; `forgetful`: it pays no heed to keys when it makes codes and dossiers."""

    forgetful: bool = False
    down: bool = False
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sessions: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)  # key → code
    files: dict[str, bytes] = field(default_factory=dict)
    file_keys: dict[str, str] = field(default_factory=dict)
    dossiers: list[dict[str, Any]] = field(default_factory=list)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def plan(self, step: str, *faults: str) -> None:
        """The faults of the next calls of a step."""
        self.faults[step].extend(faults)

    def create_app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=50 * 1024 * 1024)
        steps: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "token": self._log_in,
            "LayMaHoSo": self._next_code,
            "TaiTepTin": self._upload,
            "DongBoHoSoMC": self._create,
            "CapNhatTienDoHoSoMC": self._report,
            "TraCuuHoSo": self._look,
        }
        for name, work in steps.items():
            app.router.add_post(f"/{name}", self._handler(name, work))
        return app

    def _handler(
        self, name: str, work: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.calls[name] += 1
            body = await self._body(request)
            fault = self.faults[name].pop(0) if self.faults[name] else ""
            if self.down or fault == ERROR:
                return web.Response(status=500, text="Internal Server Error")
            if fault == SILENT:
                await asyncio.sleep(LATE_SECONDS)
                return web.Response(status=504)
            if fault == REFUSED:
                return web.json_response({"error_code": "17", "message": "không hợp lệ"})
            if fault == EXPIRED:
                self.sessions.clear()
            if name != "token" and body.get("session") not in self.sessions:
                return web.json_response({"error_code": "401"})
            answer = work(body)
            return await self._reply(request, answer, fault)

        return handle

    @staticmethod
    async def _reply(
        request: web.Request, answer: dict[str, Any], fault: str
    ) -> web.StreamResponse:
        if fault == LATE:
            await asyncio.sleep(LATE_SECONDS)
        if fault == LOST and request.transport is not None:
            request.transport.close()
        if fault == BROKEN:
            return web.Response(text="<html>Bảo trì hệ thống</html>", content_type="text/html")
        return web.json_response({"error_code": "0"} if fault == HALF else answer)

    @staticmethod
    async def _body(request: web.Request) -> dict[str, Any]:
        if request.content_type != "multipart/form-data":
            return dict(await request.json())
        form = await request.post()
        sent = form["file"]
        assert isinstance(sent, web.FileField)
        return {**form, "content": sent.file.read()}

    def _log_in(self, body: dict[str, Any]) -> dict[str, Any]:
        if (body["username"], body["password"]) != (USERNAME, PASSWORD):
            return {"error_code": "1"}
        session = f"session-{next(self._numbers)}"
        self.sessions.add(session)
        return {"error_code": "0", "session": session}

    def _next_code(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.forgetful or body["MaThamChieu"] not in self.codes:
            number = len(self.codes) + 1 if not self.forgetful else self.calls["LayMaHoSo"]
            self.codes[body["MaThamChieu"]] = make_code(body["MaDonVi"], day_of(now()), number)
        return {"error_code": "0", "MaHoSo": self.codes[body["MaThamChieu"]]}

    def _upload(self, body: dict[str, Any]) -> dict[str, Any]:
        key, content = body["MaThamChieu"], body["content"]
        identifier = self.file_keys.setdefault(key, f"TEP{next(self._numbers)}")
        self.files[identifier] = content
        digest = hashlib.sha256(content).hexdigest()
        return {"error_code": "0", "IdTepTin": identifier, "HashTepTin": digest}

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        (record,) = body["data"]
        known = [one for one in self.dossiers if one["MaThamChieu"] == record["MaThamChieu"]]
        if not known or self.forgetful:
            self.dossiers.append(record)
        return {"error_code": "0"}

    def _report(self, body: dict[str, Any]) -> dict[str, Any]:
        (record,) = body["data"]
        self.reports[record["MaThamChieu"]] = record
        for one in self.dossiers:
            if one["MaHoSo"] == record["MaHoSo"]:
                one["TrangThaiHoSo"] = record["TrangThai"]
        return {"error_code": "0"}

    def _look(self, body: dict[str, Any]) -> dict[str, Any]:
        name = "MaHoSo" if "MaHoSo" in body else "MaThamChieu"
        found = [one for one in self.dossiers if one[name] == body[name]]
        return {"error_code": "0", "data": found}
