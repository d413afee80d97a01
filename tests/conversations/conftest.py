"""One running system for all conversations; the imported catalogue comes into it while it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conversations import guide
from tests.conversations.phones import Platforms
from tests.conversations.player import Citizen
from tests.conversations.system import System
from tests.platforms import background

INDEX_SECONDS = 180
SECRET = "a-secret-of-the-tests"  # of the payment gateway


@contextmanager
def running_platforms() -> Iterator[Platforms]:
    """Zalo and Messenger for one system: their refresh tokens are good once, for one holder."""
    found = Platforms()
    with (
        background.running(found.zalo.create_app()) as found.zalo.base,
        background.running(found.messenger.create_app()) as found.messenger.base,
    ):
        yield found


@pytest.fixture(scope="session")
def platforms() -> Iterator[Platforms]:
    """Zalo and Messenger, as the running system sees them."""
    with running_platforms() as found:
        yield found


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, platforms: Platforms) -> Iterator[System]:
    """The system on the shipped catalogue."""
    running = System(tmp_path_factory.mktemp("system"), platforms.environment())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def imported(system: System, shared_data: Path) -> System:
    """The same system after the real records were imported, without a restart."""
    system.command("catalogue", "import", str(shared_data / "dvcqg_2026_hdtruong802"))
    deadline = time.monotonic() + INDEX_SECONDS
    citizen = Citizen(system)
    while time.monotonic() < deadline:
        # Of the records' last file; in words, because a code needs no index.
        citizen.say("thủ tục cấp sổ tạm quản hàng hóa")
        offered = " ".join(one["title"] for one in citizen.offered())
        if "tạm quản" in citizen.text() + offered:
            return system
        time.sleep(2)
    pytest.fail("the search did not take the imported records in")


@pytest.fixture(scope="session")
def paid_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of its own, on which one can pay online."""
    vnpay = {"MOTCUA_VNPAY_TMN_CODE": "MOTCUA01", "MOTCUA_VNPAY_HASH_SECRET": SECRET}
    running = System(tmp_path_factory.mktemp("paying"), {**guide.SETTINGS, **vnpay})
    running.start()
    yield running
    running.stop()


@pytest.fixture
def citizen(system: System) -> Citizen:
    """A citizen who has just opened the page."""
    return Citizen(system)
