"""Several wishes in one message, found with a stand-in for the model: pure text work."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.nlu.text import strip_accents
from bot.nlu.wishes import clauses, find_wishes

SEVERAL = frozenset({"ask_time", "ask_fee", "ask_papers"})
CUES = {"bao lau": "ask_time", "bao nhieu": "ask_fee", "giay to": "ask_papers", "chao": "greet"}


def rank(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Sure of the one cue in a text, unsure of a text with two cues or none."""
    found = [[CUES[cue] for cue in CUES if cue in strip_accents(text)] for text in texts]
    return [(one[0], 0.9) if len(one) == 1 else ("ask_procedure", 0.3) for one in found]


def wishes(text: str, best: list[tuple[str, float]]) -> list[str]:
    return [wish["intent"] for wish in find_wishes(text, best, rank, SEVERAL)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("làm khai sinh mất bao lâu, phí bao nhiêu?", ["ask_time", "ask_fee"]),
        ("lam khai sinh mat bao lau va phi bao nhieu", ["ask_time", "ask_fee"]),
        ("phí bao nhiêu, còn giấy tờ thì sao, mất bao lâu", ["ask_fee", "ask_papers", "ask_time"]),
        ("phí bao nhiêu, lệ phí hết bao nhiêu", ["ask_fee"]),
    ],
)
def test_each_clear_clause_is_a_wish_once(text: str, expected: list[str]) -> None:
    assert wishes(text, [("ask_fee", 0.6), ("ask_time", 0.05)]) == expected


def test_a_greeting_before_the_question_is_no_wish() -> None:
    assert wishes("chào em nhé, làm hết bao nhiêu", [("greet", 0.4)]) == ["ask_fee"]


def test_two_wishes_without_a_comma_are_cut_where_both_are_clear() -> None:
    text = "làm khai sinh mất bao lâu phí bao nhiêu"
    found = find_wishes(text, [("ask_fee", 0.5), ("ask_time", 0.4)], rank, SEVERAL)
    assert [wish["intent"] for wish in found] == ["ask_time", "ask_fee"]
    assert " ".join(wish["text"] for wish in found) == text


def test_a_message_that_the_model_is_sure_of_is_not_cut() -> None:
    text = "làm khai sinh mất bao lâu phí bao nhiêu"
    assert wishes(text, [("ask_fee", 0.98), ("ask_time", 0.01)]) == ["ask_fee"]


def test_a_long_tale_with_one_clear_question_leads_to_the_question() -> None:
    text = "hôm qua tôi ra xã họ nói lòng vòng, giờ tôi hỏi phí bao nhiêu"
    assert wishes(text, [("complain", 0.3), ("ask_fee", 0.2)]) == ["ask_fee"]


def test_con_with_its_accent_parts_wishes_and_a_child_does_not() -> None:
    assert clauses("giấy tờ gì còn lệ phí sao") == ["giấy tờ gì", "lệ phí sao"]
    assert clauses("lam khai sinh cho con can gi") == ["lam khai sinh cho con can gi"]


def test_codes_and_amounts_are_not_cut_at_their_points() -> None:
    assert clauses("thủ tục 1.004194 hết 200.000 đồng") == ["thủ tục 1.004194 hết 200.000 đồng"]


def test_what_was_done_already_is_read_with_its_already() -> None:
    parts = clauses("tôi nộp hồ sơ tạm trú rồi mà chưa thấy kết quả")
    assert parts == ["tôi nộp hồ sơ tạm trú rồi", "mà chưa thấy kết quả"]


def test_halves_that_are_not_what_the_whole_message_asks_are_no_wishes() -> None:
    text = "thu hộ bao nhiêu khi giao bao lâu"
    assert wishes(text, [("ask_papers", 0.5), ("ask_fee", 0.2)]) == ["ask_papers"]
    assert wishes(text, [("ask_fee", 0.5), ("ask_papers", 0.2)]) == ["ask_fee", "ask_time"]
