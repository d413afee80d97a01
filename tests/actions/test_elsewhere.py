"""Going on with a draft in another conversation, and wanting notices or none."""

from __future__ import annotations

import pytest
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.clarify import Clarify
from actions.dossier_form import DossierForm
from actions.dossiers import ContinueElsewhere, ResumeDossier
from actions.notices import MuteNotices, UnmuteNotices
from actions.onestop_client import OnestopRefusal
from actions.status_form import RESUME, StatusForm
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import NOW, FakeOnestop, draft, field

DRAFT = draft(field("person_name"))
OTHER = draft(field("person_name"), "d2", "Đăng ký kết hôn")


@pytest.fixture
def filling(service: FakeOnestop) -> Talk:
    """A citizen in the middle of a draft."""
    service.open = [DRAFT]
    return Talk(service, {"draft": "d1", "procedure": "1.004194"}, "dossier_form")


@pytest.fixture
def asked(service: FakeOnestop) -> Talk:
    """A citizen who was asked for the second factor of a resume code."""
    service.elsewhere = DRAFT
    return Talk(service, {"lookup_code": "KHTM482", "lookup_for": RESUME}, "status_form")


async def test_pausing_gives_the_code(filling: Talk) -> None:
    events = await filling.act(DossierForm(), "để sau", "pause_dossier")
    assert loop_of(events) is None
    for part in ("tiếp tục hồ sơ KHTM482", "một lần", f"{NOW:%d/%m/%Y}"):
        assert part in filling.text()


async def test_pausing_before_there_is_a_second_factor_gives_none(filling: Talk) -> None:
    filling.service.factor_known = False
    events = await filling.act(DossierForm(), "để sau", "pause_dossier")
    assert loop_of(events) is None
    assert "máy khác" not in filling.text()


async def test_going_elsewhere_from_within_the_form_pauses_it(filling: Talk) -> None:
    events = await filling.act(DossierForm(), "làm tiếp trên zalo", "continue_elsewhere")
    assert loop_of(events) is None
    assert "KHTM482" in filling.text()
    assert list(filling.buttons()) == ["Điền tiếp ở đây"]


async def test_going_elsewhere_too_early_asks_on(filling: Talk) -> None:
    filling.service.factor_known = False
    events = await filling.act(DossierForm(), "làm tiếp trên zalo", "continue_elsewhere")
    assert loop_of(events) == ""
    assert "số điện thoại" in filling.text()
    assert "Họ tên là gì" in filling.text()


async def test_of_several_drafts_it_is_asked_which(talk: Talk, service: FakeOnestop) -> None:
    service.open = [DRAFT, OTHER]
    await talk.act(ContinueElsewhere(), "làm tiếp trên máy khác", "continue_elsewhere")
    chosen = {"2. Đăng ký kết hôn": '/continue_elsewhere{"draft": "d2"}'}
    assert chosen.items() <= talk.buttons().items()
    said = [{"entity": "draft", "value": "d2"}]
    await talk.act(ContinueElsewhere(), "/continue_elsewhere", "continue_elsewhere", entities=said)
    assert service.called("resume_code") == [["d2"]]


async def test_without_a_draft_here_the_code_is_asked_for(talk: Talk) -> None:
    events = await talk.act(ContinueElsewhere(), "làm tiếp ở đây", "continue_elsewhere")
    assert loop_of(events) == "status_form"
    talk.slots, talk.loop, talk.after = slots_of(events), "status_form", "action_continue_elsewhere"
    await talk.act(StatusForm(), "làm tiếp ở đây", "continue_elsewhere")
    assert "mã tiếp tục" in talk.text()


@pytest.mark.parametrize("action", [ResumeDossier(), ContinueElsewhere(), Clarify()])
async def test_a_code_is_taken_wherever_it_is_said(
    talk: Talk, action: ResumeDossier | ContinueElsewhere | Clarify
) -> None:
    events = await talk.act(action, "tiep tuc ho so khtm 482", "resume_dossier")
    assert loop_of(events) == "status_form"
    slots = slots_of(events)
    assert (slots["lookup_code"], slots["lookup_for"]) == ("KHTM482", RESUME)


async def test_the_right_factor_brings_the_draft_here(asked: Talk) -> None:
    events = await asked.act(StatusForm(), "1234")
    assert asked.service.called("resume") == [["web", "KHTM482", "1234"]]
    assert (loop_of(events), slots_of(events)["draft"]) == (None, "d1")
    assert "đã chuyển hồ sơ" in asked.text()


async def test_a_wrong_factor_asks_for_the_code_again(asked: Talk) -> None:
    problem = {"type": "urn:motcua:problem:not_found", "attempts_left": 3}
    asked.service.elsewhere = OnestopRefusal(404, problem)
    events = await asked.act(StatusForm(), "9999")
    assert slots_of(events) == {"lookup_code": None}
    assert "còn 3 lần" in asked.text()
    assert loop_of(events) == ""


async def test_a_lock_ends_it_with_a_time(asked: Talk) -> None:
    problem = {"type": "urn:motcua:problem:locked", "locked_until": NOW.isoformat()}
    asked.service.elsewhere = OnestopRefusal(429, problem)
    events = await asked.act(StatusForm(), "9999")
    assert loop_of(events) is None
    assert "15:30" in asked.text()


async def test_what_is_no_code_is_asked_for_again(service: FakeOnestop) -> None:
    talk = Talk(service, {"lookup_for": RESUME}, "status_form")
    await talk.act(StatusForm(), "H25-20261124-0000001")
    assert "4 chữ và 3 số" in talk.text()
    with pytest.raises(ActionExecutionRejection):
        await talk.act(StatusForm(), "lệ phí bao nhiêu", "ask_fee")


async def test_a_status_question_meanwhile_is_only_that(asked: Talk) -> None:
    events = await asked.act(StatusForm(), "hồ sơ của tôi đến đâu", "check_status")
    assert slots_of(events) == {"lookup_for": "status", "lookup_code": None}
    assert "mã hồ sơ" in asked.text()


async def test_notices_are_turned_off_and_on(talk: Talk) -> None:
    await talk.act(MuteNotices(), "tắt thông báo", "mute_notices")
    assert "bổ sung" in talk.text()
    assert talk.buttons() == {"Bật lại thông báo": "/unmute_notices"}
    await talk.act(UnmuteNotices(), "bật thông báo", "unmute_notices")
    assert talk.service.called("want_notices") == [["web:1", False], ["web:1", True]]
