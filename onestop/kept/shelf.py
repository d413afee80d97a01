"""One kind of kept documents: what is shipped, what staff made of it, what may stand in it."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping

from sqlalchemy.orm import Session

from onestop.changes.schemas import SHIPPED
from onestop.kept import store
from onestop.kept.models import KeptRevision
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

    def essence(self, content: str) -> str:
        """What two contents are compared by."""
        return content

    def moved(self, session: Session, code: str) -> bool:
        """Whether the project ships another content than the one over which staff have kept theirs.

        So it is after an update, until staff take the new file or keep what stands (a change that makes
        nothing else of it): other changes of what stands leave it so.
        """
        standing = store.newest(session, self.kind).get(code)
        return standing is not None and self._moved(standing)

    def all_moved(self, session: Session) -> list[str]:
        """The codes of those that are `moved`."""
        newest = store.newest(session, self.kind)
        return [code for code, standing in newest.items() if self._moved(standing)]

    def _moved(self, standing: KeptRevision) -> bool:
        shipped = self.shipped().get(standing.code)
        if shipped is None or self.essence(shipped) == self.essence(standing.content):
            return False
        return standing.against != self._digest(shipped)

    def _digest(self, shipped: str) -> str:
        return hashlib.sha256(self.essence(shipped).encode()).hexdigest()

    def apply(self, session: Session, code: str, content: str) -> None:
        """Keep it."""
        shipped = self.shipped().get(code)
        standing = store.newest(session, self.kind).get(code)
        against = standing.against if standing is not None else None
        # Who makes the first change sees the file; who takes it, or keeps what stands over it, has seen it.
        if shipped is not None and (
            standing is None
            or self.essence(content) in {self.essence(standing.content), self.essence(shipped)}
        ):
            against = self._digest(shipped)
        store.save(session, self.kind, code, content, against)
