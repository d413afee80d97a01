"""A sparse matrix read term by term: the inverted index."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Postings:
    """Rows of term weights, stored by term; immutable, made by `PostingsBuilder`.

    Attributes:
        count: number of rows.
        rarity: for each term the logarithm of how rare it is among the rows.
    """

    def __init__(
        self,
        terms: Mapping[str, int],
        numbers: array[int],
        rows: array[int],
        weights: array[float],
        count: int,
    ) -> None:
        of_term = np.array(numbers, dtype=np.int32)
        order = np.argsort(of_term, kind="stable")
        self._terms = terms
        self._rows = np.array(rows, dtype=np.int32)[order]
        self._weights = np.array(weights, dtype=np.float32)[order]
        lengths = np.bincount(of_term, minlength=len(terms))
        self._starts = np.concatenate(([0], np.cumsum(lengths)))
        self.count = count
        self._lengths = lengths
        rarity = np.log((count + 1) / (lengths + 0.5))
        self.rarity = dict(zip(terms, map(float, rarity), strict=True))

    def common(self, rows: float) -> set[str]:
        """The terms that stand in at least so many rows."""
        return {term for term, at in self._terms.items() if self._lengths[at] >= rows}

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
        # In the types that `bincount` counts in, which spares it copies of its own.
        total = np.bincount(
            np.concatenate(rows, dtype=np.intp),
            np.concatenate(weights, dtype=np.float64),
            self.count,
        )
        return total.astype(np.float32)


class PostingsBuilder:
    """Collects rows one by one."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._numbers, self._rows, self._weights = array("i"), array("i"), array("f")
        self._count = 0

    def add(self, row: Mapping[str, float]) -> None:
        """Add the next row: its terms and their weights."""
        for term, weight in row.items():
            self._numbers.append(self._terms.setdefault(term, len(self._terms)))
            self._rows.append(self._count)
            self._weights.append(weight)
        self._count += 1

    def build(self) -> Postings:
        """The rows added, by term."""
        return Postings(self._terms, self._numbers, self._rows, self._weights, self._count)
