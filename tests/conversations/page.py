"""A citizen at the portal's page in a real browser, who plays the same scripts as those over HTTP.

What comes back is read from what stands on the page. How the citizen acts is a matter of the hands: a mouse,
a keyboard and nothing else, a finger on a telephone.
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import AXE
from tests.conversations.player import TIMEOUT, Citizen, paper, plain
from tests.conversations.system import System
from tests.papers import card, encoded

SHOTS = os.environ.get("MOTCUA_TEST_SHOTS")
QUIET = 0.4  # seconds without anything new: the turn is over
KINDS = {".jpg": "image/jpeg", ".pdf": "application/pdf", ".txt": "text/plain"}

# What stands after the citizen's last words, in the shape in which the interface gives messages.
READ = """
() => {
  const root = document.querySelector("mot-cua-chat").shadowRoot;
  const rows = [...root.querySelectorAll(".log > .row")];
  const last = rows.findLastIndex((row) => row.classList.contains("citizen"));
  const line = (one) => {
    const of = (name) => one.querySelector(name)?.innerText ?? "";
    if (one.matches("dl > div")) return `${of("dt")}: ${of("dd")}`;
    if (one.matches(".code")) return `${of("span")}: ${of("strong")}`;
    if (one.matches(".lines li")) return `${of(".number")}. ${of(".label")}: ${of(".value")}`;
    return one.innerText;
  };
  const shown = ".bubble, h3, .code, dl > div, .lines li, .badge, .steps li, .card.upload > p, .card.link";
  const message = (row) => {
    const buttons = [...row.querySelectorAll("button.choice:not([aria-disabled])")];
    const found = row.querySelector(".card");
    return {
      text: [...row.querySelectorAll(shown)].map(line).join("\\n"),
      buttons: buttons.map((one) => ({ title: one.innerText, payload: "" })),
      custom: found ? { type: found.classList[1] } : null,
    };
  };
  return {
    said: rows.filter((row) => row.classList.contains("citizen")).length,
    busy: Boolean(root.querySelector(".typing").childElementCount || root.querySelector(".sending")),
    replies: rows.slice(last + 1).map(message),
  };
}
"""

# The element that has the focus, wherever it lies, and whether a sighted person sees that.
FOCUS = """
() => {
  const inside = document.activeElement.shadowRoot;
  const one = inside?.activeElement ?? document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const [x, y] = [(box.left + box.right) / 2, Math.min(box.top + 8, (box.top + box.bottom) / 2)];
  const top = document.elementFromPoint(x, y);
  const hit = top?.shadowRoot?.elementFromPoint(x, y) ?? top;
  return {
    name: one.getAttribute("aria-label") || one.innerText || one.id || one.tagName,
    marked: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2,
    seen: hit === one || one.contains(hit),
  };
}
"""


def folded(text: str) -> str:
    """As who cannot type accents types: small letters without them."""
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(one for one in apart if not unicodedata.combining(one))


def faults(page: Page) -> list[str]:
    """What axe-core finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]


def look(page: Page, name: str) -> None:
    """Keep pictures, narrow and wide, light and dark, where one asks for them (`MOTCUA_TEST_SHOTS`)."""
    if not SHOTS:
        return
    before = page.viewport_size
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png")
    page.emulate_media(color_scheme="null")
    assert before
    page.set_viewport_size(before)


class Hands(ABC):
    """How a citizen acts on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.input = page.get_by_label("Tin nhắn của anh/chị")

    @abstractmethod
    def send(self, text: str) -> None:
        """Type words and send them."""

    @abstractmethod
    def press(self, button: Locator) -> None:
        """Press a button."""


class Mouse(Hands):
    """Clicks; letters have to come from somewhere, but no key does anything else."""

    def send(self, text: str) -> None:
        self.input.click()
        self.page.keyboard.type(text)
        self.page.get_by_role("button", name="Gửi", exact=True).click()

    def press(self, button: Locator) -> None:
        button.click()


class Finger(Hands):
    """Taps on a telephone."""

    def send(self, text: str) -> None:
        self.input.tap()
        self.page.keyboard.type(text)
        self.page.get_by_role("button", name="Gửi", exact=True).tap()

    def press(self, button: Locator) -> None:
        button.tap()


class Keyboard(Hands):
    """Tab, Enter and the space bar; wherever the focus comes, it must be seen."""

    STOPS = 80

    def send(self, text: str) -> None:
        self.reach(self.input)
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def press(self, button: Locator) -> None:
        self.reach(button)
        self.page.keyboard.press("Enter")

    def reach(self, target: Locator) -> None:
        """Come to an element by Tab, or back by Shift and Tab."""
        after = """(one) => {
          const root = one.getRootNode();
          const from = root.activeElement ?? document.activeElement;
          const there = from.getRootNode() === root ? one : root.host;
          if (from === document.body || from === there) return true;
          return Boolean(from.compareDocumentPosition(there) & Node.DOCUMENT_POSITION_FOLLOWING);
        }"""
        key = "Tab" if target.evaluate(after) else "Shift+Tab"
        for _ in range(self.STOPS):
            if target.evaluate("(one) => one.getRootNode().activeElement === one"):
                return
            self.page.keyboard.press(key)
            self.look()
        raise AssertionError(f"{target} cannot be reached by {key}")

    def look(self) -> None:
        """The focus must be seen, once the page has scrolled to it."""
        deadline = time.monotonic() + 15
        while not (found := self.page.evaluate(FOCUS))["seen"] and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        assert found["seen"], f"the focus is out of sight: {found['name']}"
        assert found["marked"], f"the focus is not marked: {found['name']}"


class PageCitizen(Citizen):
    """A citizen whose conversation is the page's.

    Args:
        system: whose page it is.
        page: open and connected.
        hands: how the citizen acts.
    """

    def __init__(self, system: System, page: Page, hands: type[Hands] = Mouse) -> None:
        self.system, self.page, self.hands = system, page, hands(page)
        self.token, self.replies, self.remembered = "", [], {}

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    def say(self, text: str) -> None:
        """Type something and send it."""
        before = self._read()["said"]
        self.hands.send(text)
        self.settle(before + 1)

    def press(self, title: str) -> None:
        """Press a button of the last replies, by its title."""
        self.settle(0)
        offered = [plain(one["title"]) for one in self.offered()]
        assert title in offered, f"no button {title!r} among {offered}"
        before = self._read()["said"]
        self.hands.press(self.button(title))
        self.settle(before + 1)

    def button(self, title: str) -> Locator:
        """The newest button of that title that still answers."""
        words = re.compile(rf"^\s*(\d+\. )?{re.escape(title)}\s*$")
        return self.log.locator("button.choice:not([aria-disabled])").filter(has_text=words).last

    def upload(self, name: str, code: str | None = None) -> None:
        """Send a file by the control under the question."""
        content = paper(name) if code is None else encoded(card(code, turned=8))
        kind = KINDS.get(Path(name).suffix, "application/octet-stream")
        before = self._read()["said"]
        with self.page.expect_file_chooser() as chooser:
            self.hands.press(self.log.get_by_role("button", name="Chọn tệp").last)
        chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})
        self.settle(before + 1)

    def settle(self, said: int) -> None:
        """Wait until so many messages of the citizen stand there and the last one is answered."""
        deadline, since, seen = time.monotonic() + TIMEOUT, time.monotonic(), None
        while time.monotonic() < deadline:
            found = self._read()
            if found != seen:
                since, seen = time.monotonic(), found
            answered = found["said"] >= said and found["replies"] and not found["busy"]
            if answered and time.monotonic() - since >= QUIET:
                self.replies = found["replies"]
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not answered: {seen}")

    def hears(self, part: str, seconds: float = TIMEOUT) -> None:
        """Wait until something is said without being asked for."""
        expect(self.log).to_contain_text(part, timeout=seconds * 1000)
        self.settle(0)

    def rows(self) -> list[str]:
        """All that stands in the conversation."""
        found = self.page.locator("mot-cua-chat .row").all_inner_texts()
        return [re.sub(r"\s*Đã gửi\s*$", "", one).strip() for one in found]

    def _read(self) -> dict[str, Any]:
        return dict(self.page.evaluate(READ))


class FoldedCitizen(PageCitizen):
    """Types small letters without accents, and keeps a name as it was typed when it is doubted."""

    KEEP = "Giữ nguyên"

    def say(self, text: str) -> None:
        super().say(folded(text))
        if self.KEEP in [one["title"] for one in self.offered()]:
            self.press(self.KEEP)

    def text(self) -> str:
        """The last replies' text, as it can be compared with what was typed."""
        return folded(super().text())
