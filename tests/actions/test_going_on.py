"""What is talked about goes on: after choices, likely guesses, and what was not understood twice."""

from __future__ import annotations

from typing import Any

import pytest

from actions.clarify import Clarify
from actions.questions import Explain
from actions.status_form import COMPLAINT, RESUME, StatusForm
from actions.turn import ASK_PERSON, TopicAction
from actions.units import OpeningHours
from onestop.schemas import SearchResult
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOTHING, PROCEDURE, UNKNOWN, candidate


def choices(first: float, second: float, question: str | None = None) -> SearchResult:
    """Two candidates with their chances."""
    found = [candidate("1.004194", "Đăng ký tạm trú"), candidate("2.000815", "Chứng thực")]
    scored = [
        one.model_copy(update={"score": score})
        for one, score in zip(found, (first, second), strict=True)
    ]
    return SearchResult(outcome="choices", candidates=scored, question=question)


def after(talk: Talk, action: TopicAction, events: list[dict[str, Any]], text: str = "…") -> None:
    """The talk as it stands for the next message."""
    talk.slots.update(slots_of(events))
    said = [
        {"event": "bot", "text": one["text"], "metadata": {"trace": one.get("trace", {})}}
        for one in talk.dispatcher.messages
    ]
    talk.events = [
        *talk.events,
        {"event": "user", "text": text},
        {"event": "action", "name": action.name()},
        *said,
        {"event": "action", "name": "action_listen"},
    ]
    talk.dispatcher.messages.clear()


async def test_a_question_without_a_subject_is_about_the_likeliest_of_the_choices(
    talk: Talk,
) -> None:
    talk.service.found = choices(0.6, 0.1, question="Nào ạ?")
    after(talk, Explain(), await talk.act(Explain(), "lam tam tru", "ask_procedure"))
    talk.service.found = NOTHING
    await talk.act(Explain(), "mat bao nhieu tien", "ask_fee")
    assert "7.000 đồng" in talk.text()


async def test_where_none_is_likely_the_choices_stand_again_with_what_is_asked_now(
    talk: Talk,
) -> None:
    talk.service.found = choices(0.3, 0.25)
    after(talk, Explain(), await talk.act(Explain(), "tạm trú chứng thực", "ask_procedure"))
    talk.service.found = UNKNOWN
    events = await talk.act(Explain(), "the bao gio thi co", "ask_time")
    assert list(talk.buttons().values()) == [
        '/ask_time{"procedure": "1.004194"}',
        '/ask_time{"procedure": "2.000815"}',
    ]
    assert [one["wishes"] for one in slots_of(events)["choices"]] == [["ask_time"]] * 2


async def test_what_was_offered_goes_before_what_was_talked_of_earlier(talk: Talk) -> None:
    talk.slots = {"procedure": "2.000815"}
    tied = choices(0.6, 0.1, question="Nào ạ?")
    talk.service.found = tied.model_copy(update={"candidates": tied.candidates[:1]})
    after(talk, Explain(), await talk.act(Explain(), "lam tam tru", "ask_procedure"))
    talk.service.found = NOTHING
    events = await talk.act(Explain(), "mat bao nhieu tien", "ask_fee")
    assert slots_of(events)["procedure"] == "1.004194"


@pytest.mark.parametrize(
    ("found", "answered"),
    [
        (choices(0.6, 0.1), True),
        (choices(0.6, 0.3), False),  # too near
        (choices(0.45, 0.0), False),  # too unlikely
        (choices(0.6, 0.1, question="Cấp mới hay cấp lại ạ?"), False),  # look-alikes
    ],
)
async def test_a_likely_guess_is_answered_with_the_others_beside_it(
    talk: Talk, found: SearchResult, answered: bool
) -> None:
    talk.service.found = found
    await talk.act(Explain(), "bà làm giấy tạm trú", "ask_fee")
    assert ("7.000 đồng" in talk.text()) is answered
    assert ("việc khác" in talk.text()) is answered
    if answered:
        assert talk.buttons()["Chứng thực"] == '/ask_fee{"procedure": "2.000815"}'
        assert len(talk.buttons()) <= 5  # Zalo shows no more


NO_NAME, NO_SUCH, NO_SENSE = (
    ("ask_fee", NOTHING),
    ("ask_procedure", UNKNOWN),
    ("nlu_fallback", UNKNOWN),
)


@pytest.mark.parametrize(
    "said",
    [
        [NO_SUCH, NO_SUCH],
        [NO_SENSE, NO_SUCH],
        [NO_SUCH, NO_SENSE],
        [NO_SENSE, NO_SENSE],
        [NO_NAME, NO_NAME, NO_NAME],  # to be asked which one is meant is no misunderstanding
        [NO_NAME, NO_SUCH, NO_SENSE],
        [NO_NAME, NO_SENSE, NO_SUCH],
    ],
)
async def test_not_understood_twice_in_a_row_offers_a_person(
    talk: Talk, said: list[tuple[str, SearchResult]]
) -> None:
    offered = []
    for intent, found in said:
        action: TopicAction = Clarify() if intent == "nlu_fallback" else Explain()
        talk.service.found = found
        events = await talk.act(action, "xyz abc", intent)
        person = list(talk.buttons().values()) == [ASK_PERSON["payload"]]
        offered.append(person and "cán bộ giúp" in talk.text())
        after(talk, action, events)
    assert offered == [False] * (len(said) - 1) + [True]


async def test_what_was_understood_in_between_counts(talk: Talk) -> None:
    for found in (UNKNOWN, FOUND, UNKNOWN):
        talk.service.found, talk.slots = found, {}
        events = await talk.act(Explain(), "xyz abc", "ask_procedure")
        assert "nếu vẫn khó" not in talk.text()
        after(talk, Explain(), events)


@pytest.mark.parametrize("lead", [Explain(), OpeningHours()])
async def test_hours_and_a_fee_in_one_line_are_both_told(talk: Talk, lead: TopicAction) -> None:
    talk.service.found = FOUND
    wishes = [{"intent": "ask_fee"}, {"intent": "ask_opening_hours"}]
    intent = "ask_fee" if isinstance(lead, Explain) else "ask_opening_hours"
    await talk.act(lead, "phí tạm trú bao nhiêu, mấy giờ mở cửa", intent, wishes=wishes)
    assert "7.000 đồng" in talk.text()
    assert talk.service.called("find_units")


async def test_after_a_guess_a_word_that_tells_the_look_alikes_apart_chooses(talk: Talk) -> None:
    talk.service.found = choices(0.6, 0.1)
    events = await talk.act(Explain(), "tạm trú", "ask_procedure")
    assert [one["code"] for one in slots_of(events)["choices"]] == ["1.004194", "2.000815"]
    after(talk, Explain(), events, "tạm trú")
    other = SearchResult(outcome="found", candidates=[candidate("2.000815", "Chứng thực")])
    talk.service.found_for = {"chứng thực": UNKNOWN, "tạm trú chứng thực": other}
    events = await talk.act(Explain(), "chứng thực", "ask_fee")
    assert slots_of(events)["procedure"] == "2.000815"


@pytest.mark.parametrize(
    ("text", "together"), [("sang tên", True), ("tôi muốn sang tên cái xe máy", False)]
)
async def test_a_few_words_after_a_choice_are_read_with_those_before(
    talk: Talk, text: str, together: bool
) -> None:
    talk.service.found = choices(0.3, 0.2, question="Việc nào ạ?")
    after(talk, Explain(), await talk.act(Explain(), "đất đai", "ask_procedure"), "đất đai")
    alone = SearchResult(outcome="found", candidates=[candidate("1.000002", "Sang tên xe")])
    both = SearchResult(outcome="found", candidates=[candidate("1.000001", "Sang tên sổ đỏ")])
    talk.service.found_for = {text: alone, f"đất đai {text}": both}
    for code in ("1.000001", "1.000002"):
        talk.service.procedures[code] = PROCEDURE.model_copy(update={"code": code})
    events = await talk.act(Explain(), text, "ask_procedure")
    assert slots_of(events)["procedure"] == ("1.000001" if together else "1.000002")


@pytest.fixture
async def asked_for_a_code(talk: Talk) -> Talk:
    """A talk in which the code of a dossier was asked for, and once more."""
    talk.loop = "status_form"
    after(talk, StatusForm(), await talk.act(StatusForm(), "ở đâu ấy nhỉ", "inform"))
    return talk


async def test_whoever_names_a_procedure_instead_of_a_code_a_second_time_is_no_longer_held(
    asked_for_a_code: Talk,
) -> None:
    asked_for_a_code.service.found = choices(0.5, 0.4)
    events = await asked_for_a_code.act(StatusForm(), "gia hạn tạm trú", "inform")
    assert loop_of(events) is None
    assert [one["name"] for one in events if one["event"] == "followup"] == ["action_clarify"]
    assert asked_for_a_code.text() == ""


async def test_whoever_has_no_code_twice_is_offered_a_person(asked_for_a_code: Talk) -> None:
    asked_for_a_code.service.found = UNKNOWN
    assert await asked_for_a_code.act(StatusForm(), "tôi không nhớ", "inform") == []
    assert "mã hồ sơ" in asked_for_a_code.text()
    assert ASK_PERSON["title"] in asked_for_a_code.buttons()


async def test_a_complaints_code_is_asked_for_again_by_its_own_name(talk: Talk) -> None:
    talk.loop, talk.slots["lookup_for"] = "status_form", COMPLAINT
    assert await talk.act(StatusForm(), "tôi không nhớ", "inform") == []
    assert "mã phản ánh" in talk.text()


async def test_whoever_has_no_code_to_go_on_with_twice_is_offered_a_person(talk: Talk) -> None:
    talk.loop, talk.slots["lookup_for"] = "status_form", RESUME
    after(talk, StatusForm(), await talk.act(StatusForm(), "ở đâu ấy nhỉ", "inform"))
    talk.service.found = UNKNOWN
    assert await talk.act(StatusForm(), "tôi không nhớ", "inform") == []
    assert "4 chữ và 3 số" in talk.text()
    assert ASK_PERSON["title"] in talk.buttons()


async def test_a_procedure_named_at_once_may_tell_which_dossier_is_meant(talk: Talk) -> None:
    talk.loop, talk.service.found = "status_form", FOUND
    assert await talk.act(StatusForm(), "hồ sơ tạm trú ấy", "inform") == []
    assert "mã hồ sơ" in talk.text()


async def test_words_before_that_lead_nowhere_choose_nothing(talk: Talk) -> None:
    """ "Nộp đơn ở đâu" after a divorce, which no office here does, is no splitting of a household."""
    talk.service.found = choices(0.3, 0.25)
    after(talk, Explain(), await talk.act(Explain(), "em muốn ly hôn", "ask_procedure"), "ly hôn")
    second = candidate("2.000815", "Chứng thực").model_copy(update={"score": 0.13})
    talk.service.found = UNKNOWN
    talk.service.found_for = {
        "ly hôn nộp đơn ở đâu": UNKNOWN.model_copy(update={"candidates": [second]})
    }
    events = await talk.act(Explain(), "nộp đơn ở đâu", "ask_place")
    assert "chọn giúp em" in talk.text()
    assert "procedure" not in slots_of(events)
