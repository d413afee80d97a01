"""What a message is while a form is open: an answer, a command, or something for the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.dossier_form import DossierForm
from actions.dossiers import ResumeDossier, StartDossier
from actions.filling import question_parts
from actions.onestop_client import OnestopRefusal, OnestopUnavailable
from actions.status_form import CheckStatus, StatusForm, read_code
from actions.turn import Turn
from onestop import second_factor
from onestop.schemas import Refusal, StatusStep, StatusView
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import (
    COUNTER_ONLY,
    FOUND,
    NOTHING,
    SEVERAL,
    candidate,
    choice,
    draft,
    field,
)

FORM = DossierForm()
STATUS = StatusForm()


@pytest.fixture
def filling(talk: Talk) -> Talk:
    """A talk in which a required name is asked for."""
    talk.loop = "dossier_form"
    talk.slots = {"draft": "d1", "procedure": "1.004194"}
    talk.service.open = [draft(field("person_name"))]
    return talk


def asks(talk: Talk, kind: str, **given: object) -> None:
    """Let the form ask a field of that type."""
    talk.service.open = [draft(field(kind, **given))]


# Answers --------------------------------------------------------------------------------------


async def test_an_answer_is_read_back_and_the_next_question_asked(filling: Talk) -> None:
    filling.service.right = {"Lê Văn Bình"}
    assert await filling.act(FORM, "Lê Văn Bình") == []
    assert "Em ghi họ tên: Lê Văn Bình." in filling.text()
    assert "Họ tên là gì ạ?" in filling.text()


async def test_answers_and_skips_bear_the_messages_key_so_that_they_are_taken_once(
    filling: Talk,
) -> None:
    await filling.act(FORM, "Lê Văn Bình", message_id="7.20261129")
    await filling.act(FORM, "bỏ qua", "skip_field", message_id="8.20261129")
    assert filling.service.keys == ["7.20261129", "8.20261129"]


async def test_an_answer_brings_the_talk_back_to_the_draft_s_procedure(filling: Talk) -> None:
    """Another procedure was asked about in between; "lệ phí bao nhiêu" means the dossier's again."""
    filling.slots["procedure"] = "1.000894"
    filling.service.right = {"Lê Văn Bình"}
    assert slots_of(await filling.act(FORM, "Lê Văn Bình")) == {"procedure": "1.004194"}


@pytest.mark.parametrize("kind", ["choice", "yes_no", "date", "number"])
async def test_a_sure_question_is_no_answer(filling: Talk, kind: str) -> None:
    """ "Mà nộp ở đâu thế" holds "má"; what asks is answered, whatever could be read from it."""
    asks(filling, kind)
    filling.service.right = {"mà nộp ở đâu thế"}
    with pytest.raises(ActionExecutionRejection):
        await filling.act(FORM, "mà nộp ở đâu thế", "ask_place")


async def test_a_wrong_answer_is_refused_in_the_words_of_the_service(filling: Talk) -> None:
    await filling.act(FORM, "123")
    assert filling.text() == "Chưa đúng ạ."
    assert filling.service.called("answer") == [["123", None, False]]


async def test_the_third_refusal_offers_a_person(filling: Talk) -> None:
    filling.service.refused = Refusal(
        field="name", code="x", message="Chưa đúng.", attempt=3, stuck=True
    )
    await filling.act(FORM, "123")
    assert "/ask_person" in filling.buttons().values()


@pytest.mark.parametrize("kind", ["person_name", "address", "paper", "text"])
async def test_a_sure_question_is_left_to_the_rules(filling: Talk, kind: str) -> None:
    asks(filling, kind)
    with pytest.raises(ActionExecutionRejection):
        await filling.act(FORM, "lệ phí bao nhiêu vậy", "ask_fee")
    assert not filling.service.called("answer")


@pytest.mark.parametrize("kind", ["citizen_id", "date", "choice", "yes_no", "number"])
async def test_a_strict_field_tries_the_answer_before_the_intent(filling: Talk, kind: str) -> None:
    asks(filling, kind)
    filling.service.right = {"cho tôi"}
    await filling.act(FORM, "cho tôi", "start_dossier")
    assert "Em ghi" in filling.text()


@pytest.mark.parametrize("kind", ["citizen_id", "date", "choice"])
async def test_a_strict_field_leaves_what_it_refuses_to_the_rules(filling: Talk, kind: str) -> None:
    asks(filling, kind)
    with pytest.raises(ActionExecutionRejection):
        await filling.act(FORM, "cho biết lệ phí", "ask_fee")
    assert filling.service.called("answer") == [["cho biết lệ phí", None, True]]


async def test_what_is_out_of_scope_is_refused_and_counted(filling: Talk) -> None:
    asks(filling, "choice", options=[])
    await filling.act(FORM, "tím", "out_of_scope")
    assert filling.service.called("answer") == [["tím", None, False]]
    assert "Chưa đúng ạ." in filling.text()


@pytest.mark.parametrize("intent", ["ask_procedure", "start_dossier", "complain", "abuse"])
async def test_a_statement_answers_a_free_text(filling: Talk, intent: str) -> None:
    asks(filling, "text")
    filling.service.right = {"xin hai bản sao trích lục khai sinh"}
    await filling.act(FORM, "xin hai bản sao trích lục khai sinh", intent)
    assert "Em ghi" in filling.text()


async def test_a_question_does_not_answer_a_free_text(filling: Talk) -> None:
    asks(filling, "text")
    with pytest.raises(ActionExecutionRejection):
        await filling.act(FORM, "mất bằng lái thì làm lại ở đâu", "ask_procedure")


async def test_no_to_an_optional_field_leaves_it_out(filling: Talk) -> None:
    asks(filling, "email", required=False)
    await filling.act(FORM, "không", "deny")
    assert filling.service.called("skip") == [["name"]]


async def test_no_is_the_answer_to_a_yes_no_question(filling: Talk) -> None:
    asks(filling, "yes_no", required=False)
    filling.service.right = {"không"}
    await filling.act(FORM, "không", "deny")
    assert "Em ghi" in filling.text()


async def test_buttons_answer_with_their_value(filling: Talk) -> None:
    filling.service.open = [draft(choice("Nam", "Nữ"))]
    filling.service.right = {"1"}
    entities = [{"entity": "value", "value": "1"}]
    await filling.act(FORM, '/inform{"value": "1"}', "inform", 1.0, entities=entities)
    assert filling.service.called("answer") == [["1", None, False]]
    assert {"1. Nam", "2. Nữ"} <= set(filling.buttons())


async def test_a_file_answers_a_paper_and_nothing_else(filling: Talk) -> None:
    sent = {"attachments": [{"file_id": "f1"}]}
    filling.service.no_card = "Em chưa thấy mã QR."
    await filling.act(FORM, "/upload", "upload", metadata=sent)
    assert filling.service.called("read_card") == [["", ["f1"]]]
    assert filling.text().startswith("Em chưa thấy mã QR.\nHọ tên là gì ạ?")
    asks(filling, "paper")
    await filling.act(FORM, "/upload", "upload", metadata=sent)
    assert "Em ghi" in filling.text()


async def test_a_paper_that_must_come_now_is_refused_and_nothing_sent(filling: Talk) -> None:
    asks(filling, "paper")
    filling.service.refused = Refusal(field="p", code="paper_now", message="Cần ngay.", attempt=1)
    await filling.act(FORM, "nộp sau", "submit_dossier", 0.5)
    assert filling.text() == "Cần ngay."


@pytest.mark.parametrize(
    ("typed", "intent"),
    [("chua co giay", "skip_field"), ("Thay đổi thông tin", "correct_field")],
)
async def test_an_option_by_its_name_is_no_command(filling: Talk, typed: str, intent: str) -> None:
    filling.service.open = [draft(choice("Chưa có giấy", "Thay đổi thông tin"))]
    filling.service.right = {typed}
    await filling.act(FORM, typed, intent)
    assert filling.service.called("answer") == [[typed, None, True]]
    assert "Em ghi" in filling.text()


async def test_a_reason_that_sounds_like_a_correction_is_an_answer(filling: Talk) -> None:
    asks(filling, "text")
    filling.service.right = {"sửa lại quán"}
    await filling.act(FORM, "sửa lại quán", "correct_field")
    assert "Em ghi" in filling.text()
    await filling.act(FORM, "sửa lại", "correct_field")
    assert "sửa mục nào" in filling.text()


async def test_more_than_an_options_name_is_the_command(filling: Talk) -> None:
    filling.service.open = [draft(choice("Thay đổi thông tin"))]
    await filling.act(FORM, "tôi muốn thay đổi thông tin ngày sinh", "correct_field")
    assert not filling.service.called("answer")


async def test_a_paper_put_off_does_not_put_off_the_dossier(filling: Talk) -> None:
    asks(filling, "paper", later_allowed=True)
    filling.service.right = {"để sau tôi nộp bản giấy"}
    assert await filling.act(FORM, "để sau tôi nộp bản giấy", "pause_dossier") == []
    assert "Em ghi" in filling.text()
    await filling.act(FORM, "để sau", "pause_dossier")
    assert "em giữ lại" in filling.text()


# Commands -------------------------------------------------------------------------------------


async def test_what_is_optional_can_be_skipped_and_what_is_required_not(filling: Talk) -> None:
    await filling.act(FORM, "bỏ qua", "skip_field")
    assert "bắt buộc" in filling.text()
    asks(filling, "email", required=False)
    filling.dispatcher.messages.clear()
    await filling.act(FORM, "bỏ qua", "skip_field")
    assert "bắt buộc" not in filling.text()


async def test_why_tells_the_explanation_and_asks_again(filling: Talk) -> None:
    await filling.act(FORM, "vì sao cần", "explain_field")
    assert "In trên giấy." in filling.text()
    assert "Họ tên là gì ạ?" in filling.text()


async def test_an_unsure_command_is_one_when_it_is_no_answer(filling: Talk) -> None:
    await filling.act(FORM, "vì sao cần họ tên", "explain_field", 0.4)
    assert "In trên giấy." in filling.text()


async def test_stopping_keeps_the_draft(filling: Talk) -> None:
    events = await filling.act(FORM, "để sau", "pause_dossier")
    assert loop_of(events) is None
    assert "draft" not in slots_of(events)
    assert not filling.service.called("discard")


async def test_giving_up_is_asked_about_first(filling: Talk) -> None:
    events = await filling.act(FORM, "bỏ hồ sơ", "cancel_dossier")
    assert slots_of(events) == {"confirming_cancel": True}
    assert not filling.service.called("discard")


@pytest.mark.parametrize(("said", "intent"), [("có", "affirm"), ("bỏ đi", "cancel_dossier")])
async def test_a_typed_yes_gives_up(filling: Talk, said: str, intent: str) -> None:
    filling.slots["confirming_cancel"] = True
    events = await filling.act(FORM, said, intent)
    assert filling.service.called("discard") == [["d1"]]
    assert slots_of(events) == {"confirming_cancel": None, "draft": None}
    assert loop_of(events) is None


async def test_a_typed_no_keeps_the_draft_and_answers_nothing(filling: Talk) -> None:
    asks(filling, "email", required=False)
    filling.slots["confirming_cancel"] = True
    events = await filling.act(FORM, "không", "deny")
    assert slots_of(events) == {"confirming_cancel": None}
    assert filling.service.called("skip") == []
    assert filling.service.called("discard") == []


async def test_a_yes_long_after_gives_nothing_up(filling: Talk) -> None:
    asks(filling, "yes_no")
    filling.service.right = {"có"}
    await filling.act(FORM, "có", "affirm")
    assert not filling.service.called("discard")


async def test_a_correction_takes_the_value_it_brings(filling: Talk) -> None:
    filling.service.matches = [field("person_name", "name")]
    filling.service.value = "Lê Văn An"
    filling.service.right = {"Lê Văn An"}
    await filling.act(FORM, "sửa tên thành Lê Văn An", "correct_field")
    assert filling.service.called("answer") == [["Lê Văn An", "name", True]]
    assert "Em ghi họ tên: Lê Văn An." in filling.text()


async def test_a_number_without_a_word_before_it_is_the_new_value(filling: Talk) -> None:
    filling.service.matches = [field("phone", "phone")]
    filling.service.right = {"sửa sđt 0912345678"}
    await filling.act(FORM, "sửa sđt 0912345678", "correct_field")
    assert filling.service.called("answer") == [["sửa sđt 0912345678", "phone", True]]


async def test_a_correction_without_a_value_asks_that_field(filling: Talk) -> None:
    filling.service.matches = [field("person_name", "name")]
    await filling.act(FORM, "sửa tên", "correct_field")
    assert filling.service.called("choose_field") == [["name"]]


async def test_a_correction_of_several_fields_asks_which(filling: Talk) -> None:
    matches = [
        field("person_name", "a", label="Tên cha"),
        field("person_name", "b", label="Tên mẹ"),
    ]
    filling.service.matches = matches
    await filling.act(FORM, "sửa tên", "correct_field")
    assert list(filling.buttons()) == ["Tên cha", "Tên mẹ"]
    assert "1. Họ tên: Lê Văn Bình" in filling.text()


# Sending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "intent"),
    [("đồng ý", "affirm"), ("gửi đi", "submit_dossier"), ("nộp hồ sơ", "start_dossier")],
)
async def test_agreement_is_recorded_before_the_dossier_is_sent(
    filling: Talk, said: str, intent: str
) -> None:
    filling.service.open = [draft(None)]
    filling.service.found = NOTHING
    events = await filling.act(FORM, said, intent)
    assert [call[0] for call in filling.service.calls if call[0] in ("consent", "submit")] == [
        "consent",
        "submit",
    ]
    assert "H25-20261124-0000001" in filling.text()
    sent = {"sent": "1.004194", "dossiers": ["H25-20261124-0000001"]}
    assert slots_of(events) == {"draft": None, **sent}
    assert loop_of(events) is None


async def test_nothing_is_sent_before_all_is_answered(filling: Talk) -> None:
    await filling.act(FORM, "gửi đi", "submit_dossier")
    assert "chưa gửi được" in filling.text()
    assert not filling.service.called("submit")


async def test_another_procedure_is_not_the_present_dossier(filling: Talk) -> None:
    filling.service.open = [draft(None)]
    filling.service.found = FOUND
    with pytest.raises(ActionExecutionRejection):
        await filling.act(FORM, "nộp hồ sơ tạm trú", "start_dossier")
    assert not filling.service.called("submit")


async def test_a_no_to_the_summary_asks_what_to_change(filling: Talk) -> None:
    filling.service.open = [draft(None)]
    await filling.act(FORM, "không", "deny")
    assert "sửa mục nào" in filling.text()
    assert not filling.service.called("submit")


async def test_a_draft_that_is_gone_ends_the_form(filling: Talk) -> None:
    filling.service.open = []
    events = await filling.act(FORM, "Lê Văn Bình")
    assert loop_of(events) is None
    assert slots_of(events) == {"draft": None}


async def test_a_service_out_of_reach_is_said_kindly(
    filling: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_given: object) -> None:
        raise OnestopUnavailable("503")

    monkeypatch.setattr(filling.service, "answer", fails)
    assert await filling.act(FORM, "Lê Văn Bình") == []
    assert "đang bận" in filling.text()


# Starting and going on ------------------------------------------------------------------------


async def test_starting_opens_the_form(talk: Talk) -> None:
    talk.service.found = FOUND
    events = await talk.act(StartDossier(), "nộp hồ sơ tạm trú", "start_dossier")
    assert loop_of(events) == "dossier_form"
    assert slots_of(events)["draft"] == "d1"


async def test_what_is_not_taken_online_says_where_to_go(talk: Talk) -> None:
    found = FOUND.model_copy(update={"candidates": [candidate(COUNTER_ONLY.code, "Chứng thực")]})
    talk.service.found = found
    events = await talk.act(StartDossier(), "nộp hồ sơ chứng thực", "start_dossier")
    assert "chưa nhận hồ sơ trực tuyến" in talk.text()
    assert "Công an cấp xã" in talk.text()
    assert loop_of(events) == ""


async def test_a_start_from_the_status_loop_leaves_it(talk: Talk) -> None:
    talk.loop = "status_form"
    talk.service.found = SEVERAL
    events = await talk.act(StartDossier(), "nộp hồ sơ", "start_dossier")
    assert loop_of(events) is None


async def test_one_draft_goes_on_and_several_are_offered(talk: Talk) -> None:
    asked = field("person_name")
    talk.service.open = [draft(asked, "d1")]
    events = await talk.act(ResumeDossier(), "tiếp tục hồ sơ", "resume_dossier")
    assert (loop_of(events), slots_of(events)) == ("dossier_form", {"draft": "d1"})
    talk.service.open.append(draft(asked, "d2", "Khai sinh"))
    events = await talk.act(ResumeDossier(), "tiếp tục hồ sơ", "resume_dossier")
    assert loop_of(events) is None
    assert slots_of(events)["choices"] == [{"draft": "d1"}, {"draft": "d2"}]
    assert '/resume_dossier{"draft": "d2"}' in talk.buttons().values()


async def test_no_draft_is_said(talk: Talk) -> None:
    await talk.act(ResumeDossier(), "tiếp tục hồ sơ", "resume_dossier")
    assert "chưa có hồ sơ nào" in talk.text()


# Status ---------------------------------------------------------------------------------------

CODE = "H25-20261124-0000001"


@pytest.fixture
def looking(talk: Talk) -> Talk:
    """A talk in which the second factor of a dossier is asked for."""
    talk.loop = "status_form"
    talk.slots = {"lookup_code": CODE}
    return talk


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("1234", "1234"),
        ("4 số cuối là 1234", "1234"),
        ("cccd 035098001234", "1234"),
        ("0912.345.678", "5678"),
        ("035 098 001 234", "1234"),
        ("123", None),
        ("12345", None),
        ("không nhớ", None),
        ("", None),
    ],
)
def test_the_second_factor_is_read(text: str, factor: str | None) -> None:
    assert second_factor.find(text) == factor


@given(st.text(max_size=300))
def test_reading_a_factor_never_fails_and_gives_four_digits(text: str) -> None:
    factor = second_factor.find(text)
    assert factor is None or (len(factor) == 4 and factor.isascii() and factor.isdigit())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_reading_a_code_never_fails(says: Callable[..., Turn], text: str) -> None:
    code = read_code(says(text))
    assert code is None or "-" in code


async def test_a_code_said_at_once_is_kept(talk: Talk) -> None:
    entities = [{"entity": "dossier_code", "value": CODE}]
    events = await talk.act(CheckStatus(), f"hồ sơ {CODE}", "check_status", entities=entities)
    assert slots_of(events)["lookup_code"] == CODE
    assert loop_of(events) == "status_form"


@pytest.mark.parametrize(
    "said", ["tôi mất mã rồi", "giay tiep nhan cua ba mat tieu roi", "không nhớ mã"]
)
@pytest.mark.parametrize("intent", ["inform", "complain", "out_of_scope"])
async def test_who_has_lost_the_code_is_told_where_it_stands_and_who_helps(
    talk: Talk, said: str, intent: str
) -> None:
    talk.loop, talk.slots = "status_form", {"lookup_code": None, "dossiers": [CODE]}
    events = await talk.act(STATUS, said, intent)
    assert "giấy tiếp nhận; nộp ở đây" in talk.text()
    assert list(talk.buttons()) == [CODE, "Gặp cán bộ"]
    assert loop_of(events) == ""


async def test_code_and_factor_tell_the_status(looking: Talk) -> None:
    at = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    looking.service.status = StatusView(
        code=CODE,
        procedure_code="1.004194",
        procedure="Đăng ký tạm trú",
        status=4,
        status_name="Đang xử lý",
        received_at=at,
        due_at=None,
        collect_at="Công an xã",
        history=[StatusStep(at=at, status=4, status_name="Đang xử lý", note="Đủ giấy tờ")],
    )
    events = await looking.act(STATUS, "1234")
    assert looking.service.called("look_up") == [[CODE, "1234"]]
    assert f"Hồ sơ {CODE}: Đang xử lý" in looking.text()
    assert "Đủ giấy tờ" in looking.text()
    assert loop_of(events) is None


async def test_a_wrong_factor_asks_for_the_code_again(looking: Talk) -> None:
    problem = {"type": "urn:motcua:problem:not_found", "attempts_left": 4}
    looking.service.status = OnestopRefusal(404, problem)
    events = await looking.act(STATUS, "0000")
    assert "còn 4 lần" in looking.text()
    assert slots_of(events)["lookup_code"] is None
    assert loop_of(events) == ""


async def test_of_a_dossier_sent_here_only_the_digits_are_asked_for_again(looking: Talk) -> None:
    problem = {"type": "urn:motcua:problem:not_found", "attempts_left": 4}
    looking.service.status = OnestopRefusal(404, problem)
    looking.slots["dossiers"] = [CODE]
    events = await looking.act(STATUS, "0000")
    assert f"không khớp với hồ sơ {CODE}" in looking.text()
    assert events == []


@pytest.mark.parametrize(
    "said",
    [
        "thôi cho tôi hỏi lệ phí hộ chiếu",
        "à thôi, hộ chiếu mấy tiền",
        "thôi không tra nữa, cho hỏi hộ chiếu mấy tiền",
    ],
)
async def test_a_question_that_is_wanted_rather_ends_the_loop(looking: Talk, said: str) -> None:
    events = await looking.act(STATUS, said, "ask_fee")
    assert loop_of(events) is None
    assert [one["name"] for one in events if one["event"] == "followup"] == ["action_explain"]


async def test_a_lock_ends_the_loop_and_says_until_when(looking: Talk) -> None:
    until = "2026-11-24T09:00:00+00:00"
    problem = {"type": "urn:motcua:problem:locked", "locked_until": until}
    looking.service.status = OnestopRefusal(429, problem)
    events = await looking.act(STATUS, "0000")
    assert "16:00 ngày 24/11/2026" in looking.text()
    assert loop_of(events) is None


@pytest.mark.parametrize("confidence", [0.9, 0.4])
async def test_a_question_without_digits_is_left_to_the_rules(
    looking: Talk, confidence: float
) -> None:
    with pytest.raises(ActionExecutionRejection):
        await looking.act(STATUS, "mấy giờ mở cửa", "ask_opening_hours", confidence)


async def test_an_unsure_question_with_digits_is_asked_back(looking: Talk) -> None:
    await looking.act(STATUS, "12345", "ask_fee", 0.4)
    assert "4 số cuối" in looking.text()


@pytest.mark.parametrize("intent", ["deny", "goodbye", "cancel_dossier", "pause_dossier"])
async def test_the_citizen_can_leave(looking: Talk, intent: str) -> None:
    events = await looking.act(STATUS, "thôi", intent, 0.4)
    assert loop_of(events) is None
    assert slots_of(events)["lookup_code"] is None


async def test_a_long_statement_that_sounds_like_an_aspect_answers_a_free_text(
    filling: Talk,
) -> None:
    asks(filling, "text")
    filling.service.right = {"xin giải quyết theo quy định"}
    await filling.act(FORM, "xin giải quyết theo quy định", "ask_legal_basis")
    assert "Em ghi" in filling.text()


def test_a_question_for_a_phone_says_so_to_channels_that_know_the_number() -> None:
    assert question_parts(field("phone"))["card"] == {"type": "contact"}
    assert question_parts(field("person_name"))["card"] is None
