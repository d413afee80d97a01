"""One question that tells look-alike procedures apart; its words are data (questions.yml)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from onestop.catalogue.search.postings import Floats
from onestop.catalogue.search.terms import Reading
from onestop.catalogue.search.words import folded_key, words


class Difference(NamedTuple):
    """A way in which names differ: the question, and each label's words in names."""

    ask: str
    signs: tuple[tuple[str, str], ...]  # (folded words, label), the longest words first
    otherwise: str | None

    def bits(self, name: str) -> int:
        """All labels that show in a folded name, one bit each."""
        padded = f" {name} "
        found = {label for sign, label in self.signs if sign in padded}
        return sum(1 << at for at, label in enumerate(self._labels()) if label in found)

    def asked(self, reading: Reading) -> int:
        """All labels that a message speaks of, one bit each."""
        found = {label for sign, label in self.signs if _speaks_of(reading, sign.split())}
        return sum(1 << at for at, label in enumerate(self._labels()) if label in found)

    def _labels(self) -> list[str]:
        return list(dict.fromkeys(label for _, label in self.signs))

    def label(self, name: str) -> str | None:
        """How this difference shows in a folded name."""
        padded = f" {name} "
        return next((label for sign, label in self.signs if sign in padded), self.otherwise)


class Questions:
    """All listed differences."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self._differences = [_difference(entry) for entry in entries]

    def contradicted(self, names: Sequence[str]) -> Callable[[Reading], Floats]:
        """A function that marks (1) the names of which some sign contradicts a message's.

        Args:
            names: folded names.
        """
        tables = [
            (difference, np.array([difference.bits(name) for name in names], dtype=np.int64))
            for difference in self._differences
        ]

        def mark(reading: Reading) -> Floats:
            marked = np.zeros(len(names), dtype=np.bool_)
            for difference, of_names in tables:
                if asked := difference.asked(reading):
                    marked |= (of_names > 0) & (of_names & asked == 0)
            return marked.astype(np.float32)

        return mark

    def between(self, names: Sequence[str]) -> str | None:
        """The question that divides names best; None where no listed difference shows.

        Args:
            names: folded names, the likeliest first.
        """
        best: tuple[int, str] | None = None
        for difference in self._differences:
            labels = list(dict.fromkeys(map(difference.label, names)))
            told = [label for label in labels if label]
            if len(told) > 1 and (best is None or len(told) > best[0]):
                best = len(told), difference.ask.format(choices=_listed(told))
        return best[1] if best else None


def _difference(entry: Mapping[str, Any]) -> Difference:
    signs = [(folded_key(words(s)), label) for label, said in entry["signs"].items() for s in said]
    signs.sort(key=lambda sign: -len(sign[0]))
    padded = tuple((f" {sign} ", label) for sign, label in signs)
    return Difference(entry["ask"], padded, entry.get("otherwise"))


def _speaks_of(reading: Reading, sign: Sequence[str]) -> bool:
    if len(sign) == 1:
        return reading.syllables.get(sign[0], 0.0) == 1.0
    return all(f"{a} {b}" in reading.pairs for a, b in pairwise(sign))


def _listed(labels: Sequence[str]) -> str:
    *others, last = labels
    return f"{', '.join(others)} hay {last}" if others else last
