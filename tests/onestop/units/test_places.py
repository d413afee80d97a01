"""Communes as citizens name them, in the area that was Hà Nam."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.words import fold
from onestop.units import communes
from onestop.units.places import places

HA_NAM = ("35",)


def read(text: str, *, asked: bool = True) -> list[str]:
    return sorted(one.ward.name for one in places(HA_NAM).read(text, asked=asked))


def test_the_area_has_its_thirty_three_communes() -> None:
    assert len(communes.area(frozenset(HA_NAM))) == 33


@pytest.mark.parametrize(
    ("text", "commune"),
    [
        ("Phường Phủ Lý", "Phường Phủ Lý"),
        ("nha tui o liem can thanh liem", "Xã Liêm Hà"),  # Liêm Cần before 2025
        ("xã Thanh Liêm", "Xã Thanh Liêm"),  # not the district
        ("xa tran hung dao, ly nhan", "Xã Trần Thương"),
        ("thị trấn Quế", "Phường Kim Bảng"),
        ("phường Hà Nam", "Phường Hà Nam"),  # not the province
        ("le ho", "Phường Lê Hồ"),  # as it is today
        ("lien can", "Xã Liêm Hà"),  # a slip
    ],
)
def test_one_commune_is_found(text: str, commune: str) -> None:
    assert read(text) == [commune]


def test_a_divided_commune_leaves_the_choice() -> None:
    assert read("quang trung") == ["Phường Hà Nam", "Phường Phủ Lý"]


def test_a_name_in_two_districts_is_told_apart_by_the_district() -> None:
    assert len(read("trần hưng đạo")) > 1
    assert read("trần hưng đạo, lý nhân") == ["Xã Trần Thương"]


def test_a_district_stands_for_its_communes() -> None:
    assert "Xã Liêm Hà" in read("huyện Thanh Liêm")
    assert len(read("huyện Thanh Liêm")) == 6


@pytest.mark.parametrize(
    "text", ["hôm nay có làm việc không", "một cửa hà nam ở đâu", "hà nội", "cảm ơn em", ""]
)
def test_what_names_no_commune_finds_none(text: str) -> None:
    assert read(text, asked=False) == []


@given(st.sampled_from(communes.area(frozenset(HA_NAM))), st.booleans(), st.booleans())
def test_every_commune_is_found_by_its_name(
    commune: communes.Commune, folded: bool, inside: bool
) -> None:
    text = f"bộ phận một cửa {commune.ward.name} ở đâu ạ" if inside else commune.ward.name
    assert read(fold(text) if folded else text, asked=not inside) == [commune.ward.name]


def test_every_commune_of_before_leads_to_one_of_today() -> None:
    area = communes.area(frozenset(HA_NAM))
    for ward in communes.before():
        if ward.province.code in HA_NAM:
            assert communes.became(ward, area), ward.name


@given(st.text(max_size=60), st.booleans())
def test_any_text_can_be_read(text: str, asked: bool) -> None:
    places(HA_NAM).read(text, asked=asked)
