"""The gateway's client of the one-stop service: files go in, documents and notices come out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from common.problems import Problem
from gateway.texts import refusal

UPLOAD_SECONDS = 120.0
CALL_SECONDS = 10.0
CONNECT_SECONDS = 3.0
# A PDF may wait for others before it (onestop/documents/pdf.py).
DOCUMENT_SECONDS = 150.0
DOCUMENT_HEADERS = ("Content-Type", "Content-Disposition", "Cache-Control")


@dataclass(frozen=True)
class Document:
    """A file to hand on: its bytes, and the headers that say what it is."""

    content: bytes
    headers: dict[str, str]


class OnestopUnavailableError(Exception):
    """The service did not answer, or not as it should; another try may succeed."""


@dataclass(frozen=True)
class Notice:
    """What a citizen is to be told: a claimed notice of the service, as a message's body."""

    id: int
    owner: str
    lease: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Erasure:
    """A conversation that its citizen wants erased, claimed."""

    id: int
    owner: str
    lease: str


@dataclass(frozen=True)
class Expiry:
    """Take away a store's rows of a kind that are older than `before`, but nothing of the `held` senders."""

    store: str
    kind: str
    before: datetime
    held: list[str]


class OnestopClient:
    """Talks to `/files`, `/documents`, `/notices` and `/drafts` of the one-stop service.

    Args:
        http: the session to use.
        base_url: the service's address.
        token: the internal token.
    """

    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._http = http
        self._url = base_url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def upload(
        self, owner: str, name: str, content_type: str, content: AsyncIterator[bytes]
    ) -> dict[str, Any]:
        """Hand one file over without holding all of it.

        Args:
            owner: the sender's id.
            name: the file's name as the citizen's device gives it.
            content_type: its MIME type, as the device says; the service looks for itself.
            content: the bytes, in pieces.

        Returns:
            {"file_id", "name", "content_type", "size"}.

        Raises:
            Problem: the service's own refusal (4xx, with its sentence for the citizen), or 503
                `storage_unavailable` if it does not answer. What `content` raises passes through.
        """
        failure: list[Problem] = []

        async def pieces() -> AsyncIterator[bytes]:
            try:
                async for piece in content:
                    yield piece
            except Problem as problem:
                # aiohttp would wrap it in an error of its own.
                failure.append(problem)
                raise

        form = aiohttp.MultipartWriter("form-data")
        part = form.append(pieces(), {"Content-Type": content_type})
        part.set_content_disposition("form-data", quote_fields=False, name="file", filename=name)
        try:
            async with self._http.post(
                f"{self._url}/files",
                params={"owner": owner},
                data=form,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=UPLOAD_SECONDS, connect=CONNECT_SECONDS),
            ) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError, Problem) as error:
            raise failure[0] if failure else refusal(503, "storage_unavailable") from error
        if response.status in (200, 201):
            return {part: answer[part] for part in ("file_id", "name", "content_type", "size")}
        if response.status in (413, 415, 422):
            code = str(answer.get("type", "")).rpartition(":")[2] or "file_refused"
            raise Problem(response.status, code, str(answer.get("detail", "")))
        raise refusal(503, "storage_unavailable")

    async def claim_notices(self, limit: int) -> list[Notice]:
        """Take up to `limit` notices that are due; nobody else gets them for a while.

        Raises:
            OnestopUnavailableError: if the service does not answer as it should.
        """
        status, found = await self._call("POST", "/notices/claims", {"limit": limit})
        if status != 200:
            raise OnestopUnavailableError(f"status {status}")
        return [_notice(one) for one in found]

    async def report_notice(self, notice: Notice, outcome: str, reason: str) -> None:
        """Say how it went with a claimed notice; where another has it by now, nothing is to be done.

        Args:
            notice: as it was claimed.
            outcome: `delivered`, `later` or `failed`.
            reason: a code for staff; empty if it was delivered.

        Raises:
            OnestopUnavailableError: if the service does not answer as it should.
        """
        body = {"lease": notice.lease, "outcome": outcome, "reason": reason}
        status, _ = await self._call("PUT", f"/notices/{notice.id}/delivery", body)
        if status not in (204, 404, 409):
            raise OnestopUnavailableError(f"status {status}")

    async def claim_erasures(self, limit: int) -> list[Erasure]:
        """Take up to `limit` conversations whose citizens want them erased; a claim ends by itself.

        Raises:
            OnestopUnavailableError: if the service does not answer as it should.
        """
        status, found = await self._call("POST", "/erasures/claims", {"limit": limit})
        if status != 200:
            raise OnestopUnavailableError(f"status {status}")
        return [Erasure(one["id"], one["owner"], one["lease"]) for one in found]

    async def report_erasure(self, erasure: Erasure, counts: dict[str, int]) -> None:
        """Say that a conversation is erased here and in the tracker, and how many rows that was.

        Raises:
            OnestopUnavailableError: if the service does not answer as it should.
        """
        body = {"lease": erasure.lease, "counts": counts}
        status, _ = await self._call("PUT", f"/erasures/{erasure.id}", body)
        if status not in (204, 409):  # 409: another worker was at it, too
            raise OnestopUnavailableError(f"status {status}")

    async def expiry_orders(self) -> list[Expiry]:
        """What is to be taken away now because its time is over.

        Raises:
            OnestopUnavailableError: if the service does not answer as it should.
        """
        status, found = await self._call("GET", "/retention/orders", None)
        if status != 200:
            raise OnestopUnavailableError(f"status {status}")
        return [
            Expiry(one["store"], one["kind"], datetime.fromisoformat(one["before"]), one["held"])
            for one in found
        ]

    async def report_expiry(self, order: Expiry, count: int) -> None:
        """Say how much was taken away.

        Raises:
            OnestopUnavailableError: if the service does not answer as it should.
        """
        body = {"store": order.store, "kind": order.kind, "count": count}
        status, _ = await self._call("POST", "/retention/runs", body)
        if status != 204:
            raise OnestopUnavailableError(f"status {status}")

    async def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        params: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with self._http.request(
                method,
                f"{self._url}{path}",
                params=params,
                json=body,
                headers=self._headers,
                timeout=timeout,
            ) as response:
                if response.content_type not in ("application/json", "application/problem+json"):
                    return response.status, None
                return response.status, await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise OnestopUnavailableError(type(error).__name__) from error

    async def drafts(self, owner: str) -> list[dict[str, Any]]:
        """The drafts that a citizen is filling, newest first, for staff to see.

        Raises:
            Problem: 503 `onestop_unavailable`.
        """
        return await self._asked("GET", "/drafts", {"owner": owner})  # type: ignore[no-any-return]

    async def propose(self, owner: str, draft: str, field: str, text: str) -> dict[str, Any]:
        """Propose what a field of a citizen's draft should say.

        Returns:
            {"offer", "field", "label", "display"}: what to ask the citizen's consent to.

        Raises:
            Problem: the service's own refusal, such as 422 `proposal_refused` with the form's sentence;
                503 `onestop_unavailable`.
        """
        path = f"/drafts/{draft}/proposals"
        body = {"field": field, "text": text}
        return await self._asked("POST", path, {"owner": owner}, body)  # type: ignore[no-any-return]

    async def decide(
        self, owner: str, draft: str, offer: str, *, accept: bool
    ) -> list[dict[str, Any]] | None:
        """Fill in what was proposed, or forget it.

        Returns:
            What was filled in, each {"label", "display"}; `None` if the offer is gone or another by now.

        Raises:
            OnestopUnavailableError: if the service does not answer as it should.
        """
        body = {"accept": accept, "offer": offer}
        path = f"/drafts/{draft}/offer"
        status, done = await self._call("POST", path, body, {"owner": owner})
        if status in (404, 409):
            return None
        if status != 200:
            raise OnestopUnavailableError(f"status {status}")
        accepted: list[dict[str, Any]] = done["accepted"]
        return accepted

    async def file(self, owner: str, file_id: str) -> Document:
        """A file of a citizen's conversation.

        Raises:
            Problem: 404 `no_such_file`, or 503 `file_unavailable`, with a sentence for the citizen.
        """
        timeout = aiohttp.ClientTimeout(total=UPLOAD_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with self._http.get(
                f"{self._url}/files/{file_id}/content",
                params={"owner": owner},
                headers=self._headers,
                timeout=timeout,
            ) as response:
                if response.status == 200:
                    kept = {name: response.headers[name] for name in DOCUMENT_HEADERS}
                    return Document(await response.read(), kept)
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise refusal(503, "file_unavailable") from error
        raise (refusal(404, "no_such_file") if status == 404 else refusal(503, "file_unavailable"))

    async def _asked(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None = None
    ) -> Any:
        """What staff ask for; the service's refusals are passed on.

        Raises:
            Problem: the refusal, or 503 `onestop_unavailable`.
        """
        try:
            status, answer = await self._call(method, path, body, params)
        except OnestopUnavailableError as error:
            raise Problem(503, "onestop_unavailable", str(error)) from error
        if status < 300:
            return answer
        if status < 500 and isinstance(answer, dict):
            code = str(answer.get("type", "")).rpartition(":")[2]
            raise Problem(status, code, str(answer.get("detail", "")))
        raise Problem(503, "onestop_unavailable", f"status {status}")

    async def document(self, ticket: str, asker: str) -> Document:
        """The printed form behind a link.

        Args:
            ticket: the link's last part.
            asker: the sender whose session the request bears, or "".

        Raises:
            Problem: 404 `no_document` or 503 `document_unavailable`, with a sentence for the citizen.
        """
        try:
            async with self._http.get(
                f"{self._url}/documents/{ticket}",
                params={"asker": asker},
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=DOCUMENT_SECONDS, connect=CONNECT_SECONDS),
            ) as response:
                if response.status == 200:
                    kept = {name: response.headers[name] for name in DOCUMENT_HEADERS}
                    return Document(await response.read(), kept)
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise refusal(503, "document_unavailable") from error
        if status == 404:
            raise refusal(404, "no_document")
        raise refusal(503, "document_unavailable")

    async def healthy(self) -> bool:
        """Whether the service answers at all."""
        try:
            timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS)
            async with self._http.get(
                f"{self._url}/health", headers=self._headers, timeout=timeout
            ) as response:
                return response.status < 500
        except (aiohttp.ClientError, TimeoutError):
            return False


def _notice(view: dict[str, Any]) -> Notice:
    """A notice as the service shows it; a card is a message's custom part."""
    parts = ("template", "about", "contact")
    notice = {part: view[part] for part in parts if view.get(part)}
    body = {
        "text": view["text"],
        "buttons": view["buttons"],
        "custom": view["card"],
        "notice": notice,
    }
    return Notice(
        id=view["id"],
        owner=view["owner"],
        lease=view["lease"],
        body={part: one for part, one in body.items() if one},
    )
