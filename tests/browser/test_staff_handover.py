"""Live help in a real browser: a citizen on the page and an officer at the console, in one conversation."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from common.database import Database, now
from common.migrations import upgrade
from common.settings import Settings
from gateway.handover.app import create_app as create_inner
from onestop.http import staff_handover
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from onestop.transcripts.models import Conversation
from tests.browser.conftest import AXE, end_tasks, free_port
from tests.gateway.fakes import FakeOnestop, FakeRasa
from tests.gateway.handover import ASKS, DRAFT, hand_over
from tests.gateway.test_given_up import given_up
from tests.staff import make_account, open_session, service_app
from web.app import create_app
from web.build import build
from web.staff.forms import SESSION_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SHOTS = os.environ.get("MOTCUA_TEST_SHOTS")


@dataclass
class Office:
    """The site with its console, and what stands behind them."""

    url: str
    onestop: FakeOnestop
    rasa: FakeRasa
    database: Database
    gateway: str


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    build()
    urls = {}
    for package in ("gateway", "onestop"):
        urls[package] = f"sqlite:///{tmp_path}/{package}.db"
        upgrade(package, urls[package])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    rasa, onestop, database = FakeRasa(), FakeOnestop(), Database(urls["onestop"])
    hand_over(rasa)
    config = Settings(
        database_url=urls["onestop"],
        gateway_database_url=urls["gateway"],
        port=free_port(),
        gateway_port=free_port(),
        onestop_port=free_port(),
        rasa_port=free_port(),
    )
    service = service_app(config, database, staff_handover)
    for route in onestop.app().router.routes():
        service.router.add_route(route.method, route.resource.canonical, route.handler)
    site = create_app(config)
    ports = {
        config.rasa_port: rasa.app(),
        config.onestop_port: service,
        config.port: site,
        config.gateway_port: create_inner(site),
    }
    runners: list[web.AppRunner] = []

    async def begin() -> None:
        for port, app in ports.items():
            runner = web.AppRunner(app, shutdown_timeout=1)
            runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()

    async def finish() -> None:
        for runner in reversed(runners):
            await runner.cleanup()
        await end_tasks()

    asyncio.run_coroutine_threadsafe(begin(), loop).result(30)
    yield Office(f"http://127.0.0.1:{config.port}", onestop, rasa, database, urls["gateway"])
    asyncio.run_coroutine_threadsafe(finish(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
    database.close()


def officer(browser: Browser, office: Office, errors: list[str], name: str = "lan") -> Page:
    """The console of an officer who has logged in."""
    account = make_account(office.database, name, Role.AGENT)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    token = open_session(office.database, account)
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": f"{office.url}/staff/"}])
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page


def citizen(browser: Browser, office: Office) -> Page:
    """A citizen who has asked for a person."""
    page = browser.new_context(locale="vi-VN").new_page()
    page.goto(office.url)
    page.wait_for_selector("mot-cua-chat .state[data-state=online]")
    say(page, "chào em")
    say(page, ASKS)
    expect(page.get_by_role("log")).to_contain_text("vị trí số 1")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_label("Tin nhắn của anh/chị").fill(text)
    page.get_by_label("Gửi", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text(text)


def faults(page: Page) -> list[str]:
    """What axe-core finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]


def look(page: Page, name: str) -> None:
    """Keep a picture at two widths where one asks for it (`MOTCUA_TEST_SHOTS`)."""
    if SHOTS:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


def draft(owner: str) -> dict[str, object]:
    return {
        "id": DRAFT,
        "owner": owner,
        "procedure": {"code": "1.001193", "name": "Đăng ký khai sinh"},
        "title": "Tờ khai đăng ký khai sinh",
        "state": "filling",
        "field": None,
        "answered": 1,
        "total": 3,
        "lines": [{"number": 1, "field": "name", "label": "Họ tên", "value": "Nguyễn Văn An"}],
        "consent": {"version": "a-1", "text": "Tôi cam đoan."},
        "consented": False,
        "updated_at": "2026-11-29T08:00:00+07:00",
    }


def test_an_officer_helps_a_citizen_and_hands_back(browser: Browser, office: Office) -> None:
    errors: list[str] = []
    asking = citizen(browser, office)
    office.onestop.drafts = [draft(office.rasa.received[-1]["sender"])]
    desk = officer(browser, office, errors)

    desk.goto(f"{office.url}/staff/help")
    expect(desk.get_by_role("row")).to_have_count(2)
    assert faults(desk) == []
    look(desk, "queue")
    desk.get_by_role("button", name="Nhận yêu cầu 1").focus()
    with desk.expect_response(lambda answer: answer.url.endswith("/staff/help")):
        pass  # the queue is looked at again, and the focus stays where it was
    desk.wait_for_function("document.activeElement?.id === 'take-1'")
    desk.keyboard.press("Enter")

    expect(desk.get_by_role("heading", level=1)).to_contain_text("Yêu cầu 1")
    expect(asking.get_by_role("log")).to_contain_text("Chị Lan, cán bộ Một cửa, đã vào trò chuyện")
    say(asking, "con tôi sinh ở nhà")
    talk = desk.get_by_role("log")
    expect(talk).to_contain_text("con tôi sinh ở nhà")  # without reloading

    desk.get_by_label("Mẫu câu").select_option(label="Xin chờ")
    box = desk.get_by_label("Trả lời", exact=True)
    expect(box).to_have_value("Dạ, anh/chị chờ em ít phút, em kiểm tra rồi nhắn lại ngay ạ.")
    box.press("Control+Enter")
    expect(asking.get_by_text("Chị Lan, cán bộ Một cửa:")).to_be_visible()
    expect(asking.get_by_role("log")).to_contain_text("em kiểm tra rồi nhắn lại")
    expect(box).to_have_value("")
    expect(talk.get_by_text("em kiểm tra rồi nhắn lại")).to_have_count(1)

    value = desk.get_by_label("Nội dung", exact=True)
    value.fill("sai")
    desk.get_by_role("button", name="Đề nghị người dân đồng ý").click()
    expect(desk.get_by_role("alert")).to_contain_text("Chưa đúng ạ.")
    value.fill("Nguyễn Văn Ân")
    desk.get_by_role("button", name="Đề nghị người dân đồng ý").click()
    expect(desk.get_by_text("Đã hỏi người dân")).to_be_visible()
    say(asking, "để tôi xem")  # its buttons stay good
    asking.get_by_role("button", name="Đúng, ghi vào hồ sơ").click()
    expect(asking.get_by_role("log")).to_contain_text("em đã ghi vào hồ sơ")
    assert office.onestop.decided == [("offer-1", True)]

    desk.get_by_label("Gửi ảnh hoặc tệp PDF").set_input_files(
        {"name": "mau.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " + b"x" * 100_000}
    )
    desk.get_by_role("button", name="Gửi tệp").click()
    link = asking.get_by_role("link", name="mau.pdf")
    expect(link).to_be_visible()
    address = link.get_attribute("href")
    assert address
    assert asking.request.get(urljoin(office.url, address)).status == 200
    assert desk.request.get(urljoin(office.url, address)).status == 404, "it is the citizen's"

    assert faults(desk) == []
    look(desk, "conversation")
    look(asking, "citizen")
    asked = len(office.rasa.received)
    desk.get_by_label("Lý do").select_option("to_assistant")
    desk.get_by_role("button", name="Kết thúc, trợ lý làm tiếp").click()
    expect(desk.get_by_role("status")).to_contain_text("Đã kết thúc")
    expect(asking.get_by_role("button", name="Tiếp tục hồ sơ")).to_be_visible()
    assert asked == len(office.rasa.received)
    say(asking, "lệ phí bao nhiêu")
    expect(asking.get_by_role("log")).to_contain_text("Trợ lý: lệ phí bao nhiêu")
    acts = office.database.query(
        lambda session: [one.action for one in session.query(AuditEntry).order_by(AuditEntry.id)]
    )
    assert acts == [f"handover.{one}" for one in ("taken", "looked", "proposed", "closed")]
    other = officer(browser, office, errors, "hai")
    other.goto(f"{office.url}/staff/help/1")
    expect(other.get_by_role("alert")).to_contain_text("không có quyền")
    desk.goto(f"{office.url}/staff/help/1")
    expect(desk.get_by_role("log")).to_contain_text("con tôi sinh ở nhà")
    expect(desk.get_by_label("Trả lời", exact=True)).to_have_count(0)
    assert errors == []


def test_who_is_not_the_citizens_officer_can_look_and_not_speak(
    browser: Browser, office: Office
) -> None:
    errors: list[str] = []
    citizen(browser, office)
    lan = officer(browser, office, errors)
    lan.goto(f"{office.url}/staff/help/1")
    expect(lan.get_by_role("button", name="Nhận hỗ trợ")).to_be_visible()
    expect(lan.get_by_label("Trả lời", exact=True)).to_have_count(0)
    assert faults(lan) == []
    assert errors == []


def test_of_two_officers_who_come_in_on_their_own_one_gets_the_citizen(
    browser: Browser, office: Office
) -> None:
    errors: list[str] = []
    talking = browser.new_context(locale="vi-VN").new_page()
    talking.goto(office.url)
    talking.wait_for_selector("mot-cua-chat .state[data-state=online]")
    say(talking, "chào em")
    expect(talking.get_by_role("log")).to_contain_text("Trợ lý: chào em")
    row = Conversation(
        owner=office.rasa.received[-1]["sender"],
        first=0,
        channel="web",
        started_at=now(),
        last_at=now(),
        turn_count=1,
        fallbacks=2,
    )
    office.database.transact(lambda session: session.add(row))
    desks = [officer(browser, office, errors, name) for name in ("lan", "hoa")]
    for desk in desks:
        desk.goto(f"{office.url}/staff/help")
        expect(desk.locator("#underway")).to_contain_text("2 lần không hiểu")
        assert faults(desk) == []
    first, second = desks
    first.get_by_role("button", name="Vào giúp").press("Enter")
    expect(first.get_by_role("heading", level=1)).to_contain_text("đang được hỗ trợ")
    second.get_by_role("button", name="Vào giúp").press("Enter")
    expect(second.get_by_role("alert")).to_contain_text("không do anh/chị giữ")
    expect(second.locator("#underway")).to_contain_text("không có ai nói chuyện với trợ lý")
    expect(talking.get_by_role("log")).to_contain_text("Chị Lan, cán bộ Một cửa, vào trò chuyện")
    say(talking, "dạ chị giúp em")
    expect(first.get_by_role("log")).to_contain_text("dạ chị giúp em")
    assert len(office.rasa.received) == 1
    talking.get_by_role("button", name="Gặp lại trợ lý").click()
    expect(talking.get_by_role("log")).to_contain_text("em là trợ lý ảo")
    assert errors == []


def test_what_did_not_get_through_is_seen_and_tried_again_by_keyboard(
    browser: Browser, office: Office
) -> None:
    errors: list[str] = []
    gateway = Database(office.gateway)
    number = given_up(gateway)
    page = officer(browser, office, errors)
    page.goto(f"{office.url}/staff/help")
    page.get_by_role("link", name="Tin chưa tới người dân").press("Enter")
    expect(
        page.get_by_role("row", name=re.compile("Chưa trả lời được.*rasa is away"))
    ).to_be_visible()
    assert faults(page) == []
    look(page, "undelivered")
    page.get_by_role("button", name=f"Thử lại tin {number}").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Mọi tin đều đã tới nơi")
    assert faults(page) == []
    assert errors == []
    gateway.close()
