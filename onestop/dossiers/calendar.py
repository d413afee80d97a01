"""Working days and due dates.

A time limit counts from the day after the valid dossier came in (Bộ luật Dân sự 2015, Điều 147), in
working days: Monday to Friday without public holidays (Bộ luật Lao động 2019, Điều 111 and 112). What
the library `holidays` does not know stands in `data/calendar/working-days.yml`: newer holidays, and
days that the state swaps (a Saturday worked for a bridge day off).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from math import ceil
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays
import yaml
from dateutil.relativedelta import relativedelta

from common.settings import ROOT
from onestop.catalogue.content import TimeUnit, Way

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CLOSING_HOUR = 17
HOURS_A_WORKING_DAY = 8


class _Calendar(NamedTuple):
    """What the state announced beside the library's holidays."""

    holidays: list[dict[str, Any]]  # month, day, since: the first year
    days_off: frozenset[date]
    days_worked: frozenset[date]


@cache
def _announced() -> _Calendar:
    text = (ROOT / "data" / "calendar" / "working-days.yml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    return _Calendar(
        data["holidays"],
        frozenset(one["day_off"] for one in data["swaps"]),
        frozenset(one["day_worked"] for one in data["swaps"]),
    )


@cache
def _holidays(year: int) -> frozenset[date]:
    newer = {
        date(year, one["month"], one["day"])
        for one in _announced().holidays
        if year >= one["since"]
    }
    return frozenset(newer | holidays.country_holidays("VN", years=year).keys())


def is_holiday(day: date) -> bool:
    """Whether `day` is a public holiday, or a day that the state made free beside one."""
    return day in _holidays(day.year) | _announced().days_off


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`."""
    if day in _announced().days_worked:
        return True
    return day.weekday() < 5 and not is_holiday(day)


def add_working_days(start: date, count: int) -> date:
    """The day on which the `count`-th working day after `start` ends."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days there are after `start` up to and with `end`."""
    days = (end - start).days
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))


def move_due(due: datetime, working_days: int) -> datetime:
    """A due date moved on by whole working days, to the same hour."""
    local = due.astimezone(VIETNAM)
    return datetime.combine(
        add_working_days(local.date(), working_days), local.time(), tzinfo=VIETNAM
    )


def due_at(received: datetime, way: Way) -> datetime | None:
    """When the result is due: the end of the last day of the time limit.

    Args:
        received: when the valid dossier came in (aware).
        way: the way it came, with its processing time.

    Returns:
        The moment in Vietnam's zone, or `None` where the procedure gives its time only in words. A
        limit in calendar days, months or years that ends on a day off ends on the next working day
        (Bộ luật Dân sự 2015, Điều 148); hours are counted in working days of eight, rounded up.
    """
    if way.time_amount is None or way.time_unit is None:
        return None
    day = received.astimezone(VIETNAM).date()
    amount = ceil(way.time_amount)
    if way.time_unit is TimeUnit.WORKING_DAY:
        last = add_working_days(day, amount)
    elif way.time_unit is TimeUnit.HOUR:
        last = add_working_days(day, ceil(way.time_amount / HOURS_A_WORKING_DAY))
    else:
        step = {
            TimeUnit.DAY: relativedelta(days=amount),
            TimeUnit.MONTH: relativedelta(months=amount),
            TimeUnit.YEAR: relativedelta(years=amount),
        }[way.time_unit]
        last = day + step
        if not is_working_day(last):
            last = add_working_days(last, 1)
    return datetime(last.year, last.month, last.day, CLOSING_HOUR, tzinfo=VIETNAM)
