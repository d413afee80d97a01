"""The filled form to print: asked for in words at any moment, fetched by its link in the citizen's session."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as OpenDocx

from tests.conversations.player import Citizen, Script, load_scripts
from tests.conversations.system import System

pytestmark = pytest.mark.system
FORMS = {one.name: one.steps for one in load_scripts(Path(__file__).parent / "scripts" / "shipped")}
MARITAL = FORMS["eforms: marital status to buy a house"]


def links(citizen: Citizen) -> dict[str, str]:
    """Format → address of the links in the last replies."""
    found = [card for card in citizen.cards() if card["type"] == "link"]
    return {"pdf" if "PDF" in card["title"] else "docx": card["url"] for card in found}


def fetch(citizen: Citizen, link: str, token: str | None = None) -> bytes:
    request = urllib.request.Request(citizen.system.url + link)
    request.add_header("Authorization", f"Bearer {citizen.token if token is None else token}")
    with urllib.request.urlopen(request, timeout=100) as answer:
        return bytes(answer.read())


def printed(citizen: Citizen) -> str:
    """The text of the document behind the last replies' link."""
    opened = OpenDocx(BytesIO(fetch(citizen, links(citizen)["docx"])))
    return "\n".join(paragraph.text for paragraph in opened.paragraphs)


def play(citizen: Citizen, *steps: dict[str, object]) -> None:
    citizen.play(Script("documents", list(steps)))


def test_from_the_first_answers_to_the_receipt(citizen: Citizen, system: System) -> None:
    play(citizen, *MARITAL[:4], {"say": "tai ban in", "expect": ["chưa điền", "ngày nào"]})
    told = printed(citizen)
    assert "Phạm Thị Lan" in told
    assert "…" in told
    play(citizen, *MARITAL[4:-1], {"press": "Tải bản in", "expect": ["đã điền đây ạ"]})
    assert "chưa có mã hồ sơ" in printed(citizen)
    # Where the form was asked for, it still waits to be agreed to.
    play(citizen, {"say": "đồng ý", "card": "receipt", "remember": {"code": r"Mã hồ sơ: (\S+)"}})
    play(citizen, {"press": "Tải tờ khai"})
    assert f"Mã hồ sơ: {citizen.remembered['code']}" in printed(citizen)
    play(citizen, {"say": "in tờ khai giúp bác"})
    assert citizen.remembered["code"] in printed(citizen)

    another = Citizen(system)
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(another, links(citizen)["docx"])
    assert refused.value.code == 404
    code = citizen.remembered["code"]
    play(another, {"say": f"cho tôi bản in hồ sơ {code}", "expect": ["4 số cuối"]})
    play(another, {"say": "4321", "expect": ["đã điền đây ạ"]})
    assert "Phạm Thị Lan" in printed(another)


def test_where_nothing_was_filled_in_the_next_steps_are_offered(citizen: Citizen) -> None:
    play(
        citizen,
        {"say": "tải tờ khai đã điền", "buttons": ["Xem mẫu đơn", "Nộp hồ sơ", "Hồ sơ đã nộp"]},
    )


def test_the_pdf_is_one(citizen: Citizen) -> None:
    play(citizen, *MARITAL[:4], {"say": "xuất ra pdf cho tôi"})
    if shutil.which("soffice") is None:
        play(citizen, {"say": "tải bản in", "expect": ["chỉ có bản Word"]})
        return
    assert fetch(citizen, links(citizen)["pdf"]).startswith(b"%PDF-")
