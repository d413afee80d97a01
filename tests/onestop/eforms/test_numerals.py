"""Numbers in figures, words and both."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.numerals import digits, figure, read
from onestop.eforms.words import fold


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("50 triệu", 50_000_000), ("50tr", 50_000_000), ("2 triệu rưỡi", 2_500_000),
        ("2tr5", 2_500_000), ("1,5 triệu", 1_500_000), ("1.5 tỷ", 1_500_000_000),
        ("200k", 200_000), ("500.000.000 đồng", 500_000_000), ("500,000", 500_000),
        ("năm mươi triệu đồng", 50_000_000), ("khoảng hai trăm năm mươi nghìn", 250_000),
        ("hai mươi lăm", 25), ("hai lăm", 25), ("mười lăm", 15), ("một trăm linh năm", 105),
        ("1.500 triệu", 1_500_000_000), ("2 tỷ 300 triệu", 2_300_000_000), ("5 trăm nghìn", 500_000),
        ("3 người", 3), ("tôi có 2 con", 2), ("ba", 3), ("mười", 10), ("1", 1), ("0", 0),
        ("một tỷ hai trăm triệu", 1_200_000_000), ("2 nghìn tỷ", 2 * 10**12), ("sáu", 6),
    ],
)  # fmt: skip
def test_ways_of_saying_a_number(text: str, number: int) -> None:
    assert read(fold(text)) == number


@pytest.mark.parametrize("text", ["", "không biết", "5 đến 10", "12/5", "rưỡi", "triệu", "vốn"])
def test_what_is_not_one_number_is_not_guessed(text: str) -> None:
    assert read(fold(text)) in (None, 0)
    assert text == "không biết" or read(fold(text)) is None


@given(st.integers(0, 10**12))
def test_grouped_and_plain_figures_are_the_same_number(number: int) -> None:
    assert figure(str(number)) == number
    assert figure(f"{number:,}") == number
    assert figure(f"{number:,}".replace(",", ".")) == number
    assert read(f"vốn {number} đồng") == number


@given(st.decimals(0, 99, places=1))
def test_decimals_with_a_comma_or_a_point(number: Decimal) -> None:
    assert figure(str(number)) == number
    assert figure(str(number).replace(".", ",")) == number


@given(st.text(max_size=40))
def test_reading_a_number_never_fails(text: str) -> None:
    assert read(fold(text)) is None or read(fold(text)) >= 0  # type: ignore[operator]


NUMERALS = [
    "không", "một", "hai", "năm", "mươi", "mười", "trăm", "nghìn", "triệu", "tỷ", "rưỡi", "linh", "lăm", "2",
    "15", "1.500", "1,5", "k", "tr",
]  # fmt: skip


@given(st.lists(st.sampled_from(NUMERALS)))
def test_any_row_of_numerals_never_fails(words: list[str]) -> None:
    number = read(fold(" ".join(words)))
    assert number is None or number >= 0


def test_digits_that_are_spelled_out() -> None:
    assert digits(fold("không chín một")) == "0 9 1"
