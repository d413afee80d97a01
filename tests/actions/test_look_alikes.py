"""A particular that follows an explanation or a choice, and a level of government that is asked about."""

from __future__ import annotations

import pytest

from actions import levels
from actions.questions import Explain
from onestop.schemas import SearchResult
from tests.actions.conftest import Talk, slots_of
from tests.actions.fakes import PROCEDURE, UNKNOWN, candidate

MARRIAGE = PROCEDURE.model_copy(update={"code": "1.000894", "name": "Đăng ký kết hôn"})
ABROAD = MARRIAGE.model_copy(
    update={"code": "2.000806", "name": "Đăng ký kết hôn với người nước ngoài"}
)
FROM_14 = PROCEDURE.model_copy(
    update={"code": "1.014061", "name": "Cấp thẻ cho người từ đủ 14 tuổi trở lên"}
)
UNDER_14 = PROCEDURE.model_copy(
    update={"code": "1.014062", "name": "Cấp thẻ cho người dưới 14 tuổi"}
)
ALL = (MARRIAGE, ABROAD, FROM_14, UNDER_14)


def found(*codes: str) -> SearchResult:
    """What is found clearly, likeliest first."""
    names = {one.code: one.name for one in ALL}
    return SearchResult(outcome="found", candidates=[candidate(one, names[one]) for one in codes])


@pytest.fixture
def after(talk: Talk) -> Talk:
    """A talk in which a marriage was explained, and in which words alone say nothing."""
    talk.service.procedures.update({one.code: one for one in ALL})
    talk.service.found = UNKNOWN
    talk.slots = {"procedure": MARRIAGE.code}
    return talk


async def test_a_particular_after_an_explanation_names_the_look_alike(after: Talk) -> None:
    said = "chồng em là người Hàn Quốc cơ"
    after.service.found_for = {f"{MARRIAGE.name} {said}": found("2.000806", "1.000894")}
    events = await after.act(Explain(), said, "ask_procedure")
    assert slots_of(events)["procedure"] == "2.000806"


async def test_a_question_that_tells_the_alone_ones_apart_does_not_hide_it(after: Talk) -> None:
    said = "chồng em là người Hàn Quốc cơ"
    after.service.found = UNKNOWN.model_copy(
        update={
            "outcome": "choices",
            "candidates": [candidate("1.004194", "Đăng ký tạm trú")],
            "question": "Việc của anh/chị là trong nước hay có yếu tố nước ngoài ạ?",
        }
    )
    after.service.found_for = {f"{MARRIAGE.name} {said}": found("2.000806", "1.000894")}
    events = await after.act(Explain(), said, "ask_procedure")
    assert slots_of(events)["procedure"] == "2.000806"


async def test_something_else_that_is_no_look_alike_is_not_taken_for_one(after: Talk) -> None:
    after.service.found_for = {f"{MARRIAGE.name} mua đất": found("1.014062")}
    events = await after.act(Explain(), "mua đất", "ask_procedure")
    assert slots_of(events).get("procedure") != "1.014062"


async def test_another_age_after_an_explanation_names_the_one_for_that_age(after: Talk) -> None:
    after.slots = {"procedure": FROM_14.code}
    said = "không phải, của con tôi 5 tuổi"
    after.service.found_for = {f"Cấp thẻ cho người   {said}": found("1.014062")}
    events = await after.act(Explain(), said, "ask_procedure")
    assert slots_of(events)["procedure"] == "1.014062"


@pytest.mark.parametrize(("age", "code"), [(5, "1.014062"), (30, "1.014061")])
async def test_an_age_chooses_among_what_was_offered(after: Talk, age: int, code: str) -> None:
    after.slots = {
        "choices": [
            {"code": "1.014063", "title": "Đổi thẻ", "score": 0.3, "wishes": ["ask_procedure"]},
            {
                "code": "1.014061",
                "title": "Từ đủ 14 tuổi",
                "score": 0.3,
                "wishes": ["ask_procedure"],
            },
            {
                "code": "1.014062",
                "title": "Dưới 14 tuổi",
                "score": 0.3,
                "wishes": ["ask_procedure"],
            },
        ]
    }
    after.events = [
        {"event": "user", "text": "làm thẻ"},
        {"event": "action", "name": "action_explain"},
    ]
    events = await after.act(Explain(), f"không, của người {age} tuổi cơ", "ask_procedure")
    assert slots_of(events)["procedure"] == code


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("làm ở xã được không", "cấp xã"),
        ("o cong an xa lam duoc khong", "cấp xã"),
        ("lên công an tỉnh làm được không", "cấp tỉnh"),
        ("lên huyện được không", "cấp huyện"),
        ("nhà em ở xa không về được", None),
        ("em o xa co nop online duoc khong", None),
        ("tôi đang ở tỉnh khác đổi được không", None),
        ("tôi làm ở xã nào", None),
        ("nộp cấp tỉnh hay cấp xã", None),
    ],
)
def test_a_level_is_read_from_a_question_for_it(said: str, level: str | None) -> None:
    assert levels.asked(said) == level


@pytest.mark.parametrize(
    ("unit", "agency", "taken"),
    [
        ("Công an cấp xã", "Công an cấp xã", True),
        ("Phòng Quản lý xuất nhập cảnh Công an tỉnh", "Công an tỉnh", False),
        ("Cơ quan bảo hiểm xã hội", "Bảo hiểm xã hội tỉnh", False),
        ("Trung tâm Phục vụ hành chính công", "Sở Nội vụ", None),
        ("Trường trung học cơ sở", "", None),
    ],
)
def test_whether_a_commune_takes_it_in_is_told_by_the_offices(
    unit: str, agency: str, taken: bool | None
) -> None:
    procedure = PROCEDURE.model_copy(update={"one_stop_unit": unit, "agency": agency})
    assert levels.taken_in(procedure, "cấp xã") is taken


async def test_a_question_for_a_level_may_sound_like_one_for_the_ways(talk: Talk) -> None:
    talk.slots = {"procedure": PROCEDURE.code}
    await talk.act(Explain(), "lên xã nộp được không", "ask_ways")
    assert "Dạ được, thủ tục này có nơi nhận ở cấp xã" in talk.text()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("làm ở xã được không", "Dạ được, thủ tục này có nơi nhận ở cấp xã"),
        ("lên công an tỉnh làm được không", "không ghi nơi nhận ở cấp tỉnh"),
        ("lên huyện làm được không", "không còn cấp huyện"),
    ],
)
async def test_a_question_for_a_level_is_answered_before_the_place(
    talk: Talk, said: str, told: str
) -> None:
    talk.slots = {"procedure": PROCEDURE.code}
    await talk.act(Explain(), said, "ask_place")
    assert told in talk.text()
    assert "Công an cấp xã" in talk.text()
