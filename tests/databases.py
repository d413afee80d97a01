"""The databases that tests run on: SQLite always, PostgreSQL where `make test` has started a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from common.migrations import downgrade, upgrade

# An empty database of a throw-away server (scripts/postgres.sh).
POSTGRES = os.environ.get("MOTCUA_TEST_POSTGRES_URL")
if os.environ.get("CI") and not POSTGRES:
    raise RuntimeError("CI tests on PostgreSQL too: use `make test`, which starts a server")
BACKENDS = ["sqlite"] + [pytest.param("postgresql", marks=pytest.mark.postgres)] * bool(POSTGRES)


@contextmanager
def migrated(package: str, backend: str, directory: Path) -> Iterator[str]:
    """The address of an empty database with the newest tables of a package, emptied afterwards."""
    url = POSTGRES if backend == "postgresql" else f"sqlite:///{directory}/{package}.db"
    assert url
    upgrade(package, url)
    yield url
    if url == POSTGRES:
        downgrade(package, url)
