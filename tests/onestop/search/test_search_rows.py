"""Rows of procedures in layers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.search.rows import Rows

COUNTS = st.lists(st.integers(1, 9), max_size=12).map(lambda counts: sorted(counts, reverse=True))


@given(COUNTS, st.randoms(use_true_random=False))
def test_each_row_is_one_procedure_s_and_the_best_is_its_highest(counts: list[int], chance) -> None:  # type: ignore[no-untyped-def]
    rows = Rows(counts)
    assert len(rows) == sum(counts)
    values = np.array([chance.random() for _ in range(len(rows))], dtype=np.float32)
    owners = [at for at, _ in rows]
    best = rows.best(values)
    for at, count in enumerate(counts):
        of = rows.of(at)
        assert [owners[place] for place in of] == [at] * count
        assert best[at] == values[of].max()
    assert sorted(place for at in range(len(counts)) for place in rows.of(at)) == [
        *range(len(rows))
    ]


@pytest.mark.parametrize("counts", [[1, 2], [1, 0]])
def test_counts_that_rise_or_are_nothing_are_refused(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="row"):
        Rows(counts)
