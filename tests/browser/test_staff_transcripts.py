"""Transcripts in a real browser: axe-core, narrow screens, and what htmx does."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from common.database import now
from onestop.staff.access import Role
from onestop.staff.scope import Scope
from onestop.transcripts import groups, listing
from tests.browser.test_portal import violations
from tests.browser.test_staff import Console, console, fits
from tests.onestop.staff.conftest import _quick_hashes, empty
from tests.onestop.transcripts.conftest import NOON, Citizen, conversations, take

__all__ = ["_quick_hashes", "console", "empty"]  # fixtures of other tests
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SHOTS = os.environ.get("MOTCUA_TEST_SCREENSHOTS")


def test_reviewing_from_the_list_to_a_correction(console: Console) -> None:
    citizen = Citizen()
    citizen.visit()
    found = [{"code": "1.004194", "name": "Đăng ký khai sinh", "score": 0.97}]
    for number in range(listing.PART + 2):
        citizen.says(f"lệ phí khai sinh lần {number}", "ask_fee", 0.7, 0.2)
        citizen.hears("Dạ, đăng ký khai sinh được miễn lệ phí.", candidates=found)
    take(console.database, citizen)
    for sender in ("a", "b", "c"):
        other = Citizen(sender=f"web:{sender}", moment=NOON)
        other.visit()
        other.says(f"tiêm phòng dại cho chó ở xã {sender}", "nlu_fallback", 0.3)
        other.hears("Em chưa hiểu ạ.", said="not_understood")
        take(console.database, other)
    groups.make(console.database, groups.monday(datetime.fromtimestamp(NOON, UTC).date()), now())
    number = conversations(console.database)[0].id
    group = console.database.query(groups.listed, Scope()).groups[0].id

    page = console.open(Role.REVIEWER, Role.ADMINISTRATOR, path="/staff/transcripts?q=le+phi")
    expect(page.locator("mark").first).to_have_text("lệ")
    expect(page.locator("#rows > li.card")).to_have_count(listing.PAGE)
    page.get_by_role("link", name="Cũ hơn").press("Enter")
    expect(page.locator("#rows > li.card")).to_have_count(listing.PART + 2)
    for path in (
        "/staff/transcripts",
        f"/staff/transcripts/{number}",
        "/staff/review",
        "/staff/review/groups",
        f"/staff/review/groups/{group}",
        "/staff/suggestions",
    ):
        page.goto(f"{console.url}{path}")
        assert violations(page) == [], path
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert fits(page), (path, width)
            if SHOTS:
                name = path.strip("/").replace("/", "-")
                page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png")

    page.goto(f"{console.url}/staff/transcripts/{number}")
    page.get_by_role("link", name="Các lượt tiếp theo").press("Enter")
    expect(page.locator(".turn")).to_have_count(listing.PART + 2)

    page.goto(f"{console.url}/staff/review")
    first = page.locator(".turn", has_text="lệ phí khai sinh").first
    first.get_by_text("Sửa cách hiểu").press("Enter")
    first.get_by_role("button", name="Đề nghị ý định này").press("Enter")
    expect(page.get_by_text("Đã ghi: hiểu sai.")).to_be_visible()
    page.goto(f"{console.url}/staff/suggestions")
    expect(page.get_by_text("hỏi giấy tờ")).to_be_visible()
    expect(page.get_by_text("người khác duyệt")).to_be_visible()
    assert violations(page) == []


def test_a_group_is_corrected_by_keyboard(console: Console) -> None:
    for sender in ("a", "b", "c"):
        citizen = Citizen(sender=f"web:{sender}", moment=NOON)
        citizen.visit()
        citizen.asks("tiêm phòng dại cho chó", intent="nlu_fallback", confidence=0.3)
        take(console.database, citizen)
    groups.make(console.database, groups.monday(datetime.fromtimestamp(NOON, UTC).date()), now())
    page = console.open(Role.REVIEWER, path="/staff/review")
    page.get_by_role("link", name="Nhóm câu chưa hiểu").press("Enter")
    page.get_by_role("link", name="tiêm phòng").press("Enter")
    page.get_by_label("Mã thủ tục đúng").press_sequentially("1.004194")
    page.get_by_label("Mã thủ tục đúng").press("Enter")
    expect(page.get_by_text("Đã gửi đề nghị cho cả nhóm")).to_be_visible()
    expect(page.get_by_text("Số đề nghị: 3.")).to_be_visible()
    expect(page.get_by_text("đã đề nghị: Thủ tục")).to_have_count(3)
    assert violations(page) == []
