"""What comes in by forms, and the token that shows that a form was ours (CSRF).

The token is made from the session's own secret, so that nothing need be kept: who does not know the cookie
cannot know the token. Before there is a session a cookie of the log-in form stands in for it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from common.problems import Problem
from common.settings import Settings
from gateway.keys import CONFIG

SESSION_COOKIE = "motcua_staff"
FORM_COOKIE = "motcua_staff_form"
FLOW_COOKIE = "motcua_staff_flow"
FIELD, HEADER = "csrf", "X-CSRF-Token"
PATH = "/staff"
M = TypeVar("M", bound=BaseModel)
FORM_SECRET: web.RequestKey[str] = web.RequestKey("form_secret", str)


def session_token(request: web.Request) -> str:
    """The session's token as the browser sends it; "" for none."""
    return request.cookies.get(SESSION_COOKIE, "")


def csrf(request: web.Request) -> str:
    """The token for this browser's forms."""
    secret = session_token(request) or request.get(FORM_SECRET, "")
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest() if secret else ""


async def check(request: web.Request) -> None:
    """Refuse what did not come from a form of ours.

    Raises:
        Problem: 403 `foreign_form`.
    """
    given = request.headers.get(HEADER) or (await fields(request)).get(FIELD, "")
    wanted = csrf(request)
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Problem(403, "foreign_form")


async def fields(request: web.Request) -> dict[str, str]:
    """The form's fields, one value each; files are left out."""
    form = await request.post()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def fitting(shape: type[M], entered: Mapping[str, object], refused: str = "invalid_request") -> M:
    """What was entered, in its shape.

    Args:
        shape: of what is sent to the service.
        entered: by the names of its fields.
        refused: the code under which it is refused.

    Raises:
        Problem: 422 with that code if it does not fit.
    """
    try:
        return shape.model_validate(entered)
    except ValidationError as error:
        raise Problem(422, refused) from error


async def filled(request: web.Request, shape: type[M], refused: str = "invalid_request") -> M:
    """The form's fields that a shape names, all of them texts; raises as `fitting` does."""
    entered = await fields(request)
    return fitting(shape, {name: entered.get(name, "") for name in shape.model_fields}, refused)


async def several(request: web.Request, name: str) -> list[str]:
    """All values of one field, as of checkboxes."""
    form = await request.post()
    return [value for value in form.getall(name, []) if isinstance(value, str)]


def remember_form(request: web.Request) -> None:
    """Know the log-in form's cookie, or draw one, which `keep_form` then sets."""
    request[FORM_SECRET] = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)


def keep_form(request: web.Request, response: web.StreamResponse) -> None:
    """Set the log-in form's cookie where it is new."""
    if FORM_SECRET in request and request.cookies.get(FORM_COOKIE) != request[FORM_SECRET]:
        _set(request.app[CONFIG], response, FORM_COOKIE, request[FORM_SECRET], "Strict")


def keep_session(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Set the session's cookie; it goes with the browser, and ends when the service says."""
    _set(request.app[CONFIG], response, SESSION_COOKIE, token, "Strict")


def drop_session(response: web.StreamResponse) -> None:
    """Take the session's cookie away."""
    response.del_cookie(SESSION_COOKIE, path=PATH)


def keep_flow(request: web.Request, response: web.StreamResponse, binding: str) -> None:
    """Set the cookie that ties the way back from the OpenID provider to this browser."""
    _set(request.app[CONFIG], response, FLOW_COOKIE, binding, "Lax")


def flow(request: web.Request) -> str:
    """What `keep_flow` set; "" for nothing."""
    return request.cookies.get(FLOW_COOKIE, "")


def drop_flow(response: web.StreamResponse) -> None:
    """Take that cookie away."""
    response.del_cookie(FLOW_COOKIE, path=PATH)


def _set(
    config: Settings, response: web.StreamResponse, name: str, value: str, same_site: str
) -> None:
    response.set_cookie(
        name, value, path=PATH, httponly=True, secure=config.cookie_secure, samesite=same_site
    )
