"""The benchmark reads every shape of question and makes exactly one slip."""

from __future__ import annotations

import json
import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from benchmarks.search import Question, measure, part, read_questions, slip
from onestop.catalogue.search import SearchIndex


@given(st.text(min_size=1, max_size=40), st.integers())
def test_a_slip_is_at_most_one_edit(text: str, seed: int) -> None:
    assert OSA.distance(text, slip(text, random.Random(seed))) <= 1


@given(st.text(max_size=40))
def test_a_question_belongs_to_one_part_for_good(text: str) -> None:
    question = Question(text, frozenset())
    assert part(question) in {"tuning", "aside"}
    assert part(question) == part(Question(text, frozenset({"1.001193"})))


def test_all_shapes_of_questions_are_read(tmp_path: Path) -> None:
    records = [
        {"question": "a", "gold_ma_thu_tuc": ["1.000001", "1.000002"]},
        {"query": "b", "expected_procedure_id": "dang-ky-khai-sinh"},
        {"message": "c", "status": "completed", "code": "1.000003"},
        {"question": "d", "matched_codes": []},
        {"message": "e", "status": "needs_clarification"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert list(read_questions([file])) == [
        Question("a", frozenset({"1.000001", "1.000002"})),
        Question("b", frozenset({"1.001193"})),
        Question("c", frozenset({"1.000003"})),
    ]


def test_hits_and_ranks_are_counted(small_index: SearchIndex) -> None:
    asked = [
        Question("đăng ký khai sinh", frozenset({"1.001193"})),
        Question("đăng ký khai sinh", frozenset({"9.999999"})),
    ]
    measured = measure(small_index, asked)
    assert (measured["n"], measured["hit@1"], measured["hit@5"], measured["mrr"]) == (
        2,
        0.5,
        0.5,
        0.5,
    )
