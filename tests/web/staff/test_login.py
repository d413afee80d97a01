"""Logging in through the pages: the way on, cookies, and who is led where."""

from __future__ import annotations

import pytest

from onestop.staff.access import Role
from tests.staff import PASSWORD, code, make_account
from tests.web.staff.conftest import Console
from web.staff.forms import SESSION_COOKIE
from web.staff.gate import onward


async def test_after_the_log_in_the_page_first_wanted_is_shown(console: Console) -> None:
    make_account(console.database, "lan", Role.ADMINISTRATOR)
    _, where = await console.get("/staff/audit?actor=lan")
    assert where == "/staff/login?next=%2Fstaff%2Faudit%3Factor%3Dlan"
    wanted = "/staff/audit?actor=lan"
    status, where = await console.post("/staff/login", name="lan", password=PASSWORD, next=wanted)
    assert (status, where.partition("?")[0]) == (303, "/staff/code")
    status, page = await console.get("/staff/audit")
    assert (status, page) == (303, "/staff/code")
    status, where = await console.post("/staff/code", code=code(), next=wanted)
    assert (status, where) == (303, wanted)
    assert (await console.get(wanted))[0] == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/staff//elsewhere.example",
        "/staff/\\elsewhere.example",
        "/staff/\r\nSet-Cookie: x",
        "/",
        "",
    ],
)
def test_the_way_on_never_leads_elsewhere(wanted: str) -> None:
    assert onward(wanted) == "/staff/"


async def test_the_sessions_cookie_is_for_the_console_alone(console: Console) -> None:
    make_account(console.database, "lan", Role.AGENT)
    form = {"name": "lan", "password": PASSWORD, "csrf": await console.csrf()}
    async with console.client.post("/staff/login", data=form, allow_redirects=False) as answer:
        cookie = answer.cookies[SESSION_COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/staff", "Strict", True)
    assert not cookie["max-age"]  # it goes with the browser


async def test_who_is_logged_out_has_no_session_anywhere(console: Console) -> None:
    console.enter(Role.AGENT)
    kept = {one.key: one.value for one in console.client.session.cookie_jar}[SESSION_COOKIE]
    assert (await console.post("/staff/logout"))[0] == 303
    console.bear(kept)
    assert (await console.get("/staff/"))[0] == 303


async def test_htmx_is_led_to_the_log_in_as_a_whole_page(console: Console) -> None:
    async with console.client.get("/staff/audit", headers={"HX-Request": "true"}) as answer:
        assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/staff/login")


async def test_while_the_service_is_away_pages_say_so(console: Console) -> None:
    console.enter(Role.AGENT)
    await console.away()
    status, page = await console.get("/staff/")
    assert status == 503
    assert "chưa trả lời" in page
