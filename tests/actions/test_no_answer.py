"""What is said of a procedure that is talked about, and the record tells nothing of."""

from __future__ import annotations

import pytest

from actions.clarify import Clarify, OutOfScope
from actions.questions import Explain
from actions.turn import TopicAction
from tests.actions.conftest import Talk, slots_of
from tests.actions.fakes import FOUND, PROCEDURE, UNKNOWN

NO_ANSWER = "điều này em chưa có câu trả lời"


async def explained(talk: Talk, summary: str = "Cho người ở trọ.") -> Talk:
    """A talk in which the procedure was just explained, by its summary."""
    told = PROCEDURE.model_copy(update={"summary": summary})
    talk.service.procedures[told.code] = told
    talk.service.found = FOUND
    talk.slots |= slots_of(await talk.act(Explain(), "đăng ký tạm trú", "ask_procedure"))
    said = [{"event": "bot", "text": one["text"]} for one in talk.dispatcher.messages]
    talk.events = [{"event": "user", "text": "đăng ký tạm trú"}, *said]
    talk.dispatcher.messages.clear()
    talk.service.found = UNKNOWN
    return talk


@pytest.mark.parametrize("summary", ["Cho người ở trọ.", ""])
async def test_what_the_record_does_not_tell_is_not_answered_with_the_same_summary(
    talk: Talk, summary: str
) -> None:
    await explained(talk, summary)
    await talk.act(Explain(), "chủ nhà đi vắng thì sao", "ask_procedure")
    assert NO_ANSWER in talk.text()
    assert PROCEDURE.agency in talk.text()
    assert {"Nộp hồ sơ ngay", "Giấy tờ cần có", "Gặp cán bộ"} <= set(talk.buttons())


async def test_a_question_that_leads_to_it_again_is_not_either(talk: Talk) -> None:
    await explained(talk)
    talk.service.found = FOUND
    await talk.act(Explain(), "chủ trọ không cho mượn giấy thì sao", "ask_procedure")
    assert NO_ANSWER in talk.text()


async def test_the_summary_is_told_where_it_was_not_yet(talk: Talk) -> None:
    await explained(talk)
    talk.events = []
    await talk.act(Explain(), "chủ nhà đi vắng thì sao", "ask_procedure")
    assert "Cho người ở trọ." in talk.text()


async def test_its_name_is_answered_with_the_summary_again(talk: Talk) -> None:
    await explained(talk)
    talk.service.found = FOUND
    await talk.act(Explain(), "đăng ký tạm trú", "ask_procedure")
    assert "Cho người ở trọ." in talk.text()


async def test_an_aspect_is_told_whatever_else_is_said(talk: Talk) -> None:
    await explained(talk)
    await talk.act(Explain(), "chủ nhà đi vắng thì mấy tiền", "ask_fee")
    assert "7.000 đồng" in talk.text()


async def test_what_is_not_understood_keeps_to_what_is_talked_about(talk: Talk) -> None:
    await explained(talk)
    await talk.act(Clarify(), "chủ nhà nằm viện mất rồi", "nlu_fallback", 0.5)
    assert NO_ANSWER in talk.text()


async def test_the_second_time_a_person_is_offered(talk: Talk) -> None:
    await explained(talk)
    talk.events.append({"event": "bot", "metadata": {"trace": {"said": "no_answer"}}})
    await talk.act(Clarify(), "chủ nhà nằm viện mất rồi", "nlu_fallback", 0.5)
    assert "nếu vẫn khó" in talk.text()


async def test_an_explanation_that_was_a_guess_leaves_nobody_lost(talk: Talk) -> None:
    await explained(talk)
    said = {"event": "bot", "metadata": {"trace": {"said": "explanation"}}}
    talk.events += [{"event": "action", "name": "action_clarify"}, said]
    await talk.act(Clarify(), "vợ ở tỉnh khác", "nlu_fallback", 0.5)
    assert NO_ANSWER in talk.text()


@pytest.mark.parametrize(("confidence", "told"), [(0.81, True), (0.4, False)])
async def test_a_likely_question_is_answered_though_it_left_a_doubt(
    talk: Talk, confidence: float, told: bool
) -> None:
    await explained(talk)
    wishes = [{"intent": "ask_fee", "confidence": confidence}]
    await talk.act(Clarify(), "bao nhieu tien 1 nam", "nlu_fallback", 0.5, wishes=wishes)
    assert ("7.000 đồng" in talk.text()) is told


@pytest.mark.parametrize("action", [Explain(), Clarify()])
async def test_where_nothing_is_talked_about_nothing_of_it_is_said(
    talk: Talk, action: TopicAction
) -> None:
    talk.service.found = UNKNOWN
    await talk.act(action, "chủ nhà đi vắng thì sao", "ask_procedure")
    assert NO_ANSWER not in talk.text()


async def test_what_is_out_of_scope_keeps_to_what_is_talked_about(talk: Talk) -> None:
    await explained(talk)
    await talk.act(OutOfScope(), "cần dịch thuật không", "out_of_scope")
    assert "Còn về “Đăng ký tạm trú”" in talk.text()
    assert {"Giấy tờ cần có", "Gặp cán bộ"} <= set(talk.buttons())


async def test_out_of_scope_of_nothing_tells_what_can_be_done(talk: Talk) -> None:
    talk.service.found = UNKNOWN
    await talk.act(OutOfScope(), "hôm nay trời đẹp nhỉ", "out_of_scope")
    assert "Em chỉ rành thủ tục hành chính" in talk.text()
    assert "Hồ sơ đến đâu rồi" in talk.buttons()
