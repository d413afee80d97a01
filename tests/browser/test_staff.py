"""The staff console in a real browser: by keyboard, narrow, with axe-core on each page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from common.database import Database
from onestop.catalogue import store
from onestop.catalogue.sources import Source
from onestop.staff.access import Role
from tests.browser.test_portal import violations
from tests.consoles import running_console
from tests.onestop.catalogue.test_catalogue_store import BIRD
from tests.onestop.staff.conftest import _quick_hashes, empty
from tests.staff import PASSWORD, code, make_account, open_session
from web.staff.forms import PATH, SESSION_COOKIE

__all__ = ["_quick_hashes", "empty"]  # fixtures of other tests
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@dataclass
class Console:
    """The console and the service behind it, running; pages open with a session of given roles."""

    url: str
    database: Database
    browser: Browser
    errors: list[str] = field(default_factory=list)

    def open(
        self,
        *roles: Role,
        width: int = 1280,
        path: str = "/staff/",
        agencies: list[str] | None = None,
        **options: str,
    ) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            locale="vi-VN",
            color_scheme=options.get("scheme", "light"),  # type: ignore[arg-type]
        )
        if roles:
            name = f"can.bo{len(self.browser.contexts)}"
            account = make_account(self.database, name, *roles, agencies=agencies)
            token = open_session(self.database, account)
            context.add_cookies(
                [{"name": SESSION_COOKIE, "value": token, "url": f"{self.url}{PATH}"}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda one: one.type == "error" and self.errors.append(one.text))
        page.goto(f"{self.url}{path}")
        return page


@pytest.fixture
def console(empty: Path, tmp_path: Path, browser: Browser) -> Iterator[Console]:
    shutil.copy(empty, tmp_path / "onestop.db")
    database = Database(f"sqlite:///{tmp_path}/onestop.db")
    with running_console(database) as address:
        found = Console(address, database, browser)
        yield found
        for context in browser.contexts:
            context.close()
    database.close()
    assert found.errors == []


def fits(page: Page) -> bool:
    """Whether nothing stands out of the page's width."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_first_log_in_by_keyboard_alone(console: Console) -> None:
    make_account(console.database, "lan", Role.ADMINISTRATOR, enrolled=False, first=True)
    page = console.open(path="/staff/accounts")
    expect(page).to_have_url(re.compile("/staff/login"))
    assert violations(page) == []
    page.get_by_label("Tên đăng nhập").focus()
    page.keyboard.type("lan")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bắt đầu").press("Enter")
    assert violations(page) == []
    page.get_by_text("Không quét được?").press("Enter")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Mã 6 số").fill(code(secret))
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    assert violations(page) == []
    page.get_by_role("link", name="Đã cất, tiếp tục").press("Enter")
    page.get_by_label("Mật khẩu mới", exact=True).fill("một mật khẩu khác hẳn")
    page.get_by_label("Nhập lại").fill("một mật khẩu khác hẳn")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chào Chị Lan")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").press("Enter")
    page.goto(f"{console.url}/staff/")
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_a_wrong_password_is_told_beside_what_was_typed(console: Console) -> None:
    page = console.open(path="/staff/login")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill("không phải")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("lan")
    console.errors.clear()  # the browser logs the answer's status


def test_an_administrator_adds_changes_and_disables_an_account(console: Console) -> None:
    page = console.open(Role.ADMINISTRATOR, path="/staff/accounts")
    page.get_by_label("Tên đăng nhập").fill("Hoa.Nguyen")
    page.get_by_label("Tên hiện với người dân").fill("Chị Hoa")
    page.get_by_label("Cán bộ trực").check()
    page.get_by_role("button", name="Thêm tài khoản").click()
    assert len(page.locator("code.secret").inner_text()) >= 16
    assert violations(page) == []
    page.get_by_role("link", name="Xong").click()
    page.get_by_label("Biên tập").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    expect(page.get_by_label("Biên tập")).to_be_checked()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Khóa tài khoản").click()
    expect(page.get_by_role("button", name="Mở lại tài khoản")).to_be_visible()
    page.get_by_role("link", name="Nhật ký của tài khoản này").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Kiểm tra toàn vẹn").click()
    expect(page.locator("#verified")).to_contain_text("Nhật ký nguyên vẹn: 3 mục")
    expect(page).to_have_url(re.compile(r"/staff/audit\?subject"))  # htmx: the page stays


def test_an_editor_changes_a_procedure_and_another_approves_by_keyboard(console: Console) -> None:
    console.database.transact(store.save, BIRD, Source.SHIPPED)
    page = console.open(Role.EDITOR, path="/staff/catalogue")
    page.get_by_label("Tên, tên thường gọi hoặc mã").focus()
    page.keyboard.type("nuoi chim")
    # htmx: the list follows what is typed, to its last word.
    expect(page).to_have_url(re.compile(r"q=nuoi(\+|%20)chim"))
    page.get_by_role("link", name=BIRD.code).focus()
    # Leaving the field asks for nothing again, which would take the focus away.
    page.wait_for_timeout(800)
    expect(page.get_by_role("link", name=BIRD.code)).to_be_focused()
    page.get_by_role("link", name=BIRD.code).press("Enter")
    page.get_by_role("link", name="Sửa", exact=True).press("Enter")
    page.get_by_label("Tên thường gọi (từ đồng nghĩa)").fill("giấy nuôi chim\nnuôi chim cảnh")
    page.get_by_label("Lý do sửa").fill("người dân gọi vậy")
    page.keyboard.press("Enter")
    expect(page.locator("ins")).to_have_text("nuôi chim cảnh")
    assert violations(page) == []
    expect(page.get_by_role("button", name="Duyệt")).to_have_count(0)
    other = console.open(Role.EDITOR)
    other.get_by_role("link", name="đề nghị sửa chờ duyệt").press("Enter")
    other.get_by_role("link", name="1", exact=True).press("Enter")
    other.get_by_role("button", name="Duyệt").press("Enter")
    expect(other.get_by_text("đã áp dụng")).to_be_visible()
    page.goto(f"{console.url}/staff/catalogue/{BIRD.code}/change")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_pages_are_accessible_and_fit(console: Console, width: int, scheme: str) -> None:
    page = console.open(*Role, width=width, scheme=scheme)
    menu = [one.get_attribute("href") for one in page.locator(".menu a").all()]
    assert len(menu) >= 4
    for path in [*menu, "/staff/password", "/staff/accounts/1", "/staff/nowhere"]:
        page.goto(f"{console.url}{path}")
        assert violations(page) == [], path
        assert fits(page), path
    console.errors.clear()  # the browser logs the missing page
