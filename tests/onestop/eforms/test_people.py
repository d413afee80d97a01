"""Names, citizen IDs, telephone numbers and e-mail addresses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vn_ident import parse_cccd
from vn_ident.tables import is_province_code

from onestop.eforms.answers import Refusal, Value
from onestop.eforms.people import (
    citizen_id_facts,
    read_citizen_id,
    read_email,
    read_name,
    read_phone,
)
from onestop.eforms.words import clean, fold, strip_courtesy

TODAY = date(2026, 3, 10)
PROVINCES = [f"{code:03}" for code in range(1000) if is_province_code(f"{code:03}")]


@st.composite
def citizen_ids(draw: st.DrawFn) -> str:
    """A number that can have been given to a living person by TODAY."""
    year = draw(st.integers(1900, TODAY.year))  # the first century with digits
    sex = draw(st.integers(0, 1))
    serial = draw(st.integers(0, 999_999))
    province = draw(st.sampled_from(PROVINCES))
    return f"{province}{(year // 100 - 19) * 2 + sex}{year % 100:02}{serial:06}"


def refusal_of(read: object, text: str) -> str:
    with pytest.raises(Refusal) as refused:
        read(clean(text))  # type: ignore[operator]
    return refused.value.code


def citizen_id(text: str) -> Value:
    return read_citizen_id(clean(text), TODAY)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tôi tên là nguyễn văn an", "Nguyễn Văn An"),
        ("NGUYỄN VĂN AN", "Nguyễn Văn An"),
        ("toi ten la nguyen van an", "Nguyen Van An"),
        ("dạ em là Trần Thị Bình ạ", "Trần Thị Bình"),
        ("họ và tên: Lê Thị Hồng, sinh năm 1990", "Lê Thị Hồng"),
        ("Lê Thị Hồng sinh năm 1990", "Lê Thị Hồng"),
        ("Nguyễn Văn Sinh", "Nguyễn Văn Sinh"),
        ("vợ tôi tên là phạm thu hà", "Phạm Thu Hà"),
        ("con gái tên là lê an nhiên", "Lê An Nhiên"),
        ("chủ hộ là ông Nguyễn Văn Bảy", "Nguyễn Văn Bảy"),
        ("la van cau", "La Van Cau"),
        ("Lã Thị Kim Oanh", "Lã Thị Kim Oanh"),
        ("vang a pao", "Vang A Pao"),
        ("Ông Thị Kim Ngọc", "Ông Thị Kim Ngọc"),
        ("Tô Thị Nhã", "Tô Thị Nhã"),
        ("h'hen niê", "H'Hen Niê"),
        ("y moan êban", "Y Moan Êban"),
        ("Bạc Cầm Khẩm", "Bạc Cầm Khẩm"),
        ("Tôn Nữ Thị Ninh 😊", "Tôn Nữ Thị Ninh"),
        ("An", "An"),
        ("k'brơi", "K'Brơi"),
        ("Khổng Minh Tuấn", "Khổng Minh Tuấn"),
        ("khong minh tuan", "Khong Minh Tuan"),
        ("Nguyễn Thị Muộn", "Nguyễn Thị Muộn"),
        ("nguyen ba tien", "Nguyen Ba Tien"),
        ("minh ha", "Minh Ha"),
        ("la ai van", "La Ai Van"),
        ("nguyen ha em", "Nguyen Ha Em"),
    ],
)
def test_a_name_without_the_chatter_around_it(text: str, name: str) -> None:
    assert read_name(strip_courtesy(clean(text))).value == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name_missing"),
        ("a", "name_incomplete"),
        ("abc", "name_incomplete"),
        ("vâng", "name_incomplete"),
        ("rồi", "name_incomplete"),
        ("Nguyễn Văn 3", "name_letters"),
        ("Nguyễn @ An", "name_letters"),
        ("tại sao cần tên", "name_unclear"),
        ("tôi không muốn nói", "name_unclear"),
        ("em không nhớ", "name_unclear"),
        ("em khong nho", "name_unclear"),
        ("khong biet", "name_unclear"),
        ("k biet", "name_unclear"),
        ("con mèo", "name_unclear"),
        ("con meo", "name_unclear"),
        ("abc xyz", "name_unclear"),
        ("hahaha kkk", "name_unclear"),
        ("aaa bbb", "name_unclear"),
        ("a b c", "name_unclear"),
        ("asdf ghjk", "name_unclear"),
        ("bố mày", "name_unclear"),
        ("đồ điên", "name_unclear"),
        ("chào em", "name_unclear"),
        ("tên mẹ hay tên tôi?", "name_unclear"),
        ("ghi tên ai hả em", "name_unclear"),
        ("ten me hay ten toi", "name_unclear"),
        ("mai làm tiếp", "name_unclear"),
        ("để tối về làm tiếp", "name_unclear"),
        ("cho em hỏi với", "name_unclear"),
        ("một hai ba bốn năm sáu bảy tám chín", "name_too_long"),
    ],
)
def test_what_is_no_full_name_is_refused(text: str, code: str) -> None:
    assert refusal_of(read_name, text) == code


SYLLABLES = st.sampled_from(
    [
        "Nguyễn",
        "Trần",
        "Đặng",
        "Phạm",
        "Thị",
        "Văn",
        "Hữu",
        "Ngọc",
        "Ánh",
        "Bích",
        "Dũng",
        "Hương",
        "Khôi",
        "Ngân",
        "Quỳnh",
        "Thuỷ",
    ]
)  # fmt: skip


@given(
    st.sampled_from(["Nguyễn", "Đỗ", "Lã", "Tô", "Vàng"]),
    st.lists(SYLLABLES, min_size=1, max_size=5),
)
def test_a_full_name_comes_back_from_any_case_and_lead(family: str, words: list[str]) -> None:
    name = " ".join([family, *words])
    for text in (name, name.lower(), name.upper(), f"tên tôi là {name}", f"dạ em tên {name} ạ"):
        assert read_name(strip_courtesy(clean(text))).value == name
    assert fold(read_name(fold(name)).value) == fold(name)


@pytest.mark.parametrize(
    "text",
    [
        "số cccd của tôi là 036 090 012 345", "so cccd cua toi la 036090012345", "036.090.012.345",
        "036-090-012-345", "036090012345 cấp ngày 12/3/2021", "036090012345 12", "O36O9OO12345",
        "không ba sáu không chín không không một hai ba bốn năm",
    ],
)  # fmt: skip
def test_a_citizen_id_is_found_however_it_is_grouped(text: str) -> None:
    assert citizen_id(text).value == "036090012345"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("chưa có", "citizen_id_missing"),
        ("168 123 456", "citizen_id_old"),
        ("03609001234", "citizen_id_length"),
        ("0360900123456", "citizen_id_length"),
        ("999090012345", "citizen_id_province"),
        ("036590012345", "citizen_id_birth_year"),
        ("036227012345", "citizen_id_birth_year"),
    ],
)
def test_a_number_that_is_no_citizen_id_says_what_is_wrong(text: str, code: str) -> None:
    assert refusal_of(citizen_id, text) == code


@given(citizen_ids())
def test_any_number_of_the_right_structure_passes(number: str) -> None:
    assert citizen_id(number).value == number
    assert citizen_id(f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}").value == number


@given(citizen_ids(), st.integers(0, 9))
def test_a_changed_century_digit_is_caught_or_still_a_possible_birth_year(
    number: str, digit: int
) -> None:
    changed = number[:3] + str(digit) + number[4:]
    card = parse_cccd(changed)
    assert card is not None
    if TODAY.year - 130 <= card.birth_year <= TODAY.year:
        assert citizen_id(changed).value == changed
        assert citizen_id_facts(changed) == (card.birth_year, "female" if digit % 2 else "male")
    else:
        assert refusal_of(citizen_id, changed) == "citizen_id_birth_year"


@given(citizen_ids(), st.integers(0, 999))
def test_an_unknown_province_is_caught(number: str, province: int) -> None:
    changed = f"{province:03}{number[3:]}"
    if changed[:3] in PROVINCES:
        assert citizen_id(changed).value == changed
    else:
        assert refusal_of(citizen_id, changed) == "citizen_id_province"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sđt 0912.345.678", "0912345678"), ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"), ("0226 3852 627", "02263852627"),
        ("không chín một hai ba bốn năm sáu bảy tám", "0912345678"),
        ("0912345678, gọi giờ nào cũng được", "0912345678"), ("+1 650 253 0000", "+16502530000"),
        ("0912345678 (zalo 0912 345 678)", "0912345678"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_kept_as_it_is_dialled(text: str, number: str) -> None:
    assert read_phone(clean(text)).value == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tôi không có", "phone_missing"),
        ("091234567", "phone_length"),
        ("01681234567", "phone_old_prefix"),
        ("0000000000", "phone_unknown"),
        ("0912345678 hoặc 0987654321", "phone_several"),
    ],
)
def test_a_number_that_cannot_be_called_says_what_is_wrong(text: str, code: str) -> None:
    assert refusal_of(read_phone, text) == code


@given(st.sampled_from(["90", "98", "86", "35", "70", "56"]), st.integers(0, 9_999_999))
def test_any_mobile_number_passes_spaced_or_not(prefix: str, rest: int) -> None:
    number = f"0{prefix}{rest:07}"
    value = read_phone(number)
    assert value.value == number
    assert read_phone(value.display).value == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("an.nguyen@gmail.com", "an.nguyen@gmail.com"),
        ("An.Nguyen @ Gmail . com", "an.nguyen@gmail.com"),
        ("an a còng gmail chấm com", "an@gmail.com"),
        ("thư của tôi là x_y@motcua.gov.vn.", "x_y@motcua.gov.vn"),
    ],
)
def test_an_email_address_typed_or_dictated(text: str, address: str) -> None:
    assert read_email(clean(text)).value == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("không có", "email_missing"),
        ("an@gmail", "email_missing"),
        ("a..b@gmail.com", "email_missing"),
        ("a@b.vn và c@d.vn", "email_several"),
        ("an@gmail.con", "email_slip"),
    ],
)
def test_an_email_address_that_is_wrong(text: str, code: str) -> None:
    assert refusal_of(read_email, text) == code


@given(st.text(max_size=80))
def test_readers_of_a_person_raise_nothing_but_refusals(text: str) -> None:
    for read in (read_name, citizen_id, read_phone, read_email):
        try:
            assert read(clean(text)).display
        except Refusal:
            continue
