"""A province's system that is down: "đang gửi" at once, and the receipt later, in the same chat, once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.conversations.player import Citizen, Script, load_scripts
from tests.conversations.system import System, free_ports
from tests.conversations.test_elsewhere import history, told
from tests.platforms.onestop_server import PASSWORD, USERNAME, OnestopServer

pytestmark = pytest.mark.system
FORMS = {one.name: one.steps for one in load_scripts(Path(__file__).parent / "scripts" / "shipped")}
RENEWAL = FORMS["eforms: driving licence renewal for a motorcycle"]
AFTER_THE_REST = 90  # seconds: the service lets a system that fails rest before it tries again


class Province:
    """The fake system of a province on a thread of its own."""

    def __init__(self) -> None:
        self.server = OnestopServer()
        (self.port,) = free_ports(1)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = web.AppRunner(self.server.create_app())
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", self.port).start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(60)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@pytest.fixture(scope="module")
def province() -> Iterator[Province]:
    running = Province()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def sending_system(
    province: Province, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """A system that hands dossiers to the province's own."""
    running = System(tmp_path_factory.mktemp("sending"))
    running.environment |= {
        "MOTCUA_BACKEND": "http",
        "MOTCUA_BACKEND_URL": f"http://127.0.0.1:{province.port}",
        "MOTCUA_BACKEND_USERNAME": USERNAME,
        "MOTCUA_BACKEND_PASSWORD": PASSWORD,
    }
    running.start()
    yield running
    running.stop()


def submit(system: System) -> Citizen:
    """A citizen who has just sent a dossier, and what the assistant said."""
    citizen = Citizen(system)
    citizen.play(Script("renewal", RENEWAL[:-1]))
    citizen.press("Đồng ý và gửi")
    return citizen


def test_the_receipt_comes_later_in_the_same_chat_though_nobody_has_it_open(
    province: Province, sending_system: System
) -> None:
    province.server.down = True
    citizen = submit(sending_system)
    assert "đang gửi hồ sơ" in citizen.text()
    assert "Mã hồ sơ" not in citizen.text()
    citizen.say("lệ phí bao nhiêu")  # meanwhile the talk goes on
    assert "Đổi giấy phép lái xe" in citizen.text() or "đồng" in citizen.text()
    province.server.down = False
    receipt = told(citizen, "Mã hồ sơ", AFTER_THE_REST)
    code = province.server.dossiers[0]["MaHoSo"]
    assert code in receipt["text"]
    assert receipt["custom"]["type"] == "receipt"
    assert receipt["custom"]["code"] == code
    citizen.replies = [receipt]
    citizen.play(
        Script(
            "sent",
            [
                {"press": "Hồ sơ đến đâu rồi", "expect": ["4 số cuối"]},
                {"say": "5678", "expect": [code]},
            ],
        )
    )
    assert len(province.server.dossiers) == 1
    assert sum("Mã hồ sơ:" in (one.get("text") or "") for one in history(citizen)) == 1
