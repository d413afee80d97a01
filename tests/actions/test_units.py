"""What is said of units and their hours."""

from __future__ import annotations

from datetime import date, time

from actions.questions import Explain
from actions.units import OpeningHours
from onestop.schemas import DayView, Span, UnitsFound
from tests.actions.conftest import Talk, loop_of
from tests.actions.fakes import UNITS

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


def test_the_fake_speaks_the_services_shape() -> None:
    assert UnitsFound.model_validate(UNITS.model_dump(mode="json")) == UNITS
