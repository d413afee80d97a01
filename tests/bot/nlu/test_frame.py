"""The frame of a message: how it is asked, apart from what it is about and who asks."""

from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.concepts import find_concepts
from bot.nlu.frame import PERSON, SUBJECT, frame
from bot.nlu.reading import reading
from bot.nlu.text import canonical, strip_accents, tokens


def framed(text: str) -> str:
    words = tokens(canonical(text))
    return frame(words, find_concepts(words))


def test_two_subjects_asked_about_alike_have_one_frame() -> None:
    assert framed("tách thửa hết bao nhiêu tiền") == framed("khai sinh hết bao nhiêu tiền")
    assert framed("khai sinh hết bao nhiêu tiền") == f"< {SUBJECT} het bao nhieu tien >"


def test_who_asks_and_how_kindly_changes_nothing_at_the_ends() -> None:
    assert framed("em muốn nộp hồ sơ ạ") == framed("mình muốn nộp hồ sơ nhé")


def test_a_person_within_stays_a_person() -> None:
    assert framed("nhờ chị nộp giúp tôi hồ sơ") == f"< nho {PERSON} nop giup {PERSON} ho so >"


def test_a_frame_is_the_same_without_accents() -> None:
    text = "cho em hỏi làm lý lịch tư pháp mất bao lâu ạ"
    assert framed(text) == framed(strip_accents(text))


@given(st.text(max_size=60))
def test_every_message_has_a_frame_with_both_ends(text: str) -> None:
    assert reading(text).frame.startswith("<")
    assert reading(text).frame.endswith(">")
