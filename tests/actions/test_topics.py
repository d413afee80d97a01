"""Where it is not clear what is meant, one question goes back with buttons, and a person is among them."""

from __future__ import annotations

import pytest

from actions.clarify import Clarify, OutOfScope
from actions.dossiers import StartDossier
from actions.questions import Explain
from onestop.schemas import SearchResult
from tests.actions.conftest import Talk, slots_of
from tests.actions.fakes import FOUND, NOTHING, SEVERAL, UNKNOWN, candidate

TOPICS = ["Nhà đất", "Xe cộ"]
LAND = SEVERAL.model_copy(
    update={"topics": ["Nhà đất"], "question": "Anh/chị muốn làm gì với nhà đất ạ?"}
)


def said(**entities: str) -> list[dict[str, str]]:
    return [{"entity": name, "value": value} for name, value in entities.items()]


def offering(found: SearchResult) -> SearchResult:
    return found.model_copy(update={"topics": TOPICS})


async def test_a_procedure_that_is_not_found_offers_topics_and_a_person(talk: Talk) -> None:
    talk.service.found = offering(UNKNOWN)
    await talk.act(Explain(), "phí nuôi khủng long", "ask_fee")
    assert "chưa tìm thấy" in talk.text()
    assert talk.buttons() == {
        "Nhà đất": '/ask_fee{"topic": "Nhà đất"}',
        "Xe cộ": '/ask_fee{"topic": "Xe cộ"}',
        "Gặp cán bộ": "/ask_person",
    }


@pytest.mark.parametrize(
    ("action", "intent", "said"),
    [
        (Explain(), "ask_papers", "cần giấy tờ gì"),
        (Explain(), "ask_papers", "/ask_papers"),
        (StartDossier(), "start_dossier", "tôi muốn nộp hồ sơ"),
        (StartDossier(), "start_dossier", "/start_dossier"),
    ],
)
async def test_the_question_which_procedure_offers_topics_that_keep_the_wish(
    talk: Talk, action: Explain, intent: str, said: str
) -> None:
    talk.service.found = offering(NOTHING)
    await talk.act(action, said, intent)
    assert talk.buttons()["Nhà đất"] == f'/{intent}{{"topic": "Nhà đất"}}'
    assert talk.buttons()["Gặp cán bộ"] == "/ask_person"


async def test_several_wishes_go_along_with_the_topic(talk: Talk) -> None:
    talk.service.found = offering(NOTHING)
    await talk.act(
        Explain(), '/ask_fee{"also": "ask_time"}', "ask_fee", entities=said(also="ask_time")
    )
    assert talk.buttons()["Xe cộ"] == '/ask_fee{"topic": "Xe cộ", "also": "ask_time"}'


async def test_a_topic_s_button_asks_its_question_with_the_wish_that_was_said(talk: Talk) -> None:
    talk.service.found_for = {"Nhà đất": LAND}
    talk.slots = {"procedure": "1.004194"}
    await talk.act(
        Explain(), '/ask_fee{"topic": "Nhà đất"}', "ask_fee", entities=said(topic="Nhà đất")
    )
    assert talk.text() == "Anh/chị muốn làm gì với nhà đất ạ?"
    assert '/ask_fee{"procedure": "1.004194"}' in talk.buttons().values()


async def test_a_bare_topic_is_asked_even_if_one_of_its_procedures_is_talked_about(
    talk: Talk,
) -> None:
    talk.service.found = LAND
    talk.slots = {"procedure": "1.004194"}
    await talk.act(Explain(), "nhà đất", "ask_procedure")
    assert talk.text() == "Anh/chị muốn làm gì với nhà đất ạ?"


async def test_a_question_about_a_topic_goes_on_with_what_is_talked_about(talk: Talk) -> None:
    talk.service.found = LAND
    talk.slots = {"procedure": "1.004194"}
    await talk.act(Explain(), "lệ phí nhà đất", "ask_fee")
    assert talk.text().startswith("Đăng ký tạm trú")


async def test_a_topic_after_a_choice_is_a_new_beginning(talk: Talk) -> None:
    talk.service.found = LAND
    talk.service.found_for = {"xe máy nhà đất": FOUND}
    talk.slots = {"choices": [{"code": "2.000815", "wishes": ["ask_procedure"]}]}
    talk.events = [
        {"event": "user", "text": "xe máy"},
        {"event": "action", "name": "action_explain"},
    ]
    await talk.act(Explain(), "nhà đất", "ask_procedure")
    assert talk.text() == "Anh/chị muốn làm gì với nhà đất ạ?"


async def test_while_an_e_form_is_filled_no_topics_come_between(talk: Talk) -> None:
    talk.service.found = offering(UNKNOWN)
    talk.loop = "dossier_form"
    await talk.act(Explain(), "phí nuôi khủng long", "ask_fee")
    assert talk.buttons() == {}


@pytest.mark.parametrize("action", [Clarify(), OutOfScope()])
async def test_what_was_not_understood_is_answered_with_the_menu(
    talk: Talk, action: Clarify
) -> None:
    talk.service.found = offering(NOTHING)
    events = await talk.act(action, "qwrt")
    assert list(talk.buttons())[-1] == "Gặp cán bộ"
    assert len(talk.buttons()) >= 3
    assert slots_of(events).get("procedure") is None


LICENCES = [
    {"code": code, "title": title, "score": 0.5, "wishes": ["ask_procedure"]}
    for code, title in (
        ("2.000815", "Đổi bằng (hết hạn, hỏng)"),
        ("1.004194", "Cấp lại bằng bị mất"),
    )
]


@pytest.fixture
def chosen_among(talk: Talk) -> Talk:
    """A talk in which licences were just offered to choose from."""
    talk.service.found = SEVERAL
    talk.slots = {"choices": LICENCES}
    talk.events = [
        {"event": "user", "text": "bằng lái"},
        {"event": "action", "name": "action_explain"},
    ]
    return talk


@pytest.mark.parametrize("said", ["mất rồi", "mat roi", "bị mất ạ", "cái bị mất"])
async def test_a_word_of_one_title_alone_chooses_it(chosen_among: Talk, said: str) -> None:
    events = await chosen_among.act(Explain(), said, "ask_procedure")
    assert slots_of(events)["procedure"] == "1.004194"


@pytest.mark.parametrize("said", ["bằng", "còn khai sinh thì sao", "cái đó", "có"])
async def test_a_word_of_several_titles_or_none_chooses_nothing(
    chosen_among: Talk, said: str
) -> None:
    events = await chosen_among.act(Explain(), said, "ask_procedure")
    assert "procedure" not in slots_of(events)


async def test_a_procedure_that_the_words_name_wins_over_a_title(talk: Talk) -> None:
    talk.service.found = FOUND
    talk.slots = {"choices": [LICENCES[0]]}
    talk.events = [
        {"event": "user", "text": "bằng lái"},
        {"event": "action", "name": "action_explain"},
    ]
    await talk.act(Explain(), "tạm trú hết hạn", "ask_procedure")
    assert talk.text().startswith("Đăng ký tạm trú")


async def test_what_hardly_can_be_meant_is_not_offered(talk: Talk) -> None:
    hardly = candidate("1.000009", "Chăn nuôi").model_copy(update={"score": 0.001})
    found = SEVERAL.model_copy(update={"candidates": [*SEVERAL.candidates, hardly]})
    talk.service.found = found
    await talk.act(Explain(), "giấy tạm trú", "ask_procedure")
    assert list(talk.buttons()) == ["1. Đăng ký tạm trú", "2. Chứng thực"]


@pytest.mark.parametrize(("code", "chosen"), [("1.004194", True), ("2.000815", False)])
async def test_more_words_choose_what_they_bring_to_the_front(
    talk: Talk, code: str, chosen: bool
) -> None:
    """What stood first before says nothing: any other words would leave it there."""
    both = [candidate(code, "Giấy").model_copy(update={"score": 0.3})]
    talk.service.found = SEVERAL
    talk.service.found_for = {
        "giấy của tôi bà để quên ngoài chợ hôm qua": SEVERAL.model_copy(update={"candidates": both})
    }
    talk.slots = {"choices": LICENCES}
    talk.events = [
        {"event": "user", "text": "giấy của tôi"},
        {"event": "action", "name": "action_explain"},
    ]
    events = await talk.act(Explain(), "bà để quên ngoài chợ hôm qua", "ask_procedure")
    assert (slots_of(events).get("procedure") == "1.004194") is chosen
