"""One question that tells look-alike procedures apart; its words are data (questions.yml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from onestop.catalogue.search.words import folded_key, words


class Difference(NamedTuple):
    """A way in which names differ: the question, and each label's words in names."""

    ask: str
    signs: tuple[tuple[str, str], ...]  # (folded words, label), the longest words first
    otherwise: str | None

    def label(self, name: str) -> str | None:
        """How this difference shows in a folded name."""
        padded = f" {name} "
        return next((label for sign, label in self.signs if sign in padded), self.otherwise)


class Questions:
    """All listed differences."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self._differences = [_difference(entry) for entry in entries]

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


def _listed(labels: Sequence[str]) -> str:
    *others, last = labels
    return f"{', '.join(others)} hay {last}" if others else last
