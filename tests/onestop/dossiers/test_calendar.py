from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.content import TimeUnit, Way, WayKind
from onestop.dossiers.calendar import VIETNAM, add_working_days, due_at, is_working_day

days = st.dates(min_value=date(2021, 1, 1), max_value=date(2027, 6, 30))


def way(amount: float | None, unit: TimeUnit | None) -> Way:
    return Way(kind=WayKind.ONLINE, time_amount=amount, time_unit=unit)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 24), True),  # a Tuesday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 2, 17), False),  # first day of the lunar year Bính Ngọ
        (date(2026, 4, 30), False),  # reunification
        (date(2026, 9, 2), False),  # national day
        (date(2024, 4, 18), False),  # Hùng kings, 10th of the 3rd lunar month
        (date(2023, 1, 2), False),  # 1 January 2023 was a Sunday: the next day was off
    ],
)
def test_working_days_checked_by_hand(day: date, working: bool) -> None:
    assert is_working_day(day) is working


def test_the_day_of_receipt_is_not_counted() -> None:
    received = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 on a Tuesday in Vietnam
    due = due_at(received, way(3, TimeUnit.WORKING_DAY))
    assert due is not None
    assert due.date() == date(2026, 11, 27)


def test_a_dossier_sent_in_the_evening_counts_from_the_vietnamese_day() -> None:
    received = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  # 01:30 on Wednesday in Vietnam
    due = due_at(received, way(1, TimeUnit.WORKING_DAY))
    assert due is not None
    assert due.date() == date(2026, 11, 26)


def test_calendar_days_that_end_on_a_day_off_end_on_the_next_working_day() -> None:
    received = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
    due = due_at(received, way(3, TimeUnit.DAY))  # 28 November 2026 is a Saturday
    assert due is not None
    assert due.date() == date(2026, 11, 30)


@pytest.mark.parametrize(("hours", "days_later"), [(4, 1), (8, 1), (9, 2)])
def test_hours_are_working_days_of_eight(hours: int, days_later: int) -> None:
    received = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    due = due_at(received, way(hours, TimeUnit.HOUR))
    assert due is not None
    assert due.date() == date(2026, 11, 23) + timedelta(days=days_later)


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
