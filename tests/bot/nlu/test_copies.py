"""Training copies: repeatable, of the same intent, as other citizens would type them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.concepts import find_concepts
from bot.nlu.copies import abbreviate, copies, mistype, phrases
from bot.nlu.reading import reading
from bot.nlu.text import canonical, strip_accents, tokens


def test_an_example_stands_first_and_is_there_without_accents() -> None:
    made = copies("lệ phí khai sinh là bao nhiêu", "ask_fee")
    assert made[0] == "lệ phí khai sinh là bao nhiêu"
    assert "le phi khai sinh la bao nhieu" in made
    assert len(made) == len(set(made)) > 3


def test_the_same_example_always_gives_the_same_copies() -> None:
    assert copies("đổi bằng lái mất bao lâu", "ask_time") == copies(
        "đổi bằng lái mất bao lâu", "ask_time"
    )


def test_another_procedure_takes_the_place_of_the_one_named() -> None:
    made = copies("hồ sơ khai sinh đến đâu rồi", "check_status")
    assert any("khai sinh" not in copy and "đến đâu rồi" in copy for copy in made)


def test_courtesies_and_bare_answers_get_no_courtesies() -> None:
    words = [*phrases().before, *phrases().after]
    for copy in copies("Nguyễn Văn An", "inform"):
        assert not any(f" {word} " in f" {copy} " for word in words if len(word) > 3)


def test_short_forms_read_back_as_what_they_stand_for() -> None:
    text = "đăng ký giấy phép lái xe bao nhiêu tiền"
    short = abbreviate(text, random.Random(3))
    assert short != text
    assert canonical(short) == text


@given(st.text(max_size=40), st.integers(0, 99))
def test_a_slip_changes_one_word_at_most(text: str, seed: int) -> None:
    before, after = text.split(), mistype(text, random.Random(seed)).split()
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) <= 1


def named(words: list[str]) -> list[str]:
    return [one.concept for one in find_concepts(words)]


def test_a_word_without_accents_fits_every_concept_and_one_with_accents_its_own() -> None:
    assert "kin" in named(["con"])
    assert "kin" not in named(["còn"])
    assert "fee" in named(tokens("le phi"))
    assert "fee" in named(tokens("lệ phí"))


def test_a_reading_tells_what_a_number_is_and_hides_which() -> None:
    one, other = reading("căn cước 035078006789"), reading("căn cước 001199004567")
    assert one == other
    assert "e_citizen_id" in one.signs.split()
    assert not any(letter in "123456789" for letter in one.words)


def test_reading_is_the_same_however_an_accent_is_encoded() -> None:
    assert reading("hoà giải ở đâu") == reading("hòa giải ở đâu")


def test_mentions_are_written_as_the_text_pipeline_writes_them() -> None:
    for mention in phrases().mentions:
        assert canonical(mention) == mention
        assert strip_accents(mention).isascii()
