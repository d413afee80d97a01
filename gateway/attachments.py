"""A citizen's file on a platform: fetched from where the platform keeps it, within limits, and handed on.

The address comes with a verified webhook, yet it is not trusted: only the platform's own hosts are asked,
also after a redirect, and neither size nor time is unbounded. The bytes are not kept here: they go on to
the one-stop service while they come in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

import aiohttp
from yarl import URL

from common.problems import Problem
from gateway.onestop_client import OnestopClient
from gateway.texts import refusal
from gateway.words import file_name

CHUNK_BYTES = 64 * 1024
MAX_REDIRECTS = 3
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5, sock_read=10)
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether an address may be asked for a file.

    Args:
        url: the address.
        hosts: patterns of origins, such as `https://*.zdn.vn`.
    """
    try:
        parsed = URL(url)
        origin = str(parsed.origin())
    except ValueError:
        return False
    plain = parsed.user is None and parsed.password is None
    return plain and any(fnmatchcase(origin.lower(), one) for one in hosts)


class Attachments:
    """Fetches files and hands them to the one-stop service.

    Args:
        http: the session to use.
        onestop: where files go.
        max_bytes: of one file.
    """

    def __init__(self, http: aiohttp.ClientSession, onestop: OnestopClient, max_bytes: int) -> None:
        self._http, self._onestop, self._max = http, onestop, max_bytes

    async def take(self, owner: str, url: str, name: str, hosts: Sequence[str]) -> dict[str, Any]:
        """Fetch one file and keep it for its owner.

        Args:
            owner: the sender's id.
            url: where the platform keeps the file.
            name: the file's name as the platform gives it; may be empty.
            hosts: see `allowed`.

        Returns:
            {"file_id", "name", "content_type", "size"}.

        Raises:
            Problem: 413, 415 or 422 with a sentence for the citizen; 503 if it is worth another try.
        """
        for _ in range(MAX_REDIRECTS + 1):
            if not allowed(url, hosts):
                raise refusal(422, "file_gone")
            try:
                async with self._http.get(url, timeout=TIMEOUT, allow_redirects=False) as response:
                    if response.status in REDIRECTS:
                        target = response.headers.get("Location", "")
                        url = str(response.url.join(URL(target)))
                        continue
                    return await self._hand_on(owner, name or response.url.name, response)
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                raise refusal(503, "storage_unavailable") from error
        raise refusal(422, "file_gone")

    async def _hand_on(
        self, owner: str, name: str, response: aiohttp.ClientResponse
    ) -> dict[str, Any]:
        if response.status >= 500:
            raise refusal(503, "storage_unavailable")
        if response.status != 200:
            raise refusal(422, "file_gone")
        too_large = refusal(413, "file_too_large", megabytes=self._max // 1024**2)
        if response.content_length and response.content_length > self._max:
            raise too_large
        kind = response.headers.get("Content-Type", "application/octet-stream")
        pieces = _within(response, self._max, too_large)
        return await self._onestop.upload(owner, file_name(name), kind, pieces)


async def _within(
    response: aiohttp.ClientResponse, limit: int, too_large: Problem
) -> AsyncIterator[bytes]:
    size = 0
    async for piece in response.content.iter_chunked(CHUNK_BYTES):
        size += len(piece)
        if size > limit:
            raise too_large
        yield piece
