"""Days as citizens name them, and when units are open on them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from common.tenant import OpeningHours, tenant
from onestop.dossiers.calendar import VIETNAM
from onestop.http.units import help_at
from onestop.units import hours
from onestop.units.directory import PROVINCIAL, Directory

WEDNESDAY = date(2026, 11, 25)
WEEK = tenant().opening_hours
SATURDAYS = (*WEEK[:1], OpeningHours(days="Thứ Bảy", weekdays=(6,), hours="8 giờ – 11 giờ"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hôm nay có làm không", date(2026, 11, 25)),
        ("mai co lam khong", date(2026, 11, 26)),
        ("thứ bảy có làm không", date(2026, 11, 28)),
        ("t7 lam khong", date(2026, 11, 28)),
        ("chủ nhật", date(2026, 11, 29)),
        ("cuối tuần mở cửa không", date(2026, 11, 28)),
        ("thứ 4", date(2026, 11, 25)),
        ("thứ hai tuần sau", date(2026, 11, 30)),
        ("thứ sáu tuần sau", date(2026, 12, 4)),
        ("2/9 nghỉ không", date(2027, 9, 2)),
        ("ngày 30", date(2026, 11, 30)),
        ("ngày 3", date(2026, 12, 3)),
        ("30 tháng 11", date(2026, 11, 30)),
        ("mốt", date(2026, 11, 27)),
        ("bộ phận một cửa mở cửa lúc nào", None),
        ("31/2", None),
        ("mấy giờ mở cửa", None),
    ],
)
def test_a_day_is_read(text: str, day: date | None) -> None:
    assert hours.read_day(text, WEDNESDAY) == day


@given(st.text(max_size=60))
def test_no_day_that_is_read_lies_in_the_past(text: str) -> None:
    day = hours.read_day(text, WEDNESDAY)
    assert day is None or day >= WEDNESDAY


def test_units_are_closed_on_a_holiday_in_the_week() -> None:
    assert hours.spans(WEEK, WEDNESDAY) == (
        (time(7, 30), time(11, 30)),
        (time(13, 30), time(17)),
    )
    assert hours.spans(WEEK, date(2026, 11, 24)) == ()  # the day of culture
    assert hours.next_open(WEEK, date(2026, 11, 27)) == date(2026, 11, 30)


def test_a_saturday_that_is_worked_has_a_mondays_hours() -> None:
    assert hours.spans(WEEK, date(2026, 8, 22)) == hours.spans(WEEK, WEDNESDAY)
    assert hours.spans(WEEK, date(2026, 8, 31)) == ()


def test_a_unit_may_open_on_saturdays_but_not_on_a_holiday() -> None:
    assert hours.spans(SATURDAYS, date(2026, 11, 28)) == ((time(8), time(11)),)
    assert hours.spans(SATURDAYS, date(2027, 5, 1)) == ()


def test_hours_that_cannot_be_read_are_refused_at_start() -> None:
    with pytest.raises(ValidationError):
        OpeningHours(days="Thứ Hai", weekdays=(1,), hours="7 giờ 30 – 11 giờ, 9 giờ – 17 giờ")
    with pytest.raises(ValidationError):
        OpeningHours(days="Thứ Hai", weekdays=(8,), hours="7 giờ – 11 giờ")


@pytest.mark.parametrize(
    ("clock", "until", "again"),
    [
        (time(7), None, time(7, 30)),
        (time(10), time(11, 30), time(13, 30)),
        (time(12), None, time(13, 30)),
        (time(17), None, None),
    ],
)
def test_whether_it_is_open_now(clock: time, until: time | None, again: time | None) -> None:
    moment = datetime.combine(WEDNESDAY, clock, tzinfo=VIETNAM)
    assert (hours.open_until(WEEK, moment), hours.opens_again(WEEK, moment)) == (until, again)


def test_a_unit_is_told_with_its_old_name_and_what_is_near() -> None:
    found = Directory(tenant()).tell("một cửa xã Liêm Cần ở đâu", datetime.now(VIETNAM))
    assert found.unit is not None
    assert (found.renamed, found.unit.verified) == ("Xã Liêm Hà", False)
    assert len(found.unit.near) == 3
    same = Directory(tenant()).tell("một cửa xã liem ha", datetime.now(VIETNAM))
    assert same.renamed == ""


def test_the_provincial_centre_is_known_by_its_level() -> None:
    assert Directory(tenant()).find("trung tâm hành chính công tỉnh ở đường nào") == [PROVINCIAL]
    assert Directory(tenant()).find("bộ phận một cửa ở đâu") == []


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (datetime(2026, 11, 25, 6, 0), datetime(2026, 11, 25, 7, 30)),
        (datetime(2026, 11, 25, 12, 0), datetime(2026, 11, 25, 13, 30)),
        (datetime(2026, 11, 25, 18, 0), datetime(2026, 11, 26, 7, 30)),
        (datetime(2026, 11, 27, 17, 0), datetime(2026, 11, 30, 7, 30)),
        (datetime(2026, 12, 31, 20, 0), datetime(2027, 1, 4, 7, 30)),
    ],
)
def test_when_staff_are_there_again(moment: datetime, opens: datetime) -> None:
    zoned = moment.replace(tzinfo=VIETNAM)
    assert hours.opening(WEEK, zoned) == opens.replace(tzinfo=VIETNAM)


def test_a_person_is_offered_by_the_setting_and_the_clock() -> None:
    working = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)
    evening = datetime(2026, 11, 25, 19, 0, tzinfo=VIETNAM)
    assert help_at("office_hours", working).open
    closed = help_at("office_hours", evening)
    assert (closed.offered, closed.open) == (True, False)
    assert closed.opens_at == datetime(2026, 11, 26, 7, 30, tzinfo=VIETNAM)
    assert help_at("always", evening).open
    assert not help_at("off", working).offered
