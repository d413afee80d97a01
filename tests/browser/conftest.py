"""A real Chromium before the real site; Rasa and the one-stop service are scripted, for speed."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from common.migrations import upgrade
from common.settings import Settings
from gateway.keys import METRICS
from tests.browser.dialogue import answer
from tests.conversations.system import free_ports
from tests.gateway.fakes import FakeOnestop, FakeRasa, Inbound
from web.app import create_app
from web.build import build

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ONLINE = "mot-cua-chat .state[data-state=online]"
AXE = Path("web/node_modules/axe-core/axe.min.js")


# A machine that also does other things is slower than a person is patient.
expect.set_options(timeout=30_000)


def free_port() -> int:
    return free_ports(1)[0]


async def end_tasks() -> None:
    """Ends what socket.io leaves behind, as `asyncio.run` would."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass
class Site:
    """The running site and what stands behind it; `portal`: an origin that may hold its widget."""

    url: str
    portal: str
    rasa: FakeRasa
    onestop: FakeOnestop
    _loop: asyncio.AbstractEventLoop
    _config: Settings
    _runner: web.AppRunner | None = None
    _go_on: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        """Let the assistant think, until it may go on."""

        async def think(inbound: Inbound) -> list[dict[str, Any]]:
            await asyncio.to_thread(self._go_on.wait, 60)
            return await answer(inbound)

        self.rasa.answer = think

    def go_on(self) -> None:
        """Let the assistant answer."""
        self._go_on.set()

    def start(self) -> None:
        """Serve the public site."""

        async def begin() -> web.AppRunner:
            runner = web.AppRunner(create_app(self._config), shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self._config.port, reuse_address=True).start()
            return runner

        self._runner = asyncio.run_coroutine_threadsafe(begin(), self._loop).result(60)

    @property
    def database(self) -> str:
        """The address of the gateway's database."""
        return self._config.gateway_database_url

    def opened(self) -> int:
        """How many conversations were begun since it was started."""
        assert self._runner
        return self._runner.app[METRICS].total("sessions_opened", "web")

    def stop(self) -> None:
        """Stop the public site, as a restart would."""
        assert self._runner
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(60)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    build()
    url = f"sqlite:///{tmp_path}/gateway.db"
    upgrade("gateway", url)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    rasa, onestop = FakeRasa(), FakeOnestop()
    rasa.answer = answer
    runners: list[web.AppRunner] = []

    async def serve(app: web.Application) -> int:
        runner = web.AppRunner(app, shutdown_timeout=1)
        runners.append(runner)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return port

    ports = [
        asyncio.run_coroutine_threadsafe(serve(app), loop).result(60)
        for app in (rasa.app(), onestop.app())
    ]
    config = Settings(
        gateway_database_url=url,
        rasa_url=f"http://127.0.0.1:{ports[0]}",
        onestop_url=f"http://127.0.0.1:{ports[1]}",
        port=free_port(),
        # Another name is another site to a browser, so nothing of ours goes along by itself.
        widget_origins=[f"http://localhost:{free_port()}"],
    )
    (portal,) = config.widget_origins
    running = Site(f"http://127.0.0.1:{config.port}", portal, rasa, onestop, loop, config)
    running.start()
    yield running
    running.go_on()
    running.stop()
    for runner in runners:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(60)
    asyncio.run_coroutine_threadsafe(end_tasks(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


# By module: a Playwright that runs stops asynchronous tests of other modules from getting a loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Opener:
    """Opens the portal in a fresh profile; keeps what the pages logged as errors."""

    def __init__(self, browser: Browser, url: str, ready: str = ONLINE) -> None:
        self._browser, self._url, self._ready = browser, url, ready
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(self, width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", **options
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._logged)
        page.goto(self._url)
        page.wait_for_selector(self._ready)
        return page

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Opener]:
    """Opens pages; an error that a page logged fails the test, unless it cleared it as expected."""
    opener = Opener(browser, site.url)
    yield opener
    for context in opener.contexts:
        context.close()
    assert opener.errors == []
