"""The portal page in a real browser: by mouse, by keyboard, narrow, dark, through interruptions."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.database import Database, now
from gateway import inbox, outbox
from gateway.models import ChatSession, Direction, Message, State
from tests.browser.conftest import AXE, ONLINE, Opener, Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


NO_WEB_SOCKET = """
window.WebSocket = class {
  constructor() { setTimeout(() => this.onerror(new Event("error"))); }
  close() {}
};
"""


def picture() -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.effect_noise((600, 400), 80).save(buffer, "PNG")
    return {"name": "giấy tờ nhà.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def say(page: Page, text: str) -> None:
    page.get_by_label("Tin nhắn của anh/chị").fill(text)
    page.get_by_role("button", name="Gửi", exact=True).click()


def send_file(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Chọn tệp").click()
    chooser.value.set_files(picture())


def fill_and_submit(page: Page) -> None:
    page.get_by_role("button", name="tạm trú").click()
    page.get_by_role("button", name="Nộp hồ sơ").click()
    send_file(page)
    page.get_by_role("button", name="Đồng ý và gửi").click()
    expect(page.get_by_role("group", name="Giấy tiếp nhận hồ sơ")).to_be_visible()


def rows(page: Page) -> list[str]:
    return page.locator("mot-cua-chat .row").all_inner_texts()


def lower_edge(page: Page) -> float:
    composer = page.get_by_label("Tin nhắn của anh/chị").bounding_box()
    assert composer
    return composer["y"] + composer["height"]


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]


def test_a_message_is_answered_with_choices_and_safe_links(open_page: Opener) -> None:
    page = open_page()
    say(page, "xin chào <img src=x onerror=alert(1)>")
    log = page.get_by_role("log")
    expect(log).to_contain_text("Anh/chị vừa nhắn: xin chào <img src=x onerror=alert(1)>")
    expect(log.get_by_role("button", name="Lệ phí")).to_be_visible()
    link = log.get_by_role("link")
    expect(link).to_have_attribute("href", "https://dichvucong.gov.vn/p/home")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(page.get_by_label("Tin nhắn của anh/chị")).to_have_value("")


def test_a_message_that_is_too_long_stays_in_the_box_and_the_reason_is_told(
    open_page: Opener, site: Site
) -> None:
    page = open_page()
    say(page, "a" * 70_000)
    expect(page.get_by_role("log")).to_contain_text("Tin nhắn dài quá 2.000 ký tự")
    expect(page.get_by_label("Tin nhắn của anh/chị")).to_have_value("a" * 70_000)
    say(page, "ngắn hơn")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: ngắn hơn")
    assert len(site.rasa.received) == 1


def test_messages_sent_too_fast_are_marked_and_the_reason_is_told(
    open_page: Opener, site: Site
) -> None:
    page = open_page()
    for number in range(31):
        say(page, str(number))
    expect(page.get_by_role("log")).to_contain_text("Anh/chị gửi hơi nhanh.")
    expect(page.locator(".failed")).to_have_text("Anh/chị:30")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: 29")
    assert len(site.rasa.received) == 30


def test_the_question_box_asks_in_the_chat(open_page: Opener) -> None:
    page = open_page()
    page.get_by_label("Câu hỏi của anh/chị").fill("đăng ký tạm trú")
    page.get_by_role("button", name="Hỏi", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("Thời gian: 3 ngày làm việc")


def test_a_dossier_by_mouse_ends_with_a_receipt_and_its_status(
    open_page: Opener, site: Site
) -> None:
    page = open_page()
    fill_and_submit(page)
    receipt = page.get_by_role("group", name="Giấy tiếp nhận hồ sơ")
    expect(receipt).to_contain_text("H25.7-20261124-000123")
    expect(receipt).to_contain_text("7.000 đồng, nộp khi nhận kết quả tại quầy")
    log = page.get_by_role("log")
    expect(log).to_contain_text("Anh/chị giữ mã hồ sơ.")
    expect(log.get_by_text("Mã hồ sơ: H25")).to_have_count(
        0
    )  # the card shows it, the text not again
    page.get_by_role("button", name="Hồ sơ đến đâu rồi").click()
    status = page.get_by_role("group", name="Tình trạng hồ sơ")
    expect(status.get_by_role("listitem")).to_have_count(3)
    assert [one["text"] for one in site.rasa.received] == [
        '/ask_procedure{"procedure": "1.004194"}',
        '/start_dossier{"procedure": "1.004194"}',
        "/upload",
        "/submit_dossier",
        "/check_status",
    ]
    assert [file["name"] for file in site.onestop.files] == ["giấy tờ nhà.png"]


def test_a_file_is_shown_with_its_preview_and_a_wrong_one_is_refused(
    open_page: Opener, site: Site, tmp_path: Path
) -> None:
    page = open_page()
    page.get_by_role("button", name="tạm trú").click()
    page.get_by_role("button", name="Nộp hồ sơ").click()
    send_file(page)
    expect(page.get_by_role("img", name="Ảnh đã chọn: giấy tờ nhà.png")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("Đã gửi")
    attach = page.get_by_role("button", name="Gửi ảnh hoặc tệp")
    for name, content, refusal in (
        ("phim.mp4", b"x", "Em chưa nhận được loại tệp này"),
        ("to.pdf", b"x" * (10 * 1024 * 1024 + 1), "Tệp lớn hơn 10 MB"),
        ("la.pdf", b"MZ program", "Em chỉ nhận ảnh hoặc PDF ạ."),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with page.expect_file_chooser() as chooser:
            attach.click()
        chooser.value.set_files(path)
        expect(page.get_by_role("log")).to_contain_text(refusal)
    assert len(site.onestop.files) == 1
    pages = [tmp_path / f"trang-{number}.pdf" for number in (1, 2)]
    for path in pages:
        path.write_bytes(b"%PDF-1.7")
    with page.expect_file_chooser() as chooser:
        attach.click()
    chooser.value.set_files(pages)
    expect(page.get_by_role("log")).to_contain_text("trang-2.pdf")
    expect(page.get_by_role("status").filter(has_text="Đã gửi")).to_have_count(2)
    assert [one["name"] for one in site.onestop.files[1:]] == ["trang-1.pdf", "trang-2.pdf"]
    assert [len(one["attachments"]) for one in site.rasa.received[-1:]] == [2]
    open_page.errors.clear()  # browsers log each refused request


def test_a_whole_dialogue_by_keyboard_alone(open_page: Opener, site: Site) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến khung trò chuyện")).to_be_focused()
    page.get_by_label("Tin nhắn của anh/chị").focus()
    page.keyboard.type("đăng ký tạm trú")
    page.keyboard.press("Enter")
    last = page.get_by_role("button", name="Nộp hồ sơ")
    expect(last).to_be_visible()
    page.keyboard.press("Shift+Tab")  # the file button
    page.keyboard.press("Shift+Tab")  # the last choice
    expect(last).to_be_focused()
    outline = last.evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    later = page.get_by_role("button", name="Nộp bản giấy sau")
    expect(later).to_be_visible()
    expect(last).to_be_focused()  # the focus is where it was, and Tab leads on to what is new
    expect(last).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Chọn tệp")).to_be_focused()
    page.keyboard.press("Tab")
    expect(later).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: /skip_field")
    assert len(site.rasa.received) == 3


def test_stars_are_buttons_with_names_and_answer_once(open_page: Opener, site: Site) -> None:
    page = open_page()
    say(page, "đánh giá hồ sơ")
    stars = page.get_by_role("group", name="Đánh giá hồ sơ H25.7-20261124-000123")
    buttons = stars.get_by_role("button")
    expect(buttons).to_have_count(5)
    # The same choices do not stand under the message a second time.
    expect(page.get_by_role("log").get_by_role("button", name="sao")).to_have_count(5)
    four = stars.get_by_role("button", name="4 sao, Hài lòng")
    four.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text('Anh/chị vừa nhắn: /rate{"value": "4"}')
    expect(four).to_have_attribute("aria-disabled", "true")
    assert site.rasa.received[-1]["text"] == '/rate{"value": "4"}'


def test_choices_of_an_earlier_turn_no_longer_answer(open_page: Opener, site: Site) -> None:
    page = open_page()
    say(page, "tạm trú")
    page.get_by_role("button", name="Lệ phí").click()
    expect(page.get_by_role("button", name="Lệ phí")).to_have_count(2)
    page.get_by_role("button", name="Lệ phí").first.click(force=True)
    page.get_by_role("button", name="Lệ phí").first.press("Enter")
    say(page, "cuối")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: cuối")
    assert [one["text"] for one in site.rasa.received] == ["tạm trú", "/ask_fee", "cuối"]


def test_a_reload_keeps_the_conversation(open_page: Opener) -> None:
    page = open_page()
    fill_and_submit(page)
    before = [re.sub(r"\s*Đã gửi\s*", "", one) for one in rows(page)]
    page.reload()
    expect(page.get_by_role("group", name="Giấy tiếp nhận hồ sơ")).to_be_visible()
    expect(page.locator("mot-cua-chat .row")).to_have_count(len(before))
    assert [one.strip() for one in rows(page)] == [one.strip() for one in before]
    page.get_by_role("button", name="Hồ sơ đến đâu rồi").click()
    expect(page.get_by_role("group", name="Tình trạng hồ sơ")).to_be_visible()


def test_two_pages_of_a_citizen_show_the_same_and_another_citizen_nothing(
    open_page: Opener, site: Site
) -> None:
    first = open_page()
    second = first.context.new_page()
    second.goto(site.url)
    second.wait_for_selector("mot-cua-chat .state[data-state=online]")
    stranger = open_page()
    say(first, "chuyện riêng")
    for page in (first, second):
        expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: chuyện riêng")
    assert rows(first) == rows(second)
    assert len(rows(stranger)) == 1


def test_a_message_sent_while_the_server_restarts_is_answered_once(
    open_page: Opener, site: Site
) -> None:
    page = open_page()
    say(page, "một")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: một")
    site.stop()
    expect(page.get_by_text("Mất kết nối")).to_be_visible()
    say(page, "hai")
    site.start()
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: hai")
    expect(page.get_by_text("Sẵn sàng")).to_be_visible()
    assert [one["text"] for one in site.rasa.received] == ["một", "hai"]
    assert len(rows(page)) == 5  # the greeting and two turns
    open_page.errors.clear()  # the lost connection


def test_without_a_socket_the_page_talks_over_plain_http(open_page: Opener, site: Site) -> None:
    page = open_page()
    page.route("**/socket.io/**", lambda route: route.abort())
    page.add_init_script(NO_WEB_SOCKET)
    page.reload()
    say(page, "qua HTTP")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: qua HTTP")
    expect(page.get_by_text("Sẵn sàng")).to_be_visible()
    assert len(site.rasa.received) == 1
    open_page.errors.clear()  # the lost connection


def test_when_rasa_is_down_the_citizen_is_told_and_answered_later(
    open_page: Opener, site: Site
) -> None:
    page = open_page()
    site.rasa.down = True
    say(page, "xin chào")
    expect(page.get_by_role("log")).to_contain_text("Em đã nhận được tin nhắn của anh/chị")
    site.rasa.down = False
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: xin chào")


def test_a_typing_sign_shows_while_an_answer_is_on_its_way(open_page: Opener, site: Site) -> None:
    page = open_page()
    site.hold()
    say(page, "trả lời chậm")
    typing = page.get_by_text("Trợ lý đang trả lời…")
    expect(typing).to_be_visible()
    site.go_on()
    expect(page.get_by_role("log")).to_contain_text("Em trả lời hơi chậm ạ.")
    expect(typing).to_have_count(0)


def test_a_new_conversation_leaves_nothing_of_the_old_on_the_device(open_page: Opener) -> None:
    page = open_page()
    say(page, "chuyện cũ")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: chuyện cũ")
    old = page.context.cookies()[0]["value"]
    page.get_by_role("button", name="Trò chuyện mới").click()
    page.get_by_role("button", name="Bắt đầu mới").click()
    expect(page.get_by_role("log")).not_to_contain_text("chuyện cũ")
    page.wait_for_selector("mot-cua-chat .state[data-state=online]")
    (cookie,) = page.context.cookies()
    assert cookie["value"] != old
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    say(page, "chuyện mới")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: chuyện mới")


def test_a_conversation_ended_on_one_page_is_gone_from_the_other_which_joins_the_new_one(
    open_page: Opener, site: Site
) -> None:
    first = open_page()
    second = first.context.new_page()
    second.goto(site.url)
    second.wait_for_selector(ONLINE)
    say(first, "chuyện cũ")
    expect(second.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: chuyện cũ")
    first.get_by_role("button", name="Trò chuyện mới").click()
    first.get_by_role("button", name="Bắt đầu mới").click()
    for page in (first, second):
        expect(page.get_by_role("log")).not_to_contain_text("chuyện cũ")
        expect(page.locator("mot-cua-chat .row")).to_have_count(1)  # the greeting
        page.wait_for_selector(ONLINE)
    say(second, "chuyện mới")
    for page in (first, second):
        expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: chuyện mới")
    assert len({one["sender"] for one in site.rasa.received}) == 2
    assert site.opened() == 2


def test_without_https_where_browsers_have_no_locks_the_page_talks_all_the_same(
    open_page: Opener,
) -> None:
    page = open_page()
    page.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    page.reload()
    page.wait_for_selector(ONLINE)
    say(page, "xin chào")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: xin chào")


def test_pages_that_are_opened_at_once_share_one_conversation(
    open_page: Opener, site: Site
) -> None:
    first = open_page()
    first.context.clear_cookies()
    pages = [first, first.context.new_page(), first.context.new_page()]
    for page in pages:  # as a browser opens again what was open
        page.goto(site.url, wait_until="commit")
    for page in pages:
        page.wait_for_selector(ONLINE)
    say(pages[0], "chào em")
    for page in pages:
        expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: chào em")
    assert site.opened() == 2


def test_the_receipt_prints_alone(open_page: Opener) -> None:
    page = open_page()
    fill_and_submit(page)
    page.get_by_role("button", name="In giấy tiếp nhận").click()
    printed = page.frames[-1].locator("body")
    expect(printed).to_contain_text("Mã hồ sơH25.7-20261124-000123")
    expect(printed).not_to_contain_text("Sao chép mã")


def test_the_last_words_stay_in_sight_when_the_telephones_keyboard_opens(open_page: Opener) -> None:
    page = open_page(360, 700)
    for number in range(4):
        say(page, f"câu {number}")
        expect(page.get_by_role("log")).to_contain_text(f"Anh/chị vừa nhắn: câu {number}")
    last = page.get_by_role("log").get_by_role("button", name="Nộp hồ sơ").last
    expect(last).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 360, "height": 400})
    expect(last).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 360, "height": 700})
    expect(last).to_be_in_viewport(ratio=1)


def talked(site: Site, turns: int) -> None:
    """The one conversation of the site was long, an hour ago."""
    database = Database(site.database)

    def talk(session: Session) -> None:
        sender = session.scalars(select(ChatSession.sender)).one()
        for number in range(turns):
            body = {"text": f"câu hỏi {number}", "payload": None, "attachments": []}
            kept, _ = inbox.keep(session, sender, "web", f"k{number}", body, 10_000)
            said = {
                "text": f"Trả lời {number}. " * 12,
                "buttons": [{"title": "Có", "payload": "/affirm"}],
            }
            outbox.put(session, sender, "web", [said], reply_to=kept)
        values = {"created_at": now() - timedelta(hours=1)}
        session.execute(update(Message).values(**values))
        asked = Message.direction == Direction.INCOMING
        session.execute(update(Message).where(asked).values(state=State.ANSWERED))

    database.transact(talk)
    database.close()


def test_a_long_conversation_is_at_its_end_after_a_reload(open_page: Opener, site: Site) -> None:
    page = open_page(320, 568)
    talked(site, 200)
    page.reload()
    page.wait_for_selector(ONLINE)
    log = page.get_by_role("log")
    expect(log).to_contain_text("Trả lời 199")
    # At once, without a ride through all that was said.
    left = log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight")
    assert left < 50
    assert page.locator("mot-cua-chat .row").count() <= 101
    say(page, "và nữa")
    expect(log).to_contain_text("Anh/chị vừa nhắn: và nữa")
    expect(log.get_by_text("và nữa").last).to_be_in_viewport()


ANSWERS = """
(chat, [from, to]) => {
  for (let n = from; n < to; n++) chat.log.replied({ id: 100000 + n, text: `đáp ${n} ` });
}
"""


def test_a_page_that_stays_open_keeps_a_bounded_log_but_not_while_one_reads_above(
    open_page: Opener,
) -> None:
    page = open_page(320, 568)
    say(page, "xin chào")
    log, chat = page.get_by_role("log"), page.locator("mot-cua-chat")
    expect(log).to_contain_text("Anh/chị vừa nhắn: xin chào")
    shown = page.locator("mot-cua-chat .row")
    chat.evaluate("chat => (chat.log.turnStart = null)")
    for number in range(0, 300, 20):
        chat.evaluate(ANSWERS, [number, number + 20])
        chat.evaluate("chat => (chat.log.turnStart = null)")
    expect(shown).to_have_count(200)
    chat.evaluate(ANSWERS, [300, 301])
    expect(log.get_by_text("đáp 300")).to_be_in_viewport()
    # By keyboard; the page's first move begins near the end, which is no reason to go back there.
    log.focus()
    page.keyboard.press("PageUp")
    expect(log.get_by_text("đáp 300")).not_to_be_in_viewport()
    chat.evaluate(ANSWERS, [301, 321])
    expect(shown).to_have_count(220)
    expect(log.get_by_text("đáp 320")).not_to_be_in_viewport()
    page.get_by_role("button", name="Tin mới").click()
    expect(log.get_by_text("đáp 320")).to_be_in_viewport()
    chat.evaluate(ANSWERS, [321, 322])
    expect(shown).to_have_count(200)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits(open_page: Opener, width: int, scheme: str) -> None:
    page = open_page(width, 700, color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == []
    if width >= 360:
        assert lower_edge(page) <= 700  # the question can be typed without scrolling
    fill_and_submit(page)
    page.get_by_role("button", name="Hồ sơ đến đâu rồi").click()
    expect(page.get_by_role("group", name="Tình trạng hồ sơ")).to_be_visible()
    assert violations(page) == []
    for element in (
        "document.documentElement",
        "document.querySelector('mot-cua-chat').shadowRoot.querySelector('.log')",
    ):
        assert page.evaluate(f"{element}.scrollWidth - {element}.clientWidth") == 0
    for box in (one.bounding_box() for one in page.get_by_role("button").all()):
        assert box is None or (box["width"] >= 24 and box["height"] >= 24)
    assert lower_edge(page) <= 700
    assert (
        page.evaluate("document.querySelector('mot-cua-chat').getBoundingClientRect().bottom")
        <= 700
    )
    page.get_by_role("button", name="Trò chuyện mới").click()
    assert violations(page) == []


def test_the_api_documentation_is_served_from_here(open_page: Opener, site: Site) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/api/docs")
    expect(page.get_by_text("/api/chat/uploads")).to_be_visible()
    assert all(url.startswith((site.url, "data:")) for url in asked)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_privacy_page_is_accessible_and_fits(open_page: Opener, width: int) -> None:
    page = open_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("link", name="Dữ liệu của anh/chị được giữ thế nào").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("giữ gì, bao lâu")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
