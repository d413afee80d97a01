"""Legal holds: what must be kept because an authority says so, by dossier or by conversation."""

from __future__ import annotations

from sqlalchemy import Select, literal, select, union
from sqlalchemy.orm import Session

from common.database import now
from onestop.dossiers.codes import normalise_code
from onestop.dossiers.models import Dossier
from onestop.privacy.models import HoldKind, LegalHold
from onestop.staff import audit


class UnknownSubject(LookupError):
    """There is no such dossier, or no hold to release."""


def held_owners() -> Select[tuple[str]]:
    """The owners under a hold, as a query to be part of others."""
    standing = LegalHold.released_at.is_(None)
    by_conversation = select(LegalHold.subject).where(standing, LegalHold.kind == "conversation")
    by_dossier = (
        select(Dossier.owner)
        .join(LegalHold, LegalHold.subject == Dossier.code)
        .where(standing, LegalHold.kind == "dossier")
    )
    both = union(by_conversation, by_dossier).subquery()
    return select(both.c[0])


def held(session: Session, owner: str) -> bool:
    """Whether a hold stands on what is this owner's."""
    return session.scalar(select(literal(owner).in_(held_owners()))) is True


def place(session: Session, kind: HoldKind, subject: str, reason: str, actor: str) -> LegalHold:
    """Place a hold; one that stands already is given back.

    Args:
        subject: a dossier's code as typed, or a conversation's owner.

    Raises:
        UnknownSubject: if there is no such dossier.
    """
    if kind == "dossier":
        subject = normalise_code(subject) or subject.strip().upper()
        if session.scalar(select(Dossier.id).where(Dossier.code == subject)) is None:
            raise UnknownSubject(subject)
    known = _standing(session, kind, subject)
    if known is not None:
        return known
    hold = LegalHold(kind=kind, subject=subject, reason=reason, actor=actor)
    session.add(hold)
    session.flush()
    audit.record(session, actor, "hold.placed", f"hold:{hold.id}", reason=reason, kind=kind)
    return hold


def release(session: Session, number: int, actor: str) -> LegalHold:
    """Release a hold.

    Raises:
        UnknownSubject: if there is none of that number, or it was released.
    """
    hold = session.get(LegalHold, number, with_for_update=True)
    if hold is None or hold.released_at is not None:
        raise UnknownSubject(str(number))
    hold.released_at, hold.released_by = now(), actor
    audit.record(session, actor, "hold.released", f"hold:{hold.id}")
    return hold


def standing(session: Session) -> list[LegalHold]:
    """The holds that stand, oldest first."""
    query = select(LegalHold).where(LegalHold.released_at.is_(None)).order_by(LegalHold.id)
    return list(session.scalars(query))


def _standing(session: Session, kind: HoldKind, subject: str) -> LegalHold | None:
    return session.scalar(
        select(LegalHold).where(
            LegalHold.kind == kind,
            LegalHold.subject == subject,
            LegalHold.released_at.is_(None),
        )
    )
