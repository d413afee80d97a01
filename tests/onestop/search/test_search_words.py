"""Syllables and typing errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import strip_accents
from onestop.catalogue.search.spelling import Spelling
from onestop.catalogue.search.words import Word, clauses, folded_key, folded_syllables, words

LISTED = [words(text) for text in ("đăng ký khai sinh", "giấy phép lái xe", "cấp lại thẻ căn cước")]
SPELLING = Spelling(LISTED)
SYLLABLES = sorted({word.folded for text in LISTED for word in text})


@given(st.text(max_size=60))
def test_words_are_lower_case_and_folded_words_carry_no_marks(text: str) -> None:
    for word in words(text):
        assert word.folded == strip_accents(word.accented)
        assert word.accented == word.accented.lower()


def test_words_write_abbreviations_out_and_place_tone_marks() -> None:
    assert [w.accented for w in words("GPLX hoà giải")] == [
        "giấy",
        "phép",
        "lái",
        "xe",
        "hòa",
        "giải",
    ]


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ,.", max_size=60))
def test_long_texts_fold_to_the_same_syllables_whatever_their_marks(text: str) -> None:
    assert folded_syllables(text) == folded_syllables(strip_accents(text))


def test_clauses_are_parted_by_punctuation_but_numbers_stay_whole() -> None:
    assert clauses("đăng ký tạm trú, không gia hạn. 1.004194") == [
        "đăng ký tạm trú",
        "không gia hạn",
        "1.004194",
    ]


@given(st.sampled_from(SYLLABLES), st.data())
def test_near_finds_a_listed_syllable_after_one_edit(syllable: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(syllable) - 1))
    letter = data.draw(st.sampled_from("abcdeghiklmnopqrstuvxy"))
    edits = [
        syllable[:at] + syllable[at + 1 :],
        syllable[:at] + letter + syllable[at:],
        syllable[:at] + letter + syllable[at + 1 :],
        syllable[:at] + syllable[at + 1 : at + 2] + syllable[at] + syllable[at + 2 :],
    ]
    typed = data.draw(st.sampled_from(edits))
    assert typed == syllable or syllable in SPELLING.near(typed)


@given(st.sampled_from(LISTED))
def test_what_is_listed_is_not_mended(text: list[Word]) -> None:
    assert SPELLING.mend(text) == text
    bare = words(strip_accents(" ".join(word.accented for word in text)))
    assert SPELLING.mend(bare) == bare


def test_a_slip_is_mended_by_its_neighbours() -> None:
    assert [w.folded for w in SPELLING.mend(words("cap lia the can cuoc"))] == [
        "cap",
        "lai",
        "the",
        "can",
        "cuoc",
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("mất occd", "mat can cuoc cong dan"),
        ("mat ccd roi", "mat can cuoc cong dan roi"),
        ("làm thẻ hbyt", "lam the bao hiem y te"),
        ("bht", "bht"),  # bhtn or bhyt
        ("nhn con nuôi", "nhan con nuoi"),  # a listed syllable fits beside its neighbours
        ("cấp the", "cap the"),
    ],
)
def test_a_mistyped_abbreviation_is_written_out_where_it_can_be_but_one(
    typed: str, read: str
) -> None:
    short = {"cccd": "căn cước công dân", "bhyt": "bảo hiểm y tế", "bhtn": "bảo hiểm thất nghiệp"}
    short["nhnn"] = "ngân hàng nhà nước"
    listed = [*LISTED, words("nhận con nuôi"), words("cấp thẻ")]
    spelling = Spelling(
        listed, ["mat", "roi", "lam"], {form: words(full) for form, full in short.items()}
    )
    assert folded_key(spelling.mend(words(typed))) == read


def test_what_fits_equally_well_stands_in_one_order_in_every_process() -> None:
    alike = [f"{letter}ong" for letter in "tsrpmlkhdcb"]
    (mended,) = Spelling([words(syllable) for syllable in alike]).mend(words("xong"))
    assert [mended.folded, *mended.meant] == ["bong", "cong", "dong"]


def test_misplaced_spaces_are_mended() -> None:
    assert [w.folded for w in SPELLING.mend(words("khaisinh"))] == ["khai", "sinh"]
    assert [w.folded for w in SPELLING.mend(words("giay phe plai xe"))][:2] == ["giay", "phep"]
