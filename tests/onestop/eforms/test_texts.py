"""Each refusal has words, and each of the words is used."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from common.settings import ROOT
from onestop.eforms.answers import Refusal
from onestop.eforms.definition import FieldType, load_eforms
from onestop.eforms.texts import other_words, refusal_text, refusal_texts, word

SOURCES = [
    *(ROOT / "onestop" / "eforms").glob("*.py"),
    *(ROOT / "onestop" / "uploads").glob("*.py"),
    *(ROOT / "onestop" / "units").glob("*.py"),
    *(ROOT / "onestop" / "bookings").glob("*.py"),
    *(ROOT / "onestop" / "post").glob("*.py"),
    *(ROOT / "onestop" / "requests").glob("*.py"),
    *(ROOT / "onestop" / "privacy").glob("*.py"),
]
SOURCES += (ROOT / "onestop" / "http").glob("files.py")
FORMS = load_eforms(ROOT / "data" / "eforms").values()
RAISERS = {"Refusal", "FileRefused", "_refusal", "_offer"}


def raised(path: Path) -> dict[str, set[str]]:
    """Code → names of the blanks that are filled where it is raised."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for argument in node.args:
            if (
                name in RAISERS
                and isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
            ):
                blanks = {keyword.arg for keyword in node.keywords if keyword.arg}
                blanks |= {"candidates"} if name == "_offer" else set()
                found[argument.value] = found.get(argument.value, blanks) & blanks
    return found


def all_raised() -> dict[str, set[str]]:
    return {code: blanks for path in SOURCES for code, blanks in raised(path).items()}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_that_can_be_raised_has_words_and_the_other_way_round() -> None:
    assert set(all_raised()) == set(refusal_texts())


def test_every_refusal_is_worded_twice_and_differently() -> None:
    for code, texts in refusal_texts().items():
        assert len(texts) == 2, code
        assert len(set(texts)) == 2, code


def test_every_blank_is_filled_where_the_refusal_is_raised() -> None:
    for code, filled in all_raised().items():
        known = filled if code.startswith(("file_", "pdf_")) else filled | {"label", "example"}
        for text in refusal_texts()[code]:
            assert blanks(text) <= known, code


def test_refusals_are_kind_short_and_end_like_sentences() -> None:
    for code, texts in refusal_texts().items():
        for text in texts:
            assert len(text) <= 220, code
            assert text[-1] in ".?", code
            assert "anh/chị" in text.lower() or "em" in text.lower() or "ví dụ" in text.lower(), (
                code
            )


def test_a_second_refusal_says_more_and_a_third_repeats_the_second() -> None:
    refusal = Refusal("phone_length", count=9, label="Số điện thoại", example="0912 345 678")
    first, second, third = (refusal_text(refusal, attempt) for attempt in (1, 2, 3))
    assert "9" in first
    assert "0912 345 678" in first
    assert first != second == third
    assert refusal_text(refusal, 0) == first


def test_choices_are_listed_in_the_sentence() -> None:
    refusal = Refusal("choice_unclear", options=["Nam", "Nữ"], label="Giới tính", example="nam")
    assert "Nam; Nữ" in refusal_text(refusal, 1)


def test_whole_answers_are_suggested_where_some_may_have_been_meant() -> None:
    assert Refusal("choice_unclear", options=["Nam", "Nữ"]).suggestions == ["Nam", "Nữ"]
    assert Refusal("email_slip", suggestion="an@gmail.com").suggestions == ["an@gmail.com"]
    assert Refusal("address_ambiguous", candidates=["x"], answers=["1, x"]).suggestions == ["1, x"]
    assert Refusal("phone_missing", label="Số", example="09").suggestions == []


@pytest.mark.parametrize("kind", FieldType)
def test_every_type_of_field_can_be_explained_another_way(kind: FieldType) -> None:
    fields = [one for form in FORMS for one in form.fields if one.type is kind]
    for one in fields:
        said = other_words(one)
        assert said not in (one.question, one.explanation)
        assert "{" not in said
        assert kind in (FieldType.PAPER, FieldType.DATE) or any(
            part in said for part in (one.example, one.label, *(o.label for o in one.options))
        )
        assert len(said) <= 340 or kind is FieldType.CHOICE
    assert fields


def test_a_field_may_have_words_of_its_own() -> None:
    birth = next(form for form in FORMS if form.id == "birth-registration")
    assert "tên gia đình chọn cho bé" in other_words(birth.field("child_name"))
    assert "thẻ căn cước" in other_words(birth.field("requester_name"))


def test_words_for_values() -> None:
    assert (word("yes"), word("no")) == ("Có", "Không")
