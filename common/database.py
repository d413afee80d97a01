"""Engines, sessions and encrypted columns, alike for all our databases (SQLite or PostgreSQL)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import DateTime, Dialect, Engine, LargeBinary, create_engine, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from common.settings import settings

P = ParamSpec("P")
T = TypeVar("T")

SQLITE_BUSY_SECONDS = 15
INTEGER_MOST, BIGINT_MOST = 2**31 - 1, 2**63 - 1
"""The largest numbers of rows: asking for a larger one is an error, not a row that is not there."""


def row_number(text: str, most: int = INTEGER_MOST) -> int:
    """A row's number, as typed on a command line.

    Raises:
        ValueError: if no row can have it.
    """
    number = int(text)
    if not 0 <= number <= most:
        raise ValueError("no row's number")
    return number


def big_row_number(text: str) -> int:
    """The same, where rows have large numbers."""
    return row_number(text, BIGINT_MOST)


def open_engine(url: str) -> Engine:
    """Open an engine with the pragmas that make SQLite safe under concurrent writers.

    Args:
        url: an SQLAlchemy address; `postgresql://` is served by psycopg 3.

    Returns:
        The engine. On SQLite a transaction starts with BEGIN IMMEDIATE, so that two writers wait
        for one another instead of failing when the second one upgrades its read lock; with the
        execution option `reading` it takes no lock and sees one consistent state.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    # A statement's values are personal data: an error names the statement only.
    engine = create_engine(
        parsed, connect_args={"timeout": SQLITE_BUSY_SECONDS}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves, below
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


class Database:
    """A database and the threads that talk to it, so that the event loop never waits on SQL.

    SQLite lets one writer in at a time; whoever finds it taken looks again after pauses that grow to 100 ms,
    in no order. So a process's own writers do not meet there: they queue (docs/decisions/0003).
    """

    def __init__(self, url: str, workers: int = 4) -> None:
        self.engine = open_engine(url)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(self.engine.execution_options(reading=True))
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="database")
        self._writers = self._threads
        self._turn: AbstractContextManager[object] = nullcontext()
        if self.engine.dialect.name == "sqlite":
            self._writers = ThreadPoolExecutor(1, thread_name_prefix="database-writer")
            self._turn = threading.Lock()

    def transact(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(session, …)` in one transaction: committed when it returns, undone if it raises."""
        with self._turn, self.sessions.begin() as session:
            return work(session, *args, **kwargs)

    def query(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(session, …)`, which only reads; it neither waits for writers nor stops them."""
        with self._readers() as session:
            return work(session, *args, **kwargs)

    async def read(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`query` from the event loop, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.query(work, *args, **kwargs))

    async def run(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`transact` from the event loop, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._writers, lambda: self.transact(work, *args, **kwargs)
        )

    def close(self) -> None:
        """Finish what runs and close every connection."""
        self._writers.shutdown(wait=True)
        self._threads.shutdown(wait=True)
        self.engine.dispose()


class UTCDateTime(TypeDecorator[datetime]):
    """An aware point in time, stored in UTC (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody can know what it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value encrypted at rest with the settings' keys (Fernet: AES-128-CBC and HMAC)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encrypt."""
        if value is None:
            return None
        return settings().cipher().encrypt(json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Decrypt."""
        return None if value is None else json.loads(settings().cipher().decrypt(value))


def insert_if_absent(session: Session, model: type[DeclarativeBase], **values: Any) -> bool:
    """Insert a row unless one with its key is there, in one statement (no race between look and leap).

    Returns:
        Whether it was inserted.
    """
    backend = session.get_bind().dialect.name
    insert = postgresql.insert if backend == "postgresql" else sqlite.insert
    keys = inspect(model).primary_key
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(*keys)
    return session.execute(statement).first() is not None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
