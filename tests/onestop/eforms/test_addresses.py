"""Addresses on one line, in units of today and of before July 2025."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.addresses import read_address
from onestop.eforms.answers import Refusal
from onestop.eforms.divisions import Ward, index
from onestop.eforms.words import clean, fold, strip_courtesy

WARDS = list(chain.from_iterable(index().wards.values()))


def display(text: str) -> str:
    return read_address(strip_courtesy(clean(text))).display


def refused(text: str) -> Refusal:
    with pytest.raises(Refusal) as raised:
        read_address(clean(text))
    return raised.value


def outcome(text: str) -> str:
    """`read`, or the code of the refusal."""
    try:
        return "read" if read_address(text).value["ward"] else ""
    except Refusal as refusal:
        return refusal.code


def test_both_divisions_are_known_whole() -> None:
    today = [ward for ward in WARDS if ward.division == "2025"]
    before = [ward for ward in WARDS if ward.division == "before_2025"]
    assert len({ward.province for ward in today}) == 34
    assert len(today) == 3321
    assert len({ward.province for ward in before}) == 63
    assert len({ward.district for ward in before}) >= 696
    assert len(before) >= 10035
    assert set(index().successor) == {ward.province.code for ward in before}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "thôn 3 xã Liêm Cần, huyện Thanh Liêm, Hà Nam",
            "Thôn 3, xã Liêm Cần, huyện Thanh Liêm, tỉnh Hà Nam",
        ),
        (
            "nhà tôi ở xóm 5 xa nhan my huyen ly nhan tinh ha nam viet nam",
            "Xóm 5, xã Nhân Mỹ, huyện Lý Nhân, tỉnh Hà Nam",
        ),
        (
            "12 Trần Phú phường Phủ Lý Ninh Bình",
            "12 Trần Phú, phường Phủ Lý, tỉnh Ninh Bình",
        ),
        ("xã Liêm Cần, Hà Nam", "Xã Liêm Cần, huyện Thanh Liêm, tỉnh Hà Nam"),
        ("Liêm Cần - Thanh Liêm - Hà Nam", "Xã Liêm Cần, huyện Thanh Liêm, tỉnh Hà Nam"),
        ("xã Liêm Cần", "Xã Liêm Cần, huyện Thanh Liêm, tỉnh Hà Nam"),
        ("phường Hà Nam, Ninh Bình", "Phường Hà Nam, tỉnh Ninh Bình"),
        ("tổ 3 P. Lê Hồ, T. Ninh Bình", "Tổ 3, phường Lê Hồ, tỉnh Ninh Bình"),
        ("thon 3 x binh luc t ninh binh", "Thon 3, xã Bình Lục, tỉnh Ninh Bình"),
        ("phường Phủ Lý, tỉnh Hà Nam", "Phường Phủ Lý, tỉnh Ninh Bình"),
        (
            "thị trấn Kiện Khê, Thanh Liêm, Ninh Bình",
            "Thị trấn Kiện Khê, huyện Thanh Liêm, tỉnh Hà Nam",
        ),
        (
            "phường Duy Minh, huyện Duy Tiên, Hà Nam",
            "Phường Duy Minh, thị xã Duy Tiên, tỉnh Hà Nam",
        ),
        (
            "số 5 ngõ 12 đường Lê Lợi, phường Minh Khai, thành phố Phủ Lý, tỉnh Hà Nam ạ",
            "Số 5 ngõ 12 đường Lê Lợi, phường Minh Khai, thành phố Phủ Lý, tỉnh Hà Nam",
        ),
        (
            "Bệnh viện Đa khoa tỉnh Hà Nam, phường Quang Trung, Phủ Lý, Hà Nam",
            "Bệnh viện Đa khoa tỉnh Hà Nam, phường Quang Trung, thành phố Phủ Lý, tỉnh Hà Nam",
        ),
        (
            "p12, q. Bình Thạnh, TP.HCM",
            "Phường 12, quận Bình Thạnh, thành phố Hồ Chí Minh",
        ),
        (
            "số 1 phường Hoàn Kiếm Hà Nội",
            "Số 1, phường Hoàn Kiếm, thành phố Hà Nội",
        ),
        (
            "phường Hương Vân, Hương Trà, Thừa Thiên Huế",
            "Phường Hương Vân, thị xã Hương Trà, thành phố Huế",
        ),
        ("đặc khu Phú Quốc, An Giang", "Đặc khu Phú Quốc, tỉnh An Giang"),
    ],
)
def test_ways_of_writing_an_address(text: str, read: str) -> None:
    assert display(text) == read


def test_the_parts_of_an_address_are_kept_with_their_codes() -> None:
    value = read_address("thôn 3, xã Liêm Cần, huyện Thanh Liêm, Hà Nam").value
    assert value == {
        "street": "Thôn 3",
        "ward": "Xã Liêm Cần",
        "ward_code": "13456",
        "district": "Huyện Thanh Liêm",
        "province": "Tỉnh Hà Nam",
        "province_code": "35",
        "division": "before_2025",
    }
    today = read_address("xã Thanh Liêm, Ninh Bình").value
    assert today["division"] == "2025"
    assert today["province_code"] == "37"
    assert "district" not in today


@given(st.sampled_from(WARDS), st.sampled_from(["12 Lê Lợi", "thôn 3", "số 5/7 ngõ 1"]))
def test_any_commune_written_in_full_is_read_back(ward: Ward, street: str) -> None:
    value = read_address(f"{street}, {ward.place}").value
    assert value["ward"] == ward.name
    assert value["province"] == ward.province.name
    assert value.get("district") == (ward.district.name if ward.district else None)
    assert fold(value["street"]) == fold(street)


def _unpadded(text: str) -> str:
    return re.sub(r"\b0(?=\d)", "", text)


@given(st.sampled_from(WARDS))
def test_without_accents_a_commune_is_read_or_asked_for_among_its_namesakes(ward: Ward) -> None:
    text = fold(f"12 Lê Lợi, {ward.place}")
    if outcome(text) == "read":
        assert fold(read_address(text).display) == text
    else:
        candidates = refused(text).params["candidates"]
        assert isinstance(candidates, list)
        assert ward.place in candidates
        # "Phường 9" and "Phường 09" of one district are namesakes.
        assert {_unpadded(fold(place)) for place in candidates} == {_unpadded(fold(ward.place))}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "address_missing"),
        ("không biết", "address_province_missing"),
        ("xã Tân Thành", "address_province_missing"),
        ("12 Trần Phú", "address_province_missing"),
        ("Ninh Bình", "address_ward_missing"),
        ("TP Phủ Lý, Hà Nam", "address_ward_missing"),
        ("xã Liêm Kần, huyện Thanh Liêm, Hà Nam", "address_ward_unknown"),
        ("xa tan thanh, tay ninh", "address_ambiguous"),
    ],
)
def test_an_address_that_is_not_whole_says_what_is_missing(text: str, code: str) -> None:
    assert refused(text).code == code


def test_a_mistyped_commune_is_answered_with_its_likes() -> None:
    candidates = refused("xã Liêm Kần, huyện Thanh Liêm, Hà Nam").params["candidates"]
    assert isinstance(candidates, list)
    assert candidates[0] == "xã Liêm Cần, huyện Thanh Liêm, tỉnh Hà Nam"
    assert len(candidates) <= 3


@pytest.mark.parametrize(
    "text", ["12 Lê Lợi, xã Liêm Kần, huyện Thanh Liêm, Hà Nam", "12 Le Loi xa tan thanh tay ninh"]
)
def test_a_suggested_address_keeps_the_street_and_can_be_taken_as_it_is(text: str) -> None:
    for suggestion in refused(text).suggestions:
        assert fold(suggestion).startswith("12 le loi, ")
        assert display(suggestion) == suggestion


def test_accents_tell_namesakes_apart() -> None:
    assert display("xã Tân Thành, Tây Ninh") == "Xã Tân Thành, tỉnh Tây Ninh"
    assert display("xã Tân Thạnh, Tây Ninh") == "Xã Tân Thạnh, tỉnh Tây Ninh"


CODES = {
    "read", "address_missing", "address_province_missing", "address_ward_missing", "address_ward_unknown",
    "address_ambiguous",
}  # fmt: skip
SCRAPS = [
    "xã",
    "phường",
    "huyện",
    "tp",
    "Phủ Lý",
    "Hà Nam",
    "Ninh Bình",
    "1",
    "q",
    ",",
    "-",
    "Liêm",
    "vn",
]


@given(st.text(max_size=80))
def test_reading_an_address_raises_nothing_but_a_refusal(text: str) -> None:
    assert outcome(clean(text)) in CODES


@given(st.lists(st.sampled_from(SCRAPS), max_size=9))
def test_scraps_of_addresses_raise_nothing_but_a_refusal(scraps: list[str]) -> None:
    assert outcome(" ".join(scraps)) in CODES
