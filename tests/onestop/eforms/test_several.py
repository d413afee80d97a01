from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.settings import ROOT
from onestop.eforms.answers import Value
from onestop.eforms.definition import load_eforms
from onestop.eforms.several import read_other, read_several

TODAY = date(2026, 11, 24)
FORM = load_eforms(ROOT / "data" / "eforms")["marital-status"]
SELF = {"for_whom": Value(value="self", display="Cho chính tôi")}


def read(text: str, asked: str = "name") -> dict[str, object]:
    several = read_several(FORM, SELF, (), FORM.field(asked), text, TODAY)
    if several is None:
        return {}
    outcome, found = several
    assert all(outcome.answers[field.id] == value for field, value in found)
    return {field.id: value.value for field, value in found}


@pytest.mark.parametrize(
    "text",
    [
        "tôi là Nguyễn Thị Mai, nữ, sinh 15/3/1990, số căn cước 035190001234, sđt 0912 345 678",
        "Nguyễn Thị Mai; sinh ngày 15 tháng 3 năm 1990; nữ; 035190001234; 0912345678",
        "sinh 15/3/1990, tôi tên là Nguyễn Thị Mai, cccd 035190001234 và đt 0912345678, nữ",
    ],
)
def test_each_answer_goes_to_its_own_field(text: str) -> None:
    found = read(text)
    assert found["name"] == "Nguyễn Thị Mai"
    assert found["birth_date"] == "1990-03-15"
    assert found["sex"] == "female"
    assert found["citizen_id"] == "035190001234"


def test_one_answer_is_not_several() -> None:
    assert read("Nguyễn Thị Mai") == {}
    assert read("Nguyễn Thị Mai, xin cảm ơn") == {}


def test_without_an_answer_to_the_question_nothing_is_taken() -> None:
    assert read("123, 456") == {}


def test_a_date_without_its_name_is_not_guessed() -> None:
    assert "birth_date" not in read("Nguyễn Thị Mai, 15/3/1990, nữ")


def test_a_number_that_is_no_valid_citizen_id_is_left_out() -> None:
    found = read("Nguyễn Thị Mai, nữ, số căn cước 999999999999")
    assert found == {"name": "Nguyễn Thị Mai", "sex": "female"}


def test_an_address_with_commas_stays_one_answer() -> None:
    assert read("tổ 5, phường Phủ Lý, Ninh Bình, 0912345678", asked="address") == {}


@given(st.text(max_size=80))
def test_any_text_is_read_without_failing(text: str) -> None:
    read(text)


def other(text: str, asked: str, **told: str) -> dict[str, object]:
    answers = SELF | {name: Value(value=value, display=value) for name, value in told.items()}
    read = read_other(FORM, answers, (), FORM.field(asked), text, TODAY)
    if read is None:
        return {}
    outcome, found = read
    assert all(outcome.answers[field.id] == value for field, value in found)
    return {field.id: value.value for field, value in found}


@pytest.mark.parametrize(
    ("text", "asked", "field", "value"),
    [
        ("12/3/1958", "sex", "birth_date", "1958-03-12"),
        ("can cuoc cua ba day 035158001234", "sex", "citizen_id", "035158001234"),
        ("035158001234", "birth_date", "citizen_id", "035158001234"),
        ("nữ", "birth_date", "sex", "female"),
    ],
)
def test_what_is_told_before_its_turn_goes_to_its_own_field(
    text: str, asked: str, field: str, value: str
) -> None:
    assert other(text, asked) == {field: value}


def test_a_citizen_id_that_lacks_digits_is_no_telephone_unless_it_is_called_one() -> None:
    assert other("0350980012", "citizen_id") == {}
    assert other("số điện thoại là 0912345678", "citizen_id") == {"phone": "0912345678"}


def test_what_is_told_already_is_not_told_again_by_a_stray_answer() -> None:
    assert other("12/3/1958", "sex", birth_date="1958-03-12") == {}


@pytest.mark.parametrize(
    "text", ["ở xã Liêm Chính", "tôi không nhớ", "123", "phí bao nhiêu", "31/2/1958"]
)
def test_nothing_else_is_taken_for_another_field(text: str) -> None:
    assert other(text, "sex") == {}


@given(st.text(max_size=40))
def test_another_field_never_takes_the_asked_ones_answer(text: str) -> None:
    assert "birth_date" not in other(text, "birth_date")
