"""A name that was typed without its accents is known as such; others are left in peace."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.definition import Field
from onestop.eforms.names import lacks_accents
from onestop.eforms.values import parse
from onestop.eforms.words import fold

TODAY = date(2026, 3, 10)
NAME = Field.model_validate(
    {
        "id": "name",
        "type": "person_name",
        "section": "Người nộp",
        "label": "Họ tên",
        "question": "Họ tên?",
        "explanation": "Vì.",
        "example": "Nguyễn Văn An",
    }
)
FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
]
MIDDLE = ["Văn", "Thị", "Đức", "Hữu", "Thanh", "Minh", "Kim"]
GIVEN = ["An", "Lan", "Hương", "Tuấn", "Linh", "Ngọc", "Nam", "Mai"]


@given(family=st.sampled_from(FAMILY), middle=st.sampled_from(MIDDLE), given=st.sampled_from(GIVEN))
def test_common_names_lack_accents_exactly_when_these_were_left_out(
    family: str, middle: str, given: str
) -> None:
    name = f"{family} {middle} {given}"
    assert not lacks_accents(name)
    assert lacks_accents(fold(name).title())


@pytest.mark.parametrize(
    "name", ["Mai Lan Anh", "Phan Thanh Giang", "John Smith", "Kim Jong", "Cao Quang Minh", ""]
)
def test_what_needs_no_accents_is_not_doubted(name: str) -> None:
    assert not lacks_accents(name)


@pytest.mark.parametrize("name", ["Mai Thi Lan", "Phan Duc Anh", "Ly Hieu", "Cao Van Nam"])
def test_one_word_that_needs_an_accent_is_enough(name: str) -> None:
    assert lacks_accents(name)


def test_the_mark_stands_where_the_name_is_read_and_not_in_the_name() -> None:
    value = parse(NAME, "toi ten la nguyen van an", {}, TODAY)
    assert value.value == "Nguyen Van An"
    assert value.display == "Nguyen Van An (chưa có dấu)"
    accented = parse(NAME, "Nguyễn Văn An", {}, TODAY)
    assert accented.display == accented.value


@given(st.text(max_size=60))
def test_doubting_never_fails(text: str) -> None:
    assert lacks_accents(text) in (True, False)
