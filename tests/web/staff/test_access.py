"""Every page and every address of the service × every role, without a session, and by foreign forms.

The cases come from the route tables: whoever adds a page adds its cases.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from common.database import Database
from common.settings import Settings
from onestop.http.app import PARTS as SERVICE_PARTS
from onestop.http.staff_gate import HEADER
from onestop.http.staff_gate import PREFIX as SERVICE_PREFIX
from onestop.staff.access import (
    Access,
    Role,
    Stage,
    UndeclaredAddressError,
    access_of,
    allow,
    check_declared,
)
from tests.onestop.staff.conftest import Client
from tests.staff import DEFAULT_PARTS, make_account, open_session, service_app
from tests.web.staff.conftest import Console
from web.staff.app import PARTS
from web.staff.forms import PATH


@dataclass(frozen=True)
class Address:
    method: str
    path: str
    access: Access

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def filled(path: str) -> str:
    """A path of the route table with something in each of its parts."""

    def part(found: re.Match[str]) -> str:
        name, _, pattern = found[1].partition(":")
        if "|" in pattern:
            return pattern.split("|")[0]
        return "999999" if "d" in pattern or name.endswith("id") else "abc"

    return re.sub(r"\{((?:[^{}]|\{[^{}]*\})*)\}", part, path)


def addresses(parts: object, prefix: str) -> Iterator[Address]:
    for part in parts:  # type: ignore[attr-defined]
        for route in part.routes:
            if not isinstance(route, web.RouteDef):
                continue
            path = f"{prefix}{route.path}"
            access = access_of(route.handler)
            if path.startswith(f"{PATH}/") and access is not None:
                yield Address(route.method, filled(path), access)


PAGES = list(addresses(PARTS, PATH))
SERVICES = list(addresses(SERVICE_PARTS, ""))
FORMS = [one for one in PAGES if one.method != "GET"]
PERSONAS = [*Role, None]


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Client]:
    config = Settings(database_url=str(database.engine.url))
    parts = [part for part in SERVICE_PARTS if any(addresses([part], ""))]
    token = config.internal_token.get_secret_value()
    app = service_app(config, database, *(part for part in parts if part not in DEFAULT_PARTS))
    async with TestClient(TestServer(app), headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def sessions(database: Database, stage: Stage) -> dict[Role | None, str]:
    """A session for each role, and none."""
    found: dict[Role | None, str] = {
        role: open_session(database, make_account(database, role.value, role), stage)
        for role in Role
    }
    return {**found, None: ""}


def test_the_tables_hold_what_is_to_be_tried() -> None:
    assert len(PAGES) > 15
    assert len(SERVICES) > 12
    assert {str(one) for one in PAGES} >= {"POST /staff/accounts/999999/disable"}


def stage_of(address: Address) -> Stage:
    """A stage at which the address is meant to be used; an open session where that will do."""
    stages = address.access.stages
    return Stage.OPEN if not stages or Stage.OPEN in stages else min(stages)


@pytest.mark.parametrize("address", SERVICES, ids=str)
async def test_the_service_lets_in_whom_it_declares(
    service: Client, database: Database, address: Address
) -> None:
    for role, token in sessions(database, stage_of(address)).items():
        headers = {HEADER: token} if token else {}
        answer = await service.request(address.method, address.path, headers=headers)
        told = await answer.text()
        if address.access.admits(stage_of(address) if role else None, {role} if role else ()):
            assert answer.status not in (401, 403), (role, told)
        else:
            assert answer.status == (403 if role else 401), (role, told)


@pytest.mark.parametrize("address", PAGES, ids=str)
async def test_pages_let_in_whom_they_declare(console: Console, address: Address) -> None:
    for role, token in sessions(console.database, stage_of(address)).items():
        console.bear(token)
        if address.method == "GET":
            status, told = await console.get(address.path)
        else:
            status, told = await console.post(address.path)
        admitted = address.access.admits(
            stage_of(address) if role else None, {role} if role else ()
        )
        if admitted:
            assert status != 403, (role, told)
            assert address.access.anyone or "/staff/login?next" not in told
        elif role:
            assert status == 403, (role, told)
            assert "không có quyền" in told
        else:
            assert (status, told.partition("?")[0]) == (303, "/staff/login")


@pytest.mark.parametrize("address", FORMS, ids=str)
async def test_foreign_forms_are_refused(console: Console, address: Address) -> None:
    """Whoever else can send our cookie (another of our host's pages) has no token, or another's."""
    stage = stage_of(address)
    tokens = sessions(console.database, stage)
    role = min(address.access.roles or EVERY)
    console.bear(tokens[role])
    other = "0" * 64
    for form in ({}, {"csrf": other}):
        async with console.client.post(
            address.path, data=aiohttp.FormData(form), allow_redirects=False
        ) as answer:
            assert answer.status == 403
            assert "Biểu mẫu" in await answer.text()


EVERY = frozenset(Role)


@pytest.mark.parametrize("stage", [one for one in Stage if one is not Stage.OPEN])
async def test_an_unfinished_log_in_opens_no_page_and_is_led_on(
    console: Console, stage: Stage
) -> None:
    console.enter(*Role, stage=stage)
    for address in PAGES:
        if (
            address.method == "GET"
            and not address.access.anyone
            and stage not in address.access.stages
        ):
            status, told = await console.get(address.path)
            assert status == 303, address
            assert told in {"/staff/code", "/staff/enrolment", "/staff/password"}


def test_an_address_without_a_declaration_keeps_the_application_from_starting() -> None:
    async def forgotten(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/procedures", forgotten)
    check_declared(app, SERVICE_PREFIX)
    app.router.add_get("/staff/secrets", allow(Role.EDITOR)(forgotten))
    check_declared(app, SERVICE_PREFIX)

    async def forgotten_too(_request: web.Request) -> web.Response:
        return web.Response()

    app.router.add_post("/staff/secrets", forgotten_too)
    with pytest.raises(UndeclaredAddressError, match="POST /staff/secrets"):
        check_declared(app, SERVICE_PREFIX)
