"""One kind of kept documents: what is shipped, what staff made of it, what may stand in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from sqlalchemy.orm import Session

from onestop.changes.schemas import SHIPPED
from onestop.kept import store
from onestop.staff import audit
from onestop.staff.scope import Scope

ONLY = "all"  # the code where a kind has one document


class Shelf(ABC):
    """A subject of changes (`onestop.changes.subject.Subject`) whose documents are shipped as files."""

    kind: str

    @abstractmethod
    def shipped(self) -> Mapping[str, str]:
        """The shipped documents by code."""

    @abstractmethod
    def checked(self, session: Session, code: str, content: str) -> str:
        """The content as it would be kept.

        Raises:
            onestop.changes.subject.Unfit: if it cannot be used.
        """

    @abstractmethod
    def title(self, session: Session, code: str) -> str:
        """What people call a document."""

    def sees(self, _session: Session, _code: str, scope: Scope) -> bool:
        """What concerns the whole province is for accounts that see all agencies."""
        return scope.agencies is None

    def all(self, session: Session) -> dict[str, str]:
        """Every document as it stands, by code."""
        kept = {code: one.content for code, one in store.newest(session, self.kind).items()}
        return {**self.shipped(), **kept}

    def current(self, session: Session, code: str, *, lock: bool = False) -> str:
        """A document as it stands.

        Raises:
            LookupError: if there is none.
        """
        if lock:
            audit.queue(session)  # whoever applies a change writes into the audit as well
        return self.all(session)[code]

    def revision(self, session: Session, code: str, revision_id: int) -> str:
        """A document as it stood once; `SHIPPED`: its file.

        Raises:
            LookupError: if there is no such state of it.
        """
        if revision_id == SHIPPED:
            return self.shipped()[code]
        for one in store.history(session, self.kind, code):
            if one.id == revision_id:
                return one.content
        raise LookupError(revision_id)

    def apply(self, session: Session, code: str, content: str) -> None:
        """Keep it."""
        store.save(session, self.kind, code, content)
