"""Which dossier is paid, what is said of it, and that nothing is said that is not so."""

from __future__ import annotations

import json

import pytest

from actions.dossier_form import DossierForm
from actions.naming import unless_named
from actions.onestop_client import OnestopRefusal, OnestopUnavailable
from actions.payments import Pay
from actions.status_form import CheckStatus, StatusForm
from actions.turn import TopicAction
from onestop.schemas import Owed, PaymentOrder, StatusView
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import NOW, OWED, draft

CODE, OTHER = "H25-20261124-0000001", "H25-20261124-0000002"
FACTOR_NEEDED = OnestopRefusal(403, {"type": "urn:motcua:problem:factor_needed"})
NOT_DUE = OnestopRefusal(409, {"type": "urn:motcua:problem:not_due", "state": "paid"})
TOO_OLD = OnestopRefusal(403, {"type": "urn:motcua:problem:not_granted"})


@pytest.fixture(autouse=True)
def _configured(talk: Talk) -> None:
    talk.service.providers = ["vnpay", "vietqr"]


async def press(talk: Talk, **entities: str) -> list[dict[str, object]]:
    said = [{"entity": name, "value": value} for name, value in entities.items()]
    return await talk.act(Pay(), f"/pay{json.dumps(entities)}", "pay", entities=said)


async def test_where_no_provider_is_offered_the_counter_is_named_and_frauds_are_warned_of(
    talk: Talk,
) -> None:
    talk.service.providers = []
    events = await talk.act(Pay(), "cho tôi trả lệ phí", "pay")
    assert "tại quầy" in talk.text()
    assert "đừng chuyển" in talk.text()
    assert (loop_of(events), talk.service.called("owed")) == ("", [])


async def test_the_only_dossier_of_the_talk_is_meant(talk: Talk) -> None:
    talk.slots["dossiers"] = [CODE]
    events = await talk.act(Pay(), "trả lệ phí", "pay")
    assert events == []
    assert CODE in talk.text()
    assert "7.000 đồng" in talk.text()
    expected = {"provider": "vnpay", "grant": "g1"}
    assert json.loads(talk.buttons()["Trả qua VNPay"].removeprefix("/pay")) == expected
    assert "Quét mã VietQR" in talk.buttons()


async def test_of_several_the_citizen_chooses(talk: Talk) -> None:
    talk.slots["dossiers"] = [CODE, OTHER]
    await talk.act(Pay(), "trả lệ phí", "pay")
    assert list(talk.buttons()) == [CODE, OTHER]
    assert talk.service.called("owed") == []
    await press(talk, dossier_code=OTHER)
    assert talk.service.called("owed") == [[OTHER, ""]]


async def test_another_dossier_needs_its_second_factor_first(talk: Talk) -> None:
    talk.service.owes = FACTOR_NEEDED
    events = await press(talk, dossier_code=OTHER)
    assert loop_of(events) == "status_form"
    assert slots_of(events) == {"lookup_code": OTHER, "lookup_for": "pay"}


async def test_without_any_dossier_its_code_is_asked_for(talk: Talk) -> None:
    events = await talk.act(Pay(), "trả lệ phí", "pay")
    assert loop_of(events) == "status_form"
    assert slots_of(events) == {"lookup_code": None, "lookup_for": "pay"}


async def test_the_status_loop_then_tells_what_is_owed(talk: Talk) -> None:
    talk.loop = "status_form"
    talk.slots.update(lookup_code=OTHER, lookup_for="pay")
    events = await talk.act(StatusForm(), "1234")
    assert talk.service.called("owed") == [[OTHER, "1234"]]
    assert "Trả qua VNPay" in talk.buttons()
    assert loop_of(events) is None


async def test_while_a_dossier_is_looked_up_paying_becomes_its_purpose(talk: Talk) -> None:
    talk.loop = "status_form"
    events = await talk.act(Pay(), "trả lệ phí", "pay")
    assert slots_of(events) == {"lookup_for": "pay"}
    assert loop_of(events) == ""


async def test_while_a_form_is_filled_it_goes_on(talk: Talk) -> None:
    talk.loop = "dossier_form"
    events = await talk.act(Pay(), "trả lệ phí", "pay")
    assert events == []
    assert "gửi xong hồ sơ này" in talk.text()


async def test_a_link_is_shown_as_a_card_and_in_words(talk: Talk) -> None:
    await press(talk, provider="vnpay", grant="g1")
    assert talk.service.called("pay") == [["g1", "vnpay"]]
    (message,) = talk.dispatcher.messages
    assert message["custom"] == {
        "type": "link",
        "title": "Trả qua VNPay",
        "url": "https://pay.example/?a=1",
    }
    assert "https://pay.example/?a=1" in message["text"]


async def test_a_transfer_is_shown_as_a_picture_and_in_words(talk: Talk) -> None:
    talk.service.order = PaymentOrder(
        code=CODE,
        provider="vietqr",
        amount=7000,
        image="/payments/qr/K.png",
        note="H25202611240000001",
        bank_name="Ngân hàng thử",
        bank_account="1133",
    )
    await press(talk, provider="vietqr", grant="g1")
    (message,) = talk.dispatcher.messages
    assert message["image"] == "/payments/qr/K.png"
    for fact in ("7.000 đồng", "H25202611240000001", "Ngân hàng thử", "1133"):
        assert fact in message["text"]


@pytest.mark.parametrize(
    ("refusal", "words"), [(NOT_DUE, "không còn khoản nào"), (TOO_OLD, "đã cũ")]
)
async def test_a_button_that_is_too_late_says_so(
    talk: Talk, refusal: OnestopRefusal, words: str
) -> None:
    talk.service.order = refusal
    await press(talk, provider="vnpay", grant="g1")
    assert words in talk.text()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"state": "paid", "paid_at": NOW, "provider_ref": "14000001"},
            ["đã trả xong", "14000001"],
        ),
        ({"state": "nothing", "exempted_by": "trẻ em"}, ["không phải trả", "trẻ em"]),
        ({"state": "unknown", "amount": None, "note": "Tùy loại xe"}, ["chưa biết", "Tùy loại xe"]),
        ({"state": "closed", "amount": None}, ["dừng xử lý"]),
        ({"exemptions": ["người khuyết tật"]}, ["Được miễn nếu là: người khuyết tật"]),
    ],
)
async def test_each_state_has_its_words(
    talk: Talk, given: dict[str, object], words: list[str]
) -> None:
    talk.slots["dossiers"] = [CODE]
    talk.service.owes = Owed.model_validate({**OWED.model_dump(), **given})
    await talk.act(Pay(), "trả lệ phí", "pay")
    for word in words:
        assert word in talk.text()


async def submit(talk: Talk) -> None:
    talk.loop = "dossier_form"
    talk.slots["draft"] = "d1"
    talk.service.open = [draft(None)]
    await talk.act(DossierForm(), "/submit_dossier", "submit_dossier")


async def test_the_receipt_offers_to_pay_where_a_sum_is_due_and_a_provider_offered(
    talk: Talk,
) -> None:
    await submit(talk)
    assert "hoặc trả trực tuyến" in talk.text()
    assert json.loads(talk.buttons()["Trả lệ phí ngay"].removeprefix("/pay")) == {
        "dossier_code": CODE
    }


async def test_and_does_not_where_none_is(talk: Talk) -> None:
    talk.service.providers = []
    await submit(talk)
    assert "7.000 đồng, nộp khi nhận kết quả tại quầy" in talk.text()
    assert "Trả lệ phí ngay" not in talk.buttons()


async def test_the_receipt_says_who_is_exempt(talk: Talk) -> None:
    talk.service.owes = Owed(
        code=CODE, procedure="", state="nothing", amount=0, exempted_by="người từ đủ 60 tuổi"
    )
    talk.service.providers = []
    await submit(talk)
    assert "Lệ phí: miễn (người từ đủ 60 tuổi)" in talk.text()


async def test_the_receipt_is_shown_also_when_the_fee_cannot_be_found_out(talk: Talk) -> None:
    talk.service.owes = OnestopUnavailable("TimeoutError")
    await submit(talk)
    assert f"Mã hồ sơ: {CODE}" in talk.text()
    assert "7.000 đồng, nộp khi nhận kết quả tại quầy" in talk.text()


BOTH = [
    {"intent": "pay", "text": "cho tôi thanh toán lệ phí"},
    {"intent": "check_status", "text": "hồ sơ tới đâu rồi"},
]


@pytest.mark.parametrize("action", [Pay(), CheckStatus()])
async def test_where_one_line_wishes_for_both_one_code_is_asked_for_both(
    talk: Talk, action: TopicAction
) -> None:
    events = await talk.act(unless_named(action), "hồ sơ tới đâu, cho trả tiền", wishes=BOTH)
    assert slots_of(events)["lookup_for"] == "status pay"
    assert "followup" not in [one["event"] for one in events]


async def test_both_are_told_after_the_second_factor(talk: Talk) -> None:
    talk.loop = "status_form"
    talk.slots.update(lookup_code=OTHER, lookup_for="status pay")
    talk.service.status = StatusView(
        code=OTHER,
        procedure_code="1.004194",
        procedure="Đăng ký tạm trú",
        status=4,
        status_name="Đang xử lý",
        received_at=NOW,
        due_at=None,
        collect_at="",
        history=[],
    )
    events = await talk.act(StatusForm(), "1234")
    status, owed = [one["text"] for one in talk.dispatcher.messages]
    assert status.startswith(f"Hồ sơ {OTHER}: Đang xử lý.")
    assert "7.000 đồng" in owed
    assert "Trả qua VNPay" in talk.buttons()
    assert loop_of(events) is None


async def test_what_is_answered_at_once_lets_the_other_wish_of_the_line_follow(talk: Talk) -> None:
    talk.service.providers = []
    events = await talk.act(unless_named(Pay()), "trả tiền, hồ sơ tới đâu", "pay", wishes=BOTH)
    assert [one["name"] for one in events] == ["action_check_status"]
    talk.after = "action_pay"
    events = await talk.act(unless_named(CheckStatus()), "trả tiền, hồ sơ tới đâu", wishes=BOTH)
    assert slots_of(events)["lookup_for"] == "status"
