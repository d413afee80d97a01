"""The databases that tests run on: SQLite always, PostgreSQL where `make test` has started a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from common.migrations import downgrade, upgrade


def _own_database() -> str | None:
    """An empty database on the throw-away server; each process of pytest-xdist has its own."""
    url = os.environ.get("MOTCUA_TEST_POSTGRES_URL")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not url or not worker:
        return url
    name = f"motcua_{worker}"
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone():
            connection.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


POSTGRES = _own_database()
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
