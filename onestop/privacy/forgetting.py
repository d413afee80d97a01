"""What it means that the person behind a row is forgotten, by kind; rows that are counted stay."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from common.database import now
from onestop.backends.outbox import OutboxRow
from onestop.bookings.models import Booking
from onestop.dossiers import drafts, files
from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import ANONYMOUS, Draft, ResumeCode, SupplementRequest, opaque_key
from onestop.dossiers.submission import day_of
from onestop.eforms.papers import file_ids
from onestop.feedback.models import Complaint, Rating
from onestop.post.models import PostRequest
from onestop.transcripts import words
from onestop.transcripts.models import Conversation, Turn, TurnNote


def forget_drafts(session: Session, ids: Sequence[str]) -> None:
    """Answers and resume codes go, and files with the next sweep; where it was left is counted."""
    session.execute(delete(ResumeCode).where(ResumeCode.draft_id.in_(ids)))
    for key in ids:
        draft = session.get_one(Draft, key)
        if draft.only is None:
            drafts.anonymise(draft)
        else:
            _forget_supplement(session, draft)


def _forget_supplement(session: Session, draft: Draft) -> None:
    """It goes with its own files; the other answers, and their files, are the dossier's."""
    own = {field: one for field, one in answers_of(draft).items() if field in (draft.only or ())}
    files.release(session, file_ids(own))
    asked = update(SupplementRequest).where(SupplementRequest.draft_id == draft.id)
    session.execute(asked.values(draft_id=None))
    session.delete(draft)


def forget_bookings(session: Session, ids: Sequence[int]) -> None:
    """Who had booked goes; a counter time that is still to come is given up."""
    chosen = update(Booking).where(Booking.id.in_(ids))
    session.execute(chosen.values(owner=ANONYMOUS, details={}, phone_key=""))
    coming = chosen.where(Booking.day >= day_of(now()), Booking.state == "booked")
    session.execute(coming.values(state="cancelled", cancelled_at=now()))


def forget_ratings(session: Session, ids: Sequence[int]) -> None:
    """The reason goes; the stars stay."""
    session.execute(update(Rating).where(Rating.id.in_(ids)).values(owner=ANONYMOUS, reason=""))


def forget_complaints(session: Session, ids: Sequence[int]) -> None:
    """Sender, content and files go; that there was one, and when it was answered, stays."""
    for key in ids:
        one = session.get_one(Complaint, key)
        files.release(session, one.file_ids)
        # Of one owner and request there is one complaint at most: the pair must stay another's.
        one.owner, one.request = ANONYMOUS, opaque_key()
        one.content, one.about, one.name, one.phone, one.file_ids = [], "", "", "", []
        one.agency_note = None
        for event in one.history:
            event.note = ""


def forget_post(session: Session, ids: Sequence[int]) -> None:
    """Receiver, phone and address go."""
    for key in ids:
        one = session.get_one(PostRequest, key)
        one.owner, one.details = ANONYMOUS, {}
        for event in one.history:
            event.note = ""


def forget_parcels(session: Session, ids: Sequence[int]) -> None:
    """The copy of a dossier that was on its way goes; it has arrived."""
    arrived = update(OutboxRow).where(OutboxRow.id.in_(ids))
    session.execute(arrived.values(parcel=None, report=None, results={}))


def forget_conversations(session: Session, ids: Sequence[int]) -> None:
    """What was said goes, and from whom; that there was a talk, and what it led to, stays."""
    turns = list(session.scalars(select(Turn.id).where(Turn.conversation_id.in_(ids))))
    words.remove(session, turns)
    session.execute(delete(TurnNote).where(TurnNote.turn_id.in_(turns)))
    session.execute(delete(Turn).where(Turn.id.in_(turns)))
    # Of one owner and event there is one conversation at most.
    chosen = update(Conversation).where(Conversation.id.in_(ids))
    session.execute(chosen.values(owner=ANONYMOUS, first=-Conversation.id))
