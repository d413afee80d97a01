"""Procedures as staff change them (`onestop.changes`): approved, they are of the strongest source."""

from __future__ import annotations

from sqlalchemy.orm import Session

from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.models import ProcedureRecord, ProcedureRevision
from onestop.catalogue.sources import Source
from onestop.staff.scope import Scope


def record_of(session: Session, code: str, scope: Scope) -> ProcedureRecord:
    """The current record of a code.

    Raises:
        LookupError: if there is none, or the scope does not see its agency.
    """
    record = session.get(ProcedureRecord, code)
    if record is None or not scope.sees(record.agency):
        raise LookupError(code)
    return record


def revision_of(session: Session, code: str, revision_id: int) -> str:
    """The content of one revision, as it is kept.

    Raises:
        LookupError: if this procedure has no such revision.
    """
    found = session.get(ProcedureRevision, revision_id)
    if found is None or found.code != code:
        raise LookupError(revision_id)
    return found.content


class Procedures:
    """The catalogue's procedures, by their codes; the content is `Procedure` as JSON."""

    kind = "procedure"

    def current(self, session: Session, code: str, *, lock: bool = False) -> str:
        """The current revision's content."""
        record = session.get(ProcedureRecord, code, with_for_update=lock, populate_existing=lock)
        if record is None:
            raise LookupError(code)
        return revision_of(session, code, record.revision_id)

    def sees(self, session: Session, code: str, scope: Scope) -> bool:
        """By the agency that handles it."""
        record = session.get(ProcedureRecord, code)
        return record is not None and scope.sees(record.agency)

    def title(self, session: Session, code: str) -> str:
        """Its name."""
        return session.get_one(ProcedureRecord, code).name

    def moved(self, _session: Session, _code: str) -> bool:
        """Of procedures an update of the project is told as stale ones (`onestop.catalogue.overview`)."""
        return False

    def checked(self, _session: Session, _code: str, content: str) -> str:
        """As it is: its shape was checked when it came in."""
        return content

    def apply(self, session: Session, _code: str, content: str) -> None:
        """Make it the current revision."""
        store.save(session, Procedure.model_validate_json(content), Source.STAFF)
