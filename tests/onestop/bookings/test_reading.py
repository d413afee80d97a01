"""Days and hours of a booking as citizens say them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.bookings import reading
from onestop.bookings.slots import Slot
from onestop.eforms.answers import Refusal

TODAY = date(2026, 11, 25)
DAYS = [date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30)]
SLOTS = [Slot(time(hour, 30), time(hour + 1, 30)) for hour in (7, 8, 9, 10, 13, 14, 15)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mai", "2026-11-26"),
        ("thứ 6", "2026-11-27"),
        ("2", "2026-11-27"),
        ("Thứ Hai 30/11/2026", "2026-11-30"),
        ("ngay 30", "2026-11-30"),
        ("2026-11-30", "2026-11-30"),
        ("ngày nào sớm nhất cũng được", "2026-11-26"),
    ],
)
def test_a_day_is_understood(text: str, day: str) -> None:
    assert reading.read_booking_day(text, TODAY, DAYS).value == day


@pytest.mark.parametrize(
    ("text", "code"), [("chủ nhật", "day_not_free"), ("hôm nay", "day_not_free")]
)
def test_a_day_that_is_not_free_is_refused_with_those_that_are(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        reading.read_booking_day(text, TODAY, DAYS)
    assert refused.value.code == code
    assert len(refused.value.suggestions) == 3


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("8h", "07:30"),
        ("8 giờ 30", "08:30"),
        ("8h30", "08:30"),
        ("9 giờ rưỡi", "09:30"),
        ("2h chiều", "13:30"),
        ("14:30", "14:30"),
        ("3 gio chieu", "14:30"),
        ("3 giờ", "14:30"),
        ("1", "07:30"),
        ("10", "09:30"),
        ("sớm nhất buổi chiều", "13:30"),
        ("muộn nhất", "15:30"),
        ("13 giờ 30 – 14 giờ 30", "13:30"),
    ],
)
def test_an_hour_is_understood(text: str, begin: str) -> None:
    assert reading.read_booking_slot(text, SLOTS).value == begin


def test_a_half_of_the_day_leaves_its_slots_to_choose_from() -> None:
    with pytest.raises(Refusal) as refused:
        reading.read_booking_slot("buổi chiều", SLOTS)
    assert refused.value.suggestions == [
        reading.slot_option(one).label for one in SLOTS if one.begin > time(12)
    ]


@pytest.mark.parametrize("text", ["12 giờ", "17h", "25h"])
def test_an_hour_without_a_free_slot_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        reading.read_booking_slot(text, SLOTS)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Refusal):
        assert reading.read_booking_slot(text, SLOTS).value in [
            f"{one.begin:%H:%M}" for one in SLOTS
        ]
    with suppress(Refusal):
        day = reading.read_booking_day(text, TODAY, DAYS).value
        assert date.fromisoformat(day) in DAYS
