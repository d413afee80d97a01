"""A message that is a procedure's name is explained, whatever else it sounds like."""

from __future__ import annotations

from actions.complaints import Complain
from actions.menu import Capabilities
from actions.naming import UnlessNamed, unless_named
from actions.questions import Explain
from tests.actions.conftest import Talk, slots_of
from tests.actions.fakes import FOUND, SEVERAL

NAME = "Giải quyết khiếu nại về đăng ký tạm trú"
COMPLAIN = unless_named(Complain())


def followed(events: list[dict[str, object]]) -> object:
    """The action that the events let follow."""
    return next((one["name"] for one in events if one["event"] == "followup"), None)


async def test_a_name_is_explained_and_the_citizen_s_turn_follows(talk: Talk) -> None:
    talk.service.found = FOUND.model_copy(update={"named": True})
    events = await talk.act(COMPLAIN, NAME, "complain")
    assert "Đăng ký tạm trú" in talk.text()
    assert followed(events) == "action_listen"


async def test_within_a_form_the_form_asks_again(talk: Talk) -> None:
    talk.loop = "dossier_form"
    talk.service.found = FOUND.model_copy(update={"named": True})
    assert followed(await talk.act(COMPLAIN, NAME, "complain")) == "dossier_form"


async def test_a_story_about_a_procedure_is_no_name(talk: Talk) -> None:
    talk.service.found = FOUND
    events = await talk.act(COMPLAIN, "cán bộ bắt tôi chờ ba tiếng để đăng ký tạm trú", "complain")
    assert followed(events) is None
    assert "Công an cấp xã" not in talk.text()


async def test_a_button_is_the_citizen_s_own_word(talk: Talk) -> None:
    talk.service.found = FOUND.model_copy(update={"named": True})
    assert followed(await talk.act(COMPLAIN, "/complain", "complain")) is None


def test_what_searches_by_itself_stays_as_it_is() -> None:
    explain = Explain()
    assert unless_named(explain) is explain
    assert isinstance(COMPLAIN, UnlessNamed)
    assert COMPLAIN.name() == "action_complain"


async def test_a_name_that_sounds_like_a_cry_for_help(talk: Talk) -> None:
    talk.service.found = FOUND.model_copy(update={"named": True})
    await talk.act(unless_named(Capabilities()), "dừng trợ giúp xã hội", "ask_capabilities")
    assert "Đăng ký tạm trú" in talk.text()
    assert "em giúp được" not in talk.text()


async def test_who_asks_for_help_hears_what_can_be_done(talk: Talk) -> None:
    await talk.act(unless_named(Capabilities()), "em giúp được gì", "ask_capabilities")
    assert "em giúp được" in talk.text()
    assert list(talk.buttons().values()) == [
        "/ask_procedure",
        "/start_dossier",
        "/check_status",
        "/ask_person",
    ]


async def test_a_guess_gives_way_to_what_is_found_clearly(talk: Talk) -> None:
    talk.service.found = FOUND
    said = "ở trọ mới dọn tới thì làm cái chi trước, có đóng tiền hông"
    await talk.act(COMPLAIN, said, "complain", confidence=0.5)
    assert "Đăng ký tạm trú" in talk.text()


async def test_a_guess_stays_where_nothing_is_clear(talk: Talk) -> None:
    talk.service.found = SEVERAL
    events = await talk.act(COMPLAIN, "cán bộ xã làm ăn chán quá", "complain", confidence=0.5)
    assert slots_of(events)["feedback"]
