"""The CRF: spans from tags, learning, the same marks with and without accents, loading at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.sequence import SequenceModel, Span, features, spans
from bot.nlu.text import strip_accents

TAGS = st.lists(st.sampled_from(["O", "B-from", "I-from", "B-to", "I-to"]), max_size=12)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["O", "B-from", "I-from", "O"], [Span("from", 1, 2)]),
        (["B-from", "B-from"], [Span("from", 0, 0), Span("from", 1, 1)]),
        (["B-from", "I-to"], [Span("from", 0, 0), Span("to", 1, 1)]),
        (["I-to", "I-to"], [Span("to", 0, 1)]),
        ([], []),
    ],
)
def test_spans_are_read_as_seqeval_reads_them(tags: list[str], expected: list[Span]) -> None:
    assert spans(tags) == expected


@given(TAGS)
def test_every_tagged_token_lies_in_exactly_one_span(tags: list[str]) -> None:
    covered = [place for span in spans(tags) for place in range(span.first, span.last + 1)]
    assert covered == [place for place, tag in enumerate(tags) if tag != "O"]


@given(st.lists(st.text(min_size=1, max_size=8), max_size=8))
def test_each_token_has_features(words: list[str]) -> None:
    assert len(features(words)) == len(words)


def learnt() -> SequenceModel:
    cities = ["hà nội", "đà nẵng", "cần thơ", "hải phòng", "sài gòn", "nha trang"]
    sentences, tags = [], []
    for start in cities:
        for goal in cities:
            if start != goal:
                sentences.append(f"bay từ {start} đến {goal}".split())
                tags.append(["O", "O", "B-from", "I-from", "O", "B-to", "I-to"])
    return SequenceModel.fit(sentences, tags)


def test_it_marks_names_that_it_never_saw_by_what_stands_around_them() -> None:
    words = ["bay", "từ", "quy", "nhơn", "đến", "đồng", "hới"]
    expected = ["O", "O", "B-from", "I-from", "O", "B-to", "I-to"]
    model = learnt()
    assert model.tag(words) == expected
    assert model.tag([strip_accents(word) for word in words]) == expected
    assert SequenceModel(model.content).tag(words) == expected
