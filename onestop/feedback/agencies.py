"""Whose matter a complaint is: of the dossier's agency, of one that its sender named, or nobody's yet.

Nobody's complaints are seen by accounts that see all agencies; they say whose matter it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVarTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from onestop.catalogue.models import ProcedureRecord
from onestop.catalogue.search.words import Word, words
from onestop.dossiers.models import Dossier
from onestop.feedback.models import Complaint
from onestop.staff import audit

Row = TypeVarTuple("Row")
# An agency of every commune ("Công an cấp xã") is called by the commune's kind ("công an phường Minh Khai").
EVERY, KINDS = "cấp xã", ("xã", "phường", "đặc khu", "thị trấn")
OF_COMPLAINT = func.coalesce(func.nullif(ProcedureRecord.agency, ""), Complaint.agency)
"""The agency of a complaint, in a query that `joined` has joined; "" is nobody's."""


class NotAssignable(ValueError):
    """`code`: `has_agency` (its dossier says whose it is) or `unknown_agency` (none of the catalogue's)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def joined(query: Select[*Row]) -> Select[*Row]:
    """A query of complaints with the dossier that each names, and with that one's procedure."""
    return query.outerjoin(Dossier, Dossier.id == Complaint.dossier_id).outerjoin(
        ProcedureRecord, ProcedureRecord.code == Dossier.procedure_code
    )


def known(session: Session) -> list[str]:
    """The catalogue's agencies by name."""
    query = select(ProcedureRecord.agency).where(ProcedureRecord.agency != "").distinct()
    return sorted(session.scalars(query))


def named(session: Session, text: str) -> str:
    """The agency that a text names, the longest name first; "" for none, or for two of equal length."""
    said = words(text)
    found = {
        agency: len(name)
        for agency in known(session)
        for name in _names(agency)
        if _stands_in(said, name)
    }
    longest = [one for one in found if found[one] == max(found.values())]
    return longest[0] if len(longest) == 1 else ""


def assign(session: Session, complaint: Complaint, agency: str, note: str, actor: str) -> None:
    """Say whose matter a complaint is; audited.

    Args:
        note: why, for whoever gets it.

    Raises:
        NotAssignable: see there.
    """
    if _of_dossier(session, complaint):
        raise NotAssignable("has_agency")
    if agency not in known(session):
        raise NotAssignable("unknown_agency")
    complaint.agency, complaint.agency_note = agency, note
    subject = f"complaint:{complaint.code}"
    audit.record(session, actor, "complaint.assigned", subject, reason=note, agency=agency)


def _of_dossier(session: Session, complaint: Complaint) -> str:
    query = joined(select(ProcedureRecord.agency).select_from(Complaint))
    return session.scalar(query.where(Complaint.id == complaint.id)) or ""


def _names(agency: str) -> Iterator[list[Word]]:
    yield words(agency)
    if agency.endswith(EVERY):
        for kind in KINDS:
            yield words(agency.removesuffix(EVERY) + kind)


def _stands_in(said: Sequence[Word], name: Sequence[Word]) -> bool:
    """Whether a name stands in a text; marks may be left out, other ones may not be set."""
    for at in range(len(said) - len(name) + 1):
        before = said[at - 1].folded if at else ""
        if before == "ho" and name[0].folded == "so":
            continue  # "ho so tu phap" is a dossier, not the agency "Sở Tư pháp"
        stretch = said[at : at + len(name)]
        if all(
            typed.folded == meant.folded and (typed.bare or typed.accented == meant.accented)
            for typed, meant in zip(stretch, name, strict=True)
        ):
            return True
    return False
