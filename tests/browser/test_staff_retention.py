"""The page of retention in a real browser, as three roles see it; and the menu at each width."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from common.database import now
from onestop.privacy import holds
from onestop.staff.access import Role
from onestop.transcripts.models import Conversation
from tests.browser.test_portal import violations
from tests.browser.test_staff import Console, _quick_hashes, console, empty, fits

__all__ = ["_quick_hashes", "console", "empty"]  # fixtures of other tests
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PAGE, OWNER = "/staff/retention", "web:an"


@pytest.mark.parametrize("width", [360, 1280])
def test_an_administrator_holds_and_releases_by_keyboard(console: Console, width: int) -> None:
    row = Conversation(owner=OWNER, first=0, channel="web", started_at=now(), last_at=now())
    console.database.transact(lambda session: session.add(row))
    page = console.open(Role.ADMINISTRATOR, path="/staff/transcripts/1", width=width)
    page.get_by_role("link", name="Giữ lại theo yêu cầu").press("Enter")
    expect(page.get_by_label("Hội thoại", exact=True)).to_be_checked()
    page.get_by_label("Lý do giữ").fill("Công văn 12/CAT")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã giữ lại")
    assert violations(page) == []
    assert fits(page)
    assert console.database.query(holds.held, OWNER)
    page.get_by_label("Lý do gỡ").fill("đã xử xong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Không có lệnh giữ nào")).to_be_visible()
    assert not console.database.query(holds.held, OWNER)


def test_an_administrator_of_an_agency_reads_only(console: Console) -> None:
    console.database.transact(holds.place, "conversation", OWNER, "Công văn 12/CAT", "lan")
    page = console.open(Role.ADMINISTRATOR, path=PAGE, agencies=["Sở Tư pháp"])
    expect(page.get_by_text("Công văn 12/CAT")).to_be_visible()
    expect(page.get_by_role("button", name="Gỡ lệnh giữ")).to_have_count(0)
    expect(page.get_by_role("button", name="Giữ lại")).to_have_count(0)
    assert violations(page) == []


def test_a_reviewer_finds_no_such_page(console: Console) -> None:
    page = console.open(Role.REVIEWER, path=PAGE)
    expect(page.get_by_role("alert")).to_contain_text("không có quyền")
    expect(page.get_by_role("link", name="Lưu giữ")).to_have_count(0)
    console.errors.clear()  # the browser logs the refusal's status


@pytest.mark.parametrize("width", [768, 1280])
def test_the_menu_with_all_roles_shows_every_entry(console: Console, width: int) -> None:
    page = console.open(*Role, width=width)
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_count(16)
    for link in links.all():
        box = link.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width
    assert fits(page)
    assert violations(page) == []


def test_narrow_the_menu_opens_and_closes_by_keyboard(console: Console) -> None:
    page = console.open(*Role, width=360)
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_count(0)
    opener = page.get_by_role("button", name="Các trang")
    opener.press("Enter")
    expect(links).to_have_count(16)
    assert fits(page)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(links).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hỗ trợ")).to_be_focused()
    page.get_by_role("link", name="Lưu giữ").press("Enter")
    expect(page.get_by_role("heading", name="Thời hạn lưu dữ liệu")).to_be_visible()
