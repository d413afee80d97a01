"""What is said of units and their hours."""

from __future__ import annotations

from datetime import date, time

import pytest

from actions.clarify import Clarify, OutOfScope
from actions.questions import Explain
from actions.turn import TopicAction
from actions.units import OpeningHours
from onestop.schemas import DayView, Span, UnitsFound, UnitView
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOTHING, PROCEDURE, SEVERAL, UNITS, UNKNOWN

PHU_LY = UnitView(
    id="phu-ly",
    name="Trung tâm Phủ Lý",
    address="trụ sở",
    phone="",
    verified=True,
    note="",
    hours=[],
    near=[],
)
MORNING = Span(begin=time(7, 30), end=time(11, 30))


async def test_the_week_is_told_where_no_day_is_named(talk: Talk) -> None:
    await talk.act(OpeningHours(), "mấy giờ làm việc", "ask_opening_hours")
    assert "Thứ Hai – Thứ Sáu: 7 giờ 30" in talk.text()


async def test_a_free_day_is_told_with_the_next_open_one(talk: Talk) -> None:
    day = DayView(on=date(2026, 11, 28), today=False, open=[], next_open=date(2026, 11, 30))
    talk.service.units = UNITS.model_copy(update={"day": day})
    await talk.act(OpeningHours(), "thứ bảy có làm không", "ask_opening_hours")
    assert "thứ Bảy 28/11/2026, bộ phận Một cửa nghỉ" in talk.text()
    assert "thứ Hai 30/11/2026" in talk.text()


async def test_an_open_day_is_told_with_its_hours(talk: Talk) -> None:
    day = DayView(on=date(2026, 11, 25), today=True, open=[MORNING], next_open=None)
    talk.service.units = UNITS.model_copy(update={"day": day})
    await talk.act(OpeningHours(), "hôm nay có làm không", "ask_opening_hours")
    assert "hôm nay, thứ Tư 25/11/2026, bộ phận Một cửa có làm việc: 7 giờ 30" in talk.text()


async def test_communes_to_choose_from_open_the_loop_that_asks(talk: Talk) -> None:
    talk.service.units = UNITS.model_copy(update={"choices": ["Phường Phủ Lý", "Phường Hà Nam"]})
    events = await talk.act(OpeningHours(), "một cửa quang trung", "ask_opening_hours")
    assert loop_of(events) == "request_form"


@pytest.mark.parametrize(("choices", "read"), [([], False), (["Phường Phủ Lý"], True)])
async def test_a_question_that_names_no_commune_is_not_read_as_one(
    talk: Talk, choices: list[str], read: bool
) -> None:
    """ "Hành chính" is nearly a commune's old name, where a commune was asked for."""
    talk.service.units = UNITS.model_copy(update={"choices": choices})
    events = await talk.act(Explain(), "trung tâm hành chính công ở đâu", "ask_place")
    assert slots_of(events)["request"]["opened"] is not read


async def test_within_another_loop_they_are_buttons(talk: Talk) -> None:
    talk.loop = "dossier_form"
    talk.service.units = UNITS.model_copy(update={"choices": ["Phường Phủ Lý", "Phường Hà Nam"]})
    await talk.act(OpeningHours(), "một cửa quang trung mấy giờ làm", "ask_opening_hours")
    assert talk.buttons()["Phường Phủ Lý"] == '/ask_opening_hours{"value": "Phường Phủ Lý"}'


async def test_where_the_unit_is_needs_no_procedure(talk: Talk) -> None:
    events = await talk.act(Explain(), "bộ phận một cửa ở đâu", "ask_place")
    assert talk.service.called("find_units")
    assert not talk.service.called("search")
    assert loop_of(events) == "request_form"


WHERE, FEE = "một cửa ở đâu", "tạm trú mấy tiền"
BOTH = [{"intent": "ask_place", "text": WHERE}, {"intent": "ask_fee", "text": FEE}]


@pytest.mark.parametrize("intent", ["ask_place", "ask_fee"])
async def test_a_fee_asked_beside_the_unit_is_told_before_the_commune_is_asked_for(
    talk: Talk, intent: str
) -> None:
    talk.service.found_for = {f" , {FEE}": FOUND}
    events = await talk.act(Explain(), f"{WHERE}, {FEE}", intent, wishes=BOTH)
    assert "7.000 đồng" in talk.text()
    assert "Nơi nộp" not in talk.text()
    assert loop_of(events) == "request_form"


async def test_a_unit_that_is_named_is_told_with_the_fee(talk: Talk) -> None:
    talk.service.found = FOUND
    talk.service.units = UNITS.model_copy(update={"unit": PHU_LY})
    events = await talk.act(Explain(), f"{WHERE}, {FEE}", "ask_place", wishes=BOTH)
    assert "7.000 đồng" in talk.text()
    assert "Trung tâm Phủ Lý" in talk.text()
    assert loop_of(events) == ""


async def test_where_it_is_asked_which_procedure_is_meant_the_commune_is_not_asked_for_too(
    talk: Talk,
) -> None:
    talk.service.found = SEVERAL
    events = await talk.act(Explain(), f"{WHERE}, {FEE}", "ask_place", wishes=BOTH)
    assert "việc nào dưới đây" in talk.text()
    assert "7 giờ 30" in talk.text()
    assert loop_of(events) == ""


async def test_a_unit_s_own_words_name_no_procedure(talk: Talk) -> None:
    talk.service.found = UNKNOWN
    talk.service.found_for = {" , phí bao nhiêu": NOTHING}
    wishes = [BOTH[0], {"intent": "ask_fee", "text": "phí bao nhiêu"}]
    await talk.act(Explain(), f"{WHERE}, phí bao nhiêu", "ask_place", wishes=wishes)
    assert "hỏi về thủ tục nào" in talk.text()


async def test_the_place_of_a_procedure_beside_the_hours_of_a_unit_is_no_unit_s(talk: Talk) -> None:
    talk.service.found = FOUND
    wishes = [
        {"intent": "ask_place", "text": "tạm trú nộp ở đâu"},
        {"intent": "ask_fee", "text": "một cửa thu bao nhiêu tiền"},
    ]
    said = "tạm trú nộp ở đâu, một cửa thu bao nhiêu tiền"
    events = await talk.act(Explain(), said, "ask_place", wishes=wishes)
    assert "Nơi nộp" in talk.text()
    assert not talk.service.called("find_units")
    assert loop_of(events) == ""


def test_the_fake_speaks_the_services_shape() -> None:
    assert UnitsFound.model_validate(UNITS.model_dump(mode="json")) == UNITS


@pytest.mark.parametrize("action", [Explain(), Clarify(), OutOfScope()])
async def test_a_commune_that_is_asked_for_is_its_unit(talk: Talk, action: TopicAction) -> None:
    talk.service.found = UNKNOWN
    talk.service.units = UNITS.model_copy(update={"unit": PHU_LY})
    await talk.act(action, "cho hỏi phường Phủ Lý ở đâu", "ask_place")
    assert "Trung tâm Phủ Lý" in talk.text()


async def test_where_a_procedure_is_talked_about_its_place_is_meant(talk: Talk) -> None:
    talk.slots["procedure"], talk.service.found = PROCEDURE.code, UNKNOWN
    talk.service.units = UNITS.model_copy(update={"unit": PHU_LY})
    await talk.act(Explain(), "ở Phủ Lý làm ở đâu", "ask_place")
    assert "Đăng ký tạm trú" in talk.text()
