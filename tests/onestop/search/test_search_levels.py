"""Procedures that differ in their level of government alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import fold
from onestop.catalogue.content import Tier
from onestop.catalogue.search import SearchIndex, levels
from tests.onestop.search.conftest import procedure

NAME = "Cấp hộ chiếu phổ thông ở trong nước"
CODES = {Tier.MINISTRY: "1.000001", Tier.PROVINCE: "1.000002", Tier.COMMUNE: "1.000003"}
AT = {Tier.MINISTRY: "trung ương", Tier.PROVINCE: "tỉnh", Tier.COMMUNE: "xã"}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("làm hộ chiếu ở công an tỉnh", Tier.PROVINCE),
        ("lam ho chieu tren bo", Tier.MINISTRY),
        ("làm ở cấp trung ương", Tier.MINISTRY),
        ("lên phường làm được không", Tier.COMMUNE),
        ("UBND xã có nhận không", Tier.COMMUNE),
        ("của lực lượng công an tỉnh (thực hiện tại cấp xã)", Tier.COMMUNE),
        ("tôi quê ở tỉnh khác", None),
        ("nhà ở xã Liêm Chung", None),
        ("làm ở công an xã chứ không phải công an tỉnh", Tier.COMMUNE),
        ("công an đặc khu", Tier.COMMUNE),
        ("", None),
    ],
)
def test_the_level_that_is_named_last_is_told(text: str, level: Tier | None) -> None:
    assert levels.said(fold(text)) == level


@given(st.text())
def test_any_text_tells_a_level_or_none(text: str) -> None:
    assert levels.said(fold(text)) in {*Tier, None}


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from([*Tier, None]), st.floats(0, 1)),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([*Tier, None]),
)
def test_only_levels_of_the_best_change_places(
    records: list[tuple[str, Tier | None, float]], told: Tier | None
) -> None:
    records.sort(key=lambda record: -record[2])
    plain = [name for name, _, _ in records]
    chances = np.array([chance for _, _, chance in records], dtype=np.float32)
    order = levels.Levels(plain, [tier for _, tier, _ in records]).ordered(
        range(len(records)), chances, told
    )
    assert sorted(order) == list(range(len(records)))
    assert [plain[at] for at in order] == plain
    tiers = [records[at][1] for at, name in zip(order, plain, strict=True) if name == plain[0]]
    best = [tier for name, tier, chance in records if name == plain[0] and 2 * chance >= chances[0]]
    assert told is None or told not in best or tiers[0] == told


def test_a_record_without_a_level_does_not_bring_an_unlikely_one_forward() -> None:
    tiers = [Tier.PROVINCE, Tier.COMMUNE, None]
    chances = np.array([0.9, 0.05, 0.04], dtype=np.float32)
    assert levels.Levels(["a"] * 3, tiers).ordered(range(3), chances, None) == [0, 1, 2]


@pytest.fixture(scope="module", params=["all", "without the commune's"])
def tiers(request: pytest.FixtureRequest) -> list[Tier]:
    return [tier for tier in Tier if request.param == "all" or tier is not Tier.COMMUNE]


@pytest.fixture(scope="module")
def index(tiers: list[Tier]) -> SearchIndex:
    return SearchIndex.build(
        [
            *(
                procedure(CODES[tier], f"{NAME} (thực hiện tại cấp {AT[tier]})", tier=tier)
                for tier in reversed(tiers)
            ),
            procedure("1.000004", "Đăng ký khai sinh"),
        ]
    )


def test_who_names_no_level_is_served_at_the_nearest(index: SearchIndex, tiers: list[Tier]) -> None:
    found = index.search("em muốn cấp hộ chiếu phổ thông")
    assert (found.outcome, found.candidates[0].code) == (
        "found",
        CODES[min(tiers, key=list(Tier).index)],
    )


def test_a_level_that_is_named_is_served_there(index: SearchIndex, tiers: list[Tier]) -> None:
    for tier in tiers:
        for said in (
            f"{NAME} (thực hiện tại cấp {AT[tier]})",
            f"cấp hộ chiếu phổ thông ở cấp {AT[tier]}",
        ):
            found = index.search(said)
            assert (found.outcome, found.candidates[0].code) == ("found", CODES[tier]), said


@pytest.fixture(scope="module")
def commune_or_province() -> SearchIndex:
    return SearchIndex.build(
        [
            procedure("1.000003", NAME, tier=Tier.COMMUNE),
            procedure("1.000002", f"{NAME} (thực hiện tại cấp tỉnh)", tier=Tier.PROVINCE),
        ]
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (NAME, "1.000003"),
        (f"{NAME} ở công an tỉnh", "1.000002"),
        (f"{NAME} ở CA tỉnh", "1.000002"),
        (f"{NAME}, không phải ở công an tỉnh", "1.000003"),
    ],
)
def test_a_level_that_is_named_goes_before_a_name_without_one(
    commune_or_province: SearchIndex, said: str, code: str
) -> None:
    assert commune_or_province.search(said).candidates[0].code == code


def test_a_level_where_it_is_not_done_changes_nothing(tiers: list[Tier]) -> None:
    index = SearchIndex.build([procedure("1.000001", NAME, tier=Tier.PROVINCE)])
    assert index.search(f"{NAME} ở cấp xã").candidates[0].code == "1.000001"
