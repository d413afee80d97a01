"""A sparse matrix read term by term: the inverted index."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Postings:
    """Rows of term weights, stored by term; immutable once built.

    Args:
        rows: for each row its terms and their weights.
        terms: number of a term; only these terms are stored.
    """

    def __init__(self, rows: Iterable[Mapping[str, float]], terms: Mapping[str, int]) -> None:
        which, where, what = array("i"), array("i"), array("f")
        self.count = 0
        for row in rows:
            for term, weight in row.items():
                if (number := terms.get(term)) is not None:
                    which.append(number)
                    where.append(self.count)
                    what.append(weight)
            self.count += 1
        self._terms = terms
        numbers = np.frombuffer(which, dtype=np.int32) if which else np.zeros(0, np.int32)
        order = np.argsort(numbers, kind="stable")
        self._rows = np.array(where, dtype=np.int32)[order]
        self._weights = np.array(what, dtype=np.float32)[order]
        lengths = np.bincount(numbers, minlength=len(terms))
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
