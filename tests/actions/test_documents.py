"""Which form is printed, and what is said of it."""

from __future__ import annotations

import pytest

from actions import printed
from actions.documents import DownloadForm
from actions.dossier_form import DossierForm
from actions.onestop_client import OnestopRefusal
from actions.status_form import StatusForm
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import PRINTED, draft, field

CODE, OTHER = "H25-20261124-0000001", "H25-20261124-0000002"
FACTOR_NEEDED = OnestopRefusal(403, {"type": "urn:motcua:problem:factor_needed"})


def links(talk: Talk) -> list[str]:
    cards = [one["custom"] for one in talk.dispatcher.messages]
    return [card["url"] for card in cards if card.get("type") == "link"]


@pytest.fixture
def filling(talk: Talk) -> Talk:
    """A talk in which a draft is filled in."""
    talk.slots["draft"], talk.loop = "d1", "dossier_form"
    return talk


async def test_the_newest_dossier_of_the_talk_is_meant(talk: Talk) -> None:
    talk.slots["dossiers"] = [OTHER, CODE]
    assert await talk.act(DownloadForm(), "cho tôi bản in", "download_form") == []
    assert talk.service.called("documents") == [["", CODE, ""]]
    assert links(talk) == ["/documents/p", "/documents/d"]
    assert "Tờ khai" in talk.text()


async def test_a_draft_that_was_put_off_is_printed_where_nothing_was_sent(talk: Talk) -> None:
    talk.service.open = [draft(field("person_name"))]
    await talk.act(DownloadForm(), "in tờ khai", "download_form")
    assert talk.service.called("documents") == [[talk.service.open[0].id, "", ""]]


async def test_where_nothing_was_filled_in_the_next_steps_are_offered(talk: Talk) -> None:
    await talk.act(DownloadForm(), "in tờ khai", "download_form")
    assert talk.service.called("documents") == []
    assert set(talk.buttons()) == {"Xem mẫu đơn", "Nộp hồ sơ", "Hồ sơ đã nộp"}


async def test_a_dossier_of_another_talk_is_looked_up_first(talk: Talk) -> None:
    talk.service.printed = FACTOR_NEEDED
    events = await talk.act(
        DownloadForm(), f"in hồ sơ {CODE}", "download_form",
        entities=[{"entity": "dossier_code", "value": CODE}],
    )  # fmt: skip
    assert loop_of(events) == "status_form"
    assert slots_of(events) == {"lookup_code": CODE, "lookup_for": "document"}
    talk.slots |= slots_of(events)
    talk.loop = "status_form"
    events = await talk.act(StatusForm(), "1234", "inform")
    assert talk.service.called("documents")[-1] == ["", CODE, "1234"]
    assert loop_of(events) is None
    assert links(talk)


async def test_while_filling_the_open_question_is_asked_again(filling: Talk) -> None:
    talk = filling
    talk.service.open = [draft(field("person_name"))]
    await talk.act(DossierForm(), "tải bản in", "download_form")
    assert links(talk) == ["/documents/p", "/documents/d"]
    assert field("person_name").question in talk.text()


async def test_before_sending_the_summary_is_not_read_out_once_more(filling: Talk) -> None:
    talk = filling
    talk.service.open = [draft(None)]
    await talk.act(DossierForm(), "tải bản in", "download_form")
    assert links(talk) == ["/documents/p", "/documents/d"]
    assert "Đồng ý và gửi" not in talk.text()


@pytest.mark.parametrize("pdf", [None, "/documents/p"])
async def test_where_there_is_no_pdf_it_is_said_how_to_open_the_other(
    talk: Talk, pdf: str | None
) -> None:
    printed.show(talk.turn("tải tờ khai"), PRINTED.model_copy(update={"pdf": pdf, "missing": 2}))
    assert ("chỉ có bản Word" in talk.text()) == (pdf is None)
    assert "Còn 2 mục" in talk.text()
