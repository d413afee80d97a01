from __future__ import annotations

import asyncio
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from common import database as module
from common.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path}/test.db")
    database.transact(lambda session: session.execute(text("CREATE TABLE t (n INTEGER)")))
    return database


def count(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM t")).scalar_one())


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def work(session: Session) -> None:
        session.execute(text("INSERT INTO t VALUES (1)"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.transact(work)
    assert database.query(count) == 0


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    inside, finish = threading.Event(), threading.Event()

    def write(session: Session) -> None:
        session.execute(text("INSERT INTO t VALUES (1)"))
        inside.set()
        assert finish.wait(60)

    writer = threading.Thread(target=database.transact, args=(write,))
    writer.start()
    assert inside.wait(60)
    assert database.query(count) == 0  # at once, and without the unfinished row
    finish.set()
    writer.join()
    assert database.query(count) == 1


def test_writers_wait_for_one_another_and_none_is_lost(database: Database) -> None:
    def add(session: Session) -> None:
        present = count(session)
        session.execute(text("INSERT INTO t VALUES (:n)"), {"n": present + 1})

    threads = [threading.Thread(target=database.transact, args=(add,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = database.query(
        lambda session: session.execute(text("SELECT n FROM t")).scalars().all()
    )
    assert sorted(numbers) == list(range(1, 21))


def test_a_deferred_writer_would_fail_where_an_immediate_one_waits(database: Database) -> None:
    """The guard removed: two transactions that read first and write then cannot both go on."""
    engine = database.engine.execution_options(reading=True)
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            connection.execute(text("SELECT count(*) FROM t")).scalar_one()
        first.execute(text("INSERT INTO t VALUES (1)"))
        first.commit()
        with pytest.raises(OperationalError, match="locked"):
            second.execute(text("INSERT INTO t VALUES (2)"))


def slow_add(session: Session) -> None:
    session.execute(text("INSERT INTO t VALUES (1)"))
    time.sleep(0.02)


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database whose writers fail at once where they would have to wait at SQLite's lock."""
    monkeypatch.setattr(module, "SQLITE_BUSY_SECONDS", 0)
    database = Database(f"sqlite:///{tmp_path}/impatient.db")
    database.transact(lambda session: session.execute(text("CREATE TABLE t (n INTEGER)")))
    return database


async def test_writers_of_one_process_never_meet_at_the_lock_of_sqlite(impatient: Database) -> None:
    in_a_thread = (asyncio.to_thread(impatient.transact, slow_add) for _ in range(4))
    await asyncio.gather(*in_a_thread, *(impatient.run(slow_add) for _ in range(4)))
    assert await impatient.read(count) == 8


async def test_without_their_queue_they_do(impatient: Database) -> None:
    """The guard removed."""
    impatient._writers, impatient._turn = impatient._threads, nullcontext()
    inside, finish = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        slow_add(session)
        inside.set()
        assert finish.wait(60)

    first = asyncio.ensure_future(impatient.run(hold))
    assert await asyncio.to_thread(inside.wait, 60)
    with pytest.raises(OperationalError, match="locked"):
        await impatient.run(slow_add)
    finish.set()
    await first
