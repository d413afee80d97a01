"""Yes or no, and one of several."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.answers import Refusal
from onestop.eforms.choices import read_choice, read_yes_no
from onestop.eforms.definition import Option
from onestop.eforms.words import clean, fold

OPTIONS = [
    Option(value="single", label="Chưa kết hôn", aliases=["độc thân", "chưa vợ", "chưa chồng"]),
    Option(
        value="married", label="Đang có vợ hoặc chồng", aliases=["có vợ", "có chồng", "kết hôn"]
    ),
    Option(value="divorced", label="Đã ly hôn", aliases=["ly dị"]),
    Option(value="grandmother", label="Ở với bà", aliases=["bà"]),
    Option(value="father", label="Ở với ba", aliases=["ba"]),
]


def choice(text: str) -> str:
    return str(read_choice(clean(text), OPTIONS).value)


@pytest.mark.parametrize(
    "text",
    [
        "có", "dạ đúng rồi", "vâng ạ", "dạ", "ừ", "uh", "ok", "oke bạn", "đúng vậy", "chuẩn", "phải", "được",
        "dong y", "rồi", "yes", "có chứ", "chắc là có", "có, nhưng không ở đây", "có ạ. Tôi không đổi ý",
    ],
)  # fmt: skip
def test_ways_to_say_yes(text: str) -> None:
    assert read_yes_no(clean(text), "Có", "Không").value is True
    assert read_yes_no(fold(text), "Có", "Không").value is True


@pytest.mark.parametrize(
    "text",
    [
        "không", "ko", "k", "chưa", "dạ không", "không phải", "chua co", "hông", "sai rồi", "không đúng",
        "không cần", "no", "thôi", "vâng, không có ạ", "kg", "khỏi",
        "không, chủ hộ là mẹ tôi có tên ở đó", "dạ vâng, không có",
    ],
)  # fmt: skip
def test_ways_to_say_no(text: str) -> None:
    assert read_yes_no(clean(text), "Có", "Không").value is False
    assert read_yes_no(fold(text), "Có", "Không").value is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sao lại hỏi",
        "phải không?",
        "hmm",
        "12",
        "có phải nộp không",
        "thuế có giảm không ạ",
        "có được không",
        "có hay không",
        "không biết làm sao",
        "cần giấy gì",
        "có hay là không",
    ],
)
def test_what_is_neither_yes_nor_no(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_yes_no(clean(text), "Có", "Không")
    assert refused.value.code == "yes_no_unclear"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", "married"), ("số 3", "divorced"), ("hai", "married"), ("chua ket hon", "single"),
        ("chưa kết hôn", "single"), ("kết hôn", "married"), ("em vẫn độc thân ạ", "single"),
        ("ly di", "divorced"), ("chua ket hom", "single"), ("đã lyy hôn", "divorced"),
        ("married", "married"), ("BÀ", "grandmother"),
    ],
)  # fmt: skip
def test_an_option_by_number_name_alias_or_with_a_slip(text: str, value: str) -> None:
    assert choice(text) == value


@pytest.mark.parametrize("text", ["mà nộp ở đâu thế", "bả là ai", "ở bá"])
def test_other_accents_in_a_sentence_are_other_words(text: str) -> None:
    with pytest.raises(Refusal):
        choice(text)


@pytest.mark.parametrize(
    ("text", "value"), [("bố", "father"), ("bo", "father"), ("bỏ", None), ("bó", None)]
)
def test_other_accents_make_a_single_word_another(text: str, value: str | None) -> None:
    options = [Option(value="father", label="Bố"), Option(value="mother", label="Mẹ")]
    read = outcome(lambda said: read_choice(clean(said), options).value, text)
    assert read == (value or "choice_unclear")


@pytest.mark.parametrize(
    ("text", "value"),
    [("ba", "child"), ("bà", None), ("bá", None), ("hái", None), ("một", "wife"), ("3 ạ", "child")],
)
def test_a_word_with_other_accents_is_no_number(text: str, value: str | None) -> None:
    options = [
        Option(value="wife", label="Vợ"),
        Option(value="husband", label="Chồng"),
        Option(value="child", label="Con"),
    ]
    read = outcome(lambda said: read_choice(clean(said), options).value, text)
    assert read == (value or "choice_unclear")


@pytest.mark.parametrize("text", ["İİ", "x\u0309a"], ids=["grow when lowered", "a mark alone"])
def test_letters_of_no_vietnamese_word_are_refused_like_others(text: str) -> None:
    assert outcome(choice, text) == "choice_unclear"


def test_a_mark_behind_an_invisible_character_is_its_letter_s() -> None:
    assert choice("Ly di\u200b\u0323") == "divorced"
    assert clean("e\u200b\u0309") == "ẻ"


def test_words_without_accents_beside_accented_ones_still_name_an_option() -> None:
    assert choice("tôi ly di rồi") == "divorced"


@pytest.mark.parametrize(
    ("text", "code", "options"),
    [
        ("gì cơ", "choice_unclear", [option.label for option in OPTIONS]),
        ("7", "choice_number", [option.label for option in OPTIONS]),
        ("ba", "choice_ambiguous", ["Ở với bà", "Ở với ba"]),
    ],
)
def test_an_unclear_choice_names_the_options(text: str, code: str, options: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        choice(text)
    assert refused.value.code == code
    assert refused.value.params["options"] == options


def outcome(read: Callable[[str], object], text: str) -> object:
    """The value read, or the code of the refusal."""
    try:
        return read(text)
    except Refusal as refusal:
        return refusal.code


@given(st.text(max_size=40))
def test_any_text_is_an_option_or_a_refusal(text: str) -> None:
    values = {option.value for option in OPTIONS}
    assert outcome(choice, text) in values | {"choice_unclear", "choice_number", "choice_ambiguous"}
    assert outcome(lambda typed: read_yes_no(clean(typed), "Có", "Không").value, text) in (
        True,
        False,
        "yes_no_unclear",
    )
