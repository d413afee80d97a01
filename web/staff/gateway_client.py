"""The console's client of the gateway's inner interface: conversations that were handed over to staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import aiohttp

from common.agencies import agencies_header
from common.problems import Problem
from onestop.staff.schemas import Me
from web.staff.onestop_client import TIMEOUT, StaffService, problem_of

UPLOAD = aiohttp.ClientTimeout(total=120, connect=3)


class Desk(StaffService):
    """The gateway as one member of staff uses it; calls as of the one-stop service, and files."""

    async def upload(self, path: str, form: aiohttp.MultipartWriter) -> dict[str, Any]:
        """Hand a file on.

        Raises:
            Problem: the refusal; 503 `unavailable` if no answer comes.
        """
        try:
            async with self._http.post(
                f"{self._url}{path}", data=form, headers=self._headers, timeout=UPLOAD
            ) as answer:
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Problem(503, "unavailable") from error
        if answer.status >= 400:
            raise problem_of(answer.status, told)
        kept: dict[str, Any] = told
        return kept

    async def file(self, path: str) -> tuple[bytes, str]:
        """A file's bytes and its kind.

        Raises:
            Problem: 404 `no_such_file`; 503 `unavailable`.
        """
        try:
            async with self._http.get(
                f"{self._url}{path}", headers=self._headers, timeout=TIMEOUT
            ) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Problem(503, "unavailable") from error
        if answer.status >= 400:
            raise Problem(answer.status, "no_such_file" if answer.status == 404 else "unavailable")
        return content, answer.headers["Content-Type"]


class GatewayClient:
    """Makes each request's `Desk`.

    Args:
        http: the connections to use.
        base_url: the gateway's inner address.
        token: the internal token.
    """

    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._http, self._url, self._token = http, base_url, token

    def acting(self, me: Me) -> Desk:
        """The gateway for this member of staff, in the account's scope; citizens see its display name."""
        headers = {
            "Authorization": f"Bearer {self._token}",
            "X-Staff-Id": str(me.id),
            "X-Staff-Name": quote(me.display_name),
            **agencies_header(me.agencies),
        }
        return Desk(self._http, self._url, headers)
