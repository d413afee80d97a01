"""What papers are called when they are asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.content import Procedure
from onestop.cli.eform import DIRECTORY
from onestop.eforms.definition import expand, read_eform
from onestop.eforms.paper_names import asked_names

LAW = "theo quy định tại điểm b khoản 3 Điều 12 Nghị định số 1/2030/NĐ-CP ngày 01/01/2030 của Chính phủ"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("b) Giấy phép cũ", "Giấy phép cũ"),
        ("(2) Giấy phép cũ;", "Giấy phép cũ"),
        ("2.1. Giấy phép cũ..", "Giấy phép cũ"),
        ("(ii) 02 ảnh màu", "02 ảnh màu"),
        ("- a) Giấy phép cũ.....", "Giấy phép cũ"),
        ("C/O mẫu A", "C/O mẫu A"),
        ("02 ảnh màu", "02 ảnh màu"),
        (f"Bản sao hợp đồng thuê tàu {LAW}", "Bản sao hợp đồng thuê tàu …"),
        (f"Bản sao hợp đồng thuê tàu (bản dịch {LAW})", "Bản sao hợp đồng thuê tàu …"),
    ],
)
def test_marks_of_lists_and_long_clauses_are_left_out(name: str, asked: str) -> None:
    assert asked_names([name]) == [asked]


def test_names_that_begin_alike_stay_long_enough_to_differ() -> None:
    first, second = asked_names(
        [f"Bản sao hợp đồng thuê tàu theo mẫu {number} {LAW}" for number in (1, 2)]
    )
    assert first != second
    assert max(map(len, (first, second))) <= 120


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=4))
def test_every_paper_has_a_short_name(names: list[str]) -> None:
    asked = asked_names(names)
    assert len(asked) == len(names)
    assert all(asked)


def test_the_whole_text_stands_in_the_explanation() -> None:
    name = f"b) Bản sao hợp đồng thuê tàu {LAW}"
    procedure = Procedure.model_validate(
        {"code": "1.000001", "name": "Thuê tàu", "papers": [{"name": name}]}
    )
    field = expand(read_eform(DIRECTORY / "general.yml"), procedure).fields[-1]
    assert name in field.explanation
    assert "Bản sao hợp đồng thuê tàu …" in field.question
    assert field.label == "Bản sao hợp đồng thuê tàu …"
