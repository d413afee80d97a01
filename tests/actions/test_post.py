"""The post in the chat: which dossier, what is on its way, what may be taken back."""

from __future__ import annotations

import pytest

from actions.clarify import Acknowledge
from actions.onestop_client import OnestopRefusal
from actions.post import PostDelivery
from actions.questions import Explain
from onestop.schemas import PostFee, PostOpening, PostView, SearchResult
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import FOUND, NOW, UNKNOWN

CODE = "H25-20261124-0000001"
FEE = PostFee(zone="same_province", amount=30000, estimated=True)
PARCEL = PostView(
    code="BC261125-0001",
    dossier_code=CODE,
    service="deliver",
    service_name="giao kết quả tận nhà",
    state="requested",
    state_name="đã ghi nhận",
    since=NOW,
    note="",
    address="Thôn Đông, xã Liêm Hà",
    carrier_ref="",
    fee=FEE,
    can_cancel=True,
)
EMPTY = PostOpening(code=CODE, grant="g1", requests=[], offered=["deliver", "collect"])
ACTION = PostDelivery()


async def test_without_a_dossier_it_says_how_it_works_and_that_the_sum_is_an_estimate(
    talk: Talk,
) -> None:
    await talk.act(ACTION, "phí ship bao nhiêu", "post_delivery")
    assert "khoảng 30.000 đồng trong tỉnh" in talk.text()
    assert "Đăng ký gửi qua bưu điện" in talk.buttons()


async def test_the_dossier_just_sent_needs_no_second_factor(talk: Talk) -> None:
    talk.slots["dossiers"], talk.service.opening = [CODE], EMPTY
    events = await talk.act(ACTION, "gửi kết quả về nhà", "post_delivery")
    assert loop_of(events) == "request_form"
    assert slots_of(events)["request"]["subject"] == "g1"


async def test_anothers_dossier_is_looked_up_first(talk: Talk) -> None:
    talk.service.opening = OnestopRefusal(403, {"type": "urn:motcua:problem:factor_needed"})
    events = await talk.act(ACTION, f"bưu điện {CODE}", "post_delivery")
    assert loop_of(events) == "status_form"
    assert slots_of(events)["lookup_for"] == "post"


async def test_who_must_come_and_sign_is_told_so(talk: Talk) -> None:
    talk.slots["dossiers"] = [CODE]
    talk.service.opening = EMPTY.model_copy(update={"offered": [], "in_person": True})
    events = await talk.act(ACTION, "gửi kết quả về nhà", "post_delivery")
    assert events == []
    assert "phải đến ký tên" in talk.text()


async def test_what_is_on_its_way_is_told_and_may_be_taken_back(talk: Talk) -> None:
    talk.slots["dossiers"] = [CODE]
    talk.service.opening = EMPTY.model_copy(update={"requests": [PARCEL], "offered": []})
    await talk.act(ACTION, "bưu điện giao chưa", "post_delivery")
    assert "đã ghi nhận" in talk.text()
    assert "khoảng 30.000 đồng" in talk.text()
    said = [
        {"entity": "value", "value": PARCEL.code},
        {"entity": "grant", "value": "g1"},
    ]
    await talk.act(ACTION, "/post_delivery", "post_delivery", 1.0, entities=said)
    assert talk.service.called("cancel_post") == [[PARCEL.code, "g1"]]
    assert "đã hủy yêu cầu bưu điện" in talk.text()


async def test_while_a_dossier_is_filled_it_is_only_explained(talk: Talk) -> None:
    talk.loop, talk.slots["dossiers"] = "dossier_form", [CODE]
    events = await talk.act(ACTION, "có giao về nhà không", "post_delivery")
    assert events == []
    assert "Gửi xong hồ sơ này" in talk.text()


@pytest.fixture
def told(talk: Talk) -> Talk:
    """A talk in which it was just told how the post works."""
    talk.events = [
        {"event": "user", "text": "gửi về nhà được không"},
        {"event": "bot", "metadata": {"trace": {"said": "post_about"}}},
    ]
    return talk


async def test_a_yes_to_the_post_begins(told: Talk) -> None:
    events = await told.act(Acknowledge(), "ok em", "affirm")
    assert [one["name"] for one in events] == ["action_post_delivery"]
    events = await told.act(ACTION, "ok em", "affirm")
    assert loop_of(events) == "status_form"


@pytest.mark.parametrize(("found", "post"), [(UNKNOWN, True), (FOUND, False)])
async def test_a_fee_that_is_asked_next_is_the_posts_unless_it_names_a_procedure(
    told: Talk, found: SearchResult, post: bool
) -> None:
    told.service.found = found
    events = await told.act(Explain(), "phí bao nhiêu", "ask_fee")
    assert ("action_post_delivery" in [one["name"] for one in events]) is post
