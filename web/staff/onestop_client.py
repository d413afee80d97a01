"""The console's client of the one-stop service: typed by the service's own shapes, one call an answer.

found = await request[SERVICE].ask(list[AccountView], "GET", "/staff/accounts")
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, TypeAdapter

from common.problems import Problem

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=3)
UPLOAD = aiohttp.ClientTimeout(total=300, connect=3)
SESSION_HEADER = "X-Staff-Session"
Params = Mapping[str, str | int]
T = TypeVar("T")


class StaffService:
    """The service as one member of staff reaches it; made for each request.

    Args:
        http: the connections to use.
        base_url: the service's address.
        headers: what shows who asks.
    """

    def __init__(self, http: aiohttp.ClientSession, base_url: str, headers: dict[str, str]) -> None:
        self._http, self._url, self._headers = http, base_url, headers

    async def ask(
        self,
        shape: type[T],
        method: str,
        path: str,
        body: BaseModel | None = None,
        params: Params | None = None,
        patience: aiohttp.ClientTimeout = TIMEOUT,
    ) -> T:
        """One call.

        Args:
            shape: what is answered: a model, or a list of one.
            method: HTTP's.
            path: beginning with `/staff/`.
            body: sent as JSON.
            params: the query; empty ones are left out.
            patience: how long it may take.

        Returns:
            The answer in that shape.

        Raises:
            Problem: the service's own refusal; 503 `unavailable` if it does not answer as it should.
        """
        return TypeAdapter(shape).validate_python(
            await self._call(method, path, body, params, patience)
        )

    async def tell(
        self,
        method: str,
        path: str,
        body: BaseModel | None = None,
        params: Params | None = None,
    ) -> None:
        """One call whose answer says nothing more; raises as `ask` does."""
        await self._call(method, path, body, params)

    async def fetch(self, method: str, path: str, body: BaseModel) -> tuple[bytes, str]:
        """One call whose answer is a file: its bytes and content type; raises as `ask` does."""
        try:
            async with self._http.request(
                method,
                f"{self._url}{path}",
                json=body.model_dump(mode="json"),
                headers=self._headers,
                timeout=TIMEOUT,
            ) as answer:
                if answer.status == 200:
                    return await answer.read(), answer.content_type
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Problem(503, "unavailable") from error
        raise problem_of(answer.status, told)

    async def hand_over(
        self, shape: type[T], path: str, content: AsyncIterable[bytes], params: Params
    ) -> T:
        """One call whose body is a file, sent on as it comes; raises as `ask` does."""
        try:
            async with self._http.post(
                f"{self._url}{path}",
                data=content,
                params=params,
                headers={**self._headers, "Content-Type": "application/octet-stream"},
                timeout=UPLOAD,
            ) as answer:
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Problem(503, "unavailable") from error
        if answer.status >= 400:
            raise problem_of(answer.status, told)
        return TypeAdapter(shape).validate_python(told)

    async def file(self, path: str) -> tuple[bytes, str]:
        """A file's bytes and its kind; raises as `ask` does."""
        try:
            async with self._http.get(
                f"{self._url}{path}", headers=self._headers, timeout=TIMEOUT
            ) as answer:
                if answer.status == 200:
                    return await answer.read(), answer.headers["Content-Type"]
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Problem(503, "unavailable") from error
        raise problem_of(answer.status, told)

    async def _call(
        self,
        method: str,
        path: str,
        body: BaseModel | None,
        params: Params | None,
        patience: aiohttp.ClientTimeout = TIMEOUT,
    ) -> Any:
        sent = None if body is None else body.model_dump(mode="json")
        asked = {name: value for name, value in (params or {}).items() if value != ""}
        try:
            async with self._http.request(
                method,
                f"{self._url}{path}",
                json=sent,
                params=asked,
                headers=self._headers,
                timeout=patience,
            ) as answer:
                told = None if answer.status == 204 else await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Problem(503, "unavailable") from error
        if answer.status < 400:
            return told
        raise problem_of(answer.status, told)


class OnestopClient:
    """Makes each request's `StaffService`.

    Args:
        http: the connections to use.
        base_url: the service's address.
        token: the internal token.
    """

    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._http, self._url, self._token = http, base_url, token

    def bearing(self, session: str) -> StaffService:
        """The service for whoever bears this session's token ("" for none yet)."""
        headers = {"Authorization": f"Bearer {self._token}"}
        if session:
            headers[SESSION_HEADER] = session
        return StaffService(self._http, self._url, headers)


def problem_of(status: int, told: object) -> Problem:
    """A refusal as it was told; 503 `unavailable` if it makes no sense."""
    if not isinstance(told, dict) or status == 500:
        return Problem(503, "unavailable")
    told = dict(told)
    code = str(told.pop("type", "")).rpartition(":")[2] or "error"
    detail = str(told.pop("detail", ""))
    extra = {name: told[name] for name in told.keys() - {"title", "status"}}
    return Problem(status, code, detail, **extra)
