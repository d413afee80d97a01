"""The audit page by page, for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.staff.models import AuditEntry
from onestop.staff.schemas import AuditPage, AuditView


@dataclass(frozen=True)
class Filter:
    """Which entries: each part as it stands, or empty for all."""

    actor: str = ""
    action: str = ""
    subject: str = ""


def page(session: Session, wanted: Filter, before: int, limit: int) -> AuditPage:
    """Entries older than `before` (0: the newest), at most `limit`."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit + 1)
    if before:
        query = query.where(AuditEntry.id < before)
    if wanted.actor:
        query = query.where(AuditEntry.actor == wanted.actor)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.subject:
        query = query.where(AuditEntry.subject == wanted.subject)
    rows = list(session.scalars(query))
    shown = rows[:limit]
    return AuditPage(
        entries=[
            AuditView(
                id=row.id,
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                reason=row.reason,
                details=row.details,
            )
            for row in shown
        ],
        before=shown[-1].id if len(rows) > limit else None,
        actions=sorted(session.scalars(select(AuditEntry.action).distinct())),
    )
