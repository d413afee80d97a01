"""How well each row (a name, an alias, a situation) and each body text fits a message."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from onestop.catalogue.search.postings import Floats, PostingsBuilder
from onestop.catalogue.search.words import Terms

_NOTHING = 1e-6  # keeps the shares of empty texts at zero


class Weights(NamedTuple):
    """How much each kind of evidence counts; tuned on the questions that are not kept aside."""

    syllables_message: float = 1.34
    syllables_row: float = 0.75
    syllables_cosine: float = 0.38
    pairs_message: float = 0.68
    pairs_row: float = -0.45
    pairs_cosine: float = 0.74
    pairs_both: float = 0.47
    marked_message: float = 0.12
    official: float = -0.25
    cut: float = -0.16
    unsaid: float = -0.47
    body: float = 0.96
    body_pairs: float = 1.06
    action: float = 0.18
    contradicted: float = -0.24
    confirmed: float = 0.18
    seldom: float = -0.07
    special: float = -0.15
    commune: float = 0.05
    local: float = -0.22
    copy: float = -0.56
    level: float = -0.29


class Fit(NamedTuple):
    """Shares in 0..1, one number a row: how much of the message stands in the row and vice versa."""

    message: Floats
    row: Floats


class Channel:
    """One kind of term (syllables, pairs, marked syllables) over all rows, weighted by rarity."""

    def __init__(self, rows: Sequence[Mapping[str, float]], unlisted: float = 0.0) -> None:
        builder = PostingsBuilder()
        for row in rows:
            builder.add(row)
        self._postings = builder.build()
        self.rarity = self._postings.rarity
        self._rarest = float(np.log(2 * len(rows) + 2))
        self._unlisted = unlisted * self._rarest
        masses = [_mass(self._weighted(row)) for row in rows]
        self._mass = np.array(masses, dtype=np.float32)

    def fit(self, asked: Terms) -> Fit:
        """Compare a message with every row."""
        weighted = self._weighted(asked)
        # The postings hold plain weights: the rows' rarity comes in from this side too.
        shared = self._postings.score(self._weighted(weighted))
        of_message = np.minimum(shared / np.float32(_mass(weighted)), 1)
        return Fit(of_message, np.minimum(shared / self._mass, 1))

    def said(self, asked: Terms, share: float) -> float:
        """How much of a message a row holds, where a term that no row holds would count as one.

        Args:
            asked: the message.
            share: the row's share of it, of `fit`.
        """
        return math.sqrt(share * _mass(self._weighted(asked))) / self._rarest

    def _weighted(self, terms: Mapping[str, float]) -> Terms:
        return {
            term: weight * self.rarity.get(term, self._unlisted) for term, weight in terms.items()
        }


class Bodies:
    """BM25-like evidence from long texts (papers, conditions, steps), in 0..1.

    Args:
        texts: the syllables of each text; read once, one text at a time.
        expected: for each text what may be said of it that does not stand in it, in 0..1 (`translation`).
    """

    _SATURATION = 1.2
    _LENGTH = 0.75
    _MEAN = 700  # syllables of a usual text

    def __init__(self, texts: Iterable[Sequence[str]], expected: Iterable[Terms]) -> None:
        syllables, pairs = PostingsBuilder(), PostingsBuilder()
        for text, besides in zip(texts, expected, strict=True):
            doubled = [f"{a} {b}" for a, b in pairwise(text)]
            single = {term: chance for term, chance in besides.items() if " " not in term}
            double = {term: chance for term, chance in besides.items() if " " in term}
            syllables.add(_either(self._saturated(text), single))
            pairs.add(_either(self._saturated(doubled), double))
        self._postings = syllables.build(), pairs.build()

    def common(self) -> set[str]:
        """Syllables that stand in so many texts (one of a thousand) that they are no slips."""
        return self._postings[0].common(self._postings[0].count / 1000)

    def fit(self, syllables: Terms, pairs: Terms) -> list[Floats]:
        """The rarity-weighted shares of a message's syllables and pairs that stand in each text."""
        fits = []
        for terms, found in zip((syllables, pairs), self._postings, strict=True):
            weighted = {term: w * found.rarity.get(term, 0.0) for term, w in terms.items()}
            mass = sum(weighted.values()) + _NOTHING
            fits.append(found.score({term: v / mass for term, v in weighted.items()}))
        return fits

    def _saturated(self, text: Sequence[str]) -> Terms:
        slope = self._SATURATION * (1 - self._LENGTH + self._LENGTH * len(text) / self._MEAN)
        return {term: n / (n + slope) for term, n in Counter(text).items()}


def _mass(weighted: Mapping[str, float]) -> float:
    return sum(v * v for v in weighted.values()) + _NOTHING


def _either(written: Terms, expected: Terms) -> Terms:
    """How likely each term is said because it is written or because it is expected."""
    both = dict(written)
    for term, chance in expected.items():
        both[term] = 1 - (1 - written.get(term, 0.0)) * (1 - chance)
    return both
