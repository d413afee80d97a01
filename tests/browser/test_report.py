"""The dashboard in a real browser: plots are drawn, tables stand beside them, nothing stands out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from onestop.staff.access import Role
from tests.browser.test_portal import violations
from tests.browser.test_staff import Console, _quick_hashes, console, empty, fits
from tests.onestop.reports.conftest import know, procedure, submitted

__all__ = ["_quick_hashes", "console", "empty"]  # fixtures of other tests
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PATH = "/staff/report?from=2026-01-01&to=2026-06-30"


def seed(console: Console) -> None:
    fields = ("Hộ tịch", "Đất đai", "Bảo trợ xã hội", "Đăng ký kinh doanh")
    for number, field in enumerate(fields):
        code = f"1.00000{number}"
        know(console.database, procedure(code, field, f"Cơ quan {number}"))
        days = {date(2026, month, 5 + number): month * (number + 1) for month in range(1, 7)}
        console.database.transact(submitted, days, code)


# Whether there are canvases, and something is on each of them.
DRAWN = """() => {
  const all = [...document.querySelectorAll("canvas[data-plot]")];
  return all.length > 0 && all.every((canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value) => value !== 0);
  });
}"""


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_plots_are_drawn_and_the_page_is_accessible(
    console: Console, tmp_path: Path, width: int, scheme: str
) -> None:
    seed(console)
    page = console.open(Role.REVIEWER, width=width, path=PATH, scheme=scheme)
    expect(page.get_by_role("heading", name="Hồ sơ theo tháng")).to_be_visible()
    page.wait_for_function(DRAWN)
    assert violations(page) == []
    assert fits(page)
    page.screenshot(path=str(tmp_path / f"report-{width}.png"), full_page=True)


def test_the_period_is_chosen_by_keyboard_and_stays_in_the_address(console: Console) -> None:
    seed(console)
    page = console.open(Role.ADMINISTRATOR, path=PATH)
    page.get_by_label("Đến hết ngày").fill("2026-01-31")
    page.get_by_role("button", name="Xem").press("Enter")
    expect(page).to_have_url(re.compile("from=2026-01-01&to=2026-01-31"))
    whole = page.get_by_role("region", name="Hồ sơ trực tuyến trên tổng số hồ sơ")
    expect(whole.locator("td.number").first).to_have_text("10")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bảng này (CSV): Hồ sơ theo tháng").press("Enter")
    assert download.value.suggested_filename == "dossiers_by_month-2026-01-01-2026-01-31.csv"
    page.goto(f"{console.url}{PATH}")
    page.get_by_role("link", name="Năm nay").press("Enter")
    expect(page.get_by_role("link", name="Năm nay")).to_have_attribute("aria-current", "true")
