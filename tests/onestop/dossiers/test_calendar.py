from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.content import TimeUnit, Way, WayKind
from onestop.dossiers.calendar import VIETNAM, add_working_days, due_at, is_working_day
from tests.onestop.dossiers.due_dates import DAYS, OTHER_UNITS, WORKING_DAYS

days = st.dates(min_value=date(2021, 1, 1), max_value=date(2027, 6, 30))


def way(amount: float | None, unit: TimeUnit | None) -> Way:
    return Way(kind=WayKind.ONLINE, time_amount=amount, time_unit=unit)


def moment(text: str) -> datetime:
    """A moment in Vietnam: "2026-11-25", then at 10 o'clock, or "2026-11-25 22:30"."""
    return datetime.fromisoformat(text if " " in text else f"{text} 10:00").replace(tzinfo=VIETNAM)


def days_of(year: int, listed: str) -> set[date]:
    """ "1/1 30/4" as days of a year."""
    parts = [one.split("/") for one in listed.split()]
    return {date(year, int(month), int(day)) for day, month in parts}


@pytest.mark.parametrize("year", DAYS)
def test_the_days_off_and_worked_of_a_whole_year(year: int) -> None:
    off, worked = (days_of(year, listed) for listed in DAYS[year])
    every = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    of_year = [day for day in every if day.year == year]
    assert {day for day in of_year if day.weekday() < 5 and not is_working_day(day)} == off
    assert {day for day in of_year if day.weekday() >= 5 and is_working_day(day)} == worked


@pytest.mark.parametrize(("received", "amount", "last", "why"), WORKING_DAYS)
def test_due_after_working_days(received: str, amount: float, last: str, why: str) -> None:
    due = due_at(moment(received), way(amount, TimeUnit.WORKING_DAY))
    assert due == datetime.fromisoformat(f"{last} 17:00").replace(tzinfo=VIETNAM), why


@pytest.mark.parametrize(("received", "amount", "unit", "last", "why"), OTHER_UNITS)
def test_due_after_days_months_and_hours(
    received: str, amount: float, unit: str, last: str, why: str
) -> None:
    due = due_at(moment(received), way(amount, TimeUnit(unit)))
    assert due == datetime.fromisoformat(f"{last} 17:00").replace(tzinfo=VIETNAM), why


def test_a_moment_in_another_zone_is_a_day_in_vietnam() -> None:
    received = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  # 01:30 on Wednesday in Vietnam
    due = due_at(received, way(1, TimeUnit.WORKING_DAY))
    assert due is not None
    assert due.date() == date(2026, 11, 26)


def test_a_time_given_only_in_words_has_no_due_date() -> None:
    assert due_at(datetime.now(UTC), way(None, None)) is None


@given(days, st.integers(1, 60))
def test_adding_working_days_ends_on_one_and_counts_right(start: date, count: int) -> None:
    end = add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert is_working_day(end)
    assert sum(map(is_working_day, between)) == count


@given(st.datetimes(datetime(2021, 1, 1), datetime(2027, 1, 1)), st.integers(1, 40))
def test_more_days_are_never_due_earlier(naive: datetime, amount: int) -> None:
    received = naive.replace(tzinfo=VIETNAM)
    for unit in (TimeUnit.WORKING_DAY, TimeUnit.DAY):
        first, second = due_at(received, way(amount, unit)), due_at(received, way(amount + 1, unit))
        assert first is not None
        assert second is not None
        assert received < first <= second
