"""Conversations that citizens want gone, and rows whose time is over; what is under way comes first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import Database, now
from gateway import erasing, inbox
from gateway.channels.base import Channel
from gateway.eraser import Eraser
from gateway.models import Base, ChatSession, Direction, Message, State
from gateway.onestop_client import Erasure, Expiry
from gateway.rasa_client import RasaUnavailableError

AN, LA = "web:an", "web:la"
DAY = timedelta(days=1)


def say(database: Database, sender: str, age: timedelta, state: State | None = None) -> int:
    """A message of that age; its number."""

    def work(session: Any) -> int:
        row = Message(
            sender=sender,
            channel="web",
            direction=Direction.INCOMING,
            body={"text": "chào"},
            state=state,
            created_at=now() - age,
        )
        session.add(row)
        session.flush()
        return row.id

    return database.transact(work)


def answer(database: Database, to: int, age: timedelta) -> None:
    database.transact(
        lambda session: session.add(
            Message(
                sender=AN,
                channel="web",
                direction=Direction.OUTGOING,
                body={},
                reply_to=to,
                created_at=now() - age,
            )
        )
    )


def meet(database: Database, sender: str, age: timedelta) -> None:
    row = ChatSession(token_hash=f"hash of {sender}", sender=sender, created_at=now() - age)
    database.transact(lambda session: session.add(row))


def count(database: Database, model: type[Base]) -> int:
    return database.query(
        lambda session: session.scalar(select(func.count()).select_from(model)) or 0
    )


class Onestop:
    """A one-stop service that has these wishes and orders."""

    def __init__(self, erasures: list[Erasure], orders: list[Expiry]) -> None:
        self.erasures, self.orders = erasures, orders
        self.erased: list[tuple[int, dict[str, int]]] = []
        self.expired: list[tuple[str, int]] = []

    async def claim_erasures(self, limit: int) -> list[Erasure]:
        return self.erasures[:limit]

    async def report_erasure(self, erasure: Erasure, counts: dict[str, int]) -> None:
        self.erased.append((erasure.id, counts))

    async def expiry_orders(self) -> list[Expiry]:
        return self.orders

    async def report_expiry(self, order: Expiry, count: int) -> None:
        self.expired.append((order.kind, count))


class Rasa:
    """A tracker with some events of everybody."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.forgotten: list[str] = []

    async def forget(self, sender: str) -> int:
        if self.down:
            raise RasaUnavailableError("down")
        self.forgotten.append(sender)
        return 7

    async def expire(self, before: Any, held: list[str]) -> int:
        return 9


def eraser(database: Database, onestop: Any, rasa: Any) -> Eraser:
    return Eraser(database, onestop, rasa, {})


async def test_all_of_one_conversation_goes_and_nothing_of_anothers(
    gateway_database: Database,
) -> None:
    for sender in (AN, LA):
        meet(gateway_database, sender, DAY)
        first = say(gateway_database, sender, DAY, State.ANSWERED)
    answer(gateway_database, first, DAY)
    onestop, rasa = Onestop([Erasure(3, AN, "lease")], []), Rasa()
    assert await eraser(gateway_database, onestop, rasa).erase() == 1
    assert rasa.forgotten == [AN]
    ((number, counts),) = onestop.erased
    assert number == 3
    assert {kind: one for kind, one in counts.items() if one} == {
        "messages": 2,
        "chat_sessions": 1,
        "tracker_events": 7,
    }
    left = gateway_database.query(lambda session: list(session.scalars(select(Message.sender))))
    assert left == [LA]


async def test_who_still_looks_at_it_is_told_once_all_of_it_is_gone(
    gateway_database: Database,
) -> None:
    class Page:
        async def ended(self, sender: str, *, erased: bool) -> None:
            told.append((sender, erased, count(gateway_database, Message), len(onestop.erased)))

    told: list[tuple[str, bool, int, int]] = []
    say(gateway_database, AN, DAY, State.ANSWERED)
    erasures = [Erasure(3, AN, "lease"), Erasure(4, "zalo:an", "lease")]
    onestop, channels = Onestop(erasures, []), cast("dict[str, Channel]", {"web": Page()})
    await Eraser(gateway_database, cast("Any", onestop), cast("Any", Rasa()), channels).erase()
    assert told == [(AN, True, 0, 1)]


@pytest.mark.parametrize("state", erasing.UNDER_WAY)
async def test_what_is_under_way_comes_to_its_end_first(
    gateway_database: Database, state: State
) -> None:
    say(gateway_database, AN, timedelta(), state)
    onestop, rasa = Onestop([Erasure(3, AN, "lease")], []), Rasa()
    assert await eraser(gateway_database, onestop, rasa).erase() == 0
    assert (onestop.erased, rasa.forgotten) == ([], [])
    assert count(gateway_database, Message) == 1


async def test_what_is_said_while_it_is_erased_is_not_lost(
    gateway_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = erasing.busy

    def then_one_comes(session: Session, sender: str) -> bool:
        found = looked(session, sender)
        body = {"text": "còn đây", "payload": None, "attachments": []}
        inbox.keep(session, sender, "web", "new", body, 10)
        return found

    monkeypatch.setattr(erasing, "busy", then_one_comes)
    say(gateway_database, AN, DAY, State.ANSWERED)
    assert (
        await eraser(gateway_database, Onestop([Erasure(3, AN, "lease")], []), Rasa()).erase() == 1
    )
    (left,) = gateway_database.query(lambda session: list(session.scalars(select(Message))))
    assert (left.body["text"], left.state) == ("còn đây", State.WAITING)


async def test_nothing_is_reported_before_the_tracker_is_erased_too(
    gateway_database: Database,
) -> None:
    say(gateway_database, AN, DAY, State.ANSWERED)
    onestop = Onestop([Erasure(3, AN, "lease")], [])
    with pytest.raises(RasaUnavailableError):
        await eraser(gateway_database, onestop, Rasa(down=True)).erase()
    assert onestop.erased == []
    await eraser(gateway_database, onestop, Rasa()).erase()
    assert [number for number, _ in onestop.erased] == [3]


async def test_messages_go_when_their_time_is_over_but_not_what_is_under_way_or_held(
    gateway_database: Database,
) -> None:
    first = say(gateway_database, AN, 91 * DAY, State.ANSWERED)
    answer(gateway_database, first, 89 * DAY)  # it names the one that goes
    say(gateway_database, AN, 91 * DAY, State.UNSENT)
    say(gateway_database, LA, 91 * DAY, State.ANSWERED)
    order = Expiry("gateway", "messages", now() - 90 * DAY, [LA])
    onestop = Onestop([], [order, Expiry("bot", "tracker_events", now(), [])])
    await eraser(gateway_database, onestop, Rasa()).expire()
    assert onestop.expired == [("messages", 1), ("tracker_events", 9)]
    assert count(gateway_database, Message) == 3
    assert first not in gateway_database.query(
        lambda session: set(session.scalars(select(Message.id)))
    )


async def test_a_session_goes_when_nothing_was_said_in_it_for_long(
    gateway_database: Database,
) -> None:
    for sender in (AN, LA):
        meet(gateway_database, sender, 200 * DAY)
    say(gateway_database, AN, 10 * DAY, State.ANSWERED)
    meet(gateway_database, "web:moi", 10 * DAY)
    onestop = Onestop([], [Expiry("gateway", "chat_sessions", now() - 180 * DAY, [])])
    await eraser(gateway_database, onestop, Rasa()).expire()
    assert onestop.expired == [("chat_sessions", 1)]
    assert count(gateway_database, ChatSession) == 2


async def test_more_than_fit_into_one_transaction_all_go(
    gateway_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    for _ in range(5):
        say(gateway_database, AN, 91 * DAY, State.ANSWERED)
    onestop = Onestop([], [Expiry("gateway", "messages", now() - 90 * DAY, [])])
    await eraser(gateway_database, onestop, Rasa()).expire()
    assert onestop.expired == [("messages", 5)]
    await eraser(gateway_database, onestop, Rasa()).expire()
    assert onestop.expired[1:] == [("messages", 0)]  # so that it is known when they were looked at


def test_every_table_is_erased_by_its_sender_or_holds_nothing_of_a_citizen() -> None:
    of_nobody = {"platform_tokens", "agents"}
    without = {table.name for table in Base.metadata.sorted_tables if "sender" not in table.c}
    assert without == of_nobody


def test_the_number_of_a_message_that_is_gone_is_never_given_again(
    gateway_database: Database,
) -> None:
    """It is a page's cursor, and the key by which a turn's replies are kept for a repeat."""
    numbers = [say(gateway_database, AN, DAY) for _ in range(3)]
    gateway_database.transact(erasing.erase, AN)
    assert say(gateway_database, LA, DAY) > max(numbers)
