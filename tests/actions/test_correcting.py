"""A no, a correction or a call for help that names what is meant is answered about that."""

from __future__ import annotations

import pytest

from actions.clarify import Acknowledge, Clarify, NothingToDo
from actions.menu import Capabilities
from actions.turn import TopicAction
from onestop.schemas import SearchResult
from tests.actions.conftest import Talk, slots_of
from tests.actions.fakes import FOUND, NOTHING, SEVERAL, candidate

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
    await talk.act(NothingToDo(), "tạm dừng ở đây nhé", "pause_dossier")
    assert "chưa điền hồ sơ nào" in talk.text()


async def test_what_fits_the_procedure_talked_about_is_asked_of_it(talk: Talk) -> None:
    """What is asked after a talk about corrections is no question which one is meant."""
    others = [candidate("2.000815", "Chứng thực"), candidate("1.004194", "Đăng ký tạm trú")]
    talk.slots = {"procedure": "1.004194"}
    talk.service.found = SearchResult(outcome="choices", candidates=others)
    await talk.act(Clarify(), "sửa hết bao nhiêu", "nlu_fallback", wishes=[{"intent": "ask_fee"}])
    assert "7.000 đồng" in talk.text()
    assert "việc nào" not in talk.text()
