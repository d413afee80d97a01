""" "Nộp hồ sơ", then the procedure's name: the very dossier is begun, whatever lies between."""

from __future__ import annotations

from typing import Any

import pytest

from actions.clarify import Clarify, OutOfScope
from actions.complaints import Complain
from actions.dossiers import StartDossier
from actions.naming import unless_named
from actions.questions import Explain
from actions.turn import TopicAction
from onestop.schemas import ProcedureRef, SearchResult
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOTHING, SEVERAL, UNKNOWN, candidate, draft, field

TOLD = "action_start_dossier"


def after(talk: Talk, action: str, events: list[dict[str, Any]]) -> Talk:
    """The talk as it stands for the next message, after a turn in which that action gave those events."""
    talk.slots.update(slots_of(events))
    talk.events = [
        *talk.events,
        {"event": "user", "text": "…"},
        {"event": "action", "name": action},
        {"event": "action", "name": "action_listen"},
    ]
    talk.dispatcher.messages.clear()
    return talk


def follows(events: list[dict[str, Any]]) -> object:
    """The action that follows: the last that the events name."""
    named = [one["name"] for one in events if one["event"] == "followup"]
    return named[-1] if named else None


@pytest.fixture
async def asked(talk: Talk) -> Talk:
    """The citizen has said "nộp hồ sơ" and was asked for which procedure."""
    talk.service.found = NOTHING
    events = await talk.act(StartDossier(), "nộp hồ sơ", "start_dossier")
    assert "muốn nộp hồ sơ cho việc nào" in talk.text()
    assert loop_of(events) == ""
    return after(talk, TOLD, events)


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (Explain(), "ask_procedure"),
        (Clarify(), "inform"),
        (Clarify(), "nlu_fallback"),
        (OutOfScope(), "out_of_scope"),
        (unless_named(Complain()), "complain"),
    ],
)
async def test_a_name_begins_the_dossier_whatever_it_sounds_like(
    asked: Talk, action: TopicAction, intent: str
) -> None:
    asked.service.found = FOUND.model_copy(update={"named": True})
    events = await asked.act(action, "tạm trú", intent)
    assert follows(events) == "action_start_dossier"
    assert asked.text() == ""
    events = await asked.act(StartDossier(), "tạm trú", intent)
    assert loop_of(events) == "dossier_form"
    assert asked.service.called("start_draft") == [["1.004194"]]
    assert slots_of(events)["choices"] is None


async def test_what_is_asked_of_it_is_answered_first(asked: Talk) -> None:
    asked.service.found = FOUND
    events = await asked.act(Explain(), "tạm trú hết bao nhiêu tiền", "ask_fee")
    assert follows(events) is None
    assert "7.000 đồng" in asked.text()
    assert '/start_dossier{"procedure": "1.004194"}' in asked.buttons().values()


async def test_a_button_asks_what_it_says(asked: Talk) -> None:
    entities = [{"entity": "procedure", "value": "1.004194"}]
    events = await asked.act(Explain(), "/ask_procedure{…}", "ask_procedure", entities=entities)
    assert follows(events) is None
    assert asked.text().startswith("Đăng ký tạm trú")


async def test_several_are_offered_once_and_each_answer_begins(asked: Talk) -> None:
    asked.service.found = SEVERAL
    events = await asked.act(StartDossier(), "tạm trú", "ask_procedure")
    assert list(asked.buttons().values()) == [
        '/start_dossier{"procedure": "1.004194"}',
        '/start_dossier{"procedure": "2.000815"}',
    ]
    after(asked, TOLD, events)
    # In words that fit others as well, but of those offered only one.
    asked.service.found = SEVERAL.model_copy(
        update={"candidates": [candidate("1.004194", "Tạm trú"), candidate("1.2", "Tạm vắng")]}
    )
    assert follows(await asked.act(Explain(), "đăng ký tạm trú", "ask_procedure")) == TOLD
    begun = await asked.act(StartDossier(), "đăng ký tạm trú", "ask_procedure")
    assert loop_of(begun) == "dossier_form"


async def test_a_bare_name_that_fits_several_is_asked_back_as_wanted(asked: Talk) -> None:
    asked.service.found = SEVERAL
    events = await asked.act(Clarify(), "giấy tờ", "inform")
    assert '/start_dossier{"procedure": "1.004194"}' in asked.buttons().values()
    assert slots_of(events)["choices"][0]["wishes"] == ["start_dossier"]


async def test_what_names_nothing_is_asked_again_and_the_wish_is_kept(asked: Talk) -> None:
    asked.service.found = UNKNOWN
    events = await asked.act(Clarify(), "cái kia kìa", "nlu_fallback")
    assert "muốn nộp hồ sơ cho việc nào" in asked.text()
    after(asked, "action_clarify", events)
    asked.service.found = FOUND
    assert follows(await asked.act(Explain(), "tạm trú", "ask_procedure")) == TOLD


async def test_a_name_that_is_not_known_leaves_the_wish(asked: Talk) -> None:
    asked.service.found = UNKNOWN
    events = await asked.act(StartDossier(), "nộp hồ sơ nuôi voi", "start_dossier")
    assert "chưa tìm thấy" in asked.text()
    after(asked, TOLD, events)
    asked.service.found = FOUND
    assert follows(await asked.act(Explain(), "tạm trú", "ask_procedure")) == TOLD


async def test_after_another_matter_a_name_is_only_explained(asked: Talk) -> None:
    after(asked, "action_opening_hours", [])
    asked.service.found = FOUND
    events = await asked.act(Explain(), "tạm trú", "ask_procedure")
    assert follows(events) is None
    assert asked.text().startswith("Đăng ký tạm trú")


async def test_a_number_chooses_nothing_where_a_name_is_waited_for(asked: Talk) -> None:
    events = await asked.act(Clarify(), "1", "inform")
    assert "muốn nộp hồ sơ cho việc nào" in asked.text()
    assert loop_of(events) == ""


async def test_a_question_without_a_name_is_answered_once_the_name_is_told(talk: Talk) -> None:
    talk.service.found = NOTHING
    after(talk, "action_explain", await talk.act(Explain(), "lệ phí bao nhiêu", "ask_fee"))
    talk.service.found = FOUND
    await talk.act(Explain(), "tạm trú", "ask_procedure")
    assert "7.000 đồng" in talk.text()


async def test_a_difference_alone_chooses_among_what_was_offered(
    asked: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "Bằng lái", then "bị mất": together they name one of those that were offered."""
    asked.service.found = SEVERAL
    events = await asked.act(StartDossier(), "bằng lái", "ask_procedure")
    after(asked, TOLD, events)
    asked.events[-3]["text"] = "bằng lái"
    chosen = SEVERAL.model_copy(update={"outcome": "found"})

    async def search(query: str, limit: int = 5) -> SearchResult:
        return chosen if query == "bằng lái bị mất" else UNKNOWN

    monkeypatch.setattr(asked.service, "search", search)
    assert follows(await asked.act(Clarify(), "bị mất", "inform")) == TOLD
    assert loop_of(await asked.act(StartDossier(), "bị mất", "inform")) == "dossier_form"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("nộp hồ sơ tạm trú cho con", True),
        ("em muon nop ho so tam tru", True),
        ("nộp hồ sơ tạm trú ở đâu", False),
        ("nộp hồ sơ tạm trú rồi", False),
        ("tạm trú cho con", False),
    ],
)
async def test_both_in_one_message_begin_it_though_the_wish_was_not_understood(
    talk: Talk, text: str, begins: bool
) -> None:
    talk.service.found = FOUND
    events = await talk.act(Clarify(), text, "nlu_fallback")
    assert (follows(events) == TOLD) == begins


async def test_within_a_form_a_name_begins_nothing(asked: Talk) -> None:
    asked.loop = "dossier_form"
    asked.service.found = FOUND
    assert follows(await asked.act(Explain(), "tạm trú", "ask_procedure")) is None


@pytest.fixture
def sent(talk: Talk) -> Talk:
    """A talk in which a dossier was just sent."""
    talk.slots["procedure"] = talk.slots["sent"] = "1.004194"
    return talk


async def test_after_a_receipt_a_bare_wish_is_asked_about_instead_of_beginning_the_same_again(
    sent: Talk,
) -> None:
    sent.service.found = NOTHING
    events = await sent.act(StartDossier(), "nộp hồ sơ", "start_dossier")
    assert "đã gửi rồi" in sent.text()
    assert list(sent.buttons()) == ["Nộp thêm hồ sơ này", "Hồ sơ đến đâu rồi"]
    assert sent.service.called("start_draft") == []
    again = after(sent, TOLD, events)
    again.service.found = FOUND.model_copy(update={"named": True})
    assert follows(await again.act(Explain(), "tạm trú", "ask_procedure")) == TOLD


async def test_after_a_receipt_a_name_or_the_button_begins_it(sent: Talk) -> None:
    sent.service.found = FOUND
    await sent.act(StartDossier(), "nộp hồ sơ tạm trú", "start_dossier")
    entities = [{"entity": "procedure", "value": "1.004194"}]
    await sent.act(StartDossier(), "/start_dossier", "start_dossier", entities=entities)
    assert sent.service.called("start_draft") == [["1.004194"], ["1.004194"]]


async def test_while_another_dossier_is_filled_one_may_change_to_what_is_explained(
    talk: Talk,
) -> None:
    other = draft(field("text"))
    other = other.model_copy(update={"procedure": ProcedureRef(code="2", name="Khác")})
    talk.loop, talk.slots["draft"], talk.service.open = "dossier_form", other.id, [other]
    talk.service.found = FOUND
    await talk.act(Explain(), "ủa khoan, tạm trú cơ", "ask_procedure")
    expected = {"Chuyển sang nộp việc này": '/start_dossier{"procedure": "1.004194"}'}
    assert talk.buttons() == expected


async def test_of_the_dossier_that_is_filled_nothing_is_offered(talk: Talk) -> None:
    present = draft(field("text"))
    talk.loop, talk.slots["draft"], talk.service.open = "dossier_form", present.id, [present]
    talk.service.found = FOUND
    await talk.act(Explain(), "tạm trú là gì", "ask_procedure")
    assert talk.buttons() == {}


async def test_words_that_say_nothing_begin_no_likely_dossier(talk: Talk) -> None:
    """ "Ghe chở lúa đó" after a choice of boats is no word to fill in forty fields."""
    likely = [candidate("1.004194", "Đăng ký tạm trú").model_copy(update={"score": 0.74})]
    likely.append(candidate("2.000815", "Chứng thực").model_copy(update={"score": 0.1}))
    talk.service.found = SEVERAL.model_copy(update={"candidates": likely, "question": "Nào ạ?"})
    events = await talk.act(StartDossier(), "đăng ký cái ghe", "start_dossier")
    after(talk, TOLD, events).events[0]["text"] = "đăng ký cái ghe"
    talk.service.found_for = {"ghe chở lúa đó": UNKNOWN}
    events = await talk.act(StartDossier(), "ghe chở lúa đó", "inform")
    assert "chọn giúp em việc cần nộp" in talk.text()
    assert loop_of(events) == ""
