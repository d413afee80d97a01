"""Several pages of a paper: sent one after the other, announced in words or by a button."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actions.dossier_form import DossierForm
from actions.onestop_client import OnestopRefusal
from onestop.schemas import Accepted, AnswerResult
from tests.actions.conftest import Talk, slots_of
from tests.actions.fakes import draft, field

PAPER = field("paper", "birth_proof", question="Gửi giấy chứng sinh nhé.", label="Giấy chứng sinh")
FILE = {"metadata": {"attachments": [{"file_id": "f1"}]}}


@pytest.fixture
def filling(talk: Talk) -> Talk:
    """A talk in which a paper was just taken and a name is asked for."""
    talk.slots |= {"draft": "d1", "procedure": "1.004194", "last_paper": "d1 birth_proof"}
    talk.loop = "dossier_form"
    talk.service.open = [draft(field("person_name"))]
    return talk


async def send(talk: Talk) -> dict[str, Any]:
    return slots_of(await talk.act(DossierForm(), "/upload", "upload", **FILE))


async def test_a_file_for_the_asked_paper_offers_to_send_more(filling: Talk) -> None:
    filling.service.open = [draft(PAPER)]
    assert await send(filling) == {"last_paper": "d1 birth_proof", "adding_to": None}
    pressed = json.loads(filling.buttons()["Gửi thêm trang"].removeprefix("/correct_field"))
    assert pressed == {"field": "birth_proof", "also": "files"}
    assert filling.service.called("answer") == [["", "birth_proof", False]]
    assert filling.service.appended == [False]
    assert "Gửi lại ảnh khác" not in filling.buttons()


async def test_a_file_while_something_else_is_asked_is_the_next_page_of_the_last_paper(
    filling: Talk,
) -> None:
    await send(filling)
    assert filling.service.called("answer") == [["", "birth_proof", False]]
    assert filling.service.appended == [True]
    assert "Họ tên là gì ạ?" in filling.text()


async def test_a_card_among_the_papers_is_read_as_well_and_nothing_else_is_said_of_it(
    filling: Talk,
) -> None:
    filling.service.open = [draft(PAPER)]
    filling.service.no_card = "Em chưa đọc được."
    await send(filling)
    assert filling.service.called("read_card") == [["", ["f1"]]]
    assert filling.service.cards_as_papers == [True]
    assert "chưa đọc được" not in filling.text()


@pytest.mark.parametrize("last", [None, "another birth_proof"])
async def test_a_file_that_nothing_asks_for_is_said_to_be_so(
    filling: Talk, last: str | None
) -> None:
    filling.slots["last_paper"] = last  # of an earlier dossier
    assert await send(filling) == {}
    assert filling.service.called("answer") == []
    assert "Họ tên là gì ạ?" in filling.text()


async def test_a_paper_that_is_asked_for_no_longer_takes_no_further_page(filling: Talk) -> None:
    filling.service.refusal = OnestopRefusal(409, {"type": "urn:motcua:problem:nothing_asked"})
    assert await send(filling) == {}
    assert "Họ tên là gì ạ?" in filling.text()


@pytest.mark.parametrize(
    "words",
    ["gửi thêm trang", "gui them anh nua", "còn mặt sau nữa", "con trang sau", "thêm file nữa nhé"],
)
async def test_more_pages_are_announced_in_words(filling: Talk, words: str) -> None:
    chosen = draft(PAPER)
    filling.service.chosen = chosen
    events = await filling.act(DossierForm(), words, "upload")
    assert slots_of(events) == {"adding_to": "d1 birth_proof"}
    assert filling.service.called("choose_field") == [["birth_proof"]]
    assert "Giấy chứng sinh" in filling.text()
    assert list(filling.buttons()) == ["Đủ rồi"]


@pytest.mark.parametrize("words", ["Nguyễn Văn Thêm", "thêm nữa", "tôi cần thêm thời gian"])
async def test_other_words_of_more_are_no_pages(filling: Talk, words: str) -> None:
    filling.service.right = {words}
    await filling.act(DossierForm(), words, "inform")
    assert filling.service.called("choose_field") == []


async def test_pages_are_added_until_it_is_enough(filling: Talk) -> None:
    filling.slots["adding_to"] = "d1 birth_proof"
    filling.service.open = [draft(PAPER)]
    await send(filling)
    assert filling.service.appended == [True]


@pytest.mark.parametrize("words", ["đủ rồi", "xong", "hết rồi em", "thôi đủ rồi", "khong con"])
async def test_enough_goes_on_with_the_form(filling: Talk, words: str) -> None:
    filling.slots["adding_to"] = "d1 birth_proof"
    filling.service.chosen = draft(field("person_name"))
    events = await filling.act(DossierForm(), words, "inform")
    assert slots_of(events) == {"adding_to": None}
    assert filling.service.called("choose_field") == [[None]]
    assert "Họ tên là gì ạ?" in filling.text()


async def test_a_page_that_is_hard_to_read_is_said_and_can_be_sent_again(filling: Talk) -> None:
    taken = Accepted(field="birth_proof", label="Giấy chứng sinh", display="a.jpg")
    filling.service.result = AnswerResult(
        draft=draft(field("person_name")), accepted=[taken], warnings=["Ảnh hơi mờ ạ."]
    )
    await send(filling)
    assert "Ảnh hơi mờ ạ." in filling.text()
    pressed = json.loads(filling.buttons()["Gửi lại ảnh khác"].removeprefix("/correct_field"))
    assert pressed == {"field": "birth_proof"}
