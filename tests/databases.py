"""The databases that tests run on: SQLite always, PostgreSQL where `make test` has started a server."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from common.migrations import downgrade, upgrade


def _own_database() -> str | None:
    """An empty database on the server; each process has its own, for a test begins and ends with no table.

    It goes with the process, so that a server that stays is left as it was.
    """
    url = os.environ.get("MOTCUA_TEST_POSTGRES_URL")
    if not url:
        return None
    name = f"motcua_{os.getpid()}"
    _execute(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    atexit.register(_execute, url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    return f"{url.rpartition('/')[0]}/{name}"


def _execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


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
