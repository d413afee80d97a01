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
IN_SCOPE = 0.3  # below this chance the message wants no procedure
WHOLE = 0.9  # a name or saying of which so much is said is meant, whatever longer names hold too
SAME = 0.02  # shares of the message that differ by less tell nothing apart
SHOWN = 0.01  # less likely candidates are not offered
_SHARPNESS = 6.0
_ELSEWHERE = 4.0  # not fitted: a listed phrase must outweigh a chance fit
_UNKNOWN = 1.0  # not fitted either: whatever else is said, nonsense speaks against

Outcome = Literal["found", "choices", "none"]


class Signs(NamedTuple):
    """What shows whether a message wants a procedure at all, told of the best candidate's best row.

    How *much* of a long message a name holds says little (people tell stories); how much is held, summed
    up, and how much of the name is said tell more.
    """

    syllables: float  # how much of the message's syllables the row holds, in rarest syllables
    pairs: float  # the same for pairs of neighbouring syllables
    row: float  # share of the row that is said
    body: float  # share of the message in the procedure's long text
    action: bool  # whether an action or a listed difference that is said is the procedure's
    strange: float  # share of the message's pairs that no name or saying holds
    unknown: float  # share of its syllables that no name or saying holds
    elsewhere: bool  # whether it speaks of a matter of no office


def in_scope(signs: Signs) -> float:
    """The chance that a message wants some procedure of the catalogue."""
    logit = (
        -9.2
        + 4.5 * signs.syllables
        + 2.5 * signs.pairs
        + 5.4 * signs.row
        + 2.5 * signs.body
        + 2.4 * signs.action
        - 3.1 * signs.strange
        - _UNKNOWN * signs.unknown
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
