"""No personal data survives masking; what is none stays readable."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import strip_accents
from onestop.dossiers.codes import make_code
from onestop.transcripts.masking import Known, mask

mask("")  # reads its lists, which no example's time should hold

DIGITS = st.text("0123456789", min_size=12, max_size=12)
SEPARATORS = st.sampled_from(["", " ", ".", "-", " - ", "–"])
AROUND = st.sampled_from(
    ["{}", "số {}", "cccd của tôi là {} ạ", "({})", "{}, {}", "em gửi:{}.", "sdt{}", "sinh 1990 {}"]
)


def grouped(digits: str, sizes: list[int], separator: str) -> str:
    """Digits in groups, as people write long numbers."""
    parts, position = [], 0
    for size in sizes:
        parts.append(digits[position : position + size])
        position += size
    return separator.join([*parts, digits[position:]] if position < len(digits) else parts)


def longest_number(text: str) -> int:
    """Digits of the longest number in a text, separators aside."""
    runs = re.findall(r"\d(?:[\s.\-–()+]*\d)*", text)
    return max((len(re.sub(r"\D", "", run)) for run in runs), default=0)


@given(DIGITS, st.lists(st.integers(2, 5), max_size=4), SEPARATORS, AROUND)
def test_no_number_of_twelve_digits_survives(
    digits: str, sizes: list[int], separator: str, around: str
) -> None:
    written = grouped(digits, sizes, separator)
    assert longest_number(mask(around.replace("{}", written))) < 7


@given(DIGITS, st.lists(st.integers(2, 4), max_size=3), SEPARATORS, AROUND)
def test_no_number_of_nine_digits_survives(
    digits: str, sizes: list[int], separator: str, around: str
) -> None:
    written = grouped(digits[:9], sizes, separator)
    assert longest_number(mask(around.replace("{}", written))) < 7


@given(
    st.sampled_from(["0", "+84", "84", "+84 ", "(+84) "]),
    st.sampled_from(["9", "3", "8", "24"]),
    st.text("0123456789", min_size=8, max_size=8),
    SEPARATORS,
    AROUND,
)
def test_no_phone_survives(lead: str, prefix: str, rest: str, separator: str, around: str) -> None:
    written = f"{lead}{prefix}{separator}{rest[:4]}{separator}{rest[4:]}"
    assert longest_number(mask(around.replace("{}", written))) < 7


@given(
    st.from_regex(r"[a-z0-9]([a-z0-9._+-]{0,20}[a-z0-9])?", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,10}(\.[a-z]{2,5}){1,2}", fullmatch=True),
    AROUND,
)
def test_no_email_survives(local: str, domain: str, around: str) -> None:
    masked = mask(around.replace("{}", f"{local}@{domain}"))
    assert "@" not in masked
    assert f"@{domain}" not in masked


FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
MIDDLE = ["Văn", "Thị", "Đức", "Hữu", "Ngọc", "Minh", "Thanh"]
GIVEN = [
    "An",
    "Bình",
    "Cường",
    "Giang",
    "Hạnh",
    "Khánh",
    "Linh",
    "Oanh",
    "Phúc",
    "Quỳnh",
    "Sơn",
    "Yến",
]
SAID = st.sampled_from(["tôi là {}", "{}", "cho {} làm giấy", "người khai: {}, nghề nông"])
SPELLINGS = st.sampled_from([str, str.lower, str.upper, strip_accents])


@given(st.sampled_from(FAMILY), st.sampled_from(MIDDLE), st.sampled_from(GIVEN), SAID, SPELLINGS)
def test_no_name_survives(
    family: str, middle: str, given_name: str, said: str, spelling: object
) -> None:
    assert callable(spelling)
    name = spelling(f"{family} {middle} {given_name}")
    masked = mask(said.replace("{}", name))
    assert name not in masked
    assert "‹họ tên›" in masked


@given(st.integers(1, 9_999_999), st.dates(), st.sampled_from([str, str.lower]))
def test_no_dossier_code_survives(running: int, day: object, spelling: object) -> None:
    assert callable(spelling)
    code = spelling(make_code("H25", day, running))  # type: ignore[arg-type]
    assert f"{running:07}" not in mask(f"hồ sơ {code} đến đâu")


@pytest.mark.parametrize(
    "text",
    [
        "thủ tục 1.004194.000.00.00.H42 mất bao lâu",
        "lệ phí 200.000 đồng, nộp trước 15/11/2026",
        "ở Hà Nam thì nộp tại đâu, Lý Nhân hay Kim Bảng?",
        "Nghị định số 123/2015/NĐ-CP ngày 15/11/2015",
        "phạm vi áp dụng, đất đô thị, đường bộ",
        "xã Hoàng Văn Thụ có nhận không",
        "cho mình hỏi tách thửa hết bao nhiêu",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "nhà ở số 12 ngõ 5 đường Lê Lợi, phường Châu Sơn, thành phố Phủ Lý",
            "nhà ở ‹địa chỉ›, phường Châu Sơn, thành phố Phủ Lý",
        ),
        ("Thôn Vũ Xá, xã Ái Quốc", "‹địa chỉ›, xã Ái Quốc"),
        ("thon dong xa liem can", "‹địa chỉ› xa liem can"),
        ("không chín một hai ba bốn năm sáu bảy tám", "‹dãy số›"),
        ("an chấm nguyen a còng gmail chấm com", "an chấm ‹email›"),
        ("035078006789|168123456|Nguyễn Văn A|01011990|Nam|Thôn 3|010120", "‹thẻ căn cước›"),
        ("tiếp tục hồ sơ khtm 482", "tiếp tục hồ sơ ‹mã riêng›"),
        ("em tên là y jang niê ạ", "em tên là ‹họ tên› ạ"),
    ],
)
def test_what_stands_for_it(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_what_was_told_is_masked_in_any_spelling() -> None:
    known = [Known("person_name", "Y Jang Niê"), Known("address", "Buôn Ky, Ea Tam")]
    assert (
        mask("Em ghi: Y JANG NIÊ, ở buôn  ky, ea tam.", known) == "Em ghi: ‹họ tên›, ở ‹địa chỉ›."
    )
    assert mask("y jang nie", known) == "‹họ tên›"
    assert mask("Y Jang Niêm", known) == "Y Jang Niêm"


@given(st.text(max_size=200))
def test_any_text_can_be_masked(text: str) -> None:
    assert isinstance(mask(text), str)
