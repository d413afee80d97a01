"""Yes, no, or something else to what is offered; cards inside and outside a form; undo; keeping an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.clarify import Clarify
from actions.dossier_form import DossierForm
from actions.offers import KEEPING, FileOutside, holds_card
from bot.nlu.text import fold
from onestop.eforms.cards import Card
from onestop.schemas import Accepted, AnswerResult, Offer
from tests.actions.conftest import Talk
from tests.actions.fakes import draft, field
from tests.onestop.eforms.test_cards import CARDS, TEXT, written

FORM = DossierForm()
LINES = [Accepted(field="name", label="Họ tên", display="Lê Văn Bình")]


@pytest.fixture
def filling(talk: Talk) -> Talk:
    """A talk in which a required name is asked for."""
    talk.loop = "dossier_form"
    talk.slots = {"draft": "d1", "procedure": "1.004194"}
    talk.service.open = [draft(field("person_name"))]
    return talk


@pytest.fixture
def offered(filling: Talk) -> Talk:
    """The same, with what a card told waiting for its yes."""
    view = filling.service.open[0]
    offer = Offer(source="card", lines=LINES, refused=["Ngày sinh"])
    filling.service.open = [view.model_copy(update={"offer": offer})]
    return filling


def correcting(talk: Talk, kind: str = "person_name", **given: object) -> None:
    """Let the form ask a field that has an answer."""
    talk.service.open = [draft(field(kind, given="Lê Văn Bính", **given))]


# Offers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "intent"), [("đúng rồi", "affirm"), ("/affirm", "affirm")])
async def test_a_yes_fills_in(offered: Talk, said: str, intent: str) -> None:
    await offered.act(FORM, said, intent, message_id="7.20261129")
    assert offered.service.called("decide") == [[True]]
    assert offered.service.keys == ["7.20261129"]
    assert "Em ghi họ tên: Lê Văn Bình." in offered.text()


@pytest.mark.parametrize(
    ("said", "intent"),
    [("dung lai", "pause_dossier"), ("Dùng lại đi em", "inform"), ("dạ, điền giúp tôi", "inform")],
)
async def test_a_yes_in_the_words_of_the_question_fills_in(
    offered: Talk, said: str, intent: str
) -> None:
    await offered.act(FORM, said, intent)
    assert offered.service.called("decide") == [[True]]


@pytest.mark.parametrize(
    "said", ["khong, khai cho nguoi khac", "Không phải thẻ của tôi", "sai rồi"]
)
async def test_a_no_with_a_reason_fills_nothing(offered: Talk, said: str) -> None:
    await offered.act(FORM, said, "inform", 0.7)
    assert offered.service.called("decide") == [[False]]


async def test_to_stop_is_not_to_use_again(offered: Talk) -> None:
    await offered.act(FORM, "dừng lại", "pause_dossier")
    assert not offered.service.called("decide")


@pytest.mark.parametrize("intent", ["deny", "skip_field", "correct_field", "undo"])
async def test_a_no_in_any_words_fills_nothing(offered: Talk, intent: str) -> None:
    await offered.act(FORM, "không", intent)
    assert offered.service.called("decide") == [[False]]
    assert "em không điền sẵn" in offered.text()
    assert "Họ tên là gì ạ?" in offered.text()


async def test_a_question_is_left_to_the_rules(offered: Talk) -> None:
    with pytest.raises(ActionExecutionRejection):
        await offered.act(FORM, "lệ phí bao nhiêu", "ask_fee")
    assert not offered.service.called("decide")


async def test_an_answer_by_hand_is_taken_while_something_is_offered(offered: Talk) -> None:
    offered.service.right = {"Lê Thị Bông"}
    await offered.act(FORM, "Lê Thị Bông", "inform", 0.9)
    assert offered.service.called("answer") == [["Lê Thị Bông", None, True]]


@pytest.mark.parametrize(
    ("said", "intent", "confidence"),
    [("hả", "nlu_fallback", 0.3), ("làm sao biết tên bà vậy", "inform", 0.9)],
)
async def test_a_remark_is_no_name_and_the_offer_is_made_again(
    offered: Talk, said: str, intent: str, confidence: float
) -> None:
    await offered.act(FORM, said, intent, confidence)
    assert not offered.service.called("answer")
    assert "Em đọc được từ thẻ căn cước:" in offered.text()
    assert "Riêng ngày sinh" in offered.text()


@pytest.mark.parametrize("intent", ["submit_dossier", "explain_field"])
async def test_the_offer_comes_before_sending_and_explaining(offered: Talk, intent: str) -> None:
    await offered.act(FORM, "gửi đi", intent)
    assert "Đúng không ạ?" in offered.text()
    assert not offered.service.called("submit")


async def test_pausing_is_possible_while_something_is_offered(offered: Talk) -> None:
    await offered.act(FORM, "để sau", "pause_dossier")
    assert not offered.service.called("decide")
    assert "Đúng không" not in offered.text()


# Cards ----------------------------------------------------------------------------------------


@given(CARDS)
def test_every_cards_text_is_known_as_one(card: Card) -> None:
    assert holds_card(written(card))


@given(st.text(max_size=200).filter(lambda text: text.count("|") < 2))
def test_talk_is_no_card(text: str) -> None:
    assert not holds_card(text.replace("｜", "").replace("¦", ""))


async def test_a_pasted_card_is_read_at_any_moment(filling: Talk) -> None:
    await filling.act(FORM, TEXT, "ask_fee", 0.9)
    assert filling.service.called("read_card") == [[TEXT, []]]
    assert not filling.service.called("answer")


async def test_why_a_card_cannot_be_used_is_said_before_the_question(filling: Talk) -> None:
    filling.service.no_card = "Em chưa đọc được."
    await filling.act(FORM, TEXT)
    assert filling.text().startswith("Em chưa đọc được.\nHọ tên là gì ạ?")


async def test_a_card_outside_a_form_is_explained_and_not_repeated(talk: Talk) -> None:
    await talk.act(Clarify(), TEXT, "inform")
    assert "không lưu lại gì" in talk.text()
    assert "Nguyễn Văn An" not in talk.text()
    assert not talk.service.called("search")


async def test_a_file_outside_a_form_is_deleted(talk: Talk) -> None:
    sent = {"attachments": [{"file_id": "f1"}, {"file_id": "f2"}]}
    await talk.act(FileOutside(), "/upload", "upload", metadata=sent)
    assert talk.service.called("discard_file") == [["f1"], ["f2"]]
    assert "không giữ tệp này" in talk.text()


async def test_a_file_that_is_only_announced_is_told_when_to_come(talk: Talk) -> None:
    await talk.act(FileOutside(), "tôi gửi ảnh nhé", "upload")
    assert not talk.service.called("discard_file")
    assert "bấm nút đính kèm" in talk.text()


# Undo and keeping -----------------------------------------------------------------------------


async def test_undo_says_what_was_taken_back_and_asks_again(filling: Talk) -> None:
    filling.service.taken_back = LINES
    await filling.act(FORM, "quay lại", "undo")
    assert "Em bỏ câu trả lời vừa rồi (họ tên: Lê Văn Bình)." in filling.text()
    assert "Họ tên là gì ạ?" in filling.text()


@pytest.mark.parametrize(
    "said",
    [
        "sửa câu trước",
        "chon nham roi",
        "tôi bấm nhầm nút",
        "câu vừa rồi trả lời sai",
        "chọn lại",
        "nhầm rồi em ơi",
    ],
)
async def test_a_correction_that_names_nothing_means_the_last_answer(
    filling: Talk, said: str
) -> None:
    filling.service.taken_back = LINES
    await filling.act(FORM, said, "correct_field")
    assert filling.service.called("undo") == [[]]


async def test_a_correction_that_names_a_field_is_no_undo(filling: Talk) -> None:
    filling.service.matches = [field("person_name", "name")]
    await filling.act(FORM, "nhập nhầm họ tên", "correct_field")
    assert not filling.service.called("undo")
    assert filling.service.called("choose_field") == [["name"]]


async def test_undo_of_nothing_is_said(filling: Talk) -> None:
    await filling.act(FORM, "quay lại", "undo")
    assert "chưa có câu trả lời nào" in filling.text()


@pytest.mark.parametrize(
    ("said", "intent", "confidence"),
    [
        ("giữ nguyên", "inform", 0.4),
        ("thôi để vậy đi", "cancel_dossier", 0.9),
        ("may toi khong go duoc dau", "nlu_fallback", 0.2),
        ("không sửa nữa", "deny", 0.9),
        ("đúng rồi", "affirm", 0.9),
        ("không", "deny", 0.9),
    ],
)
async def test_an_answer_can_be_left_as_it_is(
    filling: Talk, said: str, intent: str, confidence: float
) -> None:
    correcting(filling)
    await filling.act(FORM, said, intent, confidence)
    assert filling.service.called("choose_field") == [[None]]
    assert not filling.service.called("answer")


async def test_a_long_new_answer_is_no_keeping(filling: Talk) -> None:
    correcting(filling, "text")
    said = "xin xây thêm một tầng, phần nhà cũ giữ nguyên hiện trạng"
    filling.service.right = {said}
    await filling.act(FORM, said, "inform")
    assert not filling.service.called("choose_field")


async def test_the_keep_button_keeps(filling: Talk) -> None:
    correcting(filling)
    entities = [{"entity": "value", "value": "giữ nguyên"}]
    await filling.act(FORM, '/inform{"value": "giữ nguyên"}', "inform", 1.0, entities=entities)
    assert filling.service.called("choose_field") == [[None]]


async def test_yes_answers_a_yes_no_question_that_is_asked_again(filling: Talk) -> None:
    correcting(filling, "yes_no")
    filling.service.right = {"có"}
    await filling.act(FORM, "có", "affirm")
    assert not filling.service.called("choose_field")


async def test_nothing_is_kept_where_nothing_was_given(filling: Talk) -> None:
    await filling.act(FORM, "giữ nguyên", "inform")
    assert not filling.service.called("choose_field")


@pytest.mark.parametrize(
    "name", ["Nguyễn Nguyên", "Đỗ Văn Giữ", "Đào Nguyên Giu", "Bùi Thị Dậu", "Không Văn Đào"]
)
def test_names_are_not_taken_for_keeping(name: str) -> None:
    assert not KEEPING.search(fold(name))


async def test_a_doubted_name_is_asked_once_more(
    filling: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    correcting(filling)
    view = filling.service.open[0]

    async def doubts(*_given: object) -> AnswerResult:
        return AnswerResult(draft=view, accepted=LINES, doubt="Họ tên này chưa có dấu.")

    monkeypatch.setattr(filling.service, "answer", doubts)
    await filling.act(FORM, "le van binh")
    assert "Em ghi họ tên: Lê Văn Bình.\nHọ tên này chưa có dấu." in filling.text()
    assert "Giữ nguyên" in filling.buttons()


async def test_the_name_that_is_most_likely_meant_is_a_button(
    filling: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    correcting(filling)
    view = filling.service.open[0]

    async def doubts(*_given: object) -> AnswerResult:
        return AnswerResult(draft=view, doubt="Có phải …?", meant="Nguyễn Thị Lan")

    monkeypatch.setattr(filling.service, "answer", doubts)
    await filling.act(FORM, "nguyen thi lan")
    assert list(filling.buttons())[:2] == ["Nguyễn Thị Lan", "Giữ nguyên"]
    assert filling.buttons()["Nguyễn Thị Lan"] == '/inform{"value": "Nguyễn Thị Lan"}'
