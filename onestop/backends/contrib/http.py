"""A province's own one-stop system over HTTP, after the national steps B1–B6.

Field names, dates and the order of steps are those of the national synchronisation service and of its
2026 example (token, next code, upload, create, progress, status). The documents seen publish no
addresses for these steps and no field for a sender's own key; both stand in the constants below, so that
one edit follows a province's system. The key goes along as the header `Idempotency-Key` as well.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any

import aiohttp
from sqlalchemy.orm import Session

from common.database import Database, now
from common.settings import Settings
from onestop.backends import outbox
from onestop.backends.base import (
    BackendRefused,
    BackendUnavailable,
    Parcel,
    Progress,
    Report,
    SentFile,
    SessionExpired,
)
from onestop.backends.contrib import national
from onestop.backends.worker import Worker
from onestop.dossiers.models import Dossier, Draft
from onestop.dossiers.statuses import Status
from onestop.schemas import Receipt
from onestop.storage import registry as storages
from onestop.storage.base import NotStored, StorageUnavailable

LOG_IN = "token"
NEXT_CODE = "LayMaHoSo"
UPLOAD = "TaiTepTin"
CREATE = "DongBoHoSoMC"
REPORT = "CapNhatTienDoHoSoMC"
PROGRESS = "TraCuuHoSo"
CONNECT_SECONDS = 3
# The service's error codes: 0 is success, the rest its own words; this one says that the token is old.
SUCCESS, EXPIRED = "0", "401"
# HTTP statuses that speak of what was sent, not of the service or of our account.
REFUSALS = {400, 409, 413, 415, 422}
MAX_ANSWER_BYTES = 1024 * 1024


class HttpBackend:
    """Puts parcels into the outbox; the worker sends them with `HttpRemote`."""

    def __init__(self, config: Settings) -> None:
        self._config = config

    @classmethod
    def from_settings(cls, config: Settings) -> HttpBackend:
        """The back end for the address and the account in the settings."""
        return cls(config)

    def send(self, session: Session, draft: Draft, parcel: Parcel) -> Receipt:
        """Keep the parcel in the caller's transaction; the code comes later."""
        outbox.enqueue(session, draft.id, parcel)
        draft.state = "submitted"
        return parcel.receipt

    def report(self, session: Session, dossier: Dossier, report: Report) -> None:
        """Keep the report in the caller's transaction."""
        outbox.enqueue_report(session, report)

    def worker(self, database: Database) -> Worker | None:
        """The worker with a connection pool of its own."""
        return Worker(database, HttpRemote(self._config))


class HttpRemote:
    """The calls; see `onestop.backends.base.Remote`."""

    def __init__(self, config: Settings) -> None:
        self._base = config.backend_url.rstrip("/")
        self._account = {
            "username": config.backend_username,
            "password": config.backend_password.get_secret_value(),
        }
        self._storage = storages.create(config)
        self._timeout = aiohttp.ClientTimeout(
            total=config.backend_timeout_seconds, connect=CONNECT_SECONDS
        )
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, step: str, *, key: str = "", **body: Any) -> dict[str, Any]:
        """One call; returns the answer's object.

        Raises:
            BackendError: of the kind that the answer, or its absence, means.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = {"Idempotency-Key": key} if key else {}
        try:
            async with self._session.post(
                f"{self._base}/{step}", headers=headers, allow_redirects=False, **body
            ) as response:
                status = response.status
                content = await response.content.read(MAX_ANSWER_BYTES)
                while not response.content.at_eof() and len(content) < MAX_ANSWER_BYTES:
                    content += await response.content.read(MAX_ANSWER_BYTES)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BackendUnavailable(f"{step}: {type(error).__name__}") from error
        if status == 401:
            raise SessionExpired(step)
        if status in REFUSALS:
            raise BackendRefused(f"{step}: {status}")
        if status >= 300:  # theirs, or our address or account is wrong: an operator mends it
            raise BackendUnavailable(f"{step}: {status}")
        return self._read(step, content)

    @staticmethod
    def _read(step: str, content: bytes) -> dict[str, Any]:
        """The answer's object; what cannot be one is taken for a failure on the other side."""
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise BackendUnavailable(f"{step}: no JSON") from error
        if not isinstance(answer, dict) or "error_code" not in answer:
            raise BackendUnavailable(f"{step}: no answer of the service")
        code = str(answer["error_code"])
        if code == EXPIRED:
            raise SessionExpired(step)
        if code != SUCCESS:
            raise BackendRefused(f"{step}: error_code {code[:20]}")
        return answer

    @staticmethod
    def _text(step: str, answer: dict[str, Any], name: str) -> str:
        value = answer.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            raise BackendUnavailable(f"{step}: {name} is missing")
        return value.strip()

    async def log_in(self) -> str:
        """B1: the session that later calls carry."""
        try:
            answer = await self._call(LOG_IN, json=self._account)
        except BackendRefused as error:  # no fault of the dossier's: it waits for an operator
            raise BackendUnavailable(str(error)) from error
        return self._text(LOG_IN, answer, "session")

    async def next_code(self, token: str, parcel: Parcel) -> str:
        """B2: the next dossier code of the receiving unit."""
        body = {"session": token, "MaDonVi": parcel.agency, national.KEY: parcel.key}
        answer = await self._call(NEXT_CODE, key=parcel.key, json=body)
        return self._text(NEXT_CODE, answer, "MaHoSo")

    async def upload(self, token: str, key: str, file: SentFile) -> str:
        """B3: hand a file over; what arrived must have our checksum."""
        try:
            content = await asyncio.to_thread(self._storage.get, file.file_id)
        except NotStored as error:
            raise BackendRefused(f"{UPLOAD}: our file is gone") from error
        except StorageUnavailable as error:
            raise BackendUnavailable(f"{UPLOAD}: our storage: {error}") from error
        form = aiohttp.FormData()
        form.add_field("session", token)
        form.add_field(national.KEY, file.file_id)
        form.add_field("file", content, filename=file.name, content_type=file.content_type)
        answer = await self._call(UPLOAD, key=f"{key}:{file.file_id}", data=form)
        if self._text(UPLOAD, answer, "HashTepTin").lower() != file.sha256:
            raise BackendUnavailable(f"{UPLOAD}: damaged on the way")
        return self._text(UPLOAD, answer, "IdTepTin")

    async def create(self, token: str, parcel: Parcel, code: str, uploaded: dict[str, str]) -> None:
        """B4: make the dossier."""
        record = national.dossier(parcel, code, uploaded)
        body = {"session": token, "isUpdating": False, "data": [record]}
        await self._call(CREATE, key=parcel.key, json=body)

    async def report(self, token: str, report: Report, uploaded: dict[str, str]) -> None:
        """B5: what the citizen did with it since."""
        body = {"session": token, "data": [national.report(report, uploaded, now())]}
        await self._call(REPORT, key=report.key, json=body)

    async def progress(self, token: str, code: str) -> Progress:
        """B6: where it stands."""
        found = await self._look(token, MaHoSo=code)
        if found is None:
            raise BackendUnavailable(f"{PROGRESS}: the dossier is not there")
        try:
            status = Status(int(str(found.get("TrangThaiHoSo", ""))))
        except ValueError as error:
            raise BackendUnavailable(f"{PROGRESS}: no such status") from error
        return Progress(status=status, note=str(found.get("GhiChu") or "")[:500], at=_moment(found))

    async def find(self, token: str, key: str) -> str | None:
        """Whether a dossier was made with our key, and its code."""
        found = await self._look(token, **{national.KEY: key})
        return None if found is None else self._text(PROGRESS, found, "MaHoSo")

    async def _look(self, token: str, **wanted: str) -> dict[str, Any] | None:
        try:
            answer = await self._call(PROGRESS, json={"session": token, **wanted})
        except BackendRefused as error:  # asking changes nothing there: ask again later
            raise BackendUnavailable(str(error)) from error
        found = answer.get("data")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise BackendUnavailable(f"{PROGRESS}: data is missing")
        return found[0] if found else None


def _moment(found: dict[str, Any]) -> datetime:
    """When the status began (`ThoiDiemXuLy`), or now where the answer does not say it readably."""
    try:
        said = datetime.strptime(f"{found.get('ThoiDiemXuLy')}+0700", f"{national.SYNC_TIME}%z")
    except ValueError:
        return now()
    return said
