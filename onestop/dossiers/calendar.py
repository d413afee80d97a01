"""Working days and due dates.

A time limit counts from the day after the valid dossier came in (Bộ luật Dân sự 2015, Điều 147), in
working days: Monday to Friday without public holidays (Bộ luật Lao động 2019, Điều 111 and 112). What
the library `holidays` does not know stands in `data/calendar/working-days.yml`: newer holidays, and
days that the state swaps (a Saturday worked for a bridge day off). What staff keep instead of the file
(`onestop.kept`) is put in its place with `keep`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache, cached_property
from math import ceil
from typing import Self
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, ConfigDict, Field, model_validator

from common import yaml_files
from common.kept import Kept
from common.settings import ROOT
from onestop.catalogue.content import TimeUnit, Way

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CLOSING_HOUR = 17
HOURS_A_WORKING_DAY = 8


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewerHoliday(_Part):
    """A yearly holiday that the library does not know; `since` is the first year."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    since: int = Field(ge=2000, le=2100)
    name: str = Field(min_length=1)
    source: str = ""

    @model_validator(mode="after")
    def _is_a_day(self) -> Self:
        date(2024, self.month, self.day)  # a leap year
        return self


class Swap(_Part):
    """A working day that is free, and the day that is worked for it."""

    day_off: date
    day_worked: date
    source: str = ""

    @model_validator(mode="after")
    def _moves_work(self) -> Self:
        if self.day_off.weekday() > 4 or self.day_worked.weekday() < 5:
            raise ValueError("a working day is swapped for a Saturday or Sunday")
        return self


class Announced(_Part):
    """What the state announced beside the library's holidays."""

    holidays: tuple[NewerHoliday, ...] = ()
    swaps: tuple[Swap, ...] = ()

    @cached_property
    def days_off(self) -> frozenset[date]:
        """Working days that are free."""
        return frozenset(one.day_off for one in self.swaps)

    @cached_property
    def days_worked(self) -> frozenset[date]:
        """Saturdays and Sundays that are worked."""
        return frozenset(one.day_worked for one in self.swaps)


@cache
def shipped() -> Announced:
    """As the project's file has it."""
    text = (ROOT / "data" / "calendar" / "working-days.yml").read_text(encoding="utf-8")
    return Announced.model_validate(yaml_files.load(text))


_announced = Kept(shipped)


def keep(announced: Announced | None) -> None:
    """Let days as staff keep them stand for the shipped ones in this process; `None`: not any more."""
    _announced.keep(announced)
    _holidays.cache_clear()


@cache
def _holidays(year: int) -> frozenset[date]:
    newer = {
        date(year, one.month, one.day)
        for one in _announced().holidays
        if year >= one.since and (one.month, one.day) != (2, 29)
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
