"""What is taken for part of a complaint, for an answer, for an end; and how levels are read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import telling
from actions.complaints import Complain
from actions.dossiers import BackToDraft
from actions.feedback_form import FeedbackForm
from actions.onestop_client import OnestopRefusal
from actions.ratings import Rate, read_stars
from actions.status_form import StatusForm
from onestop.schemas import RatingLevel, RatingOffer, StatusView
from tests.actions.conftest import Talk, loop_of, slots_of
from tests.actions.fakes import NOW

CODE = "H25-20261124-0000001"
BEGUN = {"kind": "complaint", "request": "r" * 16}
STORY = {**BEGUN, "content": ["Chờ hai tiếng không ai gọi."]}
TOLD = {**STORY, "told": True, "about": "", "name": "Nguyễn Văn An", "phone": "0912 345 678"}
LEVELS = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng"]
OFFER = RatingOffer(
    code=CODE,
    procedure="Đăng ký tạm trú",
    grant="g1",
    levels=[RatingLevel(stars=5 - at, name=name) for at, name in enumerate(LEVELS)],
)


STATUS = StatusView(
    code=CODE,
    procedure_code="1.004194",
    procedure="Đăng ký tạm trú",
    status=9,
    status_name="Đã xử lý xong",
    received_at=NOW,
    due_at=None,
    collect_at="",
    history=[],
    rating=OFFER,
)


async def tell(
    talk: Talk, said: dict[str, Any], text: str, intent: str = "inform", **kw: Any
) -> Any:
    """One message in the loop; the slot afterwards, and whether the loop ended."""
    talk.loop, talk.slots["feedback"] = "feedback_form", said
    events = await talk.act(FeedbackForm(), text, intent, **kw)
    return slots_of(events).get("feedback", said), loop_of(events)


def value(given: str) -> dict[str, Any]:
    return {"entities": [{"entity": "value", "value": given}]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("tôi muốn phản ánh", False),
        ("phản ánh ở đâu", False),
        ("gửi phản ánh kiến nghị", False),
        ("tôi muốn phản ánh cán bộ xã gây khó dễ", True),
        ("toi muon gop y cho dat lich truoc", True),
        ("cán bộ quát mắng dân", True),
    ],
)
async def test_what_is_said_with_the_wish_is_kept(talk: Talk, text: str, kept: bool) -> None:
    events = await talk.act(Complain(), text, "complain")
    begun = slots_of(events)["feedback"]
    assert loop_of(events) == "feedback_form"
    assert begun.get("content", []) == ([text] if kept else [])
    assert len(begun["request"]) >= 16


@pytest.mark.parametrize(
    "text", ["PA-20261124-0001 đến đâu rồi", "phản ánh của tôi sao chưa ai trả lời"]
)
async def test_asking_after_ones_complaint_looks_it_up(talk: Talk, text: str) -> None:
    events = await talk.act(Complain(), text, "complain")
    assert loop_of(events) == "status_form"
    assert slots_of(events)["lookup_for"] == "complaint"


@pytest.mark.parametrize(
    "text", ["tôi muốn khiếu nại", "to cao can bo nhan hoi lo", "tôi muốn kiện"]
)
async def test_what_goes_another_way_is_said_first(talk: Talk, text: str) -> None:
    talk.slots["feedback"] = slots_of(await talk.act(Complain(), text, "complain"))["feedback"]
    talk.loop, talk.after = "feedback_form", "action_complain"
    await talk.act(FeedbackForm(), text, "complain")
    assert "90 ngày" in talk.text()
    assert "Gửi phản ánh ở đây" in talk.buttons()


async def test_a_suggestion_is_not_taken_for_a_complaint_by_law(talk: Talk) -> None:
    events = await talk.act(Complain(), "toi muon kien nghi lap them den duong", "complain")
    assert "way" not in slots_of(events)["feedback"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cán bộ bảo lệ phí 500 nghìn mà không có biên lai", "ask_fee"),
        ("không ai hướng dẫn tôi cả", "deny"),
        ("tôi nộp hồ sơ ba lần đều bị trả về", "start_dossier"),
        ("sao cán bộ cứ bắt tôi đi lại nhiều lần vậy", "complain"),
    ],
)
async def test_a_story_is_kept_whatever_it_sounds_like(talk: Talk, text: str, intent: str) -> None:
    said, _ = await tell(talk, STORY, text, intent)
    assert said["content"] == [*STORY["content"], text]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("mấy giờ mở cửa vậy", "ask_opening_hours"),
        ("đồ ngu", "abuse"),
        ("gặp cán bộ", "ask_person"),
        ("cho tôi gặp lãnh đạo xã", "ask_person"),
    ],
)
async def test_what_is_clearly_something_else_interrupts(
    talk: Talk, text: str, intent: str
) -> None:
    talk.loop, talk.slots["feedback"] = "feedback_form", STORY
    with pytest.raises(ActionExecutionRejection):
        await talk.act(FeedbackForm(), text, intent)


@pytest.mark.parametrize(
    "text", ["xong", "hết rồi", "het roi em", "vậy thôi", "đủ rồi ạ", "gửi đi"]
)
async def test_the_end_of_the_story_is_understood(talk: Talk, text: str) -> None:
    said, _ = await tell(talk, STORY, text, "goodbye")
    assert said["told"]
    assert "hồ sơ nào" in talk.text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cho tôi khiếu nại", "Khiếu nại một quyết định"),
        ("to cao o dau", "Tố cáo một việc vi phạm"),
        ("toi muon phan anh", "Anh/chị kể thêm"),
    ],
)
async def test_the_wish_said_again_is_no_part_of_the_story(
    talk: Talk, text: str, told: str
) -> None:
    begun = {**BEGUN, "content": ["công an xã đòi tiền bồi dưỡng"]}
    said, _ = await tell(talk, begun, text, "complain")
    assert said["content"] == begun["content"]
    assert told in talk.text()


async def test_a_story_that_begins_with_the_wish_is_kept(talk: Talk) -> None:
    text = "phản ánh về việc cán bộ không có mặt"
    said, _ = await tell(talk, dict(BEGUN), text, "complain")
    assert said["content"] == [text]


async def test_a_story_of_no_words_is_asked_on(talk: Talk) -> None:
    said, _ = await tell(talk, {**BEGUN, "content": ["tệ"]}, "xong")
    assert "told" not in said
    assert "kể rõ hơn" in talk.text()


async def test_files_are_kept_at_any_step(talk: Talk) -> None:
    sent = {"metadata": {"attachments": [{"file_id": "f1"}]}}
    said, _ = await tell(talk, STORY, "/upload", "upload", **sent)
    assert said["files"] == ["f1"]
    said, _ = await tell(talk, {**TOLD, "files": ["f1"]}, "/upload", "upload", **sent)
    assert said["files"] == ["f1", "f1"]
    assert "Gửi kèm: 2" in talk.text()


async def test_leaving_with_a_story_is_confirmed_first(talk: Talk) -> None:
    said, loop = await tell(talk, STORY, "thôi không phản ánh nữa", "deny")
    assert (said["leaving"], loop) == (True, "")
    kept, loop = await tell(talk, said, "không", "deny")
    assert (kept, loop) == (STORY, "")
    gone, loop = await tell(talk, said, "/inform", "inform", **value("done"))
    assert (gone, loop) == (None, None)


async def test_what_was_typed_after_all_goes_on_with_the_story(talk: Talk) -> None:
    said, _ = await tell(talk, {**STORY, "leaving": True}, "hôm đó là sáng thứ hai đầu tuần")
    assert said["content"][-1] == "hôm đó là sáng thứ hai đầu tuần"
    assert "leaving" not in said


@pytest.mark.parametrize(
    ("text", "part"),
    [("sửa số điện thoại", "phone"), ("sua ten", "name"), ("sửa nội dung", "content")],
)
async def test_parts_are_told_anew_by_their_names(talk: Talk, text: str, part: str) -> None:
    said, _ = await tell(talk, TOLD, text, "correct_field")
    assert part not in said


async def test_sending_gives_all_of_it_and_ends(talk: Talk) -> None:
    said, loop = await tell(talk, {**TOLD, "files": ["f1"]}, "đồng ý gửi", "submit_dossier")
    (((body,),),) = (talk.service.called("complain"),)
    assert (body.request, body.content, body.file_ids) == (
        TOLD["request"],
        STORY["content"],
        ["f1"],
    )
    assert (said, loop) == (None, None)
    assert "PA-20261124-0001" in talk.text()


@pytest.mark.parametrize(
    ("reason", "words", "gone"),
    [
        ("too_long", "ngắn hơn", "content"),
        ("unknown_file", "bỏ ra", "files"),
        ("too_many", "Ngày mai", ""),
        ("name_unclear", "còn nguyên", ""),
    ],
)
async def test_what_was_not_taken_is_kept_and_the_reason_told(
    talk: Talk, reason: str, words: str, gone: str
) -> None:
    talk.service.complaint_refused = OnestopRefusal(409, {"type": f"urn:motcua:problem:{reason}"})
    told = {**TOLD, "files": ["f1"]}
    said, loop = await tell(talk, told, "gửi đi")
    assert words in talk.text()
    assert loop == ""
    assert set(told) - set(said) - {"told"} == ({gone} if gone else set())


async def test_the_third_refusal_offers_a_person(talk: Talk) -> None:
    said = {key: one for key, one in TOLD.items() if key != "phone"}
    for _ in range(3):
        said, _ = await tell(talk, said, "abc")
    assert talk.text().count("Số chưa đúng ạ.") == 3
    assert "Gặp cán bộ" in talk.buttons()


async def test_an_open_complaint_goes_on_before_the_draft(talk: Talk) -> None:
    talk.slots.update(feedback=STORY, draft="d1")
    assert loop_of(await talk.act(BackToDraft(), "")) == "feedback_form"
    talk.slots["feedback"] = None
    assert loop_of(await talk.act(BackToDraft(), "")) == "dossier_form"


# Ratings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        *(("5 sao", 5), ("cho bốn sao nhé", 4), ("cham nam sao", 5), ("1 sao vì chờ lâu", 1)),
        *(("4/5", 4), ("3", 3), ("mức 2", 2), ("rất hài lòng", 5), ("hài lòng", 4)),
        *(("không hài lòng", 2), ("khong hai long", 2), ("rất không hài lòng", 1), ("rat te", 1)),
        *(
            ("bình thường", 3),
            ("tạm được", 3),
            ("tuyệt vời", 5),
            ("quá tệ", 1),
            ("chưa tốt lắm", 2),
        ),
        *(("tôi muốn đánh giá", None), ("10 điểm", None), ("6 sao", None), ("", None)),
    ],
)
def test_levels_are_read_in_figures_and_words(talk: Talk, text: str, stars: int | None) -> None:
    assert read_stars(talk.turn(text, "rate")) == stars


async def rate(talk: Talk, text: str, **entities: str) -> list[dict[str, Any]]:
    given = [{"entity": name, "value": one} for name, one in entities.items()]
    return await talk.act(Rate(), text, "rate", entities=given)


async def test_a_finished_dossier_is_shown_with_its_stars(talk: Talk) -> None:
    talk.loop = "status_form"
    talk.slots["lookup_code"] = CODE
    talk.service.status = STATUS
    events = await talk.act(StatusForm(), "1234")
    card = talk.dispatcher.messages[-1]["custom"]
    assert (card["type"], len(card["levels"])) == ("rating", 5)
    assert card["levels"][0]["payload"] == talk.buttons()["5 sao – Rất hài lòng"]
    assert slots_of(events)["rating"] == "g1"
    assert slots_of(events)["choices"][1] == {"stars": 2, "grant": "g1"}


async def test_a_dossier_that_waits_for_money_offers_to_pay(talk: Talk) -> None:
    talk.loop = "status_form"
    talk.slots["lookup_code"] = CODE
    talk.service.status = STATUS.model_copy(update={"status": 6, "rating": None})
    await talk.act(StatusForm(), "1234")
    assert talk.buttons()["Trả lệ phí"] == f'/pay{{"dossier_code": "{CODE}"}}'


async def test_a_button_rates_and_asks_why(talk: Talk) -> None:
    payload = json.dumps({"value": "1", "grant": "g1"})
    events = await rate(talk, f"/rate{payload}", value="1", grant="g1")
    (((body,),),) = (talk.service.called("rate"),)
    assert (body.stars, body.grant, body.reason) == (1, "g1", None)
    assert loop_of(events) == "feedback_form"
    assert "vì sao" in talk.text()
    assert "Bỏ qua" not in talk.buttons()


async def test_a_reason_said_at_once_is_taken(talk: Talk) -> None:
    talk.slots["rating"] = "g1"
    events = await rate(talk, "chấm 1 sao vì chờ lâu quá")
    assert talk.service.called("rate")[0][0].reason == "chờ lâu quá"
    assert loop_of(events) == ""


async def test_a_remark_changes_no_rating_a_figure_does(talk: Talk) -> None:
    talk.service.rateable = [OFFER.model_copy(update={"stars": 2})]
    await rate(talk, "hài lòng lắm")
    assert talk.service.called("rate") == []
    assert "đã chấm 2 sao" in talk.text()
    await rate(talk, "cho 4 sao")
    assert talk.service.called("rate")[0][0].stars == 4


async def test_of_several_dossiers_the_citizen_chooses(talk: Talk) -> None:
    other = OFFER.model_copy(update={"code": "H25-20261124-0000002", "grant": "g2"})
    talk.service.rateable = [OFFER, other]
    await rate(talk, "đánh giá 5 sao")
    assert talk.service.called("rate") == []
    assert set(talk.buttons()) == {CODE, other.code}
    await rate(talk, "/rate", dossier_code=other.code)
    assert talk.dispatcher.messages[-1]["custom"]["code"] == other.code


async def test_an_old_button_offers_anew_and_a_late_one_says_so(talk: Talk) -> None:
    talk.service.rating_refused = OnestopRefusal(403, {"type": "urn:motcua:problem:not_granted"})
    talk.service.rateable = [OFFER]
    await rate(talk, "/rate", value="5", grant="old")
    assert "từ 1 đến 5 sao" in talk.text()
    talk.service.rating_refused = OnestopRefusal(409, {"type": "urn:motcua:problem:too_late"})
    await rate(talk, "/rate", value="5", grant="g1")
    assert "quá thời gian" in talk.text()


ASKED = {"kind": "rating", "grant": "g1", "stars": 2, "wanted": True, "criteria": ["Thái độ"]}


@pytest.mark.parametrize("text", ["không hướng dẫn rõ", "khong ai tra loi", "chờ lâu"])
async def test_the_reason_is_taken_in_ones_own_words(talk: Talk, text: str) -> None:
    said, loop = await tell(talk, ASKED, text, "deny")
    assert talk.service.called("rate")[0][0].reason == text
    assert (said, loop) == (None, None)


@pytest.mark.parametrize("text", ["không", "thôi em", "không có gì thêm", "bỏ qua"])
async def test_no_reason_is_no_reason(talk: Talk, text: str) -> None:
    said, loop = await tell(talk, ASKED, text, "deny")
    assert talk.service.called("rate") == []
    assert (said, loop) == (None, None)


async def test_after_an_interruption_the_reason_is_not_asked_again(talk: Talk) -> None:
    talk.after = "action_explain"
    said, loop = await tell(talk, ASKED, "lệ phí bao nhiêu", "ask_fee")
    assert (said, loop, talk.text()) == (None, None, "")


def test_every_interrupting_intent_has_its_rule() -> None:
    from tests.actions.test_rules import intents_ruled

    assert intents_ruled("feedback_form") >= telling.INTERRUPTING
