"""What waits for whom: one counter a kind, asked only for the roles that can do something about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import now
from onestop.changes import service as changes
from onestop.changes.subject import OUTDATED, PENDING
from onestop.feedback import handling
from onestop.feedback.schemas import Filter
from onestop.kept import registry
from onestop.staff.access import Role
from onestop.staff.models import StaffAccount
from onestop.staff.schemas import Waiting
from onestop.staff.sessions import Staff
from onestop.transcripts import suggestions
from onestop.transcripts.models import Suggestion

# An overtaken change is told to its author for so long.
TOLD = timedelta(days=30)


def waiting(session: Session, staff: Staff) -> list[Waiting]:
    """What waits for an account, by kind; nothing of a kind, nothing told."""
    counts = {
        kind: count(session, staff) for kind, (role, count) in KINDS.items() if role in staff.roles
    }
    return [Waiting(kind=kind, count=count) for kind, count in counts.items() if count]


def _changes_to_review(session: Session, staff: Staff) -> int:
    pending = changes.listed(session, staff.scope, (PENDING,))
    return sum(one.author != staff.name for one in pending)


def _own_changes_overtaken(session: Session, staff: Staff) -> int:
    since = now() - TOLD
    outdated = changes.listed(session, staff.scope, (OUTDATED,))
    return sum(one.author == staff.name and one.proposed_at > since for one in outdated)


def _moved(session: Session, staff: Staff) -> int:
    return len(registry.moved(session, staff.scope))


def _suggestions(session: Session, staff: Staff) -> int:
    pending = (Suggestion.state == "pending", Suggestion.proposed_by != staff.name)
    mine = suggestions.visible(staff.scope)
    return session.scalar(select(func.count()).select_from(Suggestion).where(*pending, mine)) or 0


def _late_complaints(session: Session, staff: Staff) -> int:
    wanted = Filter(late=True)
    return len(handling.lines(session, staff.scope, wanted, now(), limit=None))


def _nobodys_complaints(session: Session, staff: Staff) -> int:
    wanted = Filter(state="open", nobodys=True)
    return len(handling.lines(session, staff.scope, wanted, now(), limit=None))


def _accounts_without_code(session: Session, _staff: Staff) -> int:
    without = (
        StaffAccount.totp_secret.is_(None),
        StaffAccount.subject.is_(None),
        StaffAccount.disabled_at.is_(None),
    )
    return session.scalar(select(func.count()).select_from(StaffAccount).where(*without)) or 0


KINDS: dict[str, tuple[Role, Callable[[Session, Staff], int]]] = {
    "changes_to_review": (Role.EDITOR, _changes_to_review),
    "own_changes_overtaken": (Role.EDITOR, _own_changes_overtaken),
    "releases_to_settle": (Role.EDITOR, _moved),
    "suggestions_to_review": (Role.REVIEWER, _suggestions),
    "late_complaints": (Role.AGENT, _late_complaints),
    "nobodys_complaints": (Role.AGENT, _nobodys_complaints),
    "accounts_without_code": (Role.ADMINISTRATOR, _accounts_without_code),
}
