"""Complaints and ratings as staff see them: by agency, with who sent them only where one is opened.

Whose matter a complaint is says `onestop.feedback.agencies`; nobody's are seen by accounts that see all.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from onestop.catalogue.models import ProcedureRecord
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import Dossier, StoredFile
from onestop.feedback import agencies, complaints
from onestop.feedback.models import Complaint, Rating
from onestop.feedback.schemas import (
    STATES,
    ComplaintEventView,
    ComplaintFile,
    ComplaintLine,
    ComplaintWhole,
    Filter,
    RatingLine,
)
from onestop.staff.scope import Scope


def _complaints(scope: Scope) -> Select[Complaint, Dossier | None, str]:
    return (
        agencies.joined(select(Complaint, Dossier, agencies.OF_COMPLAINT))
        .where(scope.where(agencies.OF_COMPLAINT))
        # What is encrypted is decrypted only where it is shown.
        .options(
            defer(Complaint.content), defer(Complaint.about), defer(Complaint.name),
            defer(Complaint.phone), defer(Complaint.agency_note), defer(Dossier.lines),
            defer(Dossier.second_factors),
        )
    )  # fmt: skip


def _line(
    complaint: Complaint, dossier: Dossier | None, agency: str, at: datetime
) -> ComplaintLine:
    due = None
    if complaints.NEXT[complaint.state]:
        first = complaint.state == "received"
        due = complaint.forward_by if first else complaint.answer_by
    return ComplaintLine(
        id=complaint.id,
        code=complaint.code,
        state=complaint.state,
        channel=complaint.channel,
        received_at=complaint.received_at,
        due=due,
        late=complaints.late(complaint, at),
        dossier=dossier.code if dossier else "",
        procedure=dossier.procedure_name if dossier else "",
        agency=agency,
        files=len(complaint.file_ids),
    )


def lines(
    session: Session, scope: Scope, wanted: Filter, at: datetime, limit: int | None
) -> list[ComplaintLine]:
    """Complaints, the newest first."""
    query = _complaints(scope).order_by(Complaint.id.desc())
    if wanted.state in STATES:
        query = query.where(Complaint.state == wanted.state)
    elif wanted.state == "open" or wanted.late:
        query = query.where(Complaint.state.in_(complaints.OPEN))
    if wanted.nobodys:
        query = query.where(agencies.OF_COMPLAINT == "")
    if wanted.first:
        query = query.where(Complaint.received_at >= _midnight(wanted.first))
    if wanted.last:
        query = query.where(Complaint.received_at < _midnight(wanted.last + timedelta(days=1)))
    if wanted.before:
        query = query.where(Complaint.id < wanted.before)
    found = []
    for complaint, dossier, agency in session.execute(query):
        line = _line(complaint, dossier, agency, at)
        if line.late or not wanted.late:
            found.append(line)
        if limit is not None and len(found) == limit:
            break
    return found


def find(session: Session, scope: Scope, code: str) -> tuple[Complaint, Dossier | None, str]:
    """A complaint that the scope sees, with its dossier and its agency ("": nobody's).

    Raises:
        LookupError: if there is none.
    """
    row = session.execute(_complaints(scope).where(Complaint.code == code)).first()
    if row is None:
        raise LookupError(code)
    return row[0], row[1], row[2]


def whole(session: Session, scope: Scope, code: str, at: datetime) -> ComplaintWhole:
    """One complaint in full.

    Raises:
        LookupError: if there is none that the scope sees.
    """
    complaint, dossier, agency = find(session, scope, code)
    of_dossier = agency and not complaint.agency
    stored = session.scalars(select(StoredFile).where(StoredFile.id.in_(complaint.file_ids)))
    return ComplaintWhole(
        line=_line(complaint, dossier, agency, at),
        name=complaint.name,
        phone=complaint.phone,
        about=complaint.about,
        content="\n".join(complaint.content),
        forward_by=complaint.forward_by,
        answer_by=complaint.answer_by,
        files=[
            ComplaintFile(id=one.id, name=one.name, content_type=one.content_type, size=one.size)
            for one in stored
        ],
        history=[
            ComplaintEventView(at=one.at, state=one.state, actor=one.actor, note=one.note)
            for one in complaint.history
        ],
        next=[one for one in STATES if one in complaints.NEXT[complaint.state]],
        agency_note=complaint.agency_note or "",
        assignable=[] if scope.agencies is not None or of_dossier else agencies.known(session),
    )


def file_of(session: Session, scope: Scope, code: str, file_id: str) -> StoredFile:
    """A file that came with a complaint.

    Raises:
        LookupError: if there is none that the scope sees.
    """
    complaint, *_ = find(session, scope, code)
    stored = session.get(StoredFile, file_id) if file_id in complaint.file_ids else None
    if stored is None:
        raise LookupError(file_id)
    return stored


def ratings(
    session: Session, scope: Scope, first: date, last: date, most_stars: int, limit: int
) -> list[RatingLine]:
    """Ratings of some days with at most so many stars, the newest first."""
    query = (
        select(Rating, Dossier)
        .join(Dossier, Rating.dossier_id == Dossier.id)
        .where(
            Rating.rated_at >= _midnight(first),
            Rating.rated_at < _midnight(last + timedelta(days=1)),
            Rating.stars <= most_stars,
        )
        .order_by(Rating.id.desc())
        .limit(limit)
    )
    if scope.agencies is not None:
        query = query.join(ProcedureRecord, ProcedureRecord.code == Dossier.procedure_code).where(
            scope.where(ProcedureRecord.agency)
        )
    return [
        RatingLine(
            id=rating.id,
            rated_at=rating.rated_at,
            dossier=dossier.code,
            procedure=dossier.procedure_name,
            stars=rating.stars,
            reason=rating.reason,
        )
        for rating, dossier in session.execute(query)
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=VIETNAM)
