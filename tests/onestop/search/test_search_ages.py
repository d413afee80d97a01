"""Ages in messages and in names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import fold
from onestop.catalogue.search import SearchIndex, ages
from onestop.catalogue.search.words import words
from onestop.catalogue.shipped import load_shipped

UNDER, FROM = "1.014062", "1.014061"  # identity cards: under 14, from 14 on


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex.build(load_shipped())


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("làm căn cước cho con 10 tuổi", 10),
        ("lam can cuoc cho chau 8 tuoi", 8),
        ("bé 8 tháng tuổi", 0),
        ("cháu 30 tháng tuổi", 2),
        ("dưới 14 tuổi", None),
        ("chưa đủ 18 tuổi", None),
        ("từ đủ 75 tuổi đến 80 tuổi", None),
        ("80 tuổi trở lên", None),
        ("đổi căn cước khi 25 tuổi, 40 tuổi", None),
        ("số 10 đường Trần Phú", None),
    ],
)
def test_an_age_is_somebodys_and_a_bound_is_not(text: str, age: int | None) -> None:
    assert ages.said(fold(text)) == age


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("cap the can cuoc cho nguoi duoi 14 tuoi", (0, 13)),
        ("viec su dung nguoi chua du 13 tuoi lam viec", (0, 12)),
        ("cap the can cuoc cho nguoi tu du 14 tuoi tro len", (14, ages.OLDEST)),
        ("nguoi cao tuoi tu du 75 tuoi den 80 tuoi", (75, 80)),
        ("nguoi cao tuoi tu du 70 tuoi den duoi 75 tuoi", (70, 74)),
        ("dang ky ket hon", None),
    ],
)
def test_bounds_are_read_from_names(name: str, bounds: tuple[int, int] | None) -> None:
    assert ages.bounds(name) == bounds


@given(st.integers(0, 120))
def test_every_age_gets_the_card_that_is_for_it(index: SearchIndex, age: int) -> None:
    for text in (f"làm thẻ căn cước cho con {age} tuổi", f"lam can cuoc cho nguoi {age} tuoi"):
        codes = [one.code for one in index.search(text).candidates]
        right, wrong = (UNDER, FROM) if age < 14 else (FROM, UNDER)
        assert right in codes
        assert wrong not in codes or codes.index(right) < codes.index(wrong), text


def test_a_message_without_its_age_keeps_the_rest() -> None:
    said = ages.without(words("con 10 tuổi, 2 tháng tuổi, nhà số 5"))
    assert [word.accented for word in said] == ["con", "nhà", "số", "5"]
