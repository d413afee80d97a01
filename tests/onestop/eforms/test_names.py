"""Real names are neither refused nor doubted; remarks are, and a name that was typed without its accents."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.answers import Refusal
from onestop.eforms.definition import Field
from onestop.eforms.names import doubt, is_remark, lacks_accents, with_accents
from onestop.eforms.people import read_name
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


# Made up of family and given names of Vietnam's peoples, as registers have them.
PEOPLES = [
    *("Y Jang", "H'Hen Niê", "Giàng A Páo", "Ma Thị Só", "K'Brơi", "Y Moan Êban", "Ksor H'Lâm"),
    *(
        "Rơ Châm H'Yéo",
        "Siu Black",
        "Điểu K'Ré",
        "Thị Bren",
        "Kpă Y Thông",
        "Vừ A Dính",
        "Và Bá Lầu",
    ),
    *(
        "Lò Văn Khụt",
        "Quàng Thị Mai",
        "Tòng Thị Hặc",
        "Cầm Bá Thước",
        "Đèo Thị Xiêm",
        "Bạc Cầm Khẩm",
    ),
    *(
        "Nông Văn Dền",
        "Bế Văn Đàn",
        "Hoàng Thị Nhình",
        "Triệu Mùi Chòi",
        "Chảo Láo Tả",
        "Tẩn Ông Dào",
    ),
    *(
        "Thạch Sô Phia",
        "Danh Út",
        "Kim Sa Rinh",
        "Chau Sóc Kha",
        "Mấu Thị Bích Phanh",
        "Pi Năng Tắc",
    ),
    *(
        "Chế Linh Phi",
        "Từ Công Phụng",
        "Hồ Văn Kơi",
        "Hồ Thị Kăn Lịch",
        "A Lăng Phước",
        "Zơrâm Thị Dúc",
    ),
    *(
        "A Biu",
        "Bríu Liếc",
        "Chamaléa Điêu",
        "Ka Să Hạnh",
        "Bùi Thị Én",
        "Quách Tất Liêm",
        "Phùng Chòi Sểnh",
    ),
    *(
        "Khổng Thị Không",
        "Nguyễn Thị Muộn",
        "Trần Văn Em",
        "Lê Thị Bé Ba",
        "Nguyễn Văn Chín",
        "Tôn Nữ Hỷ Khương",
    ),
    *("John Smith", "Kim Min Jun", "Ng Wei Ling", "Đỗ Nhật-Nam"),
]


@pytest.mark.parametrize("name", PEOPLES)
def test_names_of_all_peoples_are_taken_as_they_are(name: str) -> None:
    for typed in (name, name.lower(), f"tôi tên là {name}"):
        assert parse(NAME, typed, {}, TODAY).display.casefold() == name.casefold()
    assert doubt(name) is None


@given(
    family=st.sampled_from(FAMILY),
    middle=st.lists(st.sampled_from(MIDDLE), max_size=2),
    given=st.sampled_from([*GIVEN, "Bé", "Tư", "Chín", "Nhớ", "Đợi", "Chó", "Mèo", "Gái", "Tiền"]),
)
def test_a_full_name_is_never_a_remark_with_or_without_accents(
    family: str, middle: list[str], given: str
) -> None:
    name = " ".join([family, *(middle or ["Văn"]), given])
    assert doubt(name) is None
    assert read_name(name).value == name
    assert read_name(fold(name)).value.casefold() == fold(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Thủy", "name_short"),
        ("An", "name_short"),
        ("Xóm Trời Ơi", "name_odd"),
        ("Lê Nghĩ", "name_odd"),
        ("Nguyen Thi Lan", "name_doubted"),
        ("Nguyễn Thị Lan", None),
    ],
)
def test_an_unlikely_name_is_doubted_and_not_refused(name: str, why: str | None) -> None:
    assert doubt(read_name(name).value) == why


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Nguyen Thi Lan", "Nguyễn Thị Lan"),
        ("tran van nam", "Trần Văn Nam"),
        ("Nguyen Van Hung", None),
        ("Nguyễn Thị Lan", None),
        ("John Smith", None),
    ],
)
def test_accents_are_offered_only_where_each_word_has_one_likely_spelling(
    typed: str, meant: str | None
) -> None:
    assert with_accents(typed) == meant


@given(st.text(max_size=60))
def test_judging_a_name_never_fails(text: str) -> None:
    words = " ".join(text.split())
    if words:
        assert is_remark(words) in (True, False)
        assert doubt(words) in (None, "name_short", "name_odd", "name_doubted")


@pytest.mark.parametrize(
    "text",
    [
        "chưa có gia đình",
        "chua co gia dinh",
        "chưa lấy vợ",
        "không có ai",
        "chưa kết hôn ạ",
        "còn độc thân",
    ],
)
def test_that_there_is_nobody_is_no_name_where_none_is_needed(text: str) -> None:
    optional = NAME.model_copy(update={"required": False})
    assert parse(optional, text, {}, TODAY).value is None
    with pytest.raises(Refusal):
        parse(NAME, text, {}, TODAY)


def test_who_is_called_khong_is_named_where_no_name_is_needed() -> None:
    optional = NAME.model_copy(update={"required": False})
    assert parse(optional, "Khổng Minh Cơ", {}, TODAY).value == "Khổng Minh Cơ"
