"""One line that names several procedures, or wishes something else beside one."""

from __future__ import annotations

from typing import Any

import pytest

from actions.choosing import CHOICE_TITLE_LENGTH
from actions.clarify import Acknowledge, Clarify
from actions.dossiers import ResumeDossier, StartDossier
from actions.erasure import forgotten
from actions.form_commands import discard, submit
from actions.naming import unless_named
from actions.questions import Explain
from actions.several import remind_of_rest
from actions.status_form import CheckStatus
from actions.turn import TopicAction
from actions.units import OpeningHours
from onestop.schemas import Receipt, SearchResult
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOTHING, SEVERAL, candidate, draft, field

TEMPORARY, COPY = "đăng ký tạm trú", "chứng thực bản sao"
BOTH = "đăng ký tạm trú và chứng thực bản sao"
COPY_FOUND = SearchResult(outcome="found", candidates=[candidate("2.000815", "Chứng thực bản sao")])


def chosen(code: str) -> dict[str, Any]:
    """What a button says that names a procedure."""
    entities = [{"entity": "procedure", "value": code}]
    return {"intent": "start_dossier", "entities": entities}


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


@pytest.mark.parametrize(
    ("said", "intents"),
    [
        ("một cửa ở đâu, hồ sơ tới đâu rồi", ["check_status", "ask_place"]),
        ("một cửa xã tôi ở đâu với hồ sơ tôi xong chưa", ["check_status"]),
    ],
)
async def test_who_asks_for_the_one_stop_unit_beside_his_dossier_is_told_both(
    talk: Talk, said: str, intents: list[str]
) -> None:
    wishes = [{"intent": one, "text": ""} for one in intents]
    events = await talk.act(unless_named(CheckStatus()), said, "check_status", wishes=wishes)
    assert "7 giờ 30" in talk.text()
    assert loop_of(events) == "status_form"


async def test_beside_his_dossier_the_unit_s_place_is_not_the_procedure_s(talk: Talk) -> None:
    talk.service.found = FOUND
    wishes = [
        {"intent": "ask_place", "text": "một cửa ở đâu"},
        {"intent": "check_status", "text": "hồ sơ tới đâu rồi"},
        {"intent": "ask_fee", "text": "tạm trú mấy tiền"},
    ]
    said = ", ".join(one["text"] for one in wishes)
    await talk.act(unless_named(CheckStatus()), said, "check_status", wishes=wishes)
    assert "7.000 đồng" in talk.text()
    assert "7 giờ 30" in talk.text()
    assert "Nơi nộp" not in talk.text()


async def test_after_an_answer_the_other_wish_of_the_line_goes_on(talk: Talk) -> None:
    talk.service.found = FOUND
    wishes = [{"intent": "ask_fee", "text": ""}, {"intent": "check_status", "text": ""}]
    events = await talk.act(Explain(), "phí tạm trú, hồ sơ đến đâu", "ask_fee", wishes=wishes)
    followed = [one["name"] for one in events if one["event"] == "followup"]
    assert followed == ["action_check_status"]


async def test_after_the_one_stop_unit_the_other_wish_of_the_line_goes_on(talk: Talk) -> None:
    wishes = [{"intent": "ask_place", "text": ""}, {"intent": "check_status", "text": ""}]
    events = await talk.act(Explain(), "một cửa ở đâu, hồ sơ tới đâu", "ask_place", wishes=wishes)
    followed = [one["name"] for one in events if one["event"] == "followup"]
    assert "7 giờ 30" in talk.text()
    assert followed == ["action_check_status"]


WISHED = [
    {"code": "1.004194", "title": "Đăng ký tạm trú", "score": 1.0, "codes": ["1.004194"]},
    {"code": "2.000815", "title": "Chứng thực bản sao", "score": 1.0, "codes": ["2.000815"]},
]
UNCLEAR = {"topic": COPY, "title": COPY, "score": 1.0, "codes": ["2.000815", "2.000843"]}


def reminded(talk: Talk, *things: dict[str, Any]) -> None:
    """The reply before the next message offered to go on with these."""
    kept = [{**one, "wishes": ["start_dossier"]} for one in things]
    talk.slots = {"later": list(things), "choices": kept}
    talk.events = [
        {"event": "user", "text": "đồng ý"},
        {"event": "action", "name": "dossier_form"},
        {"event": "bot", "text": "…", "metadata": {"trace": {"said": "later"}}},
    ]


async def test_a_typed_number_begins_what_comes_back(talk: Talk) -> None:
    talk.slots = {"later": WISHED}
    talk.slots |= slots_of(remind_of_rest(talk.turn("đồng ý"), "1.004194"))
    await talk.act(Clarify(), "1", "inform")
    assert talk.service.called("start_draft") == [["2.000815"]]


@pytest.mark.parametrize("action", [StartDossier(), ResumeDossier()])
async def test_a_yes_or_to_go_on_begins_the_one_that_comes_back(
    talk: Talk, action: TopicAction
) -> None:
    reminded(talk, WISHED[0])
    talk.service.found = NOTHING
    assert [one["name"] for one in await talk.act(Acknowledge(), "vâng", "affirm")] == [
        "action_start_dossier"
    ]
    await talk.act(action, "vâng làm tiếp đi", "affirm")
    assert talk.service.called("start_draft") == [["1.004194"]]


async def test_a_yes_to_several_that_come_back_asks_which(talk: Talk) -> None:
    reminded(talk, *WISHED, UNCLEAR)
    talk.service.found = NOTHING
    events = await talk.act(StartDossier(), "vâng", "affirm")
    assert not talk.service.called("start_draft")
    assert len(slots_of(events)["choices"]) == 3


async def test_a_yes_to_one_that_is_not_clear_asks_which_procedure_it_is(talk: Talk) -> None:
    reminded(talk, UNCLEAR)
    talk.service.found, talk.service.found_for = NOTHING, {COPY: SEVERAL}
    events = await talk.act(StartDossier(), "vâng", "affirm")
    assert [one["code"] for one in slots_of(events)["choices"]] == ["1.004194", "2.000815"]


async def test_words_that_name_nothing_do_not_choose_what_was_talked_of_before(talk: Talk) -> None:
    asked = [{**UNCLEAR, "wishes": ["start_dossier"]}, {**UNCLEAR, "wishes": ["start_dossier"]}]
    talk.slots = {"choices": asked, "procedure": "1.004194"}
    talk.events = [
        {"event": "user", "text": BOTH},
        {"event": "action", "name": "action_start_dossier"},
    ]
    talk.service.found = NOTHING
    events = await talk.act(StartDossier(), "cả hai", "start_dossier")
    assert not talk.service.called("start_draft")
    assert [one["topic"] for one in slots_of(events)["choices"]] == [COPY, COPY]


async def test_a_name_typed_after_the_question_which_comes_first_is_found(talk: Talk) -> None:
    reminded(talk, UNCLEAR, WISHED[0])
    talk.service.found = FOUND
    await talk.act(StartDossier(), "tạm trú", "ask_procedure")
    assert talk.service.called("start_draft") == [["1.004194"]]


async def test_a_dossier_of_another_matter_forgets_the_rest_in_silence(talk: Talk) -> None:
    talk.slots = {"later": WISHED}
    assert slots_of(remind_of_rest(talk.turn("đồng ý"), "1.000689")) == {"later": None}
    assert talk.text() == ""


async def test_a_dossier_that_is_given_up_makes_room_for_the_next(talk: Talk) -> None:
    talk.service.open = [draft(field("person_name"))]
    talk.loop, talk.slots = "dossier_form", {"draft": "d1", "later": WISHED}
    events = await discard(talk.turn("có", "affirm"), talk.service.open[0])
    assert [one["code"] for one in slots_of(events)["later"]] == ["2.000815"]
    assert "/start_dossier" in " ".join(talk.buttons().values())


async def test_what_cannot_be_handed_in_online_makes_room_for_the_next(talk: Talk) -> None:
    talk.slots = {"later": WISHED}
    await talk.act(StartDossier(), '/start_dossier{"procedure": "2.000815"}', **chosen("2.000815"))
    assert '/start_dossier{"procedure": "1.004194"}' in talk.buttons().values()


@pytest.mark.parametrize(("state", "left"), [("received", 1), ("sending", 1), ("supplemented", 2)])
async def test_only_a_dossier_that_is_sent_brings_the_rest_back(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, state: Any, left: int
) -> None:
    ready = draft(None)
    talk.service.open = [ready]
    talk.slots = {"draft": "d1", "later": WISHED}
    receipt = (await talk.service.submit("d1", "web:1")).model_copy(update={"state": state})

    async def sent(name: str, owner: str) -> Receipt:
        return receipt

    monkeypatch.setattr(talk.service, "submit", sent)
    slots = talk.slots | slots_of(await submit(talk.turn("đồng ý", "affirm"), ready))
    assert len(slots["later"]) == left


def test_who_has_data_erased_is_not_reminded_of_what_was_wanted() -> None:
    assert {"later", "choices"} <= set(slots_of(forgotten()))


async def test_a_long_part_is_shortened_for_its_button(talk: Talk) -> None:
    long = " ".join(["chứng thực bản sao từ bản chính"] * 6)
    said = f"{TEMPORARY} và {long}"
    whole = SEVERAL.model_copy(update={"several": [TEMPORARY, long]})
    talk.service.found_for = {said: whole, TEMPORARY: FOUND, long: SEVERAL}
    await talk.act(StartDossier(), said, "start_dossier")
    assert [len(title) <= len("1. ") + CHOICE_TITLE_LENGTH for title in talk.buttons()] == [
        True
    ] * 2


async def test_a_procedure_that_is_gone_meanwhile_is_asked_about_like_one_not_clear(
    talk: Talk,
) -> None:
    knows(talk, BOTH, second=FOUND.model_copy(update={"candidates": [candidate("9.9", "Cũ")]}))
    await talk.act(Explain(), BOTH, "ask_fee")
    assert "7.000 đồng" in talk.text()


HOURS = "mấy giờ mở cửa"


@pytest.mark.parametrize(
    ("rest", "found"), [(f"{TEMPORARY} mất bao lâu", FOUND), ("mất bao lâu", COPY_FOUND)]
)
async def test_a_procedure_is_looked_for_without_the_hours_unless_nothing_else_is_said(
    talk: Talk, rest: str, found: SearchResult
) -> None:
    said = f"{HOURS}, {rest}"
    talk.service.found = NOTHING
    talk.service.found_for = {said: COPY_FOUND, f" , {TEMPORARY} mất bao lâu": FOUND}
    wishes = [
        {"intent": "ask_opening_hours", "text": HOURS},
        {"intent": "ask_time", "text": rest},
    ]
    events = await talk.act(Explain(), said, "ask_time", wishes=wishes)
    assert slots_of(events)["procedure"] == found.candidates[0].code


async def test_the_one_that_is_not_clear_is_asked_only_what_its_own_part_asks(talk: Talk) -> None:
    knows(talk, BOTH, second=SEVERAL)
    wishes = [{"intent": "ask_time", "text": TEMPORARY}, {"intent": "ask_fee", "text": COPY}]
    events = await talk.act(Explain(), BOTH, "ask_time", wishes=wishes)
    assert [one["wishes"] for one in slots_of(events)["choices"]] == [["ask_fee"]] * 2


async def test_after_one_is_answered_the_others_are_counted_as_more(talk: Talk) -> None:
    third = "tách hộ"
    knows(talk, BOTH, second=SEVERAL)
    several = [TEMPORARY, COPY, third]
    talk.service.found_for |= {BOTH: SEVERAL.model_copy(update={"several": several})}
    talk.service.found_for |= {third: SEVERAL}
    await talk.act(Explain(), BOTH, "ask_fee")
    assert "anh/chị còn hỏi 2 việc nữa" in talk.text()


async def test_after_the_hours_the_other_wish_of_the_line_goes_on(talk: Talk) -> None:
    wishes = [
        {"intent": "ask_opening_hours", "text": HOURS},
        {"intent": "check_status", "text": "hồ sơ đến đâu rồi"},
    ]
    said = f"{HOURS}, hồ sơ đến đâu rồi"
    events = await talk.act(OpeningHours(), said, "ask_opening_hours", wishes=wishes)
    assert "Thứ Hai" in talk.text()
    assert [one["name"] for one in events] == ["action_check_status"]
    talk.loop = "dossier_form"
    assert await talk.act(OpeningHours(), said, "ask_opening_hours", wishes=wishes) == []


async def test_who_chooses_the_procedure_of_the_last_dossier_again_means_it(talk: Talk) -> None:
    kept = [{**one, "wishes": ["start_dossier"]} for one in WISHED]
    talk.slots, talk.service.found = {"sent": "1.004194", "choices": kept}, NOTHING
    await talk.act(Clarify(), "1", "inform")
    assert talk.service.called("start_draft") == [["1.004194"]]


async def test_a_bare_topic_names_the_one_of_it_that_was_offered(talk: Talk) -> None:
    talk.slots = {
        "choices": [{"code": c, "title": c, "wishes": ["ask_fee"]} for c in ("2.000815", "9.9")]
    }
    talk.events = [
        {"event": "user", "text": "mất hết giấy tờ"},
        {"event": "action", "name": "action_explain"},
    ]
    topic = SEVERAL.model_copy(update={"topics": ["Chứng thực"]})
    knows(talk, BOTH, second=topic)
    await talk.act(Explain(), BOTH, "ask_procedure")
    said = [one["text"].splitlines()[0] for one in talk.dispatcher.messages]
    assert said == ["Đăng ký tạm trú", "Chứng thực bản sao"]


@pytest.mark.parametrize(("score", "told"), [(1.0, 2), (0.5, 0)])
async def test_what_is_asked_after_two_that_were_wanted_is_told_of_both(
    talk: Talk, score: float, told: int
) -> None:
    wishes = ["ask_procedure"]
    talk.slots["choices"] = [{**one, "score": score, "wishes": wishes} for one in WISHED]
    talk.events = [
        {"event": "user", "text": "tạm trú và sao y"},
        {"event": "action", "name": "action_explain"},
    ]
    talk.service.found = NOTHING
    await talk.act(Explain(), "mất bao lâu", "ask_time")
    assert talk.text().count("Thời gian giải quyết") == told
