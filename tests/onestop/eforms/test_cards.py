"""The text of a citizen card's code, as scanners give it and as it comes spoilt."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.cards import Card, read_card
from onestop.eforms.words import clean

TEXT = (
    "036090012345|112233445|Nguyễn Văn An|15031990|Nam|Thôn 1, Nhân Khang, Lý Nhân, Hà Nam|25122021"
)
CARD = Card(
    citizen_id="036090012345",
    name="Nguyễn Văn An",
    birth_date=date(1990, 3, 15),
    sex="male",
    residence="Thôn 1, Nhân Khang, Lý Nhân, Hà Nam",
    issued_on=date(2021, 12, 25),
)
LETTERS = (
    "abcdeghiklmnopqrstuvxyăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
)
WORDS = st.text(LETTERS, min_size=1, max_size=7).map(str.capitalize)
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
CARDS = st.builds(
    Card,
    citizen_id=st.from_regex(r"0[0-9]{11}", fullmatch=True),
    name=PHRASES,
    birth_date=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    sex=st.sampled_from(["male", "female"]),
    residence=st.lists(PHRASES, min_size=1, max_size=4).map(", ".join),
    issued_on=st.dates(date(2016, 1, 1), date(2026, 1, 1)) | st.none(),
)


def written(card: Card, old: str = "") -> str:
    """What stands in the code of a card."""
    return "|".join(
        [
            card.citizen_id,
            old,
            card.name,
            f"{card.birth_date:%d%m%Y}",
            "Nam" if card.sex == "male" else "Nữ",
            card.residence,
            f"{card.issued_on:%d%m%Y}" if card.issued_on else "",
        ]
    )


@given(CARDS, st.sampled_from(["", "112233445", "036090012345"]))
def test_what_a_card_holds_is_read_from_it(card: Card, old: str) -> None:
    assert read_card(written(card, old)) == card


@given(CARDS, st.lists(PHRASES | st.just(""), max_size=5))
def test_parts_behind_the_day_of_issue_do_no_harm(card: Card, more: list[str]) -> None:
    assert read_card("|".join([written(card), *more])) == card


@given(CARDS)
def test_an_encoding_read_as_another_is_undone(card: Card) -> None:
    def western(byte: int) -> str:
        one = bytes([byte])
        try:
            return one.decode("cp1252")
        except UnicodeDecodeError:
            return one.decode("latin-1")

    spoilt = "".join(map(western, written(card).encode()))
    assert read_card(spoilt) == card


@given(CARDS)
def test_separate_accents_are_put_together(card: Card) -> None:
    assert read_card(unicodedata.normalize("NFD", written(card))) == card


@given(CARDS, st.sampled_from(["", "cccd của tôi: ", "Đây ạ ", "\ufeff", "  "]))
def test_words_before_and_spaces_around_do_no_harm(card: Card, before: str) -> None:
    spaced = written(card).replace("|", " | ")
    assert read_card(f"{before}{spaced}\n") == card


@given(st.text(max_size=300) | st.lists(st.text(max_size=20), max_size=9).map("|".join))
def test_any_other_text_is_no_card_and_no_fault(text: str) -> None:
    card = read_card(text)
    assert card is None or card.citizen_id.isdigit()


@given(CARDS, st.data())
def test_a_code_that_was_cut_off_is_no_card_or_the_same_person(
    card: Card, data: st.DataObject
) -> None:
    text = written(card)
    found = read_card(text[: data.draw(st.integers(0, len(text)))])
    assert found is None or (found.citizen_id, found.name) == (card.citizen_id, card.name)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("15031990", "15/03/1990").replace("25122021", "25-12-2021"),
        TEXT.replace("036090012345", "36090012345"),  # a spreadsheet ate the zero
        TEXT.replace("|", "｜"),
        TEXT + "|Nguyễn Văn Ba|Trần Thị Tư|",
    ],
)
def test_one_card_written_in_many_ways(text: str) -> None:
    assert read_card(text) == CARD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "036090012345",
        "tôi là Nguyễn Văn An | 0912345678",
        TEXT.replace("15031990", "31021990"),  # no such day
        TEXT.replace("Nguyễn Văn An", ""),
        TEXT.replace("036090012345", "0360900123"),
        "https://example.vn/a|b|c|d|e|f|g",
    ],
)
def test_what_is_no_card_is_not_read_as_one(text: str) -> None:
    assert read_card(text) is None


def test_a_sex_that_is_not_known_is_left_open() -> None:
    card = read_card(TEXT.replace("Nam|", "?|"))
    assert card is not None
    assert card.sex is None


def test_a_name_keeps_its_accents_when_nothing_is_wrong() -> None:
    assert clean(TEXT).split("|")[2] == CARD.name
