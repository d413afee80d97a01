"""The loop of requests: what a message is while a question is asked."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.bookings import BookCounter, CancelBooking
from actions.onestop_client import OnestopRefusal
from actions.request_form import LOOP, RequestForm
from onestop.requests.schemas import Answer, RequestDone, RequestState, RequestView
from onestop.schemas import Accepted, Line, Refusal
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import choice, field

FORM = RequestForm()
STATE = RequestState(kind="booking", opened=True)
BOOKED = {
    "unit": "Trung tâm phường Phủ Lý",
    "address": "trụ sở",
    "verified": False,
    "day": "Thứ Năm 26/11/2026",
    "begin": "7 giờ 30",
    "end": "8 giờ 30",
    "purpose": "khai sinh",
}
DONE = RequestDone(code="LH261126-0001", facts=BOOKED)


def asks(kind: str = "person_name", name: str = "name", **given: Any) -> RequestView:
    return RequestView(state=STATE, title="Lịch hẹn", field=field(kind, name, **given))


def complete() -> RequestView:
    lines = [Line(number=1, field="name", label="Họ tên", value="Lê Văn Bình")]
    state = STATE.model_copy(update={"answers": {"name": Answer(value="x", display="x")}})
    return RequestView(state=state, title="Lịch hẹn", field=None, lines=lines)


@pytest.fixture
def asked(talk: Talk) -> Talk:
    """A talk in the middle of a request."""
    talk.loop = LOOP
    talk.slots["request"] = STATE.model_dump(mode="json")
    talk.service.request = asks()
    return talk


async def test_an_answer_goes_to_the_service(asked: Talk) -> None:
    await asked.act(FORM, "Lê Văn Bình")
    assert asked.service.called("request_step")[-1] == ["Lê Văn Bình", None, None]


async def test_the_last_answer_is_taken_back_and_asked_for_again(asked: Talk) -> None:
    back = [Accepted(field="name", label="Họ tên", display="Lê Văn Bình")]
    asked.service.request = asks().model_copy(update={"taken_back": back})
    await asked.act(FORM, "quay lại câu trước", "undo")
    assert asked.service.undone == 1
    assert "Em bỏ câu trả lời vừa rồi (họ tên: Lê Văn Bình)" in asked.text()


async def test_where_nothing_was_answered_there_is_nothing_to_take_back(asked: Talk) -> None:
    await asked.act(FORM, "quay lại", "undo")
    assert "chưa có câu trả lời nào" in asked.text()


async def test_another_time_may_be_wanted_rather_than_none(asked: Talk) -> None:
    asked.slots["request"]["kind"] = "booking-cancellation"
    asked.service.request = asks("text", "code")
    with pytest.raises(ActionExecutionRejection):
        await asked.act(FORM, "đặt lịch sáng mai ở phường Phủ Lý", "book_counter")


async def test_a_question_about_something_else_interrupts(asked: Talk) -> None:
    with pytest.raises(ActionExecutionRejection):
        await asked.act(FORM, "thứ bảy có làm việc không", "ask_opening_hours")


@pytest.mark.parametrize("kind", ["date", "choice"])
async def test_a_question_interrupts_also_where_a_day_is_asked(asked: Talk, kind: str) -> None:
    asked.service.request = asks(kind, "day")
    with pytest.raises(ActionExecutionRejection):
        await asked.act(FORM, "tách thửa cần bao nhiêu m2", "ask_conditions")


async def test_a_place_that_sounds_like_a_question_answers_where_a_place_is_asked(
    asked: Talk,
) -> None:
    asked.service.request = asks("text", "commune")
    await asked.act(FORM, "một cửa phủ lý", "ask_place")
    assert asked.service.called("request_step")[-1][0] == "một cửa phủ lý"


async def test_a_wish_answers_what_one_comes_for(asked: Talk) -> None:
    asked.service.request = asks("text", "purpose")
    await asked.act(FORM, "làm giấy khai sinh cho con", "start_dossier")
    assert asked.service.called("request_step")[-1][0] == "làm giấy khai sinh cho con"


async def test_a_button_of_another_matter_interrupts(asked: Talk) -> None:
    asked.service.request = asks("text", "commune")
    with pytest.raises(ActionExecutionRejection):
        await asked.act(FORM, '/cancel_booking{"value": "LH261126-0001"}', "cancel_booking", 1.0)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("thôi", "deny"), ("thôi không đặt nữa", "book_counter"), ("huỷ lịch", "cancel_booking"),
     ("để sau", "pause_dossier"), ("không", "deny")],
)  # fmt: skip
async def test_it_can_be_left_at_any_question(asked: Talk, text: str, intent: str) -> None:
    events = await asked.act(FORM, text, intent)
    assert loop_of(events) is None
    assert slots_of(events)["request"] is None
    assert "chưa đặt lịch" in asked.text()


async def test_a_refusal_offers_what_may_be_meant(asked: Talk) -> None:
    refusal = Refusal(
        field="day", code="day_not_free", message="Hôm đó nghỉ.", attempt=1, suggestions=["Thứ Hai"]
    )
    asked.service.request = RequestView(
        state=STATE, title="Lịch hẹn", field=choice("Thứ Hai"), refusal=refusal
    )
    await asked.act(FORM, "chủ nhật")
    assert asked.buttons() == {"Thứ Hai": '/inform{"value": "Thứ Hai"}'}


async def test_agreement_submits_and_the_code_is_told(asked: Talk) -> None:
    asked.service.request, asked.service.done = complete(), DONE
    events = await asked.act(FORM, "đồng ý", "affirm")
    assert loop_of(events) is None
    assert "Mã lịch hẹn: LH261126-0001" in asked.text()


async def test_a_place_that_was_just_lost_is_asked_for_anew(asked: Talk) -> None:
    asked.service.request = complete()
    asked.service.done = OnestopRefusal(
        409, {"type": "urn:motcua:problem:slot_full", "reopen": ["name"]}
    )
    await asked.act(FORM, "đồng ý", "affirm")
    assert "mất chỗ cuối" in asked.text()
    assert asked.service.states[-1].answers == {}


async def test_a_lock_ends_it_and_says_until_when(asked: Talk) -> None:
    asked.service.request = complete()
    until = "2026-11-25T03:00:00+00:00"
    asked.service.done = OnestopRefusal(
        409, {"type": "urn:motcua:problem:locked", "reopen": ["code"], "locked_until": until}
    )
    events = await asked.act(FORM, "đồng ý", "affirm")
    assert loop_of(events) is None
    assert "khóa đến 10:00 ngày 25/11/2026" in asked.text()


async def test_what_is_booked_already_is_told_before_another(talk: Talk) -> None:
    talk.service.held = [DONE]
    events = await talk.act(BookCounter(), "đặt lịch", "book_counter")
    assert loop_of(events) == LOOP
    assert "7 giờ 30, Thứ Năm 26/11/2026" in talk.text()


async def test_giving_up_is_by_button_and_never_of_anothers(talk: Talk) -> None:
    talk.service.held = [DONE]
    await talk.act(CancelBooking(), "huỷ lịch hẹn", "cancel_booking")
    assert not talk.service.called("cancel_booking")
    pressed = '/cancel_booking{"value": "LH261126-0001"}'
    entity = [{"entity": "value", "value": "LH261126-0001"}]
    await talk.act(CancelBooking(), pressed, "cancel_booking", 1.0, entities=entity)
    assert talk.service.called("cancel_booking") == [["LH261126-0001"]]


async def test_without_a_booking_here_code_and_telephone_are_asked_for(talk: Talk) -> None:
    events = await talk.act(CancelBooking(), "huỷ lịch hẹn", "cancel_booking")
    assert slots_of(events)["request"]["kind"] == "booking-cancellation"
