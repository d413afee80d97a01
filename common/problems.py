"""Errors for programs: problem+json (RFC 9457), one shape for every HTTP answer that is not a success."""

from __future__ import annotations

import hmac
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from pydantic import ValidationError

log = structlog.get_logger(__name__)


class Problem(Exception):
    """A refusal that the caller can act on.

    Args:
        status: HTTP status, 400–599.
        code: a stable machine-readable word, the last part of the problem's type.
        detail: one sentence; shown to a person only where it is written for citizens.
        **extra: further members of the problem object (RFC 9457, 3.2); `retry_after` (seconds) is a header too.
    """

    def __init__(self, status: int, code: str, detail: str = "", **extra: Any) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.detail, self.extra = status, code, detail, extra

    def response(self) -> web.Response:
        """The problem as an HTTP answer."""
        body = {
            "type": f"urn:motcua:problem:{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }
        headers = (
            {"Retry-After": str(self.extra["retry_after"])} if "retry_after" in self.extra else {}
        )
        return web.json_response(
            body, status=self.status, headers=headers, content_type="application/problem+json"
        )


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure of a handler into problem+json; the unexpected ones are logged, not shown."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except ValidationError as error:
        # Without the input: it may hold what a citizen typed.
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        return Problem(
            422, "invalid_request", "The request does not fit.", errors=errors
        ).response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return Problem(error.status, (error.reason or "error").lower().replace(" ", "_")).response()
    except Exception as error:
        log.error(
            "request_failed",
            route=str(request.match_info.route.resource),
            exc_type=type(error).__name__,
            exc_info=True,
        )
        return Problem(500, "internal_error", "An unexpected error; it was logged.").response()


async def as_problem(error: ValidationError, context: str) -> web.StreamResponse:
    """What aiohttp-pydantic does with a request that does not fit: the same 422 as everywhere."""
    raise error


def require_token(token: str) -> Middleware:
    """Middleware: only callers that know the internal token pass (compared in constant time)."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise Problem(401, "unauthorised", "This address needs the internal token.")
        return await handler(request)

    return check
