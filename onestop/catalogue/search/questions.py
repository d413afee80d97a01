"""One question that tells look-alike procedures apart; its words are data (questions.yml)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from onestop.catalogue.search.postings import Floats
from onestop.catalogue.search.words import Reading, folded_key, words

OF_A_TOPIC = "Anh/chị cần làm việc nào dưới đây ạ?"
"""What a message that is only a topic ("đất đai") is asked."""


class Difference(NamedTuple):
    """A way in which names differ: the question, and each label's words in names."""

    ask: str
    labels: tuple[str, ...]
    signs: tuple[tuple[str, str], ...]  # (folded words, label); faint ones last, the longest first
    faint: frozenset[str]  # signs that say something only where no other sign stands
    otherwise: str | None
    seldom: frozenset[str]  # labels that a message which says none of them hardly means

    def label(self, name: str) -> str | None:
        """How this difference shows in a folded name."""
        padded = f" {name} "
        return next((label for sign, label in self.signs if f" {sign} " in padded), self.otherwise)

    def shown(self, name: str) -> int:
        """All labels that show in a folded name, one bit each."""
        padded = f" {name} "
        return self.bits(self._told(sign for sign, _ in self.signs if f" {sign} " in padded))

    def asked(self, reading: Reading) -> int:
        """All labels that a message speaks of, one bit each."""
        said = (sign for sign, _ in self.signs if _speaks_of(reading, _parts(sign)))
        return self.bits(self._told(said))

    def _told(self, signs: Iterable[str]) -> set[str]:
        """The labels of signs; "cấp giấy chứng nhận … (điều chỉnh)" does not speak of a first one."""
        found = set(signs)
        counted = found - self.faint or found
        return {label for sign, label in self.signs if sign in counted}

    def bits(self, labels: Collection[str]) -> int:
        """Labels as a number, one bit each."""
        return sum(1 << at for at, label in enumerate(self.labels) if label in labels)


class Contrast:
    """Which names a message contradicts, by the listed differences.

    Args:
        differences: the differences that are looked at.
        names: folded names.
    """

    def __init__(self, differences: Iterable[Difference], names: Sequence[str]) -> None:
        self._count = len(names)
        self._tables: list[tuple[Difference, npt.NDArray[np.int64], npt.NDArray[np.bool_]]] = []
        for difference in differences:
            shown = np.array([difference.shown(name) for name in names], dtype=np.int64)
            rare = difference.bits(difference.seldom)
            self._tables.append((difference, shown, (shown & rare > 0) & (shown & ~rare == 0)))

    def marks(self, reading: Reading) -> list[Floats]:
        """Features of the names, 1 or 0: a sign contradicts the message, bears it out, is rare and unsaid."""
        contradicted = np.zeros(self._count, dtype=np.bool_)
        confirmed = np.zeros(self._count, dtype=np.bool_)
        seldom = np.zeros(self._count, dtype=np.bool_)
        for difference, shown, rare in self._tables:
            if asked := difference.asked(reading):
                contradicted |= (shown > 0) & (shown & asked == 0)
                confirmed |= shown & asked > 0
            elif difference.seldom:
                seldom |= rare
        return [mark.astype(np.float32) for mark in (contradicted, confirmed, seldom)]


class Questions:
    """All listed differences."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self._differences = [_difference(entry) for entry in entries]

    def contrast(self, names: Sequence[str]) -> Contrast:
        """What tells which folded names a message contradicts."""
        return Contrast(self._differences, names)

    def between(self, names: Sequence[str]) -> str | None:
        """The question that divides names best, the two likeliest among them; None where none does.

        Args:
            names: folded names, the likeliest first.
        """
        best: tuple[int, str] | None = None
        for difference in self._differences:
            labels = list(dict.fromkeys(map(difference.label, names)))
            told = [label for label in labels if label]
            apart = len(labels) > 1 and labels[0] and labels[0] != difference.label(names[1])
            if apart and len(told) > 1 and (best is None or len(told) > best[0]):
                best = len(told), difference.ask.format(choices=_listed(told))
        return best[1] if best else None


def _difference(entry: Mapping[str, Any]) -> Difference:
    signs = [(folded_key(words(s)), label) for label, said in entry["signs"].items() for s in said]
    faint = frozenset(folded_key(words(s)) for s in entry.get("faint", ()))
    signs.sort(key=lambda sign: (sign[0] in faint, -len(sign[0])))
    seldom = frozenset(entry.get("seldom", ()))
    labels = tuple(entry["signs"])
    return Difference(entry["ask"], labels, tuple(signs), faint, entry.get("otherwise"), seldom)


@cache
def _parts(sign: str) -> tuple[str, ...]:
    """A listed sign as pairs of syllables, or its only syllable."""
    syllables = sign.split(" ")
    return tuple(f"{a} {b}" for a, b in pairwise(syllables)) or (sign,)


def _speaks_of(reading: Reading, parts: tuple[str, ...]) -> bool:
    first, *others = parts
    if " " not in first:
        return reading.syllables.get(first, 0.0) == 1.0
    return first in reading.pairs and all(pair in reading.pairs for pair in others)


def _listed(labels: Sequence[str]) -> str:
    *others, last = labels
    return f"{', '.join(others)} hay {last}" if others else last
