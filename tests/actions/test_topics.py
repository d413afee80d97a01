"""Where it is not clear what is meant, one question goes back with buttons, and a person is among them."""

from __future__ import annotations

import pytest

from actions.clarify import Acknowledge, Clarify, OutOfScope
from actions.dossiers import StartDossier
from actions.questions import Explain
from actions.turn import TopicAction
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


@pytest.mark.parametrize(
    ("action", "intent", "said", "told", "button"),
    [
        (StartDossier(), "submit_dossier", "nộp luôn", "bắt đầu hồ sơ ngay", "start_dossier"),
        (Explain(), "ask_place", "nộp ở đâu", "chỉ chỗ nộp ngay", "ask_place"),
        (Explain(), "ask_fee", "mấy tiền", "trả lời ngay", "ask_fee"),
        (Clarify(), "nlu_fallback", "ừm", "trả lời ngay", "ask_procedure"),
        (Acknowledge(), "affirm", "vâng", "trả lời ngay", "ask_procedure"),
    ],
)
async def test_who_has_not_chosen_yet_hears_that_he_should_and_the_wish_is_kept(
    chosen_among: Talk, action: TopicAction, intent: str, said: str, told: str, button: str
) -> None:
    chosen_among.service.found = NOTHING
    events = await chosen_among.act(action, said, intent)
    assert told in chosen_among.text()
    assert [*chosen_among.buttons().values()] == [
        f'/{button}{{"procedure": "2.000815"}}',
        f'/{button}{{"procedure": "1.004194"}}',
    ]
    assert [one["wishes"] for one in slots_of(events)["choices"]] == [[button]] * 2


async def test_what_was_asked_before_the_choice_is_answered_with_what_is_asked_after_it(
    chosen_among: Talk,
) -> None:
    chosen_among.service.found = NOTHING
    chosen_among.slots = {"choices": [{**one, "wishes": ["ask_fee"]} for one in LICENCES]}
    events = await chosen_among.act(Explain(), "nộp ở đâu", "ask_place")
    assert slots_of(events)["choices"][0]["wishes"] == ["ask_fee", "ask_place"]
    assert '/ask_fee{"procedure": "1.004194", "also": "ask_place"}' in (
        chosen_among.buttons().values()
    )


async def test_who_does_not_choose_the_second_time_is_offered_a_person(chosen_among: Talk) -> None:
    chosen_among.service.found = NOTHING
    chosen_among.events.append(
        {"event": "bot", "text": "…", "metadata": {"trace": {"said": "choose_first"}}}
    )
    await chosen_among.act(StartDossier(), "nộp luôn đi", "submit_dossier")
    assert "Gặp cán bộ" in chosen_among.buttons()


async def test_the_choice_stands_until_it_is_made(chosen_among: Talk) -> None:
    chosen_among.service.found = NOTHING
    chosen_among.events = [
        {"event": "user", "text": "ok"},
        {"event": "action", "name": "action_acknowledge"},
        {"event": "bot", "text": "…", "metadata": {"trace": {"said": "choose_first"}}},
    ]
    await chosen_among.act(Explain(), "làm thế nào", "ask_steps")
    assert '/ask_steps{"procedure": "1.004194"}' in chosen_among.buttons().values()


async def test_a_yes_to_an_explanation_with_others_beside_it_is_not_asked_to_choose(
    chosen_among: Talk,
) -> None:
    chosen_among.service.found = NOTHING
    scores = (0.8, 0.05)
    guessed = [{**one, "score": by} for one, by in zip(LICENCES, scores, strict=True)]
    chosen_among.slots = {"choices": guessed}
    await chosen_among.act(Acknowledge(), "vâng", "affirm")
    assert "muốn làm gì tiếp" in chosen_among.text()
