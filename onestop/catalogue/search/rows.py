"""Where the rows of procedures lie: what makes the best row of every procedure quick to find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from onestop.catalogue.search.postings import Floats

Places = npt.NDArray[np.int64]


class Rows:
    """Rows in layers: the first row of every procedure, the second of those that have one, and so on.

    With the procedures in falling order of how many rows they have, each layer belongs to the first
    ones, so that whole layers are compared at once. (`np.maximum.reduceat` over one procedure after the
    other took an eighth of a search.)

    Args:
        counts: how many rows each procedure has, at least one, never rising.

    Raises:
        ValueError: if a procedure has no row or more than the one before it.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        if any(more > fewer for fewer, more in pairwise(counts)):
            raise ValueError("row counts must not rise")
        if counts and counts[-1] < 1:
            raise ValueError("a procedure without a row")
        self._counts = counts
        layers = range(max(counts, default=0))
        sizes = np.bincount(np.array(counts, dtype=np.int64))[::-1].cumsum()[::-1][1:]
        self._sizes = [int(sizes[layer]) for layer in layers]
        self._starts = np.concatenate(([0], np.cumsum(self._sizes, dtype=np.int64)))

    def __len__(self) -> int:
        """How many rows there are."""
        return int(self._starts[-1])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Of every row, in order: its procedure, and which of that procedure's rows it is."""
        return ((at, layer) for layer, size in enumerate(self._sizes) for at in range(size))

    def of(self, at: int) -> Places:
        """Where the rows of a procedure stand."""
        places: Places = self._starts[: self._counts[at]] + at
        return places

    def best(self, by_row: Floats) -> Floats:
        """The highest of each procedure's rows."""
        highest = by_row[: len(self._counts)].copy()
        for start, size in zip(self._starts[1:], self._sizes[1:], strict=False):
            np.maximum(highest[:size], by_row[start : start + size], out=highest[:size])
        return highest
