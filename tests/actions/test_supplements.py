"""Supplementing a dossier and taking it back, from the wish to the outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from actions import filling
from actions.onestop_client import OnestopRefusal
from actions.status_form import CheckStatus, StatusForm, SupplementDossier, WithdrawDossier
from onestop.schemas import DraftView, Receipt, StatusView
from tests.actions.conftest import Talk
from tests.actions.fakes import NOW, draft, field

CODE = "H25-20261124-0000001"
STATUS = StatusForm()


def status_of(number: int, name: str) -> StatusView:
    return StatusView(
        code=CODE,
        procedure_code="1.004194",
        procedure="Đăng ký tạm trú",
        status=number,
        status_name=name,
        received_at=NOW,
        due_at=None,
        collect_at="Công an xã",
        history=[],
    )


class Calls:
    """What was asked of the service, and its refusal if there is one."""

    def __init__(self) -> None:
        self.made: list[tuple[str, ...]] = []
        self.refusal: OnestopRefusal | None = None

    async def supplement(self, asker: str, code: str, factor: str, channel: str) -> DraftView:
        self.made.append(("supplement", code, factor))
        if self.refusal:
            raise self.refusal
        return draft(field("phone"), "d9")

    async def withdraw(self, asker: str, code: str, factor: str) -> StatusView:
        self.made.append(("withdraw", code, factor))
        if self.refusal:
            raise self.refusal
        return status_of(7, "Công dân yêu cầu rút hồ sơ")


@pytest.fixture
def calls(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Calls:
    made = Calls()
    for name in ("supplement", "withdraw"):
        monkeypatch.setattr(talk.service, name, getattr(made, name), raising=False)
    talk.loop = "status_form"
    return made


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in events if one["event"] == "slot"}


@pytest.mark.parametrize(
    ("action", "purpose"),
    [
        (SupplementDossier(), "supplement"),
        (WithdrawDossier(), "withdraw"),
        (CheckStatus(), "status"),
    ],
)
async def test_the_wish_is_kept_while_the_dossier_is_looked_up(
    talk: Talk, action: CheckStatus, purpose: str
) -> None:
    events = await talk.act(action, "…", "inform")
    assert slots_of(events)["lookup_for"] == purpose


async def test_code_and_factor_begin_the_supplement(talk: Talk, calls: Calls) -> None:
    talk.slots.update(lookup_code=CODE, lookup_for="supplement")
    events = await talk.act(STATUS, "1234")
    assert calls.made == [("supplement", CODE, "1234")]
    assert slots_of(events)["draft"] == "d9"
    assert "cần bổ sung 3 mục" in talk.text()


async def test_where_nothing_is_asked_for_that_is_said(talk: Talk, calls: Calls) -> None:
    calls.refusal = OnestopRefusal(409, {"type": "urn:motcua:problem:nothing_asked"})
    talk.slots.update(lookup_code=CODE, lookup_for="supplement")
    events = await talk.act(STATUS, "1234")
    assert "không có yêu cầu bổ sung" in talk.text()
    assert "draft" not in slots_of(events)


async def test_before_a_withdrawal_it_is_said_what_the_digits_will_do(
    talk: Talk, calls: Calls
) -> None:
    talk.slots.update(lookup_for="withdraw")
    await talk.act(STATUS, CODE)
    assert f"rút hồ sơ {CODE}" in talk.text()
    assert calls.made == []


async def test_the_digits_then_withdraw(talk: Talk, calls: Calls) -> None:
    talk.slots.update(lookup_code=CODE, lookup_for="withdraw")
    await talk.act(STATUS, "1234")
    assert calls.made == [("withdraw", CODE, "1234")]
    assert "yêu cầu rút" in talk.text()


async def test_a_finished_dossier_cannot_be_withdrawn(talk: Talk, calls: Calls) -> None:
    calls.refusal = OnestopRefusal(409, {"type": "urn:motcua:problem:impossible_step"})
    talk.slots.update(lookup_code=CODE, lookup_for="withdraw")
    await talk.act(STATUS, "1234")
    assert "không gửi thêm yêu cầu rút được" in talk.text()


async def test_who_only_wants_to_look_after_all_withdraws_nothing(talk: Talk, calls: Calls) -> None:
    talk.slots.update(lookup_code=CODE, lookup_for="withdraw")
    events = await talk.act(STATUS, "hồ sơ của tôi đến đâu rồi", "check_status")
    assert slots_of(events)["lookup_for"] == "status"
    assert "rút" not in talk.text()
    assert calls.made == []


@pytest.mark.parametrize("text", ["thôi", "Thôi ạ", "thôi không rút nữa", "khong rut nua"])
async def test_who_thinks_better_of_it_leaves_whatever_the_words_were_taken_for(
    talk: Talk, calls: Calls, text: str
) -> None:
    talk.slots.update(lookup_code=CODE, lookup_for="withdraw")
    events = await talk.act(STATUS, text, "withdraw_dossier")
    assert {"event": "active_loop", "timestamp": None, "name": None} in events
    assert calls.made == []


async def test_a_wrong_factor_is_counted_whatever_is_wished_for(talk: Talk, calls: Calls) -> None:
    problem = {"type": "urn:motcua:problem:not_found", "attempts_left": 4}
    calls.refusal = OnestopRefusal(404, problem)
    talk.slots.update(lookup_code=CODE, lookup_for="withdraw")
    await talk.act(STATUS, "0000")
    assert "còn 4 lần" in talk.text()


async def test_the_status_of_a_dossier_that_waits_offers_to_supplement_it(
    talk: Talk, calls: Calls
) -> None:
    talk.service.status = status_of(5, "Yêu cầu bổ sung giấy tờ")
    talk.slots.update(lookup_code=CODE)
    await talk.act(STATUS, "1234")
    (message,) = talk.dispatcher.messages
    assert [one["title"] for one in message["buttons"]] == ["Bổ sung hồ sơ"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("sending", "em đang gửi hồ sơ"),
        ("failed", "chưa gửi được"),
        ("supplemented", f"phần bổ sung cho hồ sơ {CODE}"),
    ],
)
@pytest.mark.parametrize("due_at", [NOW, None])
def test_a_receipt_without_a_new_code_says_how_it_stands(
    talk: Talk, state: str, said: str, due_at: datetime | None
) -> None:
    receipt = Receipt.model_validate(
        {
            "code": CODE if state == "supplemented" else "",
            "state": state,
            "procedure_code": "1.004194",
            "procedure": "Đăng ký tạm trú",
            "received_at": NOW,
            "due_at": due_at,
            "time_note": "",
            "fee_amount": None,
            "fee_note": "",
            "pay": "unknown",
            "collect_at": "",
        }
    )
    filling.show_receipt(talk.turn("đồng ý"), receipt)
    assert said in talk.text()
    (message,) = talk.dispatcher.messages
    assert not message["custom"]  # no receipt card: nothing to print yet
