"""The way of a notice to its owner: claimed by one worker, then delivered, put off or given up."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from jinja2 import TemplateError
from sqlalchemy import Select, literal, or_, select
from sqlalchemy.orm import Session

from common.backoff import pause
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import opaque_key
from onestop.notices import texts
from onestop.notices.models import Notice, State
from onestop.notices.telling import view
from onestop.schemas import DeliveryReport, NoticeView

LEASE = timedelta(seconds=60)  # far longer than a gateway needs for a batch
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(days=3)

# Written into the statement, not bound: SQLite uses a partial index only when it can see the value.
_WAITING = literal(State.WAITING.value, literal_execute=True)


@dataclass(frozen=True)
class QuietHours:
    """Local times between which nobody is disturbed; the same twice: never quiet."""

    begin: time
    end: time

    def at(self, moment: datetime) -> bool:
        """Whether it is quiet then, also where the hours go over midnight."""
        local = moment.astimezone(VIETNAM).time()
        if self.begin <= self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end


class LeaseLost(Exception):
    """Another worker has the notice by now, or it is settled."""


def _due(at: datetime) -> Select[Notice]:
    return select(Notice).where(
        Notice.state == _WAITING,
        Notice.due_at <= at,
        or_(Notice.leased_until.is_(None), Notice.leased_until <= at),
    )


def due(session: Session, at: datetime) -> bool:
    """Whether any notice may be claimed, quiet hours or not."""
    return session.scalars(_due(at).limit(1)).first() is not None


def claim(session: Session, at: datetime, quiet: QuietHours, limit: int) -> list[NoticeView]:
    """Take up to `limit` notices that are due, oldest first; in quiet hours only what may not wait."""
    free = _due(at)
    if quiet.at(at):
        held = [name for name, kind in texts.kinds().items() if kind.hold]
        free = free.where(Notice.template.not_in(held))
    free = free.order_by(Notice.id).limit(limit).with_for_update(skip_locked=True)
    rows = session.scalars(free).all()
    lease = opaque_key()
    claimed = []
    for row in rows:
        row.lease, row.leased_until = lease, at + LEASE
        try:
            claimed.append(view(session, row))
        except (KeyError, TemplateError):  # the texts have changed since; the others must not wait
            row.state, row.last_error = State.FAILED, "no_text"
    return claimed


def report(
    session: Session,
    notice: int,
    said: DeliveryReport,
    at: datetime,
    chance: Callable[[], float] = random.random,
) -> None:
    """Keep how it went with a claimed notice; a repeat of the same report is harmless.

    Raises:
        LookupError: if there is no such notice.
        LeaseLost: if it is no longer the caller's.
    """
    row = session.get(Notice, notice, with_for_update=True)
    if row is None:
        raise LookupError(notice)
    if row.lease != said.lease:
        raise LeaseLost(notice)
    if row.state != State.WAITING:
        return
    row.leased_until = None
    if said.outcome == "delivered":
        row.state, row.delivered_at, row.last_error = State.DELIVERED, at, ""
        return
    row.attempts += 1
    row.last_error = said.reason
    if said.outcome == "failed" or at - row.created_at > GIVE_UP_AFTER:
        row.state = State.FAILED
        return
    row.due_at = at + pause(row.attempts, FIRST_PAUSE, LONGEST_PAUSE, chance())


def undelivered(session: Session) -> list[Notice]:
    """What waits and what was given up, oldest first; for operators."""
    open_ones = (State.WAITING, State.FAILED)
    return list(
        session.scalars(select(Notice).where(Notice.state.in_(open_ones)).order_by(Notice.id))
    )


def retry(session: Session, notice: int, at: datetime) -> bool:
    """Let a notice that was given up be tried again (an operator's decision); whether there is one."""
    row = session.get(Notice, notice, with_for_update=True)
    if row is None or row.state != State.FAILED:
        return False
    row.state, row.due_at, row.lease = State.WAITING, at, None
    return True
