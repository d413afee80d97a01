"""How well each row (a name, an alias, a situation) and each body text fits a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from onestop.catalogue.search.postings import Floats, PostingsBuilder, postings
from onestop.catalogue.search.terms import Terms


class Fit(NamedTuple):
    """Shares in 0..1, one number a row: how much of the message stands in the row and vice versa."""

    message: Floats
    row: Floats


class Channel:
    """One kind of term (syllables, pairs, marked syllables) over all rows, weighted by rarity."""

    def __init__(self, rows: Sequence[Mapping[str, float]]) -> None:
        self.counts = Counter(term for row in rows for term in row)
        self.numbers = {term: at for at, term in enumerate(self.counts)}
        self.rarity = {
            t: float(np.log((len(rows) + 1) / (n + 0.5))) for t, n in self.counts.items()
        }
        self._postings = postings(map(self.weighted, rows), self.numbers)
        masses = [_mass(self.weighted(row)) for row in rows]
        self._mass = np.array(masses, dtype=np.float32)

    def fit(self, asked: Terms) -> Fit:
        """Compare a message with every row."""
        weighted = self.weighted(asked)
        shared = self._postings.score(weighted)
        of_message = np.minimum(shared / np.float32(_mass(weighted)), 1)
        return Fit(of_message, np.minimum(shared / self._mass, 1))

    def weighted(self, terms: Mapping[str, float]) -> Terms:
        """Terms with their weights times their rarity; unlisted ones weigh nothing."""
        return {t: w * self.rarity.get(t, 0.0) for t, w in terms.items()}


class Bodies:
    """BM25-like evidence from long texts (papers, conditions, steps), in 0..1.

    Only the terms of the names' channels are looked for: what no name holds is hardly asked for.

    Args:
        texts: the syllables of each text; read once, one text at a time.
        syllables, pairs: the channels whose terms and rarities are used.
    """

    _SATURATION = 1.2
    _LENGTH = 0.75
    _MEAN = 500  # terms of a usual text

    def __init__(self, texts: Iterable[Sequence[str]], syllables: Channel, pairs: Channel) -> None:
        self._channels = syllables, pairs
        builders = [PostingsBuilder(channel.numbers) for channel in self._channels]
        for text in texts:
            terms: tuple[Iterable[str], ...] = text, (f"{a} {b}" for a, b in pairwise(text))
            for builder, channel, found in zip(builders, self._channels, terms, strict=True):
                builder.add(self._saturated(found, channel))
        self._postings = [builder.build() for builder in builders]

    def fit(self, syllables: Terms, pairs: Terms) -> list[Floats]:
        """The rarity-weighted shares of a message's syllables and pairs that stand in each text."""
        fits = []
        asked = (syllables, pairs)
        for terms, channel, found in zip(asked, self._channels, self._postings, strict=True):
            weighted = channel.weighted(terms)
            mass = sum(weighted.values()) + 1e-6
            fits.append(found.score({t: v / mass for t, v in weighted.items()}))
        return fits

    def _saturated(self, text: Iterable[str], channel: Channel) -> Terms:
        counts = Counter(term for term in text if term in channel.numbers)
        length = sum(counts.values()) / self._MEAN
        slope = self._SATURATION * (1 - self._LENGTH + self._LENGTH * length)
        return {term: n / (n + slope) for term, n in counts.items()}


def _mass(weighted: Mapping[str, float]) -> float:
    return sum(v * v for v in weighted.values()) + 1e-6
