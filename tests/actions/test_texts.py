"""How figures and names are written, and that templates leave no blank edges."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from actions.explain import ASPECTS
from actions.texts import button, clock, day, lower_first, money, number, render
from common.tenant import tenant
from onestop.catalogue.content import Procedure, Way
from tests.actions.fakes import PROCEDURE


@pytest.mark.parametrize(
    ("amount", "written"), [(0, "0 đồng"), (7000, "7.000 đồng"), (1_350_000, "1.350.000 đồng")]
)
def test_money_has_points_between_thousands(amount: int, written: str) -> None:
    assert money(amount) == written


@pytest.mark.parametrize(("amount", "written"), [(3.0, "3"), (1.5, "1,5"), (0.25, "0,25")])
def test_numbers_have_a_decimal_comma(amount: float, written: str) -> None:
    assert number(amount) == written


def test_moments_are_told_in_vietnamese_time() -> None:
    late = datetime(2026, 11, 24, 18, 5, tzinfo=UTC)
    assert (day(late), clock(late)) == ("25/11/2026", "01:05 ngày 25/11/2026")


def test_a_label_within_a_sentence_begins_small() -> None:
    assert [lower_first(text) for text in ("Ngày sinh", "Địa chỉ", "")] == [
        "ngày sinh",
        "địa chỉ",
        "",
    ]


def test_a_button_says_an_intent_with_entities() -> None:
    assert button("Lệ phí", "ask_fee") == {"title": "Lệ phí", "payload": "/ask_fee"}
    payload = button("Lệ phí", "ask_fee", procedure="1.004194", value="Hà Nam")["payload"]
    assert payload.startswith("/ask_fee{")
    assert json.loads(payload.removeprefix("/ask_fee")) == {
        "procedure": "1.004194",
        "value": "Hà Nam",
    }
    assert "Hà Nam" in payload


def explained(procedure: Procedure, aspect: str, known: bool = False) -> str:
    """What is told of one aspect."""
    return render(
        "explanation",
        procedure=procedure,
        known=known,
        aspects=[aspect],
        everything=False,
        others=False,
        level=None,
        taken_in=None,
        tenant=tenant(),
    )


@pytest.mark.parametrize("aspect", ["ask_procedure", *ASPECTS])
def test_every_aspect_is_explained_without_blank_edges(aspect: str) -> None:
    text = explained(PROCEDURE, aspect)
    assert text.startswith("Đăng ký tạm trú")
    assert text.endswith("(Nguồn: thủ tục 1.004194, Quyết định 1/QĐ-BCA)")
    assert "\n\n\n" not in text
    assert text == text.strip()


LONG = "Cấp giấy phép xây dựng mới đối với công trình cấp III, cấp IV và nhà ở riêng lẻ " * 2
PERMIT = PROCEDURE.model_copy(update={"name": LONG.strip(), "aliases": ["giấy phép xây dựng"]})


@pytest.mark.parametrize("aspect", ["ask_procedure", *ASPECTS])
def test_a_long_official_name_stands_once_in_the_whole_explanation_alone(aspect: str) -> None:
    text = explained(PERMIT, aspect)
    assert text.startswith("Giấy phép xây dựng\n")
    assert text.count(PERMIT.name) == (aspect == "ask_procedure")


def test_a_long_name_without_a_short_one_is_cut_once_it_is_known() -> None:
    record = PERMIT.model_copy(update={"aliases": []})
    assert explained(record, "ask_fee").startswith(record.name)
    first = explained(record, "ask_fee", known=True).splitlines()[0]
    assert first.endswith("…")
    assert len(first) <= 121


def test_a_short_name_is_not_told_twice() -> None:
    assert "Tên đầy đủ" not in explained(PROCEDURE, "ask_procedure")


def test_a_fee_of_zero_is_free_and_none_is_unknown() -> None:
    def fee(amount: int | None) -> str:
        way = PROCEDURE.ways[0].model_copy(update={"fee_amount": amount})
        told = PROCEDURE.model_copy(update={"ways": [way]})
        return explained(told, "ask_fee").casefold()

    assert "miễn phí" in fee(0)
    assert "miễn phí" not in fee(None)
    assert "chưa có thông tin" in fee(None)
    assert "7.000 đồng" in fee(7000)


def told(aspect: str, *ways: Way) -> str:
    """What is told of the ways of applying."""
    return explained(PROCEDURE.model_copy(update={"ways": list(ways)}), aspect)


def way(kind: str, fee: int | None, note: str = "") -> Way:
    """A way of applying with a fee."""
    return Way.model_validate({"kind": kind, "fee_amount": fee, "fee_note": note})


@pytest.mark.parametrize("aspect", ["ask_fee", "ask_ways"])
def test_a_way_that_a_record_lists_twice_is_told_once(aspect: str) -> None:
    text = told(aspect, way("online", 10), way("in_person", 20), way("online", 10))
    assert text.count("Trực tuyến") == 1


def test_a_kind_of_way_is_named_once() -> None:
    text = told("ask_procedure", way("online", 10), way("in_person", 20), way("online", 30))
    assert "Cách nộp: trực tuyến, trực tiếp\n" in text


def test_the_unit_of_a_fee_stands_at_the_fee() -> None:
    assert "500.000 đồng/hồ sơ" in told("ask_fee", way("online", 500_000, "/hồ sơ"))
    assert "500.000 đồng (mỗi lần)" in told("ask_fee", way("online", 500_000, "mỗi lần"))
