"""The pictures of docs/citizen-guide.vi.md: what it says is played on a system of its own, seen on a phone.

`python -m scripts.screenshots [NAME…]` takes docs/images/*.png anew, all or those named. The files differ only
where the pages do: whatever changes with the day (codes, dates, times) is overwritten. Chromium is Debian's.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.conversations.guide import SCRIPTS, SETTINGS, pictures
from tests.conversations.player import Citizen, Script
from tests.conversations.system import System

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PAGE = "mo-trang"  # before anything is said
PHONE = {"width": 360, "height": 780}
SCALE, COLOURS = 1.5, 48
WAIT = 120_000  # milliseconds
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
LOADED = """() => {
  const pictures = [...document.querySelector("mot-cua-chat").shadowRoot.querySelectorAll("img")];
  return document.fonts.status === "loaded" && pictures.every((one) => one.complete);
}"""
# What a day, a code or a moment becomes; in page order, so longer patterns come first.
STEADY = """root => {
  const patterns = [
    [/H25-\\d{8}-\\d{7}/g, "H25-20261124-0000001"],
    [/H25\\d{15}/g, "H25202611240000001"],
    [/\\b(LH|BC)\\d{6}-\\d{4}/g, "$1261124-0001"],
    [/tiếp tục hồ sơ [A-Z]{4}\\d{3}/g, "tiếp tục hồ sơ KHTM482"],
    [/\\b\\d{2}:\\d{2}(?=( ngày)? \\d{2}\\/)/g, "09:15"],
    [/(?<=09:15( ngày)? )\\d{2}\\/\\d{2}\\/\\d{4}/g, "24/11/2026"],
    [/\\b(?!24\\/11)\\d{2}\\/\\d{2}\\/202[6-9]/g, "01/12/2026"],
  ];
  const OPEN_DAY = /^(\\d+)\\. Thứ \\p{L}+ \\d{2}\\/\\d{2}\\/\\d{4}$/u;
  const choice = (_, number) => { // the working days from Monday 30 November on
    const at = number - 1, days = ["Hai", "Ba", "Tư", "Năm", "Sáu"];
    const day = new Date(Date.UTC(2026, 10, 30 + at + 2 * Math.floor(at / 5)));
    const [year, month, date] = day.toISOString().slice(0, 10).split("-");
    return `${number}. Thứ ${days[at % 5]} ${date}/${month}/${year}`;
  };
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    node.data = OPEN_DAY.test(node.data) ? node.data.replace(OPEN_DAY, choice)
      : patterns.reduce((text, [from, to]) => text.replace(from, to), node.data);
  }
}"""


SCROLL = """(chat, end) => {
  const log = chat.shadowRoot.querySelector(".log");
  const said = [...log.querySelectorAll(".row.citizen")].at(-1);
  log.scrollTop = end ? log.scrollHeight : said.offsetTop - log.offsetTop - 12;
}"""


def photograph(browser: Browser, url: str, token: str | None, *, end: bool) -> bytes:
    """The page as it stands in a conversation, on a phone.

    Args:
        url: the page's address.
        token: the conversation's; `None` for a page that was just opened.
        end: whether the end of the answer is wanted; else it is seen from what the citizen said.
    """
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=SCALE, is_mobile=True, has_touch=True, locale="vi-VN"
    )
    if token is not None:
        context.add_cookies([{"name": "motcua", "value": token, "url": url}])
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("mot-cua-chat .state[data-state=online]")
    chat = page.locator("mot-cua-chat")
    if token is not None:
        chat.locator(".row.citizen").last.wait_for()
    page.wait_for_function(LOADED)
    chat.evaluate(f"chat => ({STEADY})(chat.shadowRoot)")
    if token is not None:
        for _ in range(2):  # what was out of sight gets its height only when it comes into view
            chat.evaluate(SCROLL, end)
            page.wait_for_timeout(300)
    taken = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return taken


def keep(name: str, taken: bytes) -> int:
    """Write a picture with few colours; returns its size in bytes."""
    with Image.open(io.BytesIO(taken)) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path = IMAGES / f"{name}.png"
    small.save(path, optimize=True)
    return path.stat().st_size


def main(wanted: list[str]) -> None:
    """Play everything, and keep what is wanted."""
    known = {Path(one).stem for one in pictures()}
    if unknown := sorted(set(wanted) - known):
        raise SystemExit(
            f"no picture is called {', '.join(unknown)}; there are {', '.join(sorted(known))}"
        )
    IMAGES.mkdir(exist_ok=True)
    system = System(Path(tempfile.mkdtemp()), SETTINGS)
    system.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--hide-scrollbars"]
            )

            def take(name: str, token: str | None, *, end: bool = False) -> None:
                if not wanted or name in wanted:
                    size = keep(name, photograph(browser, system.url, token, end=end))
                    sys.stdout.write(f"{name}: {size / 1000:.0f} kB\n")

            take(PAGE, None)
            for script in SCRIPTS:
                citizen = Citizen(system)
                for step in script.steps:
                    citizen.play(Script(script.name, [step]))
                    if "shot" in step:
                        take(step["shot"], citizen.token, end=step.get("view") == "end")
    finally:
        system.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
