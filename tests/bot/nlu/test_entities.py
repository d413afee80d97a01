"""What is found by its shape, where, and with which value."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.entities import find_entities
from bot.nlu.text import strip_accents
from onestop.dossiers.codes import make_code

TODAY = date(2026, 6, 15)


def found(text: str) -> dict[str, str]:
    return {one.entity: one.value for one in find_entities(text, TODAY)}


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("tra hồ sơ 000.00.12.H62-201105-0004 giúp", "dossier_code", "000.00.12.H62-201105-0004"),
        ("hs g09.20-20260609-0092637", "dossier_code", "G09.20-20260609-0092637"),
        ("H25 - 20260310 - 0000007", "dossier_code", "H25-20260310-0000007"),
        ("thủ tục 1.004194 là gì", "procedure_code", "1.004194"),
        ("mã 1.004194.000.00.00.H42", "procedure_code", "1.004194.000.00.00.H42"),
        ("căn cước của tôi là 035 078 006 789", "citizen_id", "035078006789"),
        ("cccd 001199004567.", "citizen_id", "001199004567"),
        ("cmnd 168 123 456", "old_id", "168123456"),
        ("sđt 0912 345 678", "phone", "0912345678"),
        ("+84 912 345 678", "phone", "0912345678"),
        ("Mail: Hoa.Nguyen@example.com.", "email", "hoa.nguyen@example.com"),
        ("sinh ngày 20/10/1995", "date", "1995-10-20"),
        ("mùng 5 tháng 8 năm 2024", "date", "2024-08-05"),
        ("ngày mười lăm tháng ba năm 1990", "date", "1990-03-15"),
        ("nộp hôm qua", "date", "2026-06-14"),
        ("vốn 50 triệu", "money", "50000000"),
        ("mất 200k à", "money", "200000"),
        ("200.000 đồng", "money", "200000"),
        ("2tr5", "money", "2500000"),
        ("hai triệu rưỡi", "money", "2500000"),
        ("giảm 50%", "percent", "50"),
        ("đổi bằng lái xe hạng b2", "licence_class", "B2"),
        ("bằng C hết hạn", "licence_class", "C"),
        ("A1", "licence_class", "A1"),
    ],
)
def test_an_entity_is_found_with_and_without_accents(text: str, entity: str, value: str) -> None:
    assert found(text) == {entity: value}
    assert found(strip_accents(text)) == {entity: value}


@pytest.mark.parametrize(
    "text",
    [
        "ở đường 3 tháng 2",
        "nghị định 123/2015/NĐ-CP",
        "số 12 đường Trần Phú",
        "làm 2 bản, 3 bộ",
        "năm con người",
        "999 999 999 999 999",
        "12345",
        "31/02/2020",
        "một hai ba bốn",
        "ở phường Minh Khai",
        "bằng chứng",
        "",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert found(text) == {}


def test_several_entities_stand_in_their_order() -> None:
    text = "An 035078006789, sinh 1/2/1978, đt 0912345678, bằng hạng C"
    assert [one.entity for one in find_entities(text, TODAY)] == [
        "citizen_id",
        "date",
        "phone",
        "licence_class",
    ]


@given(st.text(max_size=80))
def test_spans_lie_in_the_text_and_never_overlap(text: str) -> None:
    end = 0
    for one in find_entities(text, TODAY):
        assert end <= one.start < one.end
        end = one.end


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_date_is_found_in_figures_and_in_words(day: date) -> None:
    for written in (
        f"{day.day}/{day.month}/{day.year}",
        f"ngày {day.day:02} tháng {day.month:02} năm {day.year}",
        day.isoformat(),
    ):
        assert found(f"là {written}") == {"date": day.isoformat()}


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 9_999_999))
def test_every_dossier_code_that_is_given_out_is_found(day: date, running: int) -> None:
    code = make_code("H25.12", day, running)
    assert found(f"hồ sơ {code.lower()} đến đâu") == {"dossier_code": code}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["0", "1.", "1,", "1 ", "một ", "mot", "trăm ", "1/", "a@", "ngày ", "(0) "]
)
def test_a_long_run_of_one_thing_is_read_at_once(piece: str) -> None:
    # Forty digits once took longer than anyone waited: each way of cutting them was tried.
    find_entities((piece * 5000)[:5000], TODAY)
