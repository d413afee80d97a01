"""Two members of staff reach for the same citizen at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, true

from common.database import Database
from gateway.handover import service
from gateway.handover.models import Handover
from gateway.handover.service import NotHeldError, Staff
from gateway.models import Message

AT_ONCE = 6
ROUNDS = 5


def takers(database: Database, number: int) -> int:
    """How many of those who reach for a hand-over at once get it."""
    return winners(lambda staff: database.transact(service.take, number, staff))


def winners(attempt: Callable[[Staff], object]) -> int:
    """How many of those who try something at once are not told that another has it."""
    got: list[str] = []
    start = threading.Barrier(AT_ONCE)

    def reach(place: int) -> None:
        start.wait()
        try:
            attempt(Staff(f"staff-{place}", f"Cán bộ {place}"))
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


def test_one_of_many_who_come_in_on_their_own_gets_the_citizen_and_says_so_once(
    gateway_database: Database,
) -> None:
    for number in range(ROUNDS):
        sender = f"web:{number}"

        def join(staff: Staff, sender: str = sender) -> object:
            request = {"agency": staff.name}
            return gateway_database.transact(service.join, sender, "web", request, staff)

        assert winners(join) == 1
        row = gateway_database.query(
            lambda session, sender=sender: session.scalars(
                select(Handover).where(Handover.sender == sender)
            ).one()
        )
        assert row.agency == row.agent_name, "a loser's words stand in the winner's row"
        told = gateway_database.query(
            lambda session, sender=sender: session.scalars(
                select(Message).where(Message.sender == sender)
            ).all()
        )
        assert len(told) == 1
