"""Erase what is a citizen's, on their wish (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Điều 14).

The one-stop service's own rows go in the transaction of the wish. The conversation lies in other stores; an
`Erasure` waits until the gateway has claimed it, erased there and in the tracker, and said how much that was.
A claim ends with its lease, every step may be repeated, so nothing is left where a process dies.

What was submitted stays: it is the agency's record (`data/retention.yml`, `on_request: false`).
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from onestop.bookings.models import Booking
from onestop.dossiers import lookup, parcels
from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import ANONYMOUS, Dossier, Draft, StoredFile, opaque_key
from onestop.dossiers.snapshots import form_of
from onestop.dossiers.statuses import Status
from onestop.feedback.models import Complaint, Rating
from onestop.notices.models import Muted, Notice
from onestop.post.models import PostRequest
from onestop.privacy import forgetting
from onestop.privacy.expiring import UNSENT
from onestop.privacy.holds import held
from onestop.privacy.models import Erasure
from onestop.transcripts.models import Conversation, TranscriptFeed

LEASE = timedelta(seconds=30)
OVER = [status for status in Status if status.final]


class Held(Exception):
    """A legal hold stands on it: nothing may go."""


class ClaimLost(Exception):
    """Another worker has the erasure by now, or it is finished."""


@dataclass(frozen=True)
class Overview:
    """What there is of an owner: rows that an erasure would take, by kind, and codes of what stays."""

    counts: dict[str, int]
    dossiers: list[str]
    complaints: list[str]


def _unsent(owner: str) -> Any:
    return select(Draft).where(Draft.owner == owner, Draft.state.in_(UNSENT))


def overview(session: Session, owner: str) -> Overview:
    """What an erasure would take and what would stay."""

    def ids(column: InstrumentedAttribute[Any], of: InstrumentedAttribute[str]) -> int:
        return len(session.scalars(select(column).where(of == owner)).all())

    drafts = [one for one in session.scalars(_unsent(owner)) if one.state == "filling"]
    counts = {
        "drafts": len(drafts),
        "bookings": ids(Booking.id, Booking.owner),
        "ratings": ids(Rating.id, Rating.owner),
    }
    dossiers = session.scalars(select(Dossier.code).where(Dossier.owner == owner))
    complaints = session.scalars(select(Complaint.code).where(Complaint.owner == owner))
    return Overview(counts, list(dossiers), list(complaints))


def factors(session: Session, owner: str) -> list[str]:
    """Four digits that only the person behind the conversation knows; empty if it holds none."""
    of_drafts = (
        parcels.second_factors(form_of(one), answers_of(one))
        for one in session.scalars(_unsent(owner))
    )
    of_dossiers = session.scalars(select(Dossier.second_factors).where(Dossier.owner == owner))
    return [factor for found in (*of_drafts, *of_dossiers) for factor in found]


def prove(
    session: Session, owner: str, factor: str, limits: lookup.Limits
) -> lookup.Refused | None:
    """`None` if the factor is right; wrong ones are counted as for a dossier's status."""
    known = factors(session, owner)

    def reveal() -> bool | None:
        return True if any(hmac.compare_digest(factor, one) for one in known) else None

    found = lookup.guarded(session, owner, f"erasure:{owner}", limits, reveal)
    return found if isinstance(found, lookup.Refused) else None


def ask(session: Session, owner: str, channel: str) -> Erasure:
    """Erase what is here, and keep the wish for the other stores; a wish that waits is given back.

    Raises:
        Held: if a legal hold stands on it.
    """
    if held(session, owner):
        raise Held(owner)
    counts, keys = erase(session, owner)
    waiting = session.scalar(
        select(Erasure)
        .where(Erasure.owner == owner, Erasure.finished_at.is_(None))
        .with_for_update()
    )
    if waiting is None:
        waiting = Erasure(owner=owner, channel=channel, counts={}, file_keys=[])
        session.add(waiting)
    waiting.counts = _sum(waiting.counts, counts)
    waiting.file_keys = [*waiting.file_keys, *keys]
    session.flush()
    return waiting


def erase(session: Session, owner: str) -> tuple[dict[str, int], list[str]]:
    """Forget what this database holds of an owner and the law does not keep.

    Returns:
        How many rows of each kind went, and the keys of files whose contents must go too.
    """
    drafts = list(session.scalars(_unsent(owner).with_for_update(of=Draft)))
    ids = [one.id for one in drafts]
    forgetting.forget_drafts(session, ids)
    session.flush()
    bookings = list(session.scalars(select(Booking.id).where(Booking.owner == owner)))
    forgetting.forget_bookings(session, bookings)
    ratings = list(session.scalars(select(Rating.id).where(Rating.owner == owner)))
    forgetting.forget_ratings(session, ratings)
    loose = delete(StoredFile).where(StoredFile.owner == owner, StoredFile.held_at.is_(None))
    keys = list(session.scalars(loose.returning(StoredFile.id)))
    notices = session.scalars(
        delete(Notice).where(Notice.owner == owner).returning(Notice.id)
    ).all()
    conversations = select(Conversation.id).where(Conversation.owner == owner)
    talks = list(session.scalars(conversations))
    forgetting.forget_conversations(session, talks)
    session.execute(delete(TranscriptFeed).where(TranscriptFeed.owner == owner))
    session.execute(delete(Muted).where(Muted.owner == owner))
    _unlink(session, owner)
    counts = {
        "drafts": len(drafts),
        "bookings": len(bookings),
        "ratings": len(ratings),
        "files": len(keys),
        "notices": len(notices),
        "conversations": len(talks),
    }
    return counts, keys


def _unlink(session: Session, owner: str) -> None:
    """Finished dossiers no longer say from which conversation they came; others must still be told of."""
    over = select(Dossier.id).where(Dossier.owner == owner, Dossier.status.in_(OVER))
    ids = list(session.scalars(over.with_for_update()))
    session.execute(update(Dossier).where(Dossier.id.in_(ids)).values(owner=ANONYMOUS))
    session.execute(
        update(PostRequest).where(PostRequest.dossier_id.in_(ids)).values(owner=ANONYMOUS)
    )
    own = select(Dossier.draft_id).where(Dossier.id.in_(ids))
    session.execute(update(Draft).where(Draft.id.in_(own)).values(owner=ANONYMOUS))


def claim(session: Session, at: datetime, limit: int) -> list[Erasure]:
    """Take up to `limit` erasures that wait; nobody else gets them until the lease ends."""
    free = or_(Erasure.leased_until.is_(None), Erasure.leased_until <= at)
    found = session.scalars(
        select(Erasure)
        .where(Erasure.finished_at.is_(None), free)
        .order_by(Erasure.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for one in found:
        one.lease, one.leased_until = opaque_key(), at + LEASE
    return list(found)


def claimed(session: Session, number: int, lease: str) -> Erasure:
    """The erasure of that claim, its row locked.

    Raises:
        ClaimLost: if it is no longer that claim's.
    """
    found = session.get(Erasure, number, with_for_update=True)
    if found is None or found.lease != lease or found.finished_at is not None:
        raise ClaimLost(str(number))
    return found


def finish(
    session: Session, number: int, lease: str, counts: Mapping[str, int], at: datetime
) -> list[str]:
    """The other stores are done: whatever came in here meanwhile goes too, and only counts stay.

    Returns:
        The keys of files that came meanwhile and whose contents must go.

    Raises:
        ClaimLost: if it is no longer that claim's.
    """
    found = claimed(session, number, lease)
    late, keys = erase(session, found.owner)
    found.counts = _sum(found.counts, late, counts)
    found.owner, found.file_keys, found.finished_at = ANONYMOUS, [], at
    return keys


def _sum(*counted: Mapping[str, int]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counted:
        total.update(one)
    return {kind: count for kind, count in sorted(total.items()) if count}
