"""Legal holds: what must be kept because an authority says so, by dossier or by conversation."""

from __future__ import annotations

from sqlalchemy import Select, func, literal, select, union
from sqlalchemy.orm import Session

from common.database import INTEGER_MOST, now
from onestop.dossiers.codes import normalise_code
from onestop.dossiers.models import ANONYMOUS, Dossier
from onestop.privacy.models import HoldKind, LegalHold
from onestop.staff import audit
from onestop.transcripts.models import Conversation


class UnknownSubject(LookupError):
    """There is no such dossier or conversation, or no hold to release."""


class AlreadyHeld(Exception):
    """A hold stands on it already, for its own reason; `number`: which."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


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
    """Place a hold.

    Args:
        subject: a dossier's code as typed; a conversation's owner, or its number among the transcripts.
        reason: who wants it kept, and by which document.

    Raises:
        UnknownSubject: if there is no such dossier, or no conversation of that number.
        AlreadyHeld: if one stands on it.
    """
    if kind == "dossier":
        subject = normalise_code(subject) or subject.strip().upper()
        if session.scalar(select(Dossier.id).where(Dossier.code == subject)) is None:
            raise UnknownSubject(subject)
    elif subject.isdecimal():
        subject = _owner_of(session, int(subject))
    known = _standing(session, kind, subject)
    if known is not None:
        raise AlreadyHeld(known.id)
    hold = LegalHold(kind=kind, subject=subject, reason=reason, actor=actor)
    session.add(hold)
    session.flush()
    audit.record(session, actor, "hold.placed", f"hold:{hold.id}", reason=reason, kind=kind)
    return hold


def _owner_of(session: Session, number: int) -> str:
    """Whose conversation of that number among the transcripts it is; raises `UnknownSubject`."""
    found = session.get(Conversation, number) if number <= INTEGER_MOST else None
    if found is None or found.owner == ANONYMOUS:
        raise UnknownSubject(str(number))
    return found.owner


def conversation_of(session: Session, hold: LegalHold) -> int | None:
    """The newest conversation among the transcripts of the one that is held; `None`: there is none."""
    owned = select(func.max(Conversation.id)).where(Conversation.owner == hold.subject)
    return session.scalar(owned) if hold.kind == "conversation" else None


def release(session: Session, number: int, reason: str, actor: str) -> LegalHold:
    """Release a hold; why is kept in the audit.

    Raises:
        UnknownSubject: if there is none of that number, or it was released.
    """
    hold = session.get(LegalHold, number, with_for_update=True)
    if hold is None or hold.released_at is not None:
        raise UnknownSubject(str(number))
    hold.released_at, hold.released_by = now(), actor
    audit.record(session, actor, "hold.released", f"hold:{hold.id}", reason=reason)
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
