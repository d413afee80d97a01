"""One line that names several procedures, or wishes something else beside one."""

from __future__ import annotations

from actions.clarify import Clarify
from actions.dossiers import StartDossier
from actions.finding import remind_of_rest
from actions.naming import unless_named
from actions.questions import Explain
from actions.status_form import CheckStatus
from onestop.schemas import SearchResult
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOTHING, SEVERAL, candidate

TEMPORARY, COPY = "đăng ký tạm trú", "chứng thực bản sao"
BOTH = "đăng ký tạm trú và chứng thực bản sao"
COPY_FOUND = SearchResult(outcome="found", candidates=[candidate("2.000815", "Chứng thực bản sao")])


def knows(talk: Talk, said: str, **found: SearchResult) -> None:
    """The search tells `said` apart into what `found` says of its two parts."""
    meant = {TEMPORARY: found.get("first", FOUND), COPY: found.get("second", COPY_FOUND)}
    talk.service.found_for |= {said: SEVERAL.model_copy(update={"several": [*meant]}), **meant}


async def test_each_of_several_procedures_is_explained(talk: Talk) -> None:
    knows(talk, BOTH)
    events = await talk.act(Explain(), BOTH, "ask_procedure")
    said = [one["text"].splitlines()[0] for one in talk.dispatcher.messages]
    assert said == ["Đăng ký tạm trú", "Chứng thực bản sao"]
    assert [one["code"] for one in slots_of(events)["choices"]] == ["1.004194", "2.000815"]


async def test_each_is_asked_what_its_own_part_asks(talk: Talk) -> None:
    said = "đăng ký tạm trú mất bao lâu, chứng thực bản sao phí bao nhiêu"
    first, second = said.split(", ")
    whole = SEVERAL.model_copy(update={"several": [first, second]})
    talk.service.found_for = {said: whole, first: FOUND, second: COPY_FOUND}
    wishes = [{"intent": "ask_time", "text": first}, {"intent": "ask_fee", "text": second}]
    await talk.act(Explain(), said, "ask_time", wishes=wishes)
    temporary, copy = (one["text"] for one in talk.dispatcher.messages)
    assert "Thời gian giải quyết" in temporary
    assert "lệ phí" not in temporary
    assert "lệ phí" in copy
    assert "Thời gian giải quyết" not in copy


async def test_of_the_one_that_is_not_clear_it_is_asked_which(talk: Talk) -> None:
    knows(talk, BOTH, second=SEVERAL)
    events = await talk.act(Explain(), BOTH, "ask_fee")
    assert "7.000 đồng" in talk.text()
    assert "việc nào dưới đây" in talk.text()
    assert slots_of(events)["procedure"] == "1.004194"


async def test_where_none_is_clear_they_are_gone_through_one_by_one(talk: Talk) -> None:
    knows(talk, BOTH, first=SEVERAL, second=SEVERAL)
    events = await talk.act(Explain(), BOTH, "ask_fee")
    assert list(talk.buttons().values()) == [
        f'/ask_fee{{"topic": "{TEMPORARY}"}}',
        f'/ask_fee{{"topic": "{COPY}"}}',
    ]
    assert [one["topic"] for one in slots_of(events)["choices"]] == [TEMPORARY, COPY]


async def test_a_typed_number_chooses_among_what_is_not_clear(talk: Talk) -> None:
    wished = [{"topic": name, "title": name, "wishes": ["ask_fee"]} for name in (TEMPORARY, COPY)]
    talk.slots = {"choices": wished}
    talk.service.found_for = {COPY: COPY_FOUND}
    await talk.act(Clarify(), "2", "inform")
    assert talk.text().startswith("Chứng thực bản sao")


async def test_of_several_dossiers_it_is_asked_which_comes_first(talk: Talk) -> None:
    knows(talk, BOTH)
    events = await talk.act(StartDossier(), BOTH, "start_dossier")
    assert "2 việc" in talk.text()
    assert list(talk.buttons().values()) == [
        '/start_dossier{"procedure": "1.004194"}',
        '/start_dossier{"procedure": "2.000815"}',
    ]
    assert not talk.service.called("start_draft")
    assert [one["codes"] for one in slots_of(events)["later"]] == [["1.004194"], ["2.000815"]]


async def test_after_one_is_sent_the_other_comes_back_once(talk: Talk) -> None:
    knows(talk, BOTH)
    talk.slots = slots_of(await talk.act(StartDossier(), BOTH, "start_dossier"))
    talk.dispatcher.messages.clear()
    events = remind_of_rest(talk.turn("đồng ý"), "1.004194")
    assert list(talk.buttons().values()) == ['/start_dossier{"procedure": "2.000815"}']
    talk.slots |= slots_of(events)
    talk.dispatcher.messages.clear()
    assert slots_of(remind_of_rest(talk.turn("đồng ý"), "2.000815")) == {"later": None}
    assert talk.text() == ""


async def test_a_sent_dossier_brings_nothing_back_where_nothing_else_was_wanted(talk: Talk) -> None:
    assert remind_of_rest(talk.turn("đồng ý"), "1.004194") == []
    assert talk.text() == ""


async def test_what_is_asked_of_a_procedure_is_answered_before_the_code_is_asked_for(
    talk: Talk,
) -> None:
    talk.service.found = FOUND
    said = "hồ sơ của em tới đâu rồi, với lại tạm trú hết bao nhiêu tiền"
    wishes = [{"intent": "check_status", "text": ""}, {"intent": "ask_fee", "text": ""}]
    events = await talk.act(unless_named(CheckStatus()), said, "check_status", wishes=wishes)
    assert "7.000 đồng" in talk.text()
    assert loop_of(events) == "status_form"


async def test_a_fee_of_nothing_that_is_named_does_not_hold_the_code_up(talk: Talk) -> None:
    talk.service.found = NOTHING
    said = "hồ sơ của em tới đâu rồi, phí bao nhiêu"
    wishes = [{"intent": "check_status", "text": ""}, {"intent": "ask_fee", "text": ""}]
    await talk.act(unless_named(CheckStatus()), said, "check_status", wishes=wishes)
    assert talk.text() == ""


async def test_after_an_answer_the_other_wish_of_the_line_goes_on(talk: Talk) -> None:
    talk.service.found = FOUND
    wishes = [{"intent": "ask_fee", "text": ""}, {"intent": "check_status", "text": ""}]
    events = await talk.act(Explain(), "phí tạm trú, hồ sơ đến đâu", "ask_fee", wishes=wishes)
    followed = [one["name"] for one in events if one["event"] == "followup"]
    assert followed == ["action_check_status"]
