"""The gateway's client of the one-stop service: hands a citizen's file over while it comes in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from common.problems import Problem
from gateway.texts import refusal

UPLOAD_SECONDS = 120.0
CONNECT_SECONDS = 3.0


class OnestopClient:
    """Talks to `POST /files` of the one-stop service.

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
