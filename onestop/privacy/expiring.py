"""Take away what has had its time: each kind of `data/retention.yml` that lies in this database.

A kind is a query for what is due and what is done with it; looking first (`dry_run`) counts the same query.
Rows under a legal hold are never due. Work goes in small transactions, so that citizens do not wait for it;
what is interrupted is done the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.backends.outbox import OutboxRow
from onestop.backends.outbox import State as ParcelState
from onestop.bookings.models import Booking
from onestop.dossiers.models import (
    ANONYMOUS,
    Draft,
    LookupThrottle,
    ResumeCode,
    SupplementRequest,
)
from onestop.dossiers.submission import day_of
from onestop.feedback.models import Complaint, Rating
from onestop.notices.models import Notice
from onestop.notices.models import State as NoticeState
from onestop.post.models import PostRequest
from onestop.privacy import forgetting
from onestop.privacy.holds import held_owners
from onestop.privacy.models import RetentionRun
from onestop.privacy.rules import Rule, Store, rules
from onestop.transcripts.models import Conversation, TranscriptFeed

AT_ONCE = 200
UNSENT = ("filling", "discarded")
ANSWERED = ("answered", "out_of_scope")
POST_OVER = ("delivered", "at_unit", "returned", "cancelled")

Due = Callable[[datetime], Select[Any]]
Treatment = Callable[[Session, Sequence[Any]], None]


@dataclass(frozen=True)
class Expired:
    """How many rows of a kind have had their time."""

    rule: Rule
    count: int


def _free(column: Any) -> Any:
    """Not forgotten yet, and under no hold."""
    return (column != ANONYMOUS) & column.not_in(held_owners())


def _deleting(model: Any, key: Any) -> Treatment:
    def treat(session: Session, keys: Sequence[Any]) -> None:
        session.execute(delete(model).where(key.in_(keys)))

    return treat


def _drafts(before: datetime) -> Select[Any]:
    # A draft that supplements a dossier lives as long as that waits for it: the officer's deadline counts.
    waited_for = exists().where(
        SupplementRequest.draft_id == Draft.id, SupplementRequest.answered_at.is_(None)
    )
    return select(Draft.id).where(
        Draft.state.in_(UNSENT), Draft.updated_at < before, ~waited_for, _free(Draft.owner)
    )


def _outbox(before: datetime) -> Select[Any]:
    held_drafts = select(Draft.id).where(Draft.owner.in_(held_owners()))
    return select(OutboxRow.id).where(
        OutboxRow.state == ParcelState.DONE,
        OutboxRow.updated_at < before,
        or_(OutboxRow.parcel.is_not(None), OutboxRow.report.is_not(None)),
        or_(OutboxRow.draft_id.is_(None), OutboxRow.draft_id.not_in(held_drafts)),
    )


def _complaints(before: datetime) -> Select[Any]:
    return select(Complaint.id).where(
        Complaint.state.in_(ANSWERED), Complaint.received_at < before, _free(Complaint.owner)
    )


def _ratings(before: datetime) -> Select[Any]:
    return select(Rating.id).where(Rating.rated_at < before, _free(Rating.owner))


def _bookings(before: datetime) -> Select[Any]:
    return select(Booking.id).where(Booking.day < day_of(before), _free(Booking.owner))


def _post(before: datetime) -> Select[Any]:
    return select(PostRequest.id).where(
        PostRequest.state.in_(POST_OVER),
        PostRequest.created_at < before,
        _free(PostRequest.owner),
    )


def _notices(before: datetime) -> Select[Any]:
    return select(Notice.id).where(
        Notice.state != NoticeState.WAITING, Notice.created_at < before, _free(Notice.owner)
    )


def _resume_codes(before: datetime) -> Select[Any]:
    return select(ResumeCode.digest).where(ResumeCode.expires_at < before)


def _throttles(before: datetime) -> Select[Any]:
    # Without failures a row says no more than none.
    idle = (LookupThrottle.failures == 0) & LookupThrottle.locked_until.is_(None)
    return select(LookupThrottle.key).where(or_(idle, LookupThrottle.locked_until < before))


def _conversations(before: datetime) -> Select[Any]:
    return select(Conversation.id).where(Conversation.last_at < before, _free(Conversation.owner))


def _feeds(before: datetime) -> Select[Any]:
    talk = Conversation.id == TranscriptFeed.conversation_id
    recent = exists().where(talk, Conversation.last_at >= before)
    return select(TranscriptFeed.owner).where(~recent, _free(TranscriptFeed.owner))


KINDS: dict[str, tuple[Due, Treatment]] = {
    "drafts": (_drafts, forgetting.forget_drafts),
    "outbox": (_outbox, forgetting.forget_parcels),
    "complaints": (_complaints, forgetting.forget_complaints),
    "ratings": (_ratings, forgetting.forget_ratings),
    "bookings": (_bookings, forgetting.forget_bookings),
    "post": (_post, forgetting.forget_post),
    "conversations": (_conversations, forgetting.forget_conversations),
    "transcript_feeds": (_feeds, _deleting(TranscriptFeed, TranscriptFeed.owner)),
    "notices": (_notices, _deleting(Notice, Notice.id)),
    "resume_codes": (_resume_codes, _deleting(ResumeCode, ResumeCode.digest)),
    "lookup_throttles": (_throttles, _deleting(LookupThrottle, LookupThrottle.key)),
}


def ours() -> list[Rule]:
    """The rules of this database under which something goes."""
    return [one for one in rules().values() if one.store == "onestop" and one.action != "keep"]


def run(database: Database, at: datetime, *, dry_run: bool = False) -> list[Expired]:
    """Take away what has had its time at `at`, and keep each count.

    Args:
        dry_run: only count what would go.
    """
    if dry_run:
        counts = database.query(due, at)
        return [Expired(rule, counts[rule.kind]) for rule in ours()]
    found = []
    for rule in ours():
        over, treat = KINDS[rule.kind]
        count = 0
        while done := database.transact(_batch, over(rule.before(at)), treat):
            count += done
        database.transact(record, "onestop", rule.kind, count)
        found.append(Expired(rule, count))
    return found


def _count(session: Session, due: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(due.subquery())) or 0


def _batch(session: Session, due: Select[Any], treat: Treatment) -> int:
    # Whoever works on a row just now will not find it gone; it is due the next time.
    keys = session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    if keys:
        treat(session, keys)
        session.flush()
    return len(keys)


def record(session: Session, store: Store, kind: str, count: int) -> None:
    """Keep that a kind was looked through just now, and how much of it went: one row a day in Vietnam.

    Raises:
        KeyError: if that store has no such kind.
    """
    rule = rules()[kind]
    if rule.store != store:
        raise KeyError(kind)
    of_kind = select(RetentionRun).where(RetentionRun.kind == kind)
    newest = of_kind.order_by(RetentionRun.id.desc()).limit(1).with_for_update()
    row = session.scalar(newest)
    if row is None or day_of(row.at) != day_of(now()):
        row = RetentionRun(store=store, kind=kind, action=rule.action, count=0)
        session.add(row)
    row.at, row.count = now(), row.count + count


def runs(session: Session, since: datetime) -> list[RetentionRun]:
    """What was looked through since then, and how much of it went, oldest first."""
    query = select(RetentionRun).where(RetentionRun.at >= since).order_by(RetentionRun.id)
    return list(session.scalars(query))


def due(session: Session, at: datetime) -> dict[str, int]:
    """How many rows will have had their time at the moment `at`, by kind of this database."""
    return {rule.kind: _count(session, KINDS[rule.kind][0](rule.before(at))) for rule in ours()}
