"""Who may use an address: said once, at the handler, and asked for by service and pages alike.

An address under a guarded prefix whose handler says nothing keeps the application from starting
(`check_declared`), so that none is left open by being forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from aiohttp import web

F = TypeVar("F", bound=Callable[..., Any])


class Role(StrEnum):
    """What a staff account may do; an account has one or more."""

    REVIEWER = "reviewer"  # reads transcripts, corrects the understanding
    AGENT = "agent"  # talks with citizens
    EDITOR = "editor"  # keeps catalogue, e-forms, texts
    ADMINISTRATOR = "administrator"  # accounts, audit, retention


class Stage(StrEnum):
    """How far a session has come; only an open one may use what roles allow."""

    SECOND_FACTOR = "second_factor"  # the password was right, the code is asked for
    ENROLMENT = "enrolment"  # the account has no second factor yet
    PASSWORD = "password"  # noqa: S105 - the first password is to be changed
    OPEN = "open"


@dataclass(frozen=True)
class Access:
    """Who passes: anyone at all, or a session at one of these stages, with one of these roles if open."""

    stages: frozenset[Stage]
    roles: frozenset[Role]
    anyone: bool = False

    def admits(self, stage: Stage | None, roles: Collection[Role]) -> bool:
        """Whether a session at this stage (None: no session) with these roles passes."""
        if self.anyone:
            return True
        if stage is None or stage not in self.stages:
            return False
        return stage is not Stage.OPEN or not self.roles.isdisjoint(roles)


ANYONE = Access(frozenset(), frozenset(), anyone=True)
EVERY_ROLE = frozenset(Role)
_MARK = "_staff_access"


class UndeclaredAddressError(RuntimeError):
    """An address whose handler does not say who may use it."""


def allow(*roles: Role) -> Callable[[F], F]:
    """Mark a handler: open sessions with one of these roles."""
    if not roles:
        raise ValueError("name the roles; for all of them: *Role")
    return _marked(Access(frozenset({Stage.OPEN}), frozenset(roles)))


def during(*stages: Stage) -> Callable[[F], F]:
    """Mark a handler: sessions at one of these stages, whatever their roles."""
    return _marked(Access(frozenset(stages), EVERY_ROLE))


def anyone(handler: F) -> F:
    """Mark a handler: no session is needed."""
    return _marked(ANYONE)(handler)


def _marked(access: Access) -> Callable[[F], F]:
    def mark(handler: F) -> F:
        setattr(handler, _MARK, access)
        return handler

    return mark


def access_of(handler: object) -> Access | None:
    """What a handler says of who may use it; None if nothing."""
    found: Access | None = getattr(handler, _MARK, None)
    return found


def check_declared(app: web.Application, prefix: str) -> None:
    """Refuse an application that has an undeclared address at or under `prefix`.

    Raises:
        UndeclaredAddressError: naming it.
    """
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if f"{path}/".startswith(f"{prefix}/") and access_of(route.handler) is None:
            raise UndeclaredAddressError(f"{route.method} {path} does not say who may use it")
