"""A one-stop database of each kind, and one free morning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.database import Database
from tests.databases import BACKENDS, migrated


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty one-stop database; every test here runs on both kinds."""
    with migrated("onestop", request.param, tmp_path) as url:
        database = Database(url, workers=8)
        yield database
        database.close()
