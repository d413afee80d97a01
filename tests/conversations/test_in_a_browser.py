"""The whole running system before a real browser: a dossier to its receipt by mouse, keyboard and finger,
through reloads and crashes, in two tabs; a citizen's data erased; an officer who comes in.

A system of its own: its processes are killed one by one, one can pay on it, and staff are always there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp.web import RouteDef
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from common.database import Database
from onestop.dossiers.models import Dossier
from onestop.staff.access import Role, Stage, access_of
from onestop.staff.models import AuditEntry
from tests.browser.conftest import ONLINE, Opener, browser
from tests.conversations.page import (
    Finger,
    FoldedCitizen,
    Keyboard,
    Mouse,
    PageCitizen,
    faults,
    folded,
    look,
)
from tests.conversations.parts import Parts
from tests.conversations.player import Script, load_scripts
from tests.conversations.test_erasing import gone, where
from tests.conversations.test_handover import events
from tests.staff import make_account, open_session
from web.app import WEB
from web.build import build
from web.staff.app import PARTS as CONSOLE
from web.staff.forms import SESSION_COOKIE

__all__ = ["browser"]  # a fixture of other tests
# The first one also waits for the system to start.
pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(600)]
SCRIPTS = {
    one.name: one.steps for one in load_scripts(Path(__file__).parent / "scripts" / "shipped")
}
RENEWAL = SCRIPTS["eforms: driving licence renewal for a motorcycle"]
ROOM = SCRIPTS["eforms: temporary residence in a rented room"]
# The whole way of a notice of a guest, up to the summary; its name is said by no other script.
HOST = "Vũ Thị Thanh Mận"
GUEST: list[dict[str, Any]] = [
    {"say": "tôi muốn nộp hồ sơ thông báo lưu trú", "expect": ["mình bắt đầu hồ sơ"]},
    {"press": "Hộ gia đình", "expect": ["Họ, chữ đệm và tên"]},
    {"say": HOST, "expect": [HOST]},
    {"say": "035190001237", "expect": ["035190001237"]},
    {"say": "0912345678", "expect": ["0912 345 678"]},
    {"say": "12 Trần Phú, phường Phủ Lý, Ninh Bình", "expect": ["Khách đến ở họ tên"]},
    {"say": "Phạm Văn Đức", "expect": ["Phạm Văn Đức"]},
    {"say": "036093003456", "expect": ["036093003456"]},
    {"press": "Khách thường", "expect": ["lý do gì"]},
    {"say": "thăm người quen", "expect": ["từ ngày nào"]},
    {"say": "hôm nay", "expect": ["bao nhiêu ngày"]},
    {"say": "3 ngày", "expect": ["khách nào cùng đến"]},
    {"press": "Bỏ qua", "expect": ["hồ sơ đã đủ", f"2. Họ tên: {HOST}"], "card": "summary"},
]
HALF = 6
SEND: dict[str, Any] = {
    "press": "Đồng ý và gửi",
    "expect": ["Mã hồ sơ: H25-"],
    "card": "receipt",
    "remember": {"code": "Mã hồ sơ: (\\S+)"},
}
LOG = "document.querySelector('mot-cua-chat').shadowRoot.querySelector('.log')"
ANSWERS = 12  # of the guest's notice, in what the officer gets

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    build()
    running = Parts(
        tmp_path_factory.mktemp("parts"),
        {"MOTCUA_PAYMENT_FAKE": "true", "MOTCUA_HANDOVER": "always"},
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def open_page(browser: Browser, parts: Parts) -> Iterator[Opener]:
    """Opens the portal; an error that a page logged fails the test, unless it cleared it as expected."""
    opener = Opener(browser, parts.url)
    yield opener
    for context in opener.contexts:
        context.close()
    assert opener.errors == []


@pytest.fixture
def database(parts: Parts) -> Iterator[Database]:
    found = Database(parts.environment["MOTCUA_DATABASE_URL"])
    yield found
    found.close()


def play(citizen: PageCitizen, *steps: dict[str, Any]) -> None:
    citizen.play(Script("in a browser", list(steps)))


def soon(holds: Callable[[], bool], page: Page) -> None:
    """Wait until something holds; the page's policy lets no test wait inside it."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def received(database: Database, code: str) -> list[tuple[str, str]]:
    """What the officer has got of the one dossier of that code: label and value."""
    query = select(Dossier).where(Dossier.code == code)
    dossier = database.query(lambda session: session.scalars(query).one())
    return [(str(one["label"]), str(one["value"])) for one in dossier.lines]


def count(database: Database) -> int:
    """How many dossiers there are."""
    query = select(func.count()).select_from(Dossier)
    return database.query(lambda session: session.scalar(query)) or 0


# A whole dossier ---------------------------------------------------------------------------------


def test_a_dossier_of_level_4_by_mouse_to_the_receipt_of_the_payment(
    open_page: Opener, parts: Parts, database: Database
) -> None:
    citizen = PageCitizen(parts, open_page(1280, 800), Mouse)
    page = citizen.page
    look(page, "mouse-0")
    assert faults(page) == []
    half = len(RENEWAL) // 2
    play(citizen, *RENEWAL[:half])
    look(page, "mouse-1")
    assert faults(page) == []
    play(citizen, *RENEWAL[half:-1])
    look(page, "mouse-2")
    play(citizen, SEND)
    look(page, "mouse-3")
    code = citizen.remembered["code"]
    assert ("Họ tên", "Nguyễn Văn An") in received(database, code)

    play(
        citizen,
        {"press": "Trả lệ phí ngay", "expect": ["135.000 đồng", code]},
        {"press": "Trả thử (không mất tiền)", "card": "link"},
    )
    look(page, "mouse-4")
    with page.context.expect_page() as opened:
        citizen.log.locator(".card.link a").last.click()
    bank = opened.value
    assert faults(bank) == []
    bank.get_by_role("button", name="Trả thành công").click()
    expect(bank.get_by_role("heading", name="Đã trả xong")).to_be_visible()
    assert faults(bank) == []
    look(bank, "mouse-5")
    bank.close()
    citizen.hears(f"em đã nhận 135.000 đồng lệ phí cho hồ sơ {code}")
    look(page, "mouse-6")
    play(citizen, {"say": "trả lệ phí", "expect": ["đã trả xong", "Số biên nhận: BN-"]})
    assert faults(page) == []


def test_a_dossier_by_keyboard_alone_to_the_printed_receipt(
    open_page: Opener, parts: Parts, database: Database
) -> None:
    page = open_page(1280, 800, color_scheme="dark", reduced_motion="reduce")
    citizen = PageCitizen(parts, page, Keyboard)
    hands = citizen.hands
    assert isinstance(hands, Keyboard)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến khung trò chuyện")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    hands.look()
    expect(page.get_by_role("button", name="Trò chuyện mới")).to_be_focused()
    play(citizen, *GUEST[:HALF])
    assert faults(page) == []
    look(page, "keyboard-1")

    hands.reach(citizen.log)  # what was said is read by the arrow keys
    place = page.evaluate(f"{LOG}.scrollTop")

    def moves_up() -> bool:
        page.keyboard.press("ArrowUp")  # again, as one does where a slow browser has lost it
        return bool(page.evaluate(f"{LOG}.scrollTop") < place)

    soon(moves_up, page)

    play(citizen, *GUEST[HALF:])
    look(page, "keyboard-2")
    hands.press(page.get_by_role("button", name="Sửa mục 4: Số điện thoại"))
    citizen.hears("Số điện thoại")
    play(citizen, {"say": "0987654321", "expect": ["hồ sơ đã đủ", "0987 654 321"]}, SEND)
    look(page, "keyboard-3")
    code = citizen.remembered["code"]
    lines = received(database, code)
    assert len(lines) == ANSWERS
    assert ("Số điện thoại", "0987 654 321") in lines

    hands.press(page.get_by_role("button", name="In giấy tiếp nhận"))
    printed = page.frames[-1].locator("body")
    expect(printed).to_contain_text(code)
    expect(printed).not_to_contain_text("Sao chép mã")
    assert faults(page) == []


def test_a_dossier_in_letters_without_accents_on_a_narrow_telephone(
    open_page: Opener, parts: Parts, database: Database
) -> None:
    page = open_page(320, 640, is_mobile=True, has_touch=True, device_scale_factor=2)
    citizen = FoldedCitizen(parts, page, Finger)
    steps = [{**step, **in_small_letters(step)} for step in ROOM[:-1]]
    half = len(steps) // 2
    assert faults(page) == []
    look(page, "narrow-0")
    play(citizen, *steps[:half])
    assert faults(page) == []
    look(page, "narrow-1")
    play(citizen, *steps[half:])
    look(page, "narrow-2")
    fits(page)
    play(citizen, {"press": "Đồng ý và gửi", "expect": ["ma ho so: h25-"], "card": "receipt"})
    look(page, "narrow-3")
    fits(page)
    assert faults(page) == []
    shown = page.get_by_role("group", name="Giấy tiếp nhận hồ sơ").locator(".code strong")
    lines = dict(received(database, shown.inner_text()))
    assert lines["Ngày sinh"] == "15/03/1998"
    assert "12 tháng" in lines.values()


def in_small_letters(step: dict[str, Any]) -> dict[str, Any]:
    """What is expected, as `FoldedCitizen` reads it."""
    return {
        name: [folded(part) for part in step[name]] for name in ("expect", "reject") if name in step
    }


def fits(page: Page) -> None:
    """Nothing stands out of the page's width, and the box to type in is in sight."""
    for element in ("document.documentElement", LOG):
        assert page.evaluate(f"{element}.scrollWidth - {element}.clientWidth") <= 0
    expect(page.get_by_label("Tin nhắn của anh/chị")).to_be_in_viewport()


# Interruptions -----------------------------------------------------------------------------------


def test_a_reload_in_the_middle_loses_and_doubles_nothing(
    open_page: Opener, parts: Parts, database: Database
) -> None:
    citizen = PageCitizen(parts, open_page())
    play(citizen, *GUEST[:HALF])
    before = citizen.rows()
    citizen.page.reload()
    citizen.page.wait_for_selector(ONLINE)
    expect(citizen.page.locator("mot-cua-chat .row")).to_have_count(len(before))
    assert citizen.rows() == before
    play(citizen, *GUEST[HALF:])
    citizen.page.reload()
    citizen.page.wait_for_selector(ONLINE)
    play(citizen, SEND)
    assert len(received(database, citizen.remembered["code"])) == ANSWERS


@pytest.mark.parametrize("name", ["web", "rasa", "actions"])
def test_an_answer_given_while_a_process_is_dead_is_taken_once(
    open_page: Opener, parts: Parts, database: Database, name: str
) -> None:
    citizen = PageCitizen(parts, open_page())
    play(citizen, *GUEST[:HALF])
    before, dossiers = len(citizen.rows()), count(database)
    parts.kill(name)
    if name == "web":
        expect(citizen.page.get_by_text("Mất kết nối")).to_be_visible()
    typed = GUEST[HALF]["say"]
    citizen.hands.send(typed)
    expect(citizen.log.locator(".row.citizen").last).to_contain_text(typed)
    if name != "web":
        citizen.hears("Em đã nhận được tin nhắn của anh/chị")
    look(citizen.page, f"dead-{name}")
    parts.begin(name)
    parts.wait()
    citizen.hears(GUEST[HALF]["expect"][0])
    expect(citizen.log).to_contain_text("Số định danh 12 chữ số của khách", timeout=60_000)
    expect(citizen.page.locator(ONLINE)).to_be_visible()
    citizen.settle(0)
    rows = citizen.rows()
    expect(citizen.log.locator(".row.citizen").filter(has_text=typed)).to_have_count(1)
    asked = [one for one in rows[before:] if "Số định danh 12 chữ số của khách" in one]
    assert len(asked) == 1, rows[before:]
    play(citizen, *GUEST[HALF + 1 :], SEND)
    lines = received(database, citizen.remembered["code"])
    assert len(lines) == ANSWERS
    assert count(database) == dossiers + 1
    open_page.errors.clear()  # the lost connection


def test_two_tabs_of_a_citizen_answer_in_turn_and_show_the_same(
    open_page: Opener, parts: Parts, database: Database
) -> None:
    first = PageCitizen(parts, open_page())
    page = first.page.context.new_page()
    page.goto(parts.url)
    page.wait_for_selector(ONLINE)
    second = PageCitizen(parts, page)
    dossiers = count(database)
    for number, step in enumerate(GUEST):
        one, other = (first, second) if number % 2 == 0 else (second, first)
        play(one, step)
        expect(other.page.locator("mot-cua-chat .row")).to_have_count(len(one.rows()))
    play(second, SEND)
    code = second.remembered["code"]
    expect(first.page.get_by_role("group", name="Giấy tiếp nhận hồ sơ")).to_contain_text(code)
    soon(lambda: first.rows() == second.rows(), page)
    assert len(received(database, code)) == ANSWERS
    assert count(database) == dossiers + 1


def test_two_tabs_that_answer_at_once_send_one_dossier(
    open_page: Opener, parts: Parts, database: Database
) -> None:
    first = PageCitizen(parts, open_page())
    play(first, *GUEST)
    page = first.page.context.new_page()
    page.goto(parts.url)
    page.wait_for_selector(ONLINE)
    second = PageCitizen(parts, page)
    second.settle(0)
    dossiers = count(database)
    at = time.time() * 1000 + 1500  # the tabs are told of each other's words within milliseconds
    for one in (first, second):
        one.button("Đồng ý và gửi").evaluate(
            "(one, at) => setTimeout(() => one.click(), at - Date.now())", at
        )
    for one in (first, second):
        receipt = one.page.get_by_role("group", name="Giấy tiếp nhận hồ sơ")
        expect(receipt.first).to_be_visible()
        one.settle(0)
    assert count(database) == dossiers + 1
    shown = {
        text
        for one in (first, second)
        for text in one.page.locator("mot-cua-chat .receipt .code strong").all_inner_texts()
    }
    assert len(shown) == 1
    soon(lambda: first.rows() == second.rows(), page)


# Erasing -----------------------------------------------------------------------------------------


def test_the_pages_button_erases_after_the_second_factor_and_tells_what_was_erased(
    open_page: Opener, parts: Parts
) -> None:
    page = open_page()
    citizen = PageCitizen(parts, page)
    name = "Đoàn Thị Nương Nhạn"  # said by nobody else
    play(
        citizen,
        *(
            {**one, "say": name, "expect": [name]} if one.get("say") == HOST else one
            for one in GUEST[:HALF]
        ),
    )
    assert where(parts, name)
    page.get_by_role("button", name="Xóa dữ liệu của tôi").last.click()
    citizen.hears("4 số cuối")
    look(page, "erase-1")
    play(
        citizen,
        {"say": "5678", "expect": ["1 hồ sơ đang điền dở", "không lấy lại được"]},
    )
    look(page, "erase-2")
    assert faults(page) == []
    citizen.hands.press(citizen.button("Đồng ý"))
    expect(citizen.log).to_contain_text("em đã xóa dữ liệu")
    look(page, "erase-3")
    assert gone(parts, name), where(parts, name)
    expect(citizen.log).not_to_contain_text(name)
    expect(citizen.log).to_contain_text("em đã xóa dữ liệu")
    expect(page.locator(ONLINE)).to_be_visible()
    look(page, "erase-4")
    # What is said from now on is a new conversation's, which the page finds again.
    play(citizen, {"say": "giờ làm việc thế nào", "expect": ["Thứ"]})
    page.reload()
    page.wait_for_selector(ONLINE)
    expect(citizen.log).to_contain_text("giờ làm việc thế nào")
    expect(citizen.log).not_to_contain_text(name)


def test_the_dialogue_of_a_new_conversation_leads_to_erasing_too(
    open_page: Opener, parts: Parts
) -> None:
    citizen = PageCitizen(parts, open_page())
    citizen.say("xin chào")
    citizen.page.get_by_role("button", name="Trò chuyện mới").click()
    citizen.page.get_by_role("dialog").get_by_role("button", name="Xóa dữ liệu của tôi").click()
    citizen.hears("Em sẽ xóa cuộc trò chuyện này")
    play(citizen, {"press": "Thôi", "expect": ["không xóa gì cả"]})


# An officer comes in -----------------------------------------------------------------------------


def officer(
    open_page: Opener,
    parts: Parts,
    database: Database,
    name: str,
    agencies: list[str] | None = None,
    role: Role = Role.AGENT,
) -> Page:
    """The console's first page of somebody who has logged in."""
    account = make_account(database, name, role, agencies=agencies)
    token = open_session(database, account)
    page = open_page()
    page.context.add_cookies(
        [{"name": SESSION_COOKIE, "value": token, "url": f"{parts.url}/staff/"}]
    )
    page.goto(f"{parts.url}/staff/" + ("help" if role is Role.AGENT else ""))
    return page


# What stands below an entry may be the beginning of several pages' addresses, and no page itself.
ADDRESSES = {
    f"/staff{route.path}"
    for part in CONSOLE
    for route in part.routes
    if isinstance(route, RouteDef) and route.method == "GET"
}
PAGES = [
    path
    for entry in yaml.safe_load((WEB / "staff" / "menu.yml").read_text(encoding="utf-8"))
    for path in (entry["path"], *entry.get("below", ()))
    if path == entry["path"] or path in ADDRESSES
]


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_own_pages_of_the_console_and_is_kindly_kept_from_the_others(
    open_page: Opener, parts: Parts, database: Database, role: Role
) -> None:
    page = officer(open_page, parts, database, f"vai.{role}", role=role)
    menu = page.get_by_role("navigation", name="Trang cán bộ").get_by_role("link").all()
    shown = {str(one.get_attribute("href")) for one in menu}
    own = {path for path in PAGES if _open_to(path, role)}
    assert shown == {one for one in own if one in _entries()}
    for path in PAGES:
        answer = page.goto(f"{parts.url}{path}")
        assert answer
        assert answer.status == (200 if path in own else 403), path
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert faults(page) == [], path
        if path not in own:
            expect(page.get_by_role("main")).to_contain_text("không có quyền dùng trang này")
            expect(page.get_by_role("link", name="Về trang chủ")).to_be_visible()
    refusals = [one for one in open_page.errors if "403" in one]
    assert len(refusals) == len(set(PAGES) - own)  # a browser logs each
    open_page.errors.clear()


def _open_to(path: str, role: Role) -> bool:
    """Whether a page's handler lets a role in."""
    found = [
        access_of(route.handler)
        for part in CONSOLE
        for route in part.routes
        if isinstance(route, RouteDef) and (route.method, f"/staff{route.path}") == ("GET", path)
    ]
    assert len(found) == 1, path
    return found[0] is not None and found[0].admits(Stage.OPEN, [role])


def _entries() -> set[str]:
    menu = yaml.safe_load((WEB / "staff" / "menu.yml").read_text(encoding="utf-8"))
    return {entry["path"] for entry in menu}


def test_an_officer_comes_into_a_conversation_that_did_not_ask_and_hands_it_back(
    open_page: Opener, parts: Parts, database: Database
) -> None:
    citizen = PageCitizen(parts, open_page())
    play(citizen, *GUEST[:HALF])
    foreign = officer(open_page, parts, database, "la", ["Sở Y tế"])
    desk = officer(open_page, parts, database, "lan", ["Công an cấp xã"])
    row = desk.locator("#underway tr").filter(has_text="Thông báo lưu trú").first
    expect(row).to_be_visible(timeout=60_000)
    look(desk, "underway")
    assert faults(desk) == []
    expect(foreign.locator("#underway tr").filter(has_text="Thông báo lưu trú")).to_have_count(0)

    row.get_by_role("button", name="Vào giúp").press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("đang được hỗ trợ")
    expect(desk.get_by_role("log")).to_contain_text(HOST)
    citizen.hears("Chị Lan, cán bộ Một cửa, vào trò chuyện")
    look(citizen.page, "joined-citizen")
    look(desk, "joined-desk")
    assert faults(desk) == []
    assert faults(citizen.page) == []

    sender = str(re.search(r"web:\S+", str(senders(database)))[0])
    heard = events(parts, sender)
    citizen.hands.send("chị ơi khách là cháu tôi")
    expect(desk.get_by_role("log")).to_contain_text("chị ơi khách là cháu tôi")
    box = desk.get_by_label("Trả lời", exact=True)
    box.fill("Dạ cô ghi tên cháu là được ạ.")
    box.press("Control+Enter")
    citizen.hears("cô ghi tên cháu là được")
    assert events(parts, sender) == heard, "the assistant heard what was not for it"

    foreign.goto(desk.url)
    expect(foreign.get_by_role("alert")).to_contain_text("không thuộc cơ quan")
    desk.get_by_label("Lý do").select_option("to_assistant")
    desk.get_by_role("button", name="Kết thúc, trợ lý làm tiếp").click()
    expect(desk.get_by_role("status")).to_contain_text("Đã kết thúc")
    citizen.hears("đã kết thúc phần hỗ trợ")
    play(citizen, {"press": "Tiếp tục hồ sơ", "expect": ["Khách đến ở họ tên"]})
    play(citizen, *GUEST[HALF:], SEND)
    assert len(received(database, citizen.remembered["code"])) == ANSWERS
    acts = database.query(
        lambda session: [
            one.action
            for one in session.scalars(
                select(AuditEntry).where(AuditEntry.actor == "lan").order_by(AuditEntry.id)
            )
        ]
    )
    assert [one for one in acts if one != "handover.looked"] == [
        "conversation.joined",
        "handover.taken",
        "handover.closed",
    ]
    open_page.errors.clear()  # the browser logs the refused page


def senders(database: Database) -> list[str]:
    """Whose conversation was joined, from the transcripts."""
    from onestop.transcripts.models import Conversation

    query = select(AuditEntry.subject).where(AuditEntry.action == "conversation.joined")
    subject = database.query(lambda session: session.scalars(query).all())[-1]
    number = int(subject.removeprefix("conversation:"))
    found = database.query(lambda session: session.get_one(Conversation, number))
    return [found.owner]
