"""What a message is: question or statement, button or typed, one wish or several."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.turn import Turn
from tests.actions.conftest import Talk


@pytest.mark.parametrize(
    "text",
    [
        "lệ phí bao nhiêu",
        "le phi bao nhieu vay",
        "cần giấy tờ gì",
        "nộp ở đâu",
        "những ai được làm thủ tục này",
        "mà ai phải ký",
        "nhung ai duoc lam",
        "vì sao phải khai cái này",
        "làm sao để có giấy đó",
        "gửi qua bưu điện được không",
        "mấy ngày thì xong",
        "thế à?",
    ],
)
def test_a_question_is_known_by_its_words(says: Callable[..., Turn], text: str) -> None:
    assert says(text).asks


@pytest.mark.parametrize(
    "text",
    [
        "xin hai bản sao trích lục khai sinh",
        "xin cấp lại giấy phép bị mất",
        "bán phở, đồ uống",
        "bán đậu phụ",
        "không có",
        "số 12 Trần Phú",
        "",
    ],
)
def test_a_statement_is_no_question(says: Callable[..., Turn], text: str) -> None:
    assert not says(text).asks


def test_a_button_has_no_text_and_its_wishes_are_its_own(says: Callable[..., Turn]) -> None:
    pressed = says(
        '/ask_time{"procedure": "1.004194", "also": "ask_fee ask_place"}',
        "ask_time",
        entities=[{"entity": "also", "value": "ask_fee ask_place"}],
    )
    assert pressed.button
    assert pressed.text == ""
    assert pressed.wishes() == ["ask_time", "ask_fee", "ask_place"]


def test_several_wishes_of_a_line_come_once_each(says: Callable[..., Turn]) -> None:
    wishes = [{"intent": "ask_time"}, {"intent": "ask_fee"}, {"intent": "ask_time"}]
    assert says("bao lâu, bao nhiêu", "ask_time", wishes=wishes).wishes() == ["ask_time", "ask_fee"]
    assert says("bao lâu", "ask_time").wishes() == ["ask_time"]


def test_files_and_channel_come_from_the_gateway(says: Callable[..., Turn]) -> None:
    sent = says(
        "/upload", "upload", metadata={"channel": "zalo", "attachments": [{"file_id": "f1"}]}
    )
    assert (sent.channel, sent.file_ids) == ("zalo", ["f1"])
    assert says("chào").channel == "web"


def test_the_actions_of_the_turn_before_are_known(talk: Talk) -> None:
    talk.events = [
        {"event": "user", "text": "a"},
        {"event": "action", "name": "action_greet"},
        {"event": "user", "text": "b"},
        {"event": "action", "name": "action_clarify"},
        {"event": "action", "name": "action_listen"},
    ]
    assert talk.turn("c").previous_actions() == ["action_listen", "action_clarify"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_can_be_asked_whether_it_asks(says: Callable[..., Turn], text: str) -> None:
    assert says(text).asks in (True, False)
