"""Asking for a person: the card for the gateway, with a summary; the hotline where there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from actions.clarify import Acknowledge
from actions.dossier_form import DossierForm
from actions.onestop_client import OnestopUnavailable
from actions.person import Person
from onestop.schemas import HelpHours
from tests.actions.conftest import Talk
from tests.actions.fakes import FakeOnestop, draft, field


def card(talk: Talk) -> dict[str, Any]:
    """The card by which the gateway takes over."""
    (found,) = [one["custom"] for one in talk.dispatcher.messages if one["custom"]]
    assert found["type"] == "handover"
    return dict(found)


def said(text: str) -> dict[str, Any]:
    return {"event": "user", "text": text, "metadata": {}}


OFFER = {"event": "bot", "text": "…", "data": {"buttons": [{"payload": "/ask_person"}]}}


async def test_the_summary_says_what_it_is_about_and_what_was_said_last(talk: Talk) -> None:
    asked = field("text", "place")
    talk.service.open = [draft(asked)]
    talk.slots, talk.events = {"draft": "d1"}, [said("một"), said("/affirm"), said("hai")]
    await talk.act(Person(), "gặp cán bộ", "ask_person")
    request = card(talk)
    assert request["open"] is True
    summary = request["summary"]
    assert (summary["procedure"], summary["field"]) == ("Đăng ký tạm trú", asked.label)
    assert (summary["answered"], summary["total"]) == (1, 3)
    assert summary["said"] == ["một", "hai", "gặp cán bộ"]
    assert summary["reason"] == "asked"
    (resume,) = request["buttons"]
    assert resume["title"] == "Tiếp tục hồ sơ"


async def test_the_agency_is_told_so_that_its_own_staff_see_the_citizen(talk: Talk) -> None:
    talk.service.open, talk.slots = [draft(field("text", "place"))], {"draft": "d1"}
    await talk.act(Person(), "gặp cán bộ", "ask_person")
    assert card(talk)["agency"] == "Công an cấp xã"


async def test_where_it_is_about_nothing_yet_no_agency_is_told(talk: Talk) -> None:
    await talk.act(Person(), "gặp cán bộ", "ask_person")
    assert card(talk)["agency"] == ""


async def test_outside_office_hours_the_gateway_is_told_when_staff_are_there(talk: Talk) -> None:
    talk.service.help = HelpHours(offered=True, opens_at=datetime(2026, 11, 30, 0, 30, tzinfo=UTC))
    await talk.act(Person(), "gặp cán bộ", "ask_person")
    request = card(talk)
    assert (request["open"], request["opens_at"]) == (False, "2026-11-30T00:30:00+00:00")


async def test_where_no_person_is_offered_the_hotline_is_told(talk: Talk) -> None:
    talk.service.help = HelpHours(offered=False)
    await talk.act(Person(), "gặp cán bộ", "ask_person")
    assert "1800 1096" in talk.text()
    assert not any(one["custom"] for one in talk.dispatcher.messages)


async def test_where_the_service_is_away_the_hotline_is_told(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> HelpHours:
        raise OnestopUnavailable("down")

    monkeypatch.setattr(talk.service, "help_hours", away)
    await talk.act(Person(), "gặp cán bộ", "ask_person")
    assert "1800 1096" in talk.text()


async def test_a_yes_to_the_offer_of_a_person_brings_one(talk: Talk) -> None:
    talk.events = [said("qwrt"), OFFER]
    await talk.act(Acknowledge(), "dạ có", "affirm")
    assert card(talk)["summary"]["reason"] == "stuck"


@pytest.mark.parametrize(
    ("events", "intent"),
    [([said("chào"), OFFER, said("lệ phí")], "affirm"), ([said("qwrt"), OFFER], "deny")],
)
async def test_any_other_yes_or_no_is_acknowledged(
    talk: Talk, events: list[dict[str, Any]], intent: str
) -> None:
    talk.events = events
    await talk.act(Acknowledge(), "dạ", intent)
    assert "làm gì tiếp" in talk.text()


async def test_while_filling_a_yes_to_the_offer_brings_a_person(service: FakeOnestop) -> None:
    talk = Talk(service, {"draft": "d1"}, "dossier_form", [said("???"), OFFER])
    service.open = [draft(field("person_name"))]
    await talk.act(DossierForm(), "vâng", "affirm")
    assert card(talk)["summary"]["reason"] == "stuck"


async def test_while_filling_a_yes_answers_a_question_for_yes_or_no(service: FakeOnestop) -> None:
    talk = Talk(service, {"draft": "d1"}, "dossier_form", [said("???"), OFFER])
    service.open = [draft(field("yes_no"))]
    await talk.act(DossierForm(), "vâng", "affirm")
    assert not any(
        (one["custom"] or {}).get("type") == "handover" for one in talk.dispatcher.messages
    )
