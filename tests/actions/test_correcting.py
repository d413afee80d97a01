"""A no, a correction or a call for help that names what is meant is answered about that."""

from __future__ import annotations

import pytest

from actions.clarify import Acknowledge, Clarify, NothingToDo
from actions.dossier_form import DossierForm
from actions.menu import Capabilities
from actions.turn import TopicAction
from onestop.schemas import Accepted, SearchResult
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOTHING, SEVERAL, UNKNOWN, candidate, choice, draft, field

SAID = [
    (Acknowledge(), "deny", "không phải, ý tôi là đăng ký tạm trú"),
    (Acknowledge(), "affirm", "đúng rồi, đăng ký tạm trú đó"),
    (NothingToDo(), "correct_field", "không, đổi sang đăng ký tạm trú cơ"),
    (Capabilities(), "ask_capabilities", "mới dọn vô ở trọ, chưa biết làm sao"),
]


@pytest.mark.parametrize(("action", "intent", "said"), SAID)
async def test_what_is_named_is_explained(
    talk: Talk, action: TopicAction, intent: str, said: str
) -> None:
    talk.slots, talk.service.found = {"procedure": "2.000815"}, FOUND
    events = await talk.act(action, said, intent)
    assert talk.text().startswith("Đăng ký tạm trú")
    assert slots_of(events)["procedure"] == "1.004194"


@pytest.mark.parametrize(("action", "intent", "said"), SAID[:3])
async def test_what_it_may_name_is_asked(
    talk: Talk, action: TopicAction, intent: str, said: str
) -> None:
    talk.service.found = SEVERAL
    await talk.act(action, said, intent)
    assert "việc nào dưới đây" in talk.text()


async def test_a_call_for_help_that_may_mean_anything_hears_what_can_be_done(talk: Talk) -> None:
    talk.service.found = SEVERAL
    await talk.act(Capabilities(), "bà già rồi không biết làm sao", "ask_capabilities")
    assert "em giúp được" in talk.text()


async def test_a_call_for_help_about_a_topic_is_asked_about_it(talk: Talk) -> None:
    question = "Dạ, em xin chia buồn. Anh/chị cần làm giấy nào ạ?"
    found = SEVERAL.model_copy(update={"topics": ["Người mất"], "question": question})
    talk.service.found = found
    await talk.act(Capabilities(), "chồng tui mới chết, hổng biết làm sao", "ask_capabilities")
    assert "chia buồn" in talk.text()


@pytest.mark.parametrize("offered", ["choices", "choose_first"])
async def test_a_no_to_what_was_offered_asks_for_more_words(talk: Talk, offered: str) -> None:
    talk.service.found = NOTHING
    offer = {"event": "bot", "text": "…", "metadata": {"trace": {"said": offered}}}
    talk.events = [{"event": "user", "text": "bằng"}, offer]
    await talk.act(Acknowledge(), "không phải mấy cái này", "deny")
    assert "nói rõ hơn" in talk.text()
    assert "/ask_person" in talk.buttons().values()


async def test_a_command_to_no_form_is_no_search(talk: Talk) -> None:
    talk.service.found = FOUND
    await talk.act(NothingToDo(), "xem lại hồ sơ nhé", "review_dossier")
    assert "chưa điền hồ sơ nào" in talk.text()


@pytest.mark.parametrize(("draft", "kept"), [("d1", True), (None, False)])
async def test_who_puts_off_what_he_has_not_begun_is_left_in_peace(
    talk: Talk, draft: str | None, kept: bool
) -> None:
    talk.slots["draft"] = draft
    await talk.act(NothingToDo(), "thôi để mai làm", "pause_dossier")
    assert "khi nào tiện" in talk.text()
    assert ("tiếp tục hồ sơ" in talk.text()) is kept


async def test_what_fits_the_procedure_talked_about_is_asked_of_it(talk: Talk) -> None:
    """What is asked after a talk about corrections is no question which one is meant."""
    others = [candidate("2.000815", "Chứng thực"), candidate("1.004194", "Đăng ký tạm trú")]
    talk.slots = {"procedure": "1.004194"}
    talk.service.found = SearchResult(outcome="choices", candidates=others)
    await talk.act(Clarify(), "sửa hết bao nhiêu", "nlu_fallback", wishes=[{"intent": "ask_fee"}])
    assert "7.000 đồng" in talk.text()
    assert "việc nào" not in talk.text()


async def test_what_is_wrong_where_nothing_is_filled_in_yet(talk: Talk) -> None:
    blank = draft(choice("Cho tôi", "Cho con")).model_copy(update={"lines": []})
    talk.loop, talk.slots["draft"], talk.service.open = "dossier_form", blank.id, [blank]
    await talk.act(DossierForm(), "sai rồi, 1951 cơ", "correct_field")
    assert "sửa mục 2" not in talk.text()
    assert "1. Cho tôi" in talk.buttons()


@pytest.mark.parametrize("intent", ["correct_field", "inform"])
@pytest.mark.parametrize(("fits", "told"), [(True, "Em ghi"), (False, "Em bỏ câu trả lời")])
async def test_another_answer_takes_the_place_of_the_last(
    talk: Talk, fits: bool, told: str, intent: str
) -> None:
    present = draft(field("citizen_id"))
    talk.loop, talk.slots["draft"], talk.service.open = "dossier_form", present.id, [present]
    last = Accepted(field="name", label="Họ tên", display="Lê Văn Nam")
    talk.service.taken_back = [last]
    talk.service.right = {"Lê Văn Năm"} if fits else set()
    await talk.act(DossierForm(), "à nhầm, Lê Văn Năm", intent)
    assert talk.service.called("undo") == [[]]
    assert told in talk.text()


async def test_a_question_that_sounds_like_a_command_is_searched_for(talk: Talk) -> None:
    talk.service.found = FOUND
    await talk.act(NothingToDo(), "cho hỏi tạm nghỉ thì sao", "pause_dossier")
    assert "Đăng ký tạm trú" in talk.text()


async def test_a_question_of_what_is_talked_about_is_no_command(talk: Talk) -> None:
    talk.slots["procedure"], talk.service.found = "1.004194", UNKNOWN
    await talk.act(NothingToDo(), "số trên giấy là gì", "explain_field")
    assert "Về “Đăng ký tạm trú”" in talk.text()


async def test_to_hand_in_what_is_talked_about_needs_no_name(talk: Talk) -> None:
    talk.slots["procedure"], talk.service.found = "1.004194", UNKNOWN
    events = await talk.act(Clarify(), "nộp hồ sơ cho bà", "nlu_fallback", 0.5)
    assert loop_of(events) == "dossier_form"


async def test_words_of_a_slip_may_tell_a_free_text(talk: Talk) -> None:
    present = draft(field("text"))
    talk.loop, talk.slots["draft"], talk.service.open = "dossier_form", present.id, [present]
    talk.service.right = {"ghi sai, thiếu chữ lót"}
    await talk.act(DossierForm(), "ghi sai, thiếu chữ lót", "inform")
    assert talk.service.called("undo") == []
    assert "Em ghi" in talk.text()


async def test_a_slip_that_names_a_choice_answers_it(talk: Talk) -> None:
    present = draft(choice("Nam", "Nữ"))
    talk.loop, talk.slots["draft"], talk.service.open = "dossier_form", present.id, [present]
    talk.service.right = {"nữ cơ"}
    await talk.act(DossierForm(), "sai rồi, nữ cơ", "correct_field")
    assert talk.service.called("undo") == []
    assert "Em ghi" in talk.text()
