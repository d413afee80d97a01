"""Annotated entities, learnt and found: a CRF over the words, and what is meant by them. No Rasa here."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bot.nlu.entities import NAMES, find_entities
from bot.nlu.sequence import OUTSIDE, SequenceModel, spans
from bot.nlu.text import fold, token_spans

CRF, VALUES = "sequence.crfsuite", "values.json"


class Marked(NamedTuple):
    """An entity in a text: where it stands (end exclusive, in characters), its name and its value."""

    start: int
    end: int
    entity: str
    value: str


Place = tuple[int, int]


def overlap(one: Place, other: Place) -> bool:
    """Whether two places (start, end) share a letter."""
    return one[0] < other[1] and other[0] < one[1]


def gives_way(ruled: Place, found: Iterable[Marked]) -> bool:
    """Whether what a rule has found there is told otherwise, and longer, by what was learnt."""
    return any(one.entity in NAMES and overlap(ruled, (one.start, one.end)) for one in found)


def read_value(entity: str, written: str, today: date) -> str | None:
    """The value of words as the rules read them; `None` where they see no such entity in them."""
    found = find_entities(unicodedata.normalize("NFC", written), today)
    return next((one.value for one in found if one.entity == entity), None)


class SpanModel:
    """Learns and finds spans with their values; one instance is one trained model.

    Args:
        tagger: marks words.
        values: by entity, what is meant by (folded) words that do not show it themselves.
    """

    def __init__(self, tagger: SequenceModel, values: dict[str, dict[str, str]]) -> None:
        self._tagger, self._values = tagger, values

    @classmethod
    def fit(cls, examples: Iterable[tuple[str, Sequence[Marked]]]) -> SpanModel:
        """Learn from texts and the entities in them; where the same words are annotated too, those count."""
        sentences: list[tuple[tuple[str, ...], list[str]]] = []
        annotated: set[tuple[str, ...]] = set()
        values: dict[str, dict[str, str]] = {}
        for text, marked in examples:
            places = token_spans(text)
            words = tuple(text[start:end] for start, end in places)
            sentences.append((words, _tags(places, marked)))
            if marked:
                annotated.add(words)
            for one in marked:
                written = text[one.start : one.end]
                if one.value != written:
                    values.setdefault(one.entity, {})[fold(written)] = one.value
        kept = [
            (words, tags)
            for words, tags in sentences
            if words and (words not in annotated or set(tags) != {OUTSIDE})
        ]
        tagger = SequenceModel.fit([words for words, _ in kept], [tags for _, tags in kept])
        return cls(tagger, values)

    def find(self, text: str, taken: Sequence[Place], today: date) -> list[Marked]:
        """What the CRF marks beside what the rules have found.

        Args:
            text: the message.
            taken: start and end of what the rules have found.
            today: the day that "hôm qua" counts from.

        Returns:
            The entities in order. One of the rules' own kinds is only told with a value that they can read, and
            where they have found nothing, or less: "bê hai" is more than "bê".
        """
        places = token_spans(text)
        marks = self._tagger.tag([text[start:end] for start, end in places]) if places else []
        found = []
        for span in spans(marks):
            start, end = places[span.first][0], places[span.last][1]
            written, label = text[start:end], span.label
            value: str | None = self._values.get(label, {}).get(fold(written), written)
            if label in NAMES:
                longest = max((b - a for a, b in taken if overlap((a, b), (start, end))), default=0)
                value = read_value(label, value or "", today) if end - start > longest else None
            if value is not None:
                found.append(Marked(start, end, label, value))
        return found

    def save(self, directory: Path) -> None:
        """Write the model."""
        (directory / CRF).write_bytes(self._tagger.content)
        (directory / VALUES).write_text(json.dumps(self._values), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> SpanModel:
        """The model that was written there."""
        values = json.loads((directory / VALUES).read_text(encoding="utf-8"))
        return cls(SequenceModel((directory / CRF).read_bytes()), values)


def _tags(places: Sequence[tuple[int, int]], marked: Sequence[Marked]) -> list[str]:
    """BIO tags of tokens."""
    tags = [OUTSIDE] * len(places)
    for one in marked:
        inside = [
            at for at, (start, end) in enumerate(places) if start >= one.start and end <= one.end
        ]
        for at in inside:
            tags[at] = f"{'B' if at == inside[0] else 'I'}-{one.entity}"
    return tags
