"""What is known of who asks and of what is wanted, besides the message."""

from __future__ import annotations

from typing import NamedTuple

from onestop.catalogue.content import Tier
from onestop.catalogue.search.words import folded_key, words
from onestop.schemas import Candidate

EXCLUDED = -100.0
_APPLICANT = 0.15


class Narrow(NamedTuple):
    """Restrictions of a search; None: anything."""

    applicant: str | None = None  # part of a procedure's applicants, such as "công dân"; preferred
    places: tuple[str, ...] = ()  # a province's names: its own stand as high as national ones
    tier: Tier | None = None  # only this level of government
    level: int | None = None  # only at least this service level

    def adds(self, p: Candidate, applicants: str, lost: float, where: str) -> float:
        """What the restrictions add to a procedure's total.

        Args:
            p: the procedure.
            applicants: who may apply, in lower case.
            lost: what the total lost because the procedure is one province's own.
            where: such a procedure's name and agency, folded, between spaces.
        """
        if self.tier and p.tier != self.tier:
            return EXCLUDED
        if self.level and (p.level or 0) < self.level:
            return EXCLUDED
        added = 0.0
        if self.applicant:
            added += _APPLICANT * (self.applicant.lower() in applicants)
        if self.places and lost:
            added += lost * any(f" {folded_key(words(place))} " in where for place in self.places)
        return added


ANYTHING = Narrow()
