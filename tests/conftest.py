"""What all tests share: settings of their own, throw-away databases, the shared real records."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything reads the settings: tests never touch var/ or .env's secrets.
_scratch = tempfile.mkdtemp(prefix="motcua-tests-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
os.environ["MOTCUA_ENCRYPTION_KEYS"] = "Zmd5dG9rZW4tZm9yLXRlc3RzLW9ubHktMzJieXRlcyE="
os.environ["MOTCUA_INTERNAL_TOKEN"] = "a-token-for-tests-only-of-32-characters"
os.environ["MOTCUA_UPLOAD_DIRECTORY"] = f"{_scratch}/uploads"
for _name in ("DATABASE", "GATEWAY_DATABASE", "TRACKER_DATABASE"):
    os.environ[f"MOTCUA_{_name}_URL"] = f"sqlite:///{_scratch}/{_name.lower()}.db"

from hypothesis import HealthCheck, settings  # noqa: E402

from common.database import Database  # noqa: E402
from common.settings import ROOT  # noqa: E402
from tests.databases import migrated  # noqa: E402

# As hypothesis has it by itself where CI is set: a machine that stalls is no fault of an example.
settings.register_profile(
    "motcua", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("motcua")

# What shares one costly fixture stays in one process of pytest-xdist; all else is spread by file. The first
# that fits counts: the conversations in a browser have a system of their own.
_TOGETHER = ("conversations/test_in_a_browser", "conversations", "browser", "onestop/search")


# First of all: pytest-xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests stay together when the suite runs in several processes, and which may take long."""
    tests = Path(__file__).parent
    for item in items:
        file = item.path.relative_to(tests).as_posix()
        group = next((each for each in _TOGETHER if file.startswith(each)), file)
        item.add_marker(pytest.mark.xdist_group(group))
        if item.get_closest_marker("system") and not item.get_closest_marker("timeout"):
            # The first that comes also waits for a system to start, and for an import.
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The directory of real records beside the project (`MOTCUA_SHARED_DATA`)."""
    directory = Path(os.environ.get("MOTCUA_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not directory.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the shared records are missing: {directory}")
        pytest.skip(f"the shared records are missing: {directory}")
    return directory / "procedures"


@pytest.fixture
def onestop_database(tmp_path: Path) -> Iterator[Database]:
    """An empty one-stop database on SQLite, migrated to the newest version."""
    with migrated("onestop", "sqlite", tmp_path) as url:
        database = Database(url)
        yield database
        database.close()
