"""The audit: every look at personal data and every administrative act, written with the act itself.

An entry holds the digest of the one before it, and the database refuses to change or delete entries
(triggers, migration 0013); `verify` finds what was changed behind its back. What is cut off at the end is
seen only by comparing with a head that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from common.database import now
from onestop.staff.models import DIGEST, AuditEntry

FIRST = "0" * DIGEST
_LOCK = 0x6D6F7463  # any number of our own: one writer of the chain at a time


class BrokenChainError(Exception):
    """An entry that is not as it was written, or one before it that is gone."""

    def __init__(self, entry: int, why: str) -> None:
        super().__init__(f"entry {entry}: {why}")
        self.entry, self.why = entry, why


@dataclass(frozen=True)
class Chain:
    """A whole chain: how many entries, the last one's number and digest."""

    count: int
    last: int
    head: str


def record(
    session: Session,
    actor: str,
    action: str,
    subject: str = "",
    *,
    reason: str = "",
    at: datetime | None = None,
    **details: Any,
) -> None:
    """Write an entry in the open transaction, so that it stands if and only if the act does.

    Args:
        session: the act's transaction.
        actor: the account's name; `cli:<user>` on the command line, `-` for an unknown one.
        action: what was done: `account.added`, `conversation.unmasked`.
        subject: to what, by kind and identifier: `conversation:123`; no personal data.
        reason: what the actor gives as reason; encrypted.
        at: when, now if None.
        **details: further facts as JSON; identifiers and names of fields, no personal data.
    """
    queue(session)
    last = select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
    entry = AuditEntry(
        at=at or now(),
        actor=actor[:80],
        action=action,
        subject=subject,
        reason=reason,
        details=details,
        previous=session.scalar(last) or FIRST,
    )
    entry.digest = _digest(entry)
    session.add(entry)
    session.flush()


def queue(session: Session) -> None:
    """Wait until no other transaction writes into the audit; until this one ends none will."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer in any case
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def verify(session: Session, noted: tuple[int, str] | None = None) -> Chain:
    """Follow the whole chain.

    Args:
        session: for reading.
        noted: number and digest of an entry as they were noted elsewhere, to find a shortened chain.

    Raises:
        BrokenChainError: at the first entry that does not fit.
    """
    previous, count, last = FIRST, 0, 0
    missing = noted
    entries = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    for entry in session.scalars(entries):
        if entry.previous != previous:
            raise BrokenChainError(entry.id, "the one before it was changed or is gone")
        if entry.digest != _digest(entry):
            raise BrokenChainError(entry.id, "it was changed")
        if missing and entry.id == missing[0]:
            if entry.digest != missing[1]:
                raise BrokenChainError(entry.id, "it is not the one that was noted")
            missing = None
        previous, last = entry.digest, entry.id
        count += 1
        session.expunge(entry)
    if missing:
        raise BrokenChainError(missing[0], "the entry that was noted is gone")
    return Chain(count, last, previous)


def _digest(entry: AuditEntry) -> str:
    told = [
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.reason,
        entry.details,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
