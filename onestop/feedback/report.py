"""Ratings of a time, counted: for staff and for the agency's own reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import Dossier
from onestop.feedback.models import Rating
from onestop.feedback.rules import LEVELS


@dataclass(frozen=True)
class Summary:
    """How many ratings of each level there are of a procedure; `code` is empty for all together."""

    code: str
    procedure: str
    counts: dict[int, int]

    @property
    def count(self) -> int:
        """All ratings."""
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """Their mean, 1–5; `None` without any."""
        total = sum(stars * count for stars, count in self.counts.items())
        return total / self.count if self.count else None


def _rows(session: Session, first: date, last: date) -> list[tuple[Rating, Dossier]]:
    begin = datetime.combine(first, time(), tzinfo=VIETNAM)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=VIETNAM)
    query = (
        select(Rating, Dossier)
        .join(Dossier, Rating.dossier_id == Dossier.id)
        .where(Rating.rated_at >= begin, Rating.rated_at < end)
        .order_by(Rating.id)
    )
    return [(rating, dossier) for rating, dossier in session.execute(query)]


def summaries(session: Session, first: date, last: date) -> list[Summary]:
    """The ratings given from `first` to `last` (days in Vietnam): all together, then by procedure."""
    counters: dict[tuple[str, str], Counter[int]] = {}
    for rating, dossier in _rows(session, first, last):
        key = (dossier.procedure_code, dossier.procedure_name)
        counters.setdefault(key, Counter())[rating.stars] += 1
    everything = sum(counters.values(), Counter[int]())
    found = {("", ""): everything, **dict(sorted(counters.items()))}
    return [
        Summary(code, name, {stars: counter[stars] for stars in LEVELS})
        for (code, name), counter in found.items()
    ]


def lines(session: Session, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Each rating with its reason, without who gave it."""
    for rating, dossier in _rows(session, first, last):
        yield {
            "rated_at": rating.rated_at.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M"),
            "dossier": dossier.code,
            "procedure": dossier.procedure_code,
            "stars": rating.stars,
            "reason": rating.reason,
        }
