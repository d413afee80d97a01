"""Waiting times of hand-overs, for the agency's report."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from math import ceil

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.handover.models import Handover


class Wait(BaseModel):
    """How long something took, in minutes: half of the citizens, and nine of ten, waited no longer."""

    count: int
    median: float | None
    ninth_decile: float | None


class WaitingTimes(BaseModel):
    """Hand-overs that were asked for in a time: how many, until taken, until the first answer."""

    asked: int
    taken: Wait
    answered: Wait


def _wait(minutes: Iterable[float]) -> Wait:
    found = sorted(minutes)
    if not found:
        return Wait(count=0, median=None, ninth_decile=None)

    def rank(part: float) -> float:
        return found[max(ceil(part * len(found)) - 1, 0)]

    return Wait(count=len(found), median=rank(0.5), ninth_decile=rank(0.9))


def waiting_times(
    session: Session, begin: datetime, end: datetime, agencies: Collection[str] | None = None
) -> WaitingTimes:
    """The waiting times of hand-overs asked for from `begin` until before `end`.

    Args:
        agencies: whose matters are counted; `None`: all, with those that are nobody's.
    """
    query = select(Handover.asked_at, Handover.taken_at, Handover.answered_at)
    within = query.where(Handover.asked_at >= begin, Handover.asked_at < end)
    if agencies is not None:
        within = within.where(Handover.agency.in_(sorted(agencies)))
    rows = session.execute(within).tuples().all()

    def until(moments: Iterable[tuple[datetime, datetime | None]]) -> Wait:
        return _wait((at - asked).total_seconds() / 60 for asked, at in moments if at is not None)

    return WaitingTimes(
        asked=len(rows),
        taken=until((asked, taken) for asked, taken, _ in rows),
        answered=until((asked, answered) for asked, _, answered in rows),
    )
