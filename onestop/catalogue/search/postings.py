"""A sparse matrix read term by term: the inverted index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Postings:
    """Rows of term weights, stored by term; immutable once built."""

    def __init__(self, rows: Iterable[Mapping[str, float]]) -> None:
        self._terms: dict[str, int] = {}
        which: list[int] = []
        where: list[int] = []
        what: list[float] = []
        count = 0
        for row in rows:
            for term, weight in row.items():
                which.append(self._terms.setdefault(term, len(self._terms)))
                where.append(count)
                what.append(weight)
            count += 1
        self.count = count
        terms = np.asarray(which, dtype=np.int32)
        order = np.argsort(terms, kind="stable")
        self._rows = np.asarray(where, dtype=np.int32)[order]
        self._weights = np.asarray(what, dtype=np.float32)[order]
        lengths = np.bincount(terms, minlength=len(self._terms)) if which else np.zeros(0, int)
        self._starts = np.concatenate(([0], np.cumsum(lengths)))

    def score(self, query: Mapping[str, float]) -> Floats:
        """For every row the sum over terms of query weight x row weight."""
        rows, weights = [], []
        for term, weight in query.items():
            at = self._terms.get(term)
            if at is not None and weight:
                stretch = slice(self._starts[at], self._starts[at + 1])
                rows.append(self._rows[stretch])
                weights.append(self._weights[stretch] * np.float32(weight))
        if not rows:
            return np.zeros(self.count, dtype=np.float32)
        total = np.bincount(np.concatenate(rows), np.concatenate(weights), self.count)
        return total.astype(np.float32)
