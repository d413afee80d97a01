"""Where a dossier stands, told only to who knows its code and a second factor.

The second factor is the last four digits of the applicant's citizen ID or phone. Five wrong tries lock
for a while, counted for the code (so that four digits cannot be guessed from many devices) and for the
asker (so that one device cannot walk through codes). An unknown code and a wrong factor look the same.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import insert_if_absent, now
from onestop.dossiers.codes import normalise_code
from onestop.dossiers.models import Dossier, LookupThrottle
from onestop.dossiers.statuses import Status
from onestop.schemas import StatusStep, StatusView

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How many wrong tries are allowed, and how long the lock holds."""

    attempts: int
    lock: timedelta


@dataclass(frozen=True)
class Refused:
    """Not told: `not_found` (unknown code or wrong factor; tries left), `locked` (until when) or, where
    one's own dossiers are told without it, `factor_needed`.
    """

    reason: str
    attempts_left: int = 0
    locked_until: datetime | None = None


def _throttle(session: Session, kind: str, value: str) -> LookupThrottle:
    key = hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
    # Between the two, retention may take the row of an old failure away.
    while (row := session.get(LookupThrottle, key, with_for_update=True)) is None:
        insert_if_absent(session, LookupThrottle, key=key, failures=0)
    if row.locked_until is not None and row.locked_until <= now():
        row.failures, row.locked_until = 0, None
    return row


def view(dossier: Dossier) -> StatusView:
    """The dossier as its applicant may see it."""
    return StatusView(
        code=dossier.code,
        procedure_code=dossier.procedure_code,
        procedure=dossier.procedure_name,
        status=dossier.status,
        status_name=Status(dossier.status).label,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        collect_at=dossier.receipt.get("collect_at", ""),
        history=[
            StatusStep(
                at=event.at,
                status=event.status,
                status_name=Status(event.status).label,
                note=event.note,
            )
            for event in dossier.history
        ],
    )


def guarded(
    session: Session, asker: str, code: str, limits: Limits, reveal: Callable[[], T | None]
) -> T | Refused:
    """What `reveal` finds, with its failures counted for the asker and for the code.

    Args:
        asker: the conversation that asks.
        code: in its official spelling.
        limits: tries and length of the lock.
        reveal: looks behind the code; `None` where code or factor is wrong.
    """
    throttles = [_throttle(session, "asker", asker), _throttle(session, "code", code)]
    locks = [row.locked_until for row in throttles if row.locked_until is not None]
    if locks:
        return Refused("locked", locked_until=max(locks))
    found = reveal()
    if found is not None:
        for row in throttles:
            row.failures = 0
        return found
    for row in throttles:
        row.failures += 1
        if row.failures >= limits.attempts:
            row.locked_until = now() + limits.lock
    locks = [row.locked_until for row in throttles if row.locked_until is not None]
    if locks:
        return Refused("locked", locked_until=max(locks))
    left = min(limits.attempts - row.failures for row in throttles)
    return Refused("not_found", attempts_left=left)


def prove(
    session: Session, asker: str, code: str, factor: str, limits: Limits
) -> Dossier | Refused:
    """The dossier `code` for who knows one of its second factors.

    Args:
        asker: the conversation that asks.
        code: a dossier code as typed.
        factor: four digits.
        limits: tries and length of the lock.
    """
    official = normalise_code(code) or code.strip().upper()

    def reveal() -> Dossier | None:
        dossier = session.scalar(select(Dossier).where(Dossier.code == official))
        known = dossier.second_factors if dossier is not None else []
        right = any(hmac.compare_digest(factor, one) for one in known)
        return dossier if right else None

    return guarded(session, asker, official, limits, reveal)


def look_up(
    session: Session, asker: str, code: str, factor: str, limits: Limits
) -> StatusView | Refused:
    """Tell where a dossier stands; see `prove`."""
    found = prove(session, asker, code, factor, limits)
    return found if isinstance(found, Refused) else view(found)


def open_for(
    session: Session, asker: str, code: str, factor: str, limits: Limits
) -> Dossier | Refused:
    """The dossier, if it is the asker's own or `factor` opens it; else why not, also `factor_needed`."""
    official = normalise_code(code) or code.strip().upper()
    dossier = session.scalar(select(Dossier).where(Dossier.code == official))
    if dossier is not None and dossier.owner == asker:
        return dossier
    if not factor:
        return Refused("factor_needed")
    return prove(session, asker, code, factor, limits)
