"""Dates and years as citizens write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.answers import Refusal
from onestop.eforms.dates import age, date_value, read_date, read_year
from onestop.eforms.words import clean, fold

TODAY = date(2026, 3, 10)
BIRTHS = st.dates(min_value=date(1927, 1, 1), max_value=TODAY)
ONES = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def birth(text: str) -> date:
    return read_date(clean(text), TODAY, past=True, future=False)


def in_words(number: int) -> str:
    """1–31 in words."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return ONES[ones]
    begin = "mười" if tens == 1 else f"{ONES[tens]} mươi"
    last = {0: "", 1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(ones, ONES[ones])
    return f"{begin} {last}".strip()


WAYS = [
    "{d:02}/{m:02}/{y}", "{d}/{m}/{y}", "{d}-{m}-{y}", "{d}.{m}.{y}", "{d} {m} {y}",
    "{d:02}{m:02}{y}", "{y}-{m:02}-{d:02}", "ngày {d} tháng {m} năm {y}", "{d} tháng {m} {y}",
    "{d} thg {m}, {y}", "{d} th{m} {y}", "mùng {d} tháng {m} năm {y}", "mồng {d}/{m}/{y}",
    "sinh ngày {d}/{m}/{y}", "em sinh {d}-{m}-{y} ạ", "{d} / {m} / {y}",
    "ngày {d} tháng {m}, {y}",
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@given(day=BIRTHS)
def test_any_date_in_each_way_of_writing_is_itself(way: str, day: date) -> None:
    text = way.format(d=day.day, m=day.month, y=day.year)
    assert birth(text) == day
    assert birth(fold(text)) == day
    assert birth(text.upper()) == day


@given(day=st.dates(min_value=date(1927, 3, 11), max_value=TODAY))
def test_two_digits_of_a_birth_year_are_the_latest_year_that_is_past(day: date) -> None:
    assert birth(f"{day.day}/{day.month}/{day.year % 100:02}") == max(
        candidate
        for century in (1900, 2000)
        if (candidate := _same_day(day, century + day.year % 100)) and candidate <= TODAY
    )


def _same_day(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


@given(day=st.dates(min_value=TODAY, max_value=date(2075, 12, 31)))
def test_two_digits_of_a_coming_year_are_of_this_century(day: date) -> None:
    text = f"{day.day}/{day.month}/{day.year % 100:02}"
    assert read_date(text, TODAY, past=False, future=True) == day


@given(day=BIRTHS)
def test_days_and_months_in_words(day: date) -> None:
    text = f"ngày {in_words(day.day)} tháng {in_words(day.month)} năm {day.year}"
    assert birth(text) == day
    assert birth(fold(text)) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mười lăm tháng ba năm một nghìn chín trăm chín mươi", date(1990, 3, 15)),
        ("ngày năm tháng năm năm một chín chín năm", date(1995, 5, 5)),
        ("20 tháng mười hai năm hai nghìn không trăm lẻ năm", date(2005, 12, 20)),
        ("mùng 5 tháng giêng năm 2001", date(2001, 1, 5)),
        ("mồng 1 tháng chạp năm 1999", date(1999, 12, 1)),
        ("15 tháng tư năm 1990", date(1990, 4, 15)),
        ("hôm nay", TODAY),
        ("mới sinh hôm qua", TODAY - timedelta(days=1)),
        ("hom kia", TODAY - timedelta(days=2)),
        ("cấp ngày 12/3/2021 tại Hà Nam", date(2021, 3, 12)),
        ("15/3/1990, tức 15-03-1990", date(1990, 3, 15)),
    ],
)
def test_spoken_dates(text: str, day: date) -> None:
    assert birth(text) == day
    assert birth(fold(text)) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tháng 3 năm 1990", "date_day_missing"),
        ("1990", "date_day_missing"),
        ("3/1990", "date_day_missing"),
        ("ngày 15 tháng 3", "date_year_missing"),
        ("15/3", "date_year_missing"),
        ("31/2/1990", "date_impossible"),
        ("3/15/1990", "date_impossible"),
        ("29/2/2023", "date_impossible"),
        ("1/1/1890", "date_impossible"),
        ("rằm tháng 7 năm 2000", "date_lunar"),
        ("15/8/2000 âm lịch", "date_lunar"),
        ("12/3/2021 hoặc 13/3/2021", "date_several"),
        ("đường 3 tháng 2", "date_year_missing"),
        ("không nhớ", "date_unreadable"),
        ("", "date_unreadable"),
    ],
)
def test_what_is_no_whole_date_is_refused_and_never_completed(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        birth(text)
    assert refused.value.code == code


@given(st.text(max_size=60), st.booleans(), st.booleans())
def test_reading_a_date_raises_nothing_but_a_refusal(text: str, past: bool, future: bool) -> None:
    try:
        found = read_date(clean(text), TODAY, past=past, future=future)
    except Refusal:
        return
    assert 1900 <= found.year <= 2100


@given(
    st.lists(
        st.sampled_from(
            [
                "ngày",
                "tháng",
                "năm",
                "mùng",
                "1",
                "15",
                "3",
                "90",
                "1990",
                "hai",
                "mươi",
                "lăm",
                "/",
                "-",
                ".",
                ",",
            ]
        )
    )
)
def test_date_like_scraps_raise_nothing_but_a_refusal(scraps: list[str]) -> None:
    text = " ".join(scraps)
    for read in (lambda: birth(text), lambda: read_year(clean(text), TODAY)):
        try:
            read()
        except Refusal:
            continue


@given(st.integers(1927, 2026))
def test_a_year_is_read_in_figures_and_after_its_word(year: int) -> None:
    for text in (f"{year}", f"năm {year}", f"sinh năm {year}", f"sn {year}", f"ngày 1/2/{year}"):
        assert read_year(clean(text), TODAY) == year
    assert read_year(f"năm {year % 100:02}", TODAY) == year


@pytest.mark.parametrize("text", ["một chín chín không", "chín mươi", "90", "sinh năm 90"])
def test_a_year_in_words_or_two_digits(text: str) -> None:
    assert read_year(text, TODAY) == 1990


def test_two_years_are_not_chosen_between() -> None:
    with pytest.raises(Refusal) as refused:
        read_year("1990 hay 1991", TODAY)
    assert refused.value.code == "date_several"


@given(born=BIRTHS, day=BIRTHS)
def test_age_grows_on_the_birthday(born: date, day: date) -> None:
    years = age(born, day)
    assert years <= day.year - born.year <= years + 1
    assert (years == day.year - born.year) == ((day.month, day.day) >= (born.month, born.day))


def test_a_date_is_kept_in_iso_form_and_read_out_day_first() -> None:
    value = date_value(date(1990, 3, 5))
    assert (value.value, value.display) == ("1990-03-05", "05/03/1990")
