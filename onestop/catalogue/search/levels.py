"""Procedures that differ in nothing but the level of government, and which of them is meant.

"Cấp hộ chiếu (thực hiện tại cấp tỉnh)" and "… (thực hiện tại cấp trung ương)" are one wish: whoever says
no level is served at the nearest office.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from onestop.catalogue.content import Tier
from onestop.catalogue.search.postings import Floats

# Shares of the best one's chance: what the nearest needs, and what the level that is named needs (another
# province's own record of the procedure has less).
_NEAREST_NEEDS, _NAMED_NEEDS = 0.5, 0.04
_AT = r"(?<!khong phai )\b(?:cap|cong an|uy ban|uy ban nhan dan|ubnd|len|tren) "
_SAID = re.compile(
    rf"{_AT}(?:(?P<commune>xa|phuong|dac khu)|(?P<province>tinh|thanh pho)|(?P<ministry>bo|trung uong|tw))\b"
)
_NEAREST = [Tier.COMMUNE, Tier.PROVINCE, Tier.MINISTRY, None]


def said(told: str) -> Tier | None:
    """The level that a message names last ("… ở công an tỉnh"); names hold it at their end, too.

    Args:
        told: a folded message.
    """
    named = [one.lastgroup for one in _SAID.finditer(told)]
    return Tier(named[-1]) if named and named[-1] else None


class Levels:
    """Which procedures are one wish at several levels.

    Args:
        plain: the procedures' names without the level.
        tiers: their levels; None where a record tells none.
    """

    def __init__(self, plain: Sequence[str], tiers: Sequence[Tier | None]) -> None:
        self._plain = plain
        self._tiers = tiers

    def ordered(self, best: Sequence[int], chances: Floats, told: Tier | None) -> list[int]:
        """The candidates with the meant one of the best one's levels before its others.

        Args:
            best: places of procedures, likeliest first.
            chances: their chances.
            told: the level that the message names.
        """
        alike = [
            place
            for place, at in enumerate(best)
            if self._plain[at] == self._plain[best[0]]
            and chances[place] >= _NAMED_NEEDS * chances[0]
        ]
        if told is None or told not in {self._tiers[best[place]] for place in alike}:
            told = None
            alike = [place for place in alike if chances[place] >= _NEAREST_NEEDS * chances[0]]
        meant = sorted((best[place] for place in alike), key=lambda at: self._order(at, told))
        ordered = list(best)
        for place, at in zip(alike, meant, strict=True):
            ordered[place] = at
        return ordered

    def _order(self, at: int, told: Tier | None) -> int:
        """Where a procedure stands: the level that is named before all others, else the nearest."""
        tier = self._tiers[at]
        return int(tier != told) if told else _NEAREST.index(tier)
