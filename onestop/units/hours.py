"""When a unit is open: its hours of the week over the calendar of working days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from common.tenant import OpeningHours
from onestop.dossiers.calendar import is_holiday, is_working_day
from onestop.eforms.words import clean, fold

_LOOK_AHEAD = 30  # days; longer than any row of holidays
_RELATIVE = {
    "hom nay": 0, "bua nay": 0, "bay gio": 0, "gio nay": 0, "luc nay": 0, "chieu nay": 0, "sang nay": 0,
    "toi nay": 0, "trua nay": 0, "ngay mai": 1, "sang mai": 1, "chieu mai": 1, "mai": 1, "ngay kia": 2,
    "ngay mot": 2, "mot": 2,
}  # fmt: skip
_WEEKDAYS = {
    "hai": 1, "2": 1, "ba": 2, "3": 2, "tu": 3, "4": 3, "nam": 4, "5": 4, "sau": 5, "6": 5, "bay": 6, "7": 6,
}  # fmt: skip
_WEEKDAY = re.compile(
    rf"\b(?:thu\s*|t)(?P<day>{'|'.join(_WEEKDAYS)})\b|\b(?P<sunday>chu nhat|cn)\b"
)
# "mốt" only where nothing else is said: without accents it is "một" ("bộ phận một cửa").
_NEAR = re.compile(rf"\b(?:{'|'.join(sorted(set(_RELATIVE) - {'mot'}, key=len, reverse=True))})\b")
_WEEKEND = re.compile(r"\bcuoi tuan\b")
_DAY_MONTH = re.compile(
    r"(?<![\d/.])(?P<day>\d{1,2})\s*(?:/|-|\s+thang\s+)\s*(?P<month>\d{1,2})"
    r"(?:\s*(?:/|-|\s+nam\s+)\s*(?P<year>\d{4}))?(?![\d/])"
)
_DAY = re.compile(r"\bngay\s+(?P<day>\d{1,2})(?![\d/])")
_NEXT_WEEK = re.compile(r"\btuan (?:sau|toi)\b")


def read_day(text: str, today: date) -> date | None:
    """The day that a citizen names, today or later: "mai", "thứ 5 tuần sau", "30/11", "ngày 30".

    Args:
        text: as typed; a day without a year or month is the next such day.
        today: the present day in Vietnam.
    """
    folded = fold(clean(text))
    if dated := _DAY_MONTH.search(folded):
        years = [int(dated["year"])] if dated["year"] else [today.year, today.year + 1]
        days = (_date(year, int(dated["month"]), int(dated["day"])) for year in years)
        return next((day for day in days if day is not None and day >= today), None)
    if weekday := _WEEKDAY.search(folded):
        wanted = 7 if weekday["sunday"] else _WEEKDAYS[weekday["day"]]
        ahead = (wanted - today.isoweekday()) % 7
        if _NEXT_WEEK.search(folded):
            ahead = 7 - today.isoweekday() + wanted
        return today + timedelta(days=ahead)
    if _WEEKEND.search(folded):
        return today + timedelta(days=(6 - today.isoweekday()) % 7)
    if near := _NEAR.search(folded):
        return today + timedelta(days=_RELATIVE[near[0]])
    if folded in _RELATIVE:
        return today + timedelta(days=_RELATIVE[folded])
    if numbered := _DAY.search(folded):
        coming = (today + timedelta(days=ahead) for ahead in range(31))
        return next((day for day in coming if day.day == int(numbered["day"])), None)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def spans(hours: Sequence[OpeningHours], day: date) -> tuple[tuple[time, time], ...]:
    """From when to when a unit is open on `day`; none on a day off. A Saturday that is worked in
    exchange for a free day has the hours of a Monday."""
    weekday = day.isoweekday()
    if is_working_day(day):
        weekday = weekday if weekday < 6 else 1
    elif weekday < 6 or is_holiday(day):
        return ()
    return next((one.spans for one in hours if weekday in one.weekdays), ())


def next_open(hours: Sequence[OpeningHours], after: date) -> date | None:
    """The first day after `after` on which the unit is open."""
    coming = (after + timedelta(days=ahead) for ahead in range(1, _LOOK_AHEAD + 1))
    return next((day for day in coming if spans(hours, day)), None)


def opening(hours: Sequence[OpeningHours], moment: datetime) -> datetime | None:
    """When the unit opens next after `moment` (in Vietnam), today or on its next day."""
    again = opens_again(hours, moment)
    if again is not None:
        return datetime.combine(moment.date(), again, tzinfo=moment.tzinfo)
    day = next_open(hours, moment.date())
    if day is None:
        return None
    return datetime.combine(day, spans(hours, day)[0][0], tzinfo=moment.tzinfo)


def open_until(hours: Sequence[OpeningHours], moment: datetime) -> time | None:
    """When the unit closes, if it is open at `moment` (in Vietnam); at noon that is for lunch."""
    at = moment.time()
    return next((end for begin, end in spans(hours, moment.date()) if begin <= at < end), None)


def opens_again(hours: Sequence[OpeningHours], moment: datetime) -> time | None:
    """When the unit opens later on the day of `moment`."""
    at = moment.time()
    return next((begin for begin, _ in spans(hours, moment.date()) if begin > at), None)
