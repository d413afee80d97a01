"""The databases that tests run on: SQLite always, PostgreSQL where `make test` has started a server."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest

from common.migrations import upgrade


def _execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


# Each process has its own databases, which go with it, so that a server that stays is left as it was.
POSTGRES = os.environ.get("MOTCUA_TEST_POSTGRES_URL")
_PREFIX = f"motcua_{os.getpid()}"
_numbers = itertools.count()
if os.environ.get("CI") and not POSTGRES:
    raise RuntimeError("CI tests on PostgreSQL too: use `make test`, which starts a server")
BACKENDS = ["sqlite"] + [pytest.param("postgresql", marks=pytest.mark.postgres)] * bool(POSTGRES)


@contextmanager
def empty(backend: str, directory: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if backend == "sqlite":
        yield f"sqlite:///{directory}/empty.db"
        return
    with _created("template0") as url:
        yield url


@contextmanager
def migrated(package: str, backend: str, directory: Path) -> Iterator[str]:
    """The address of an empty database with the newest tables of a package; it goes afterwards.

    The migrations run once in a process, into a template that is copied for each test.
    """
    if backend == "sqlite":
        file = directory / f"{package}.db"
        shutil.copyfile(_sqlite_template(package), file)
        yield f"sqlite:///{file}"
        return
    with _created(_postgres_template(package)) as url:
        yield url


@contextmanager
def _created(template: str) -> Iterator[str]:
    """A database of the server's own, as a copy."""
    assert POSTGRES
    name = f"{_PREFIX}_{next(_numbers)}"
    _execute(POSTGRES, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield _sibling(name)
    finally:
        _drop(name)


@cache
def _sqlite_template(package: str) -> Path:
    directory = tempfile.mkdtemp(prefix="motcua-template-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    file = Path(directory, f"{package}.db")
    upgrade(package, f"sqlite:///{file}")
    return file


@cache
def _postgres_template(package: str) -> str:
    assert POSTGRES
    name = f"{_PREFIX}_{package}"
    _drop(name)
    _execute(POSTGRES, f"CREATE DATABASE {name}")
    atexit.register(_drop, name)
    upgrade(package, _sibling(name))
    return name


def _sibling(name: str) -> str:
    """The address of another database of the server."""
    assert POSTGRES
    return f"{POSTGRES.rpartition('/')[0]}/{name}"


def _drop(name: str) -> None:
    assert POSTGRES
    _execute(POSTGRES, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
