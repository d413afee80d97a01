"""Which procedure a question means, and what is offered next."""

from __future__ import annotations

import pytest

from actions.choosing import telling_apart
from actions.clarify import Clarify, OutOfScope
from actions.questions import Explain
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOTHING, SEVERAL, UNKNOWN, candidate, draft, field


async def test_the_found_procedure_is_explained_and_kept(talk: Talk) -> None:
    talk.service.found = FOUND
    events = await talk.act(Explain(), "đăng ký tạm trú mất bao lâu", "ask_time")
    assert "3 ngày làm việc" in talk.text()
    assert "7.000" not in talk.text()
    assert slots_of(events) == {"procedure": "1.004194", "choices": None}
    assert '/start_dossier{"procedure": "1.004194"}' in talk.buttons().values()
    assert "Bao lâu xong" not in talk.buttons()


async def test_two_wishes_are_both_answered(talk: Talk) -> None:
    talk.service.found = FOUND
    wishes = [{"intent": "ask_time"}, {"intent": "ask_fee"}]
    await talk.act(Explain(), "tạm trú bao lâu, bao nhiêu", "ask_time", wishes=wishes)
    assert "3 ngày làm việc" in talk.text()
    assert "7.000 đồng" in talk.text()


async def test_words_without_a_subject_keep_the_procedure(talk: Talk) -> None:
    talk.service.found = NOTHING
    talk.slots = {"procedure": "1.004194"}
    await talk.act(Explain(), "còn lệ phí thì sao", "ask_fee")
    assert "7.000 đồng" in talk.text()


async def test_no_subject_and_no_procedure_asks_for_one(talk: Talk) -> None:
    talk.service.found = NOTHING
    events = await talk.act(Explain(), "lệ phí bao nhiêu", "ask_fee")
    assert "thủ tục nào" in talk.text()
    assert slots_of(events) == {"choices": [{"wishes": ["ask_fee"]}]}


async def test_nothing_found_is_said_honestly(talk: Talk) -> None:
    talk.service.found = UNKNOWN
    await talk.act(Explain(), "phóng tên lửa", "ask_procedure")
    assert "chưa tìm thấy" in talk.text()


async def test_several_are_offered_as_buttons_that_repeat_the_wishes(talk: Talk) -> None:
    talk.service.found = SEVERAL
    wishes = [{"intent": "ask_time"}, {"intent": "ask_fee"}]
    events = await talk.act(Explain(), "bao lâu, bao nhiêu", "ask_time", wishes=wishes)
    assert list(talk.buttons().values()) == [
        '/ask_time{"procedure": "1.004194", "also": "ask_fee"}',
        '/ask_time{"procedure": "2.000815", "also": "ask_fee"}',
    ]
    assert [one["code"] for one in slots_of(events)["choices"]] == ["1.004194", "2.000815"]


async def test_a_button_needs_no_search(talk: Talk) -> None:
    entities = [{"entity": "procedure", "value": "1.004194"}]
    await talk.act(Explain(), '/ask_fee{"procedure": "1.004194"}', "ask_fee", entities=entities)
    assert "7.000 đồng" in talk.text()
    assert not talk.service.called("search")


async def test_who_asks_for_the_form_gets_it_empty_where_it_is_an_official_one(talk: Talk) -> None:
    talk.service.found = FOUND
    await talk.act(Explain(), "mẫu tờ khai tạm trú", "ask_forms")
    assert "để trống" not in talk.text()
    talk.service.official = {"1.004194"}
    await talk.act(Explain(), "mẫu tờ khai tạm trú", "ask_forms")
    assert "để trống đây ạ" in talk.text()
    cards = [one["custom"] for one in talk.dispatcher.messages if one["custom"]]
    assert [card["url"] for card in cards] == ["/documents/p", "/documents/d"]


async def test_a_code_that_is_gone_is_not_found(talk: Talk) -> None:
    entities = [{"entity": "procedure", "value": "9.999999"}]
    events = await talk.act(Explain(), '/ask_fee{"procedure": "9.999999"}', entities=entities)
    assert "chưa tìm thấy" in talk.text()
    assert slots_of(events) == {}


async def test_while_a_form_is_filled_nothing_else_is_offered(talk: Talk) -> None:
    talk.service.found = FOUND
    talk.loop = "dossier_form"
    await talk.act(Explain(), "tạm trú mất bao lâu", "ask_time")
    assert talk.buttons() == {}


CHOICES = [
    {"code": "1.004194", "wishes": ["ask_time", "ask_fee"]},
    {"code": "2.000815", "wishes": ["ask_time", "ask_fee"]},
]


@pytest.mark.parametrize("said", ["1", "số 1", "cái thứ 1 ạ", "1."])
async def test_a_typed_number_chooses_with_all_wishes(talk: Talk, said: str) -> None:
    talk.slots = {"choices": CHOICES}
    events = await talk.act(Clarify(), said)
    assert "3 ngày làm việc" in talk.text()
    assert "7.000 đồng" in talk.text()
    assert slots_of(events)["procedure"] == "1.004194"


async def test_a_typed_number_starts_the_dossier_that_was_wanted(talk: Talk) -> None:
    talk.slots = {"choices": [{"code": "1.004194", "wishes": ["start_dossier"]}]}
    events = await talk.act(Clarify(), "1")
    assert loop_of(events) == "dossier_form"
    assert talk.service.called("start_draft") == [["1.004194"]]


async def test_a_typed_number_goes_on_with_the_draft_that_was_offered(talk: Talk) -> None:
    asked = field("person_name")
    talk.service.open = [draft(asked, "d1"), draft(asked, "d2", "Khai sinh")]
    talk.slots = {"choices": [{"draft": "d1"}, {"draft": "d2"}]}
    events = await talk.act(Clarify(), "2")
    assert slots_of(events)["draft"] == "d2"
    assert loop_of(events) == "dossier_form"


@pytest.mark.parametrize("said", ["3", "0", "12", "0912345678", "15/3/1998"])
async def test_other_numbers_choose_nothing_and_are_not_searched(talk: Talk, said: str) -> None:
    talk.slots = {"choices": CHOICES}
    talk.service.found = SEVERAL
    await talk.act(Clarify(), said)
    assert "chưa hiểu" in talk.text()
    assert not talk.service.called("search")


async def test_a_name_alone_is_explained(talk: Talk) -> None:
    talk.service.found = FOUND
    await talk.act(Clarify(), "tạm trú")
    assert talk.text().startswith("Đăng ký tạm trú")


async def test_not_understood_twice_in_a_row_offers_a_person(talk: Talk) -> None:
    await talk.act(Clarify(), "qwrt", "nlu_fallback")
    assert "chưa hiểu" in talk.text()
    talk.events = [
        {"event": "user", "text": "qwrt"},
        {"event": "action", "name": "action_clarify"},
        {"event": "action", "name": "action_listen"},
    ]
    talk.dispatcher.messages.clear()
    await talk.act(Clarify(), "plkj", "nlu_fallback")
    assert talk.buttons() == {"Gặp cán bộ": "/ask_person"}


async def test_what_sounds_out_of_scope_may_name_a_procedure(talk: Talk) -> None:
    talk.service.found = FOUND
    await talk.act(OutOfScope(), "giấy tạm trú pháo hoa", "out_of_scope")
    assert talk.text().startswith("Đăng ký tạm trú")


async def test_what_is_out_of_scope_is_said_to_be(talk: Talk) -> None:
    talk.service.found = UNKNOWN
    await talk.act(OutOfScope(), "hôm nay trời đẹp", "out_of_scope")
    assert "ngoài khả năng" in talk.text()
    assert "/ask_procedure" in talk.buttons().values()


async def test_namesakes_are_told_apart_by_what_divides_them(talk: Talk) -> None:
    both = [
        candidate(code, "Cấp lại Giấy phép").model_copy(update={"agency": agency})
        for code, agency in (("1.000001", "Công an cấp xã"), ("1.000002", "Công an tỉnh"))
    ]
    talk.service.found = SEVERAL.model_copy(update={"candidates": both, "question": None})
    await talk.act(Explain(), "cấp lại giấy phép", "ask_procedure")
    assert "cùng tên: Cấp lại Giấy phép" in talk.text()
    assert list(talk.buttons()) == ["1. Công an cấp xã", "2. Công an tỉnh"]


@pytest.mark.parametrize(
    ("differing", "by"),
    [
        ([{"agency": "A", "tier": "commune"}, {"agency": "", "tier": "ministry"}], "tier"),
        ([{"field": "A"}, {"field": "B"}], "field"),
        ([{"level": 3}, {"level": 4}], "level"),
        ([{"agency": "A"}, {"agency": "A"}], "code"),
    ],
)
def test_the_first_of_agency_tier_field_and_level_that_divides_all(
    differing: list[dict[str, object]], by: str
) -> None:
    named = [
        candidate(f"1.00000{at}", "Tên").model_copy(update=one) for at, one in enumerate(differing)
    ]
    assert telling_apart(named) == by


def test_procedures_of_different_names_need_nothing_else() -> None:
    assert telling_apart([candidate("1.000001", "Một"), candidate("1.000002", "Hai")]) == ""
