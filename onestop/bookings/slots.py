"""Which counter times there are at a unit, and how many places each still has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.tenant import Booking as Rules
from common.tenant import OpeningHours
from onestop.bookings.models import Booking
from onestop.dossiers.calendar import VIETNAM
from onestop.units import hours

# Days off that may stand between two working days, at the most (Tết).
_MOST_DAYS_OFF = 14


@dataclass(frozen=True)
class Slot:
    """A counter time of a day."""

    begin: time
    end: time


def slots(week: Sequence[OpeningHours], rules: Rules, day: date) -> list[Slot]:
    """The slots of a day: whole ones within the opening hours, none on a day off."""
    length = timedelta(minutes=rules.slot_minutes)
    found = []
    for begin, end in hours.spans(week, day):
        at, closing = datetime.combine(day, begin), datetime.combine(day, end)
        while at + length <= closing:
            found.append(Slot(at.time(), (at + length).time()))
            at += length
    return found


def days(week: Sequence[OpeningHours], rules: Rules, moment: datetime) -> list[date]:
    """The days that can be booked: the next `days_ahead` open ones after today."""
    today = moment.astimezone(VIETNAM).date()
    ahead = range(1, rules.days_ahead * 2 + _MOST_DAYS_OFF)
    open_ones = [
        day for day in (today + timedelta(days=n) for n in ahead) if slots(week, rules, day)
    ]
    return open_ones[: rules.days_ahead]


def taken(session: Session, unit: str, among: Sequence[date]) -> dict[tuple[date, time], int]:
    """How many places are taken, by day and beginning."""
    rows = session.execute(
        select(Booking.day, Booking.begin, func.count())
        .where(Booking.unit == unit, Booking.day.in_(among), Booking.state == "booked")
        .group_by(Booking.day, Booking.begin)
    )
    return {(day, begin): count for day, begin, count in rows}


def free(
    session: Session, unit: str, week: Sequence[OpeningHours], rules: Rules, moment: datetime
) -> dict[date, list[Slot]]:
    """The slots with a free place, by day; days that are full are left out."""
    open_days = days(week, rules, moment)
    counts = taken(session, unit, open_days)
    found = {
        day: [
            one for one in slots(week, rules, day) if counts.get((day, one.begin), 0) < rules.places
        ]
        for day in open_days
    }
    return {day: some for day, some in found.items() if some}
