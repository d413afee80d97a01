"""A particular that follows an explanation or a choice, and a level of government that is asked about."""

from __future__ import annotations

import pytest

from actions import levels
from actions.clarify import Acknowledge, Clarify
from actions.menu import Capabilities
from actions.questions import Explain
from actions.turn import TopicAction
from onestop.catalogue.content import Procedure
from onestop.schemas import SearchResult
from tests.actions.conftest import Talk, slots_of
from tests.actions.fakes import NOTHING, PROCEDURE, UNKNOWN, candidate

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
LOST = PROCEDURE.model_copy(
    update={"code": "3.000348", "name": "Cấp lại giấy phép lái xe", "field": "Sát hạch"}
)
CHANGED = LOST.model_copy(update={"code": "3.000347", "name": "Đổi giấy phép lái xe"})
FIRST = LOST.model_copy(update={"code": "3.000346", "name": "Cấp giấy phép lái xe"})
TWIN = LOST.model_copy(update={"code": "3.000349"})
LIVING = PROCEDURE.model_copy(
    update={"code": "1.004222", "name": "Đăng ký thường trú", "field": "Cư trú"}
)
STAYING = LIVING.model_copy(update={"code": "1.002755", "name": "Gia hạn tạm trú"})
CAR = LOST.model_copy(update={"code": "1.013079", "name": "Đổi đăng ký xe", "field": "Xe"})
ALL = (MARRIAGE, ABROAD, FROM_14, UNDER_14, LOST, CHANGED, FIRST, TWIN, CAR, LIVING, STAYING)


def found(*codes: str) -> SearchResult:
    """What is found clearly, likeliest first."""
    known = {one.code: one for one in ALL}
    candidates = [
        candidate(one, known[one].name).model_copy(update={"field": known[one].field})
        for one in codes
    ]
    return SearchResult(outcome="found", candidates=candidates)


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


@pytest.mark.parametrize(
    ("present", "said", "asked", "meant"),
    [
        (LOST, "thế đổi thì sao", "đổi giấy phép lái xe", CHANGED),
        (LOST, "the doi thi sao", "đổi giấy phép lái xe", CHANGED),
        (LOST, "còn cấp đổi thì phí bao nhiêu ạ", "cấp đổi giấy phép lái xe", CHANGED),
        (CHANGED, "còn cấp lại thì thế nào", "cấp lại giấy phép lái xe", LOST),
        (CHANGED, "còn làm lại thì thế nào", "làm lại giấy phép lái xe", LOST),
        (CHANGED, "thế cấp mới thì sao", "cấp mới giấy phép lái xe", FIRST),
    ],
)
async def test_an_action_alone_names_the_look_alike_that_does_it(
    after: Talk, present: Procedure, said: str, asked: str, meant: Procedure
) -> None:
    after.slots = {"procedure": present.code}
    after.service.found = found(CAR.code)  # what the words alone would be taken for
    after.service.found_for = {asked: found(meant.code)}
    events = await after.act(Explain(), said, "ask_procedure")
    assert slots_of(events)["procedure"] == meant.code
    assert after.text().startswith(meant.name)


async def test_an_action_that_is_a_topic_too_names_the_look_alike(after: Talk) -> None:
    """ "Sang tên" is asked about, land or vehicle, unless one of these is being talked about."""
    after.slots = {"procedure": LOST.code}
    topic = {"outcome": "choices", "topics": ["Đổi giấy tờ"]}
    after.service.found = found(CAR.code, CHANGED.code).model_copy(update=topic)
    after.service.found_for = {"đổi giấy phép lái xe": found(CHANGED.code)}
    events = await after.act(Explain(), "còn đổi", "ask_procedure")
    assert slots_of(events)["procedure"] == CHANGED.code


async def test_it_does_so_beside_a_guess_too(after: Talk) -> None:
    offered = [
        {"code": LOST.code, "title": LOST.name, "score": 0.8, "wishes": ["ask_procedure"]},
        {"code": FIRST.code, "title": FIRST.name, "score": 0.1, "wishes": ["ask_procedure"]},
    ]
    after.slots = {"procedure": LOST.code, "choices": offered}
    after.events = [
        {"event": "user", "text": "mất bằng"},
        {"event": "action", "name": "action_explain"},
    ]
    after.service.found_for = {"đổi giấy phép lái xe": found(CHANGED.code)}
    events = await after.act(Explain(), "thế đổi thì sao", "ask_procedure")
    assert slots_of(events)["procedure"] == CHANGED.code


async def test_the_action_of_the_procedure_itself_stays_with_it(after: Talk) -> None:
    after.slots = {"procedure": CHANGED.code}
    after.service.found = found(CAR.code)
    events = await after.act(Explain(), "đổi thì mất bao lâu", "ask_time")
    assert slots_of(events)["procedure"] == CHANGED.code


@pytest.mark.parametrize(
    ("said", "asked", "meant"),
    [
        # another matter; its first time; its like from elsewhere; more than an action; another word
        ("thế đổi thì sao", "đổi giấy phép lái xe", CAR),
        ("thế gia hạn thì sao", "gia hạn giấy phép lái xe", FIRST),
        ("thế gia hạn thì sao", "gia hạn giấy phép lái xe", TWIN),
        ("thế đổi biển số thì sao", "đổi giấy phép lái xe", CHANGED),
        ("thế đợi thì sao", "đổi giấy phép lái xe", CHANGED),
    ],
)
async def test_what_is_no_clear_look_alike_is_not_taken_for_one(
    after: Talk, said: str, asked: str, meant: Procedure
) -> None:
    after.slots = {"procedure": LOST.code}
    after.service.found_for = {asked: found(meant.code)}
    events = await after.act(Explain(), said, "ask_procedure")
    assert slots_of(events).get("procedure") != meant.code


async def test_an_action_that_nothing_does_with_this_thing_lists_no_strangers(after: Talk) -> None:
    after.slots = {"procedure": LOST.code}
    after.service.found = choices = found(CAR.code, STAYING.code).model_copy(
        update={"outcome": "choices"}
    )
    after.service.found_for = {"gia hạn giấy phép lái xe": choices}
    events = await after.act(Explain(), "thế gia hạn thì sao", "ask_procedure")
    assert "chưa thấy thủ tục gia hạn riêng cho “Cấp lại giấy phép lái xe”" in after.text()
    assert LOST.agency in after.text()
    assert list(after.buttons().values()) == [f'/ask_procedure{{"procedure": "{LOST.code}"}}']
    assert "procedure" not in slots_of(events)


@pytest.mark.parametrize("action", [Explain(), Clarify()])
async def test_what_does_it_with_another_thing_of_the_matter_is_named_as_such(
    after: Talk, action: TopicAction
) -> None:
    after.slots = {"procedure": LIVING.code}
    after.service.found = found(STAYING.code)
    await after.act(action, "gia hạn thì sao", "inform")
    assert "Gần nhất là “Gia hạn tạm trú”" in after.text()
    assert list(after.buttons()) == ["1. Đăng ký thường trú", "2. Gia hạn tạm trú"]


async def test_a_question_after_what_is_lacking_is_about_what_was_explained(after: Talk) -> None:
    after.slots = {"procedure": LIVING.code}
    after.service.found = found(STAYING.code)
    events = await after.act(Explain(), "gia hạn thì sao", "ask_procedure")
    after.slots |= slots_of(events)
    after.events = [
        {"event": "user", "text": "gia hạn thì sao"},
        {"event": "action", "name": "action_explain"},
    ]
    after.service.found = NOTHING
    events = await after.act(Explain(), "mất bao nhiêu tiền", "ask_fee")
    assert slots_of(events)["procedure"] == LIVING.code


async def test_a_no_asks_for_nothing_that_is_lacking(after: Talk) -> None:
    after.slots = {"procedure": LIVING.code}
    await after.act(Acknowledge(), "thôi không sửa", "deny")
    assert "chưa thấy" not in after.text()


async def test_among_strangers_the_look_alike_is_found(after: Talk) -> None:
    after.slots = {"procedure": FIRST.code}
    strangers = found(LOST.code, CAR.code, STAYING.code).model_copy(update={"outcome": "choices"})
    after.service.found = after.service.found_for["cấp lại giấy phép lái xe"] = strangers
    events = await after.act(Explain(), "cấp lại thì sao", "ask_procedure")
    assert slots_of(events)["procedure"] == LOST.code


async def test_of_several_look_alikes_one_is_chosen(after: Talk) -> None:
    after.slots = {"procedure": FIRST.code}
    twins = found(LOST.code, CAR.code, TWIN.code).model_copy(update={"outcome": "choices"})
    after.service.found = after.service.found_for["cấp lại giấy phép lái xe"] = twins
    events = await after.act(Explain(), "cấp lại thì sao", "ask_procedure")
    assert [one["code"] for one in slots_of(events)["choices"]] == [LOST.code, TWIN.code]


async def test_a_thing_that_has_a_name_of_its_own_is_known_by_its_aliases(after: Talk) -> None:
    """The record of a lost "sổ đỏ" speaks of a certificate."""
    first = LOST.model_copy(update={"code": "1.012783", "name": "Làm sổ đỏ lần đầu"})
    lost = LOST.model_copy(
        update={
            "code": "1.012786",
            "name": "Cấp lại Giấy chứng nhận do bị mất",
            "aliases": ["mất sổ đỏ"],
        }
    )
    after.slots = {"procedure": first.code}
    after.service.procedures.update({first.code: first, lost.code: lost})
    read = candidate(lost.code, lost.name).model_copy(update={"field": lost.field})
    after.service.found_for["cấp lại sổ đỏ"] = SearchResult(outcome="found", candidates=[read])
    events = await after.act(Explain(), "cấp lại thì sao", "ask_procedure")
    assert slots_of(events)["procedure"] == lost.code


STRANGER = found(UNDER_14.code)


@pytest.mark.parametrize(
    "said", ["con 10 tuổi", "con toi moi 10 tuoi thi sao a", "bé 8 tháng tuổi"]
)
@pytest.mark.parametrize("action", [Explain(), Clarify()])
async def test_an_age_alone_stays_with_a_procedure_that_knows_no_ages(
    after: Talk, action: TopicAction, said: str
) -> None:
    after.service.found = STRANGER
    events = await after.act(action, said, "inform")
    assert slots_of(events)["procedure"] == MARRIAGE.code
    assert "không ghi yêu cầu gì về tuổi" in after.text()
    assert "Công an cấp xã" in after.text()


async def test_what_the_record_says_of_ages_is_told(after: Talk) -> None:
    grown = MARRIAGE.model_copy(
        update={"conditions": ["Hai bên tự nguyện. Nữ từ đủ 18 tuổi; nam từ đủ 20 tuổi."]}
    )
    after.service.procedures[MARRIAGE.code] = grown
    after.service.found = STRANGER
    await after.act(Explain(), "em 17 tuổi", "ask_who")
    assert "1. Nữ từ đủ 18 tuổi" in after.text()
    assert "tự nguyện" not in after.text()


@pytest.mark.parametrize(
    ("age", "told"), [(17, "đúng độ tuổi của thủ tục này"), (5, "không thuộc thủ tục này")]
)
async def test_an_age_is_held_against_the_one_that_the_name_tells(
    after: Talk, age: int, told: str
) -> None:
    after.slots = {"procedure": FROM_14.code}
    events = await after.act(Explain(), f"em {age} tuổi", "ask_procedure")
    assert slots_of(events)["procedure"] == FROM_14.code
    assert told in after.text()


async def test_a_fee_for_somebody_of_an_age_is_told(after: Talk) -> None:
    after.service.found = STRANGER
    await after.act(Explain(), "con 10 tuổi thì mấy tiền ạ", "ask_fee")
    assert after.text().startswith(MARRIAGE.name)
    assert "7.000 đồng" in after.text()
    assert "về tuổi" not in after.text()


async def test_an_age_of_nothing_that_was_explained_is_searched_for(after: Talk) -> None:
    after.slots = {}
    after.service.found = STRANGER
    events = await after.act(Clarify(), "con 10 tuổi", "inform")
    assert slots_of(events)["procedure"] == UNDER_14.code


async def test_an_age_and_a_thing_are_searched_for(after: Talk) -> None:
    after.service.found = STRANGER
    events = await after.act(Explain(), "làm căn cước cho con 10 tuổi", "ask_procedure")
    assert slots_of(events)["procedure"] == UNDER_14.code


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


async def test_who_cannot_do_it_here_and_asks_for_a_level_is_told_the_place(talk: Talk) -> None:
    talk.slots = {"procedure": PROCEDURE.code}
    said = "bà không biết dùng máy, ra xã được không"
    await talk.act(Capabilities(), said, "ask_capabilities")
    assert "Dạ được, thủ tục này có nơi nhận ở cấp xã" in talk.text()
