"""Two members of staff reach for the same citizen at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import true

from common.database import Database
from gateway.handover import service
from gateway.handover.service import NotHeldError, Staff

AT_ONCE = 6
ROUNDS = 5


def takers(database: Database, number: int) -> int:
    """How many of those who reach for a hand-over at once get it."""
    got: list[str] = []
    start = threading.Barrier(AT_ONCE)

    def reach(place: int) -> None:
        start.wait()
        try:
            database.transact(service.take, number, Staff(f"staff-{place}", f"Cán bộ {place}"))
        except NotHeldError:
            return
        got.append(str(place))

    threads = [threading.Thread(target=reach, args=(place,)) for place in range(AT_ONCE)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return len(got)


@pytest.fixture
def waiting(gateway_database: Database) -> Callable[[], int]:
    """Puts one more citizen into the queue."""
    count = iter(range(1_000))

    def put() -> int:
        asked = gateway_database.transact(
            service.ask, f"web:{next(count)}", "web", {}, open_now=True
        )
        return asked.id

    return put


def test_one_of_many_gets_the_citizen(
    gateway_database: Database, waiting: Callable[[], int]
) -> None:
    assert [takers(gateway_database, waiting()) for _ in range(ROUNDS)] == [1] * ROUNDS


def test_without_the_condition_several_would(
    gateway_database: Database, waiting: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_free", true)
    assert takers(gateway_database, waiting()) > 1


def test_a_citizen_who_asks_twice_at_once_stands_in_the_queue_once(
    gateway_database: Database,
) -> None:
    start = threading.Barrier(AT_ONCE)

    def ask() -> None:
        start.wait()
        gateway_database.transact(service.ask, "web:a", "web", {}, open_now=True)

    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(gateway_database.query(service.queued)) == 1
