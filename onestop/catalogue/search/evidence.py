"""How well each row (a name, an alias, a situation) and each body text fits a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from onestop.catalogue.search.postings import Floats, Postings
from onestop.catalogue.search.reading import Terms


class Fit(NamedTuple):
    """Shares in 0..1, one number a row: how much of the message stands in the row and vice versa."""

    message: Floats
    row: Floats


class Channel:
    """One kind of term (syllables, pairs, marked syllables) over all rows, weighted by rarity."""

    def __init__(self, rows: Sequence[Mapping[str, float]]) -> None:
        counted = Counter(term for row in rows for term in row)
        self.counts = counted
        self.rarity = {
            t: float(np.log((len(rows) + 1) / (n + 0.5))) for t, n in counted.items()
        }
        self._postings = Postings(
            {t: w * self.rarity[t] for t, w in row.items()} for row in rows
        )
        self._mass = np.array(
            [sum((w * self.rarity[t]) ** 2 for t, w in row.items()) for row in rows],
            dtype=np.float32,
        ) + np.float32(1e-6)

    def fit(self, asked: Terms) -> Fit:
        """Compare a message with every row."""
        weighted = {t: w * self.rarity.get(t, 0.0) for t, w in asked.items()}
        mass = sum(v * v for v in weighted.values()) + 1e-6
        shared = self._postings.score(weighted)
        return Fit(np.minimum(shared / np.float32(mass), 1), np.minimum(shared / self._mass, 1))


class Bodies:
    """BM25-like evidence from the long texts (papers, conditions, steps), in 0..1."""

    _SATURATION = 1.2
    _LENGTH = 0.75

    def __init__(self, texts: Iterable[list[str]], rarity: Mapping[str, float]) -> None:
        counted = [Counter(s for s in text if s in rarity) for text in texts]
        lengths = [sum(c.values()) for c in counted]
        mean = (sum(lengths) / len(lengths) if lengths else 0) or 1
        self._rarity = rarity
        self._postings = Postings(
            {t: self._saturated(n, length / mean) for t, n in counts.items()}
            for counts, length in zip(counted, lengths, strict=True)
        )

    def fit(self, asked: Terms) -> Floats:
        """The rarity-weighted share of the message that stands in each text."""
        weighted = {t: w * self._rarity.get(t, 0.0) for t, w in asked.items()}
        mass = sum(weighted.values()) + 1e-6
        return self._postings.score({t: v / mass for t, v in weighted.items()})

    def _saturated(self, count: int, length: float) -> float:
        slope = self._SATURATION * (1 - self._LENGTH + self._LENGTH * length)
        return count / (count + slope)
