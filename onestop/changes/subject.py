"""What can be changed with a second person's approval: one subject a kind."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session

from onestop.staff.scope import Scope

PENDING = "pending"  # waits for a second person
APPROVED = "approved"  # waits for its day
APPLIED = "applied"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"  # by its author
OUTDATED = "outdated"  # its day came, but something else was current, or it no longer fits
STATES = (PENDING, APPROVED, APPLIED, REJECTED, WITHDRAWN, OUTDATED)
WAITING = (PENDING, APPROVED)


class Unfit(ValueError):
    """A content that cannot be used; `faults` say why, one line each."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


class Subject(Protocol):
    """One kind of things that staff change, each by a code; the content is text."""

    kind: str

    def current(self, session: Session, code: str, *, lock: bool = False) -> str:
        """The content as it stands; "" for what may be made new.

        Args:
            lock: keep it as it is until the transaction ends.

        Raises:
            LookupError: if there is no such thing.
        """

    def sees(self, session: Session, code: str, scope: Scope) -> bool:
        """Whether a scope sees it."""

    def title(self, session: Session, code: str) -> str:
        """What people call it."""

    def moved(self, session: Session, code: str) -> bool:
        """Whether what stands waits to be kept or given up over another that the project ships."""

    def checked(self, session: Session, code: str, content: str) -> str:
        """The content as it would be kept.

        Raises:
            Unfit: if it cannot be used.
        """

    def apply(self, session: Session, code: str, content: str) -> None:
        """Let it count from now on."""
