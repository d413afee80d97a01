"""How sure the search is: chances made of totals, and whether to answer, to ask, or to say none.

The constants were fitted by maximum likelihood on the tuning questions (each as it is and with one
slip) against messages that want no procedure; docs/search.md shows the curves.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from onestop.catalogue.search.postings import Floats

COMPARED = 30  # candidates among which chances are shared
FOUND = 0.7  # from this chance on the best candidate is answered
IN_SCOPE = 0.4  # below this chance the message wants no procedure
WHOLE = 0.9  # a name or saying of which so much is said is meant, whatever longer names hold too
SAME = 0.02  # shares of the message that differ by less tell nothing apart
SHOWN = 0.01  # less likely candidates are not offered
_SHARPNESS = 7.5
_ELSEWHERE = 4.0  # not fitted: a listed phrase must outweigh a chance fit
_ENOUGH = 12.0  # rarity of a message that says enough

Outcome = Literal["found", "choices", "none"]


class Signs(NamedTuple):
    """What shows whether a message wants a procedure at all."""

    total: float  # of the best candidate
    message: float  # share of the message in the best row
    cosine: float  # closeness of the best row
    unknown: float  # share of syllables that no name holds
    elsewhere: bool  # whether it speaks of a matter of no office
    said: float  # summed rarity of the message's syllables


def in_scope(signs: Signs) -> float:
    """The chance that a message wants some procedure of the catalogue."""
    enough = min(signs.said, _ENOUGH) / _ENOUGH
    logit = (
        -9.1
        + 2.4 * signs.total
        - 3.7 * signs.message
        + 4.05 * signs.cosine
        - 0.55 * signs.unknown
        + 2.8 * enough
        - _ELSEWHERE * signs.elsewhere
    )
    return float(1 / (1 + np.exp(-logit)))


def chances(totals: Floats, scope: float) -> Floats:
    """Each candidate's chance of being meant; `totals` are the best ones, highest first."""
    powers = np.exp(_SHARPNESS * (totals - totals[0]))
    shares: Floats = (powers / powers.sum() * scope).astype(np.float32)
    return shares


def outcome(best: float, scope: float) -> Outcome:
    """Answer, offer choices, or say that nothing fits."""
    if scope < IN_SCOPE:
        return "none"
    return "found" if best >= FOUND else "choices"
