"""Messages that are a procedure's name, and procedures that share one."""

from __future__ import annotations

import pytest

from bot.nlu.text import strip_accents
from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.search import SearchIndex
from onestop.catalogue.search.names import is_name
from onestop.catalogue.search.words import folded_key, words
from tests.onestop.search.conftest import procedure

NAME = "Thủ tục giải quyết khiếu nại lần đầu tại cấp xã"


@pytest.mark.parametrize(
    "message",
    [
        NAME,
        "giải quyết khiếu nại lần đầu tại cấp xã",
        "tôi muốn làm thủ tục giải quyết khiếu nại lần đầu tại cấp xã",
        "em muốn giải quyết khiếu nại lần đầu tại cấp xã ạ",
        "giải quyết khiếu nại lần đầu ở cấp xã",
        "giải quyết khieu nại lần đâu tại cấp xã",
    ],
)
def test_a_name_is_known_with_what_leads_to_it_and_with_a_slip(message: str) -> None:
    assert is_name(folded_key(words(message)), NAME)
    assert is_name(folded_key(words(strip_accents(message))), NAME)


@pytest.mark.parametrize(
    "message",
    [
        "khiếu nại",
        "tôi muốn khiếu nại cán bộ xã",
        "giải quyết khiếu nại lần đầu tại cấp xã mà ba tháng chưa xong",
        "giải quyết tố cáo tại cấp tỉnh",
        "",
    ],
)
def test_what_says_more_or_else_is_no_name(message: str) -> None:
    assert not is_name(folded_key(words(message)), NAME)


def namesakes(*, content: str = "Công an tỉnh", local: str = "") -> list[Procedure]:
    """Two procedures of one name."""
    name = "Xác nhận thông tin về xuất nhập cảnh"
    return [
        procedure("1.000001", name, agency="Công an cấp xã"),
        procedure("1.000002", name, agency=content, tier=Tier.PROVINCE, decision_number=local),
        procedure("1.000003", "Đăng ký khai sinh"),
    ]


def test_namesakes_are_asked_about() -> None:
    found = SearchIndex.build(namesakes()).search("xác nhận thông tin về xuất nhập cảnh")
    assert found.outcome == "choices"
    assert {one.code for one in found.candidates} == {"1.000001", "1.000002"}
    assert found.named


def test_a_copy_of_the_same_content_is_not_asked_about() -> None:
    same = [
        one.model_copy(update={"tier": Tier.COMMUNE}) for one in namesakes(content="Công an cấp xã")
    ]
    found = SearchIndex.build(same).search("xác nhận thông tin về xuất nhập cảnh")
    assert found.outcome == "found"


def test_another_province_s_own_is_not_asked_about() -> None:
    index = SearchIndex.build(namesakes(local="12/QĐ-UBND"))
    found = index.search("xác nhận thông tin về xuất nhập cảnh")
    assert (found.outcome, found.candidates[0].code) == ("found", "1.000001")
