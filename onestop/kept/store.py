"""Saving kept documents with their history, and reading them back."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from onestop.kept.models import KeptRevision


def newest(session: Session, kind: str) -> dict[str, KeptRevision]:
    """Of a kind, the documents that staff have kept, by code: each as it stands."""
    ids = select(func.max(KeptRevision.id)).where(KeptRevision.kind == kind)
    wanted = select(KeptRevision).where(KeptRevision.id.in_(ids.group_by(KeptRevision.code)))
    return {one.code: one for one in session.scalars(wanted)}


def history(session: Session, kind: str, code: str) -> list[KeptRevision]:
    """All states of a document that staff have kept, the newest first."""
    wanted = select(KeptRevision).where(KeptRevision.kind == kind, KeptRevision.code == code)
    return list(session.scalars(wanted.order_by(KeptRevision.id.desc())))


def save(session: Session, kind: str, code: str, content: str, against: str | None = None) -> None:
    """Keep a document; it counts from now on. `against`: see `KeptRevision`."""
    session.add(KeptRevision(kind=kind, code=code, content=content, against=against))
    session.flush()


def version(session: Session) -> int:
    """A number that grows whenever a document changes; 0 while staff keep none. Cheap to poll."""
    return session.scalar(select(func.max(KeptRevision.id))) or 0
