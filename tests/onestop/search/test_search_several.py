"""Several procedures in one message, and messages that only look like it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.search import read_questions
from bot.nlu.text import tokens
from onestop.catalogue.search import SearchIndex
from onestop.catalogue.search.several import parts
from onestop.catalogue.shipped import load_shipped
from tests.onestop.search.conftest import DATA


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex.build(load_shipped())


def names_of(index: SearchIndex, said: str) -> str:
    """All that a part may mean: one name, or those of its topic."""
    found = index.search(said)
    meant = found.candidates[: None if found.topics else 1]
    return "; ".join(one.name for one in meant).lower()


def test_several_procedures_are_told_apart(index: SearchIndex) -> None:
    lines = (DATA / "several.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    right = []
    for one in asked:
        wanted = index.search(one["message"]).several
        meant = "; ".join(names_of(index, said) for said in wanted)
        right.append(len(wanted) > 1 and all(name.lower() in meant for name in one["names"]))
    assert sum(right) >= 0.8 * len(asked)


def test_a_message_of_one_wish_is_hardly_ever_taken_for_two(index: SearchIndex) -> None:
    names = ("everyday", "everyday_fresh", "drawn", "lookalikes")
    asked = [question.text for question in read_questions(DATA / f"{name}.jsonl" for name in names)]
    taken = [text for text in asked if index.search(text).several]
    assert len(taken) <= 0.01 * len(asked), taken


@pytest.mark.parametrize(
    "said",
    [
        "đăng ký kết hôn với người nước ngoài",
        "dang ky ket hon voi nguoi nuoc ngoai",
        "kết hôn với người Đài Loan",
        "làm giấy khai sinh cho con, không nhập hộ khẩu",
        "khai sinh cho con lần đầu",
        "cấp lại giấy phép lái xe bị mất, hỏng",
        "đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con",
        "căn cước ạ, căn cước",
        "mở quán cà phê, có phải xin phép không",
        "đổi thẻ căn cước, có cần mang theo giấy khai sinh không",
        "ngày sinh trên căn cước sai so với giấy khai sinh",
        "mất bằng lái rồi giờ muốn làm lại bằng lái",
    ],
)
def test_one_procedure_whose_words_join_is_one(index: SearchIndex, said: str) -> None:
    assert index.search(said).several == []


def test_the_second_thing_takes_the_verb_of_the_first(index: SearchIndex) -> None:
    assert index.search("làm lại căn cước và bằng lái xe").several == [
        "làm lại căn cước",
        "làm lại bằng lái xe",
    ]


@pytest.mark.parametrize(
    ("said", "cut"),
    [
        ("vừa đổi bằng lái vừa sang tên xe", ["đổi bằng lái", "sang tên xe"]),
        ("khai sinh cho con", ["khai sinh cho con"]),
        ("khai sinh còn tạm trú", ["khai sinh", "tạm trú"]),
        ("khai sinh, không phải khai tử", ["khai sinh"]),
        ("KHAI SINH VÀ TẠM TRÚ", ["KHAI SINH", "TẠM TRÚ"]),
        ("phí 1.500 đồng", ["phí 1.500 đồng"]),
    ],
)
def test_a_message_is_cut_where_words_join(said: str, cut: list[str]) -> None:
    assert parts(said) == cut


@given(st.text(max_size=80))
def test_parts_hold_words_of_the_message_in_their_order(said: str) -> None:
    position = 0
    for part in parts(said):
        assert tokens(part)
        position = said.index(part, position) + len(part)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("em hỏi đăng ký tạm trú, à nhầm, tách hộ", "Tách hộ"),
        ("dang ky ket hon, a nham roi, dang ky khai tu", "Thủ tục đăng ký khai tử"),
        ("khai sinh. Xin lỗi nhầm, đăng ký tạm trú ạ", "Đăng ký tạm trú"),
    ],
)
def test_who_corrects_himself_wants_what_he_says_last(
    index: SearchIndex, said: str, name: str
) -> None:
    found = index.search(said)
    assert not found.several
    assert found.candidates[0].name == name


def test_a_mistake_in_a_paper_is_no_correction_of_what_was_said(index: SearchIndex) -> None:
    found = index.search("giấy khai sinh ghi nhầm, sửa tên ở đâu")
    assert "cải chính" in found.candidates[0].name
