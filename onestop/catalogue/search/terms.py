"""What is left of a text for the index: weighted terms."""

from __future__ import annotations

from typing import NamedTuple

Terms = dict[str, float]


class Reading(NamedTuple):
    """The weighted terms of a text: folded syllables, folded pairs ("a b"), marked syllables."""

    syllables: Terms
    pairs: Terms
    marked: Terms
    content: bool  # False: only words of conversation or aspects
    elsewhere: bool = False  # whether it speaks of a matter of no office (the weather …)
