"""The pages of what staff keep, in a real browser: by keyboard, narrow, with axe-core on each page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from common import tenant
from onestop.catalogue.search import lexicon
from onestop.feedback import complaints
from onestop.kept import answers
from onestop.kept.eforms import parsed
from onestop.kept.registry import SHELVES
from onestop.staff.access import Role
from tests.browser.test_portal import violations
from tests.browser.test_staff import Console, _quick_hashes, console, empty, fits
from tests.onestop.catalogue.test_catalogue_formats import LABELLED
from tests.onestop.feedback.conftest import complaint

__all__ = ["_quick_hashes", "console", "empty"]  # fixtures of other tests
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
EFORM = "/staff/eforms/marriage-registration/change"
NEW = "Anh/chị là bên nào ạ?"


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    tenant.keep(None)
    lexicon.keep(None)


def approve_as_another(console: Console) -> None:
    """Another editor comes by the first page and approves what waits."""
    other = console.open(Role.EDITOR)
    other.get_by_role("link", name="đề nghị sửa chờ duyệt").press("Enter")
    other.locator("tbody a").first.press("Enter")
    assert violations(other) == []
    other.get_by_role("button", name="Duyệt").press("Enter")
    expect(other.get_by_text("đã áp dụng")).to_be_visible()


def give_reason(page: Page) -> None:
    page.get_by_label("Lý do sửa").fill("gọn hơn")
    page.get_by_role("button", name="Gửi để người khác duyệt").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã gửi đề nghị")


def test_an_e_form_is_written_tried_and_taken_by_two_by_keyboard(console: Console) -> None:
    page = console.open(Role.EDITOR, path="/staff/eforms")
    page.get_by_role("link", name="Tờ khai đăng ký kết hôn").press("Enter")
    page.get_by_role("link", name="Sửa", exact=True).press("Enter")
    walk = page.locator("#trial .walk")
    expect(walk).to_contain_text("bên nam hay bên nữ")

    # A fault is told at its line as soon as it is typed; the rest of what was tried stays.
    page.get_by_label("Trả lời thử").fill("bên nữ")
    page.keyboard.press("Enter")
    expect(walk).to_contain_text("Em ghi: Bên nữ")
    text = page.get_by_label("Tờ khai viết bằng YAML")
    whole = text.input_value()
    text.fill(whole.replace("type: choice", "type: song", 1))
    text.press("End")
    line = next(n for n, one in enumerate(whole.splitlines(), 1) if "type: choice" in one)
    expect(page.locator("#trial")).to_contain_text(f"Dòng {line}")
    expect(walk).to_have_count(0)
    text.fill(whole)
    text.press("End")
    expect(walk).to_contain_text("Em ghi: Bên nữ")

    # One field by its form.
    page.get_by_label("Mục", exact=True).select_option("side")
    question = page.get_by_label("Câu hỏi", exact=True)
    expect(question).to_have_value("Anh/chị là bên nam hay bên nữ ạ?")
    assert violations(page) == []
    question.fill(NEW)
    page.get_by_role("button", name="Ghi vào tờ khai").press("Enter")
    expect(page.get_by_text("Đã ghi vào tờ khai")).to_be_visible()
    expect(page.get_by_label("Tờ khai viết bằng YAML")).to_have_value(re.compile(re.escape(NEW)))
    expect(walk).to_contain_text(NEW)
    page.get_by_role("button", name="Điền hết bằng ví dụ").press("Enter")
    expect(walk).to_contain_text("Hết câu hỏi")
    expect(walk).to_be_focused()
    page.get_by_role("button", name="Hỏi lại từ đầu").press("Enter")
    expect(walk).not_to_contain_text("Hết câu hỏi")
    page.get_by_role("button", name="Vì sao cần?").press("Enter")
    expect(walk).to_contain_text("Hai người khai chung một tờ")
    expect(page.get_by_role("button", name="Vì sao cần?")).to_be_focused()
    page.get_by_role("button", name="Bên nam").press("Enter")
    expect(walk).to_contain_text("Em ghi: Bên nam")
    expect(page.get_by_label("Trả lời thử")).to_be_focused()
    assert violations(page) == []

    give_reason(page)
    expect(page.locator("ins").last).to_contain_text(NEW)
    approve_as_another(console)
    kept = console.database.query(SHELVES["eform"].current, "marriage-registration")
    assert parsed(kept).fields[0].question == NEW


@pytest.mark.parametrize("width", [360, 1280])
def test_what_stands_is_kept_over_a_new_release_by_two(
    console: Console, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    shelf = SHELVES["synonyms"]
    file = shelf.shipped()["all"]
    console.database.transact(shelf.apply, "all", f"{file}- say: [bùa xanh]\n  means: căn cước\n")
    release = {"all": f"{file}- say: [thẻ xanh]\n  means: căn cước\n"}
    monkeypatch.setattr(type(shelf), "shipped", lambda _self: release)
    page = console.open(Role.EDITOR, width=width)
    page.get_by_role("link", name="bản phát hành mới khác bản đang dùng").press("Enter")
    assert violations(page) == []
    page.get_by_role("link", name="Từ thường gọi").press("Enter")
    expect(page.locator("ins")).to_contain_text("thẻ xanh")
    expect(page.locator("del")).to_contain_text("bùa xanh")
    assert violations(page) == []
    assert fits(page)
    page.get_by_label("Lý do giữ").fill("Ở tỉnh gọi là bùa xanh")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Giữ nguyên bản đang dùng")).to_be_visible()
    approve_as_another(console)
    page.goto(f"{console.url}/staff/changes")
    expect(page.get_by_text("Bản phát hành mới")).to_have_count(0)


def test_hours_are_changed_by_keyboard(console: Console) -> None:
    page = console.open(Role.EDITOR, path="/staff/units")
    first = page.get_by_role("group", name="Giờ làm việc, dòng 1")
    first.get_by_label("Giờ", exact=True).fill("8h - 12h")
    page.get_by_label("Lý do sửa").fill("mùa đông")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Chỗ chưa đúng")).to_contain_text("giờ phải viết như")
    assert violations(page) == []
    first.get_by_label("Giờ", exact=True).fill("8 giờ – 12 giờ")
    page.keyboard.press("Enter")
    expect(page.locator("ins").first).to_contain_text("8 giờ – 12 giờ")
    approve_as_another(console)
    assert tenant.tenant().opening_hours[0].hours == "8 giờ – 12 giờ"
    console.errors.clear()  # the browser logs the refusal's status


def test_a_file_of_records_is_seen_and_then_imported_by_keyboard(
    console: Console, tmp_path: Path
) -> None:
    file = tmp_path / "thủ tục.jsonl"
    file.write_text(f"{json.dumps(LABELLED)}\n{{\n", encoding="utf-8")
    page = console.open(Role.ADMINISTRATOR, path="/staff/catalogue")
    page.get_by_role("link", name="Nhập dữ liệu quốc gia").press("Enter")
    assert violations(page) == []
    page.get_by_label("Tệp", exact=True).set_input_files(file)
    page.get_by_role("button", name="Xem trước").press("Enter")
    expect(page.get_by_role("heading", name="thủ tục.jsonl")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert violations(page) == []
    page.get_by_role("link", name="không nhận").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Nhập", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 thủ tục mới")
    assert violations(page) == []
    bad = tmp_path / "a.json"
    bad.write_text('{"a": 1}', encoding="utf-8")
    page.goto(f"{console.url}/staff/imports")
    page.get_by_label("Tệp", exact=True).set_input_files(bad)
    page.get_by_role("button", name="Xem trước").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("không có bản ghi")
    console.errors.clear()  # the browser logs the refusal's status


def test_an_answer_is_kept_by_keyboard(console: Console) -> None:
    page = console.open(Role.AGENT, path="/staff/answers")
    new = page.get_by_role("region", name="Thêm mẫu")
    new.get_by_label("Tên mẫu").fill("Hẹn lại")
    new.get_by_label("Lời trả lời").fill("Gọi {so} ạ")
    new.get_by_role("button", name="Thêm mẫu").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Không có chỗ trống {so}")
    new.get_by_label("Lời trả lời").fill("Gọi {hotline} ạ")
    new.get_by_role("button", name="Thêm mẫu").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    page.get_by_text("Hẹn lại").press("Enter")
    assert violations(page) == []
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Bỏ mẫu này").last.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã bỏ")
    assert "Hẹn lại" not in [one.title for one in console.database.query(answers.listed)]
    console.errors.clear()  # the browser logs the refusal's status


def test_a_complaint_is_answered_by_keyboard(console: Console) -> None:
    code = console.database.transact(complaints.take, complaint()).code
    page = console.open(Role.AGENT, path="/staff/complaints")
    page.get_by_role("link", name=code).press("Enter")
    page.get_by_label("Trả lời người gửi").press("Space")
    page.get_by_label("Lời báo cho người gửi").fill("Đã thêm cán bộ ở quầy 3.")
    assert violations(page) == []
    page.get_by_role("button", name="Ghi nhận và báo người gửi").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("người gửi được báo tin")
    expect(page.get_by_role("heading", name=code)).to_contain_text("đã trả lời")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_pages_are_accessible_and_fit(console: Console, width: int, scheme: str) -> None:
    code = console.database.transact(complaints.take, complaint()).code
    page = console.open(*Role, width=width, scheme=scheme)
    for path in (
        "/staff/eforms",
        "/staff/eforms/general",
        EFORM,
        "/staff/units",
        "/staff/calendar",
        "/staff/synonyms",
        "/staff/answers",
        "/staff/imports",
        "/staff/complaints?state=",
        f"/staff/complaints/{code}",
        "/staff/ratings",
        "/staff/changes",
    ):
        page.goto(f"{console.url}{path}")
        assert violations(page) == [], path
        assert fits(page), path
