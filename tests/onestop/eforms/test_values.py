"""Answers to fields of the shipped forms, as citizens type them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from onestop.cli.eform import DIRECTORY
from onestop.eforms.answers import Refusal
from onestop.eforms.definition import FieldType, load_eforms
from onestop.eforms.values import parse

TODAY = date(2026, 3, 10)
FORMS = load_eforms(DIRECTORY)


def value(form: str, field: str, text: str) -> Any:
    """The value, or the code of the refusal."""
    try:
        return parse(FORMS[form].field(field), text, {}, TODAY).value
    except Refusal as refusal:
        return refusal.code


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("capital", "khoảng 50tr ạ", 50_000_000),
        ("capital", "1 tỷ 2", 1_200_000_000),
        ("capital", "100.000.000 vnđ", 100_000_000),
        ("capital", "50", "number_too_small"),
        ("capital", "2 nghìn tỷ", "number_too_large"),
        ("capital", "nhiều lắm", "number_unreadable"),
        ("capital", "làm ăn nhỏ thôi", "number_unreadable"),
        ("workers", "hai vợ chồng", 2),
        ("workers", "sáu người", 6),
        ("workers", "một mình", 1),
        ("workers", "3-4 người", "number_unreadable"),
        ("workers", "2,5 người", "number_whole"),
        ("workers", "không biết", "number_unreadable"),
        ("start_date", "hôm qua", "date_past"),
        ("start_date", "1/4/26", "2026-04-01"),
        ("start_date", "không", None),
        ("industry_code", "mã 5610", "5610"),
        ("industry_code", "561", "text_pattern"),
        ("business_name", "tên quán: phở thanh", "Phở thanh"),
        ("fixed_place", "không có ạ", False),
    ],
)
def test_household_business(field: str, text: str, expected: object) -> None:
    assert value("household-business", field, text) == expected


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("12", 12), ("6 thang", 6), ("1 năm", 12), ("hai năm", 24), ("nửa năm", 6), ("một năm rưỡi", 18),
        ("năm tháng", 5), ("36", "number_too_large"), ("3 năm", "number_too_large"),
        ("lâu năm", "number_unreadable"), ("dài hạn", "number_unreadable"),
    ],
)  # fmt: skip
def test_a_stay_in_months_or_years(text: str, months: object) -> None:
    assert value("temporary-residence", "stay_months", text) == months


@pytest.mark.parametrize(
    ("form", "field", "text", "expected"),
    [
        ("birth-registration", "relation", "dạ chị ơi em là mẹ của bé", "mother"),
        ("birth-registration", "relation", "chị", "relative"),
        ("birth-registration", "child_sex", "bé gái", "female"),
        ("birth-registration", "child_ethnic_group", "dân tộc kinh ạ", "Kinh"),
        ("birth-registration", "child_ethnic_group", "ba na", "Ba Na"),
        ("birth-registration", "child_ethnic_group", "H’Mông", "H’Mông"),
        ("birth-registration", "child_ethnic_group", "kinh 3", "text_pattern"),
        ("birth-registration", "child_nationality", "quốc tịch việt nam", "Việt Nam"),
        ("building-permit", "setback", "cốt nền +0,3 m", "Cốt nền +0,3 m"),
        ("building-permit", "setback", "chỉ giới xây dựng: lùi 2 m", "Lùi 2 m"),
        ("birth-registration", "mother_birth_year", "mẹ sinh năm 92", 1992),
        ("birth-registration", "mother_birth_year", "30 tuổi", "year_unreadable"),
        ("birth-registration", "mother_birth_year", "2030", "date_future"),
        ("birth-registration", "mother_birth_year", "2020", "date_too_young"),
        ("birth-registration", "mother_birth_year", "1901", "date_too_old"),
        ("marital-status", "for_whom", "tôi", "self"),
        ("marital-status", "for_whom", "xin cho mẹ tôi", "relative"),
        ("marital-status", "status", "chưa từng kết hôn", "never_married"),
        ("marital-status", "status", "tôi li dị rồi", "divorced"),
        ("marital-status", "purpose_other", "ab", "text_too_short"),
        ("marital-status", "earlier_period", "không", None),
        ("driving-licence-renewal", "licence_class", "hạng b2", "b2"),
        ("driving-licence-renewal", "licence_class", "ô tô", "choice_unclear"),
        ("driving-licence-renewal", "licence_number", "số 35 0123 456789", "350123456789"),
        ("driving-licence-renewal", "licence_number", "ab123456", "AB123456"),
        ("driving-licence-renewal", "licence_number", "abc", "text_pattern"),
        ("driving-licence-renewal", "suspended", "khoong", False),
        ("driving-licence-renewal", "suspended", "ddungs roofi", True),
        ("driving-licence-renewal", "suspended", "👍", True),
        ("driving-licence-renewal", "licence_issued_on", "15 thangs 3 nawm 2019", "2019-03-15"),
        ("judicial-record", "slip", "2", "slip_2"),
        ("judicial-record", "slip", "phieu so 1", "slip_1"),
        ("judicial-record", "spouse_name", "chưa có", None),
        ("judicial-record", "temporary_address", "không có", None),
        ("general", "email", "ko có", None),
        ("general", "phone", "sdt e la 0912345678 ah", "0912345678"),
        ("general", "phone", "không có", "phone_missing"),
    ],
)
def test_answers_in_citizens_words(form: str, field: str, text: str, expected: object) -> None:
    assert value(form, field, text) == expected


def test_having_none_of_what_is_optional_is_an_answer_and_reads_out_so() -> None:
    found = parse(FORMS["general"].field("email"), "dạ không có ạ", {}, TODAY)
    assert (found.value, found.display) == (None, "Không có")


def test_what_is_required_cannot_be_answered_with_none() -> None:
    for form in FORMS.values():
        for field in form.fields:
            if field.required and field.type not in (FieldType.YES_NO, FieldType.TEXT):
                assert value(form.id, field.id, "không") is not None, (form.id, field.id)
