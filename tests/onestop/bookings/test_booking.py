"""Counter times: what there is, booking, the limit of a telephone, giving up, reminders."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import date, datetime, time, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import Database, now
from common.tenant import Booking as Rules
from common.tenant import tenant
from onestop import notices, reminders
from onestop.bookings import service, slots
from onestop.bookings.models import Booking
from onestop.bookings.slots import Slot
from onestop.dossiers.calendar import VIETNAM

UNIT = "13291"
RULES = Rules(slot_minutes=60, places=1, days_ahead=5, per_phone=2)
WEEK = tenant().opening_hours
MORNING = Slot(time(7, 30), time(8, 30))
LATER = Slot(time(8, 30), time(9, 30))
MONDAY = datetime(2026, 11, 23, 10, tzinfo=VIETNAM)


def a_day() -> date:
    return slots.days(WEEK, RULES, now())[0]


def book(session: Session, phone: str = "0912345678", **given: Any) -> Booking:
    details = {"name": "Trần Văn Lâm", "phone": phone, "purpose": "khai sinh"}
    wanted: dict[str, Any] = {
        "owner": f"web:{phone}",
        "unit": UNIT,
        "day": a_day(),
        "slot": MORNING,
        "rules": RULES,
        **given,
    }
    return service.book(session, details=details, **wanted)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).where(Booking.state == "booked")) or 0


def test_slots_lie_within_the_opening_hours_and_not_over_noon() -> None:
    day = slots.slots(WEEK, RULES, date(2026, 11, 25))
    assert [f"{one.begin:%H:%M}" for one in day] == [
        *("07:30", "08:30", "09:30", "10:30", "13:30", "14:30", "15:30"),
    ]
    assert slots.slots(WEEK, RULES, date(2026, 11, 24)) == []  # a holiday


def test_days_that_can_be_booked_are_the_next_open_ones() -> None:
    days = slots.days(WEEK, RULES, MONDAY)
    assert [day.day for day in days] == [25, 26, 27, 30, 1]


def test_a_full_slot_is_not_offered_and_a_full_day_neither(database: Database) -> None:
    day = a_day()
    with database.sessions.begin() as session:
        whole = slots.slots(WEEK, RULES, day)
        for at, one in enumerate(whole[1:]):
            book(session, f"09100000{at:02}", slot=one)
        assert slots.free(session, UNIT, WEEK, RULES, now())[day] == [MORNING]
        book(session)
        assert day not in slots.free(session, UNIT, WEEK, RULES, now())
        assert day in slots.free(session, "13318", WEEK, RULES, now())


def test_the_same_wish_again_gives_the_same_booking(database: Database) -> None:
    first = database.transact(book).code
    assert database.transact(book).code == first
    assert service.read_code(f"mã {first.replace('-', ' ').lower()} ạ") == first


def test_a_telephone_holds_no_more_than_it_may(database: Database) -> None:
    database.transact(book)
    database.transact(book, slot=LATER)
    with pytest.raises(service.CannotBook, match="too_many_bookings"):
        database.transact(book, unit="13318")
    database.transact(
        service.cancel, database.query(service.upcoming, "web:0912345678", now())[0].code
    )
    database.transact(book, unit="13318")


def test_another_owner_cannot_give_a_booking_up(database: Database) -> None:
    code = database.transact(book).code
    with pytest.raises(service.NotFound):
        database.transact(service.cancel, code, "web:other")
    database.transact(service.cancel, code, "web:0912345678")
    database.transact(service.cancel, code, "web:0912345678")
    assert database.query(count) == 0
    database.transact(book, "0987654321")  # the place is free again


def _rush(database: Database, phones: list[str], **given: Any) -> list[str]:
    """Everybody at once; what each heard."""

    def one(phone: str) -> str:
        try:
            return database.transact(book, phone, **given).code
        except service.CannotBook as error:
            return error.reason

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(one, phones))


def test_of_many_who_want_the_last_place_one_gets_it(database: Database) -> None:
    heard = _rush(database, [f"09120000{n:02}" for n in range(12)])
    assert heard.count("slot_full") == 11
    assert database.query(count) == 1


def test_one_telephone_at_many_slots_at_once_keeps_its_limit(database: Database) -> None:
    day = slots.slots(WEEK, RULES, a_day())

    def one(slot: Slot) -> str:
        try:
            return database.transact(book, slot=slot).code
        except service.CannotBook as error:
            return error.reason

    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(one, day))
    assert heard.count("too_many_bookings") == len(day) - RULES.per_phone
    assert database.query(count) == RULES.per_phone


@pytest.mark.parametrize("guarded", [False, True])
def test_without_the_lock_the_last_place_would_be_given_twice(
    database: Database, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Both count before either writes, unless the lock keeps the second one waiting."""
    both_counted = Barrier(2, timeout=1.5 if guarded else 60)
    number = service.next_number

    def wait(session: Session, *given: Any) -> int:
        sqlite = session.get_bind().dialect.name == "sqlite"
        connection = session.connection()
        if sqlite and not guarded:  # its own guard, one writing transaction at a time, must go too
            connection.exec_driver_sql("COMMIT")
        with suppress(BrokenBarrierError):  # with the guard the other one never comes
            both_counted.wait()
        if sqlite and not guarded:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        return number(session, *given)

    monkeypatch.setattr(service, "next_number", wait)
    if not guarded:
        monkeypatch.setattr(service, "_lock", lambda *_keys: None)
        monkeypatch.setattr(database, "_turn", nullcontext())  # a process's writers queue on SQLite
    heard = _rush(database, ["0912345678", "0987654321"])
    booked = [one for one in heard if one.startswith("LH")]
    assert (len(booked), database.query(count)) == ((1, 1) if guarded else (2, 2))


def test_a_booking_is_reminded_of_once_the_day_before(database: Database) -> None:
    with database.sessions.begin() as session:
        booking = book(session)
        booking.created_at = now() - timedelta(days=3)
        eve = datetime.combine(booking.day - timedelta(days=1), time(9), tzinfo=VIETNAM)
        plan = reminders.Plan([], 30, 3, 2)
        assert reminders.schedule(session, eve - timedelta(days=1), plan) == 0
        assert reminders.schedule(session, eve, plan) == 1
        assert reminders.schedule(session, eve, plan) == 0
        (told,) = notices.waiting(session, 9)
        assert booking.code in told.text
        assert "phường Phủ Lý" in told.text


def test_what_citizens_told_is_not_stored_in_the_open(database: Database) -> None:
    database.transact(book)
    with database.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT details, phone_key FROM bookings").one()
    assert "Lâm".encode() not in bytes(row[0])
    assert "0912345678" not in row[1]
