"""Drafts that nobody has gone on with for their days are deleted, with what was said and sent for them.

A draft that supplements a dossier lives as long as that waits for it: there the officer's deadline counts.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from common.database import Database
from onestop.dossiers import files
from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import Draft, ResumeCode, SupplementRequest
from onestop.eforms.papers import file_ids

AT_ONCE = 100


def expire(database: Database, before: datetime) -> int:
    """Delete drafts last touched before a moment; submitted ones stay, the next sweep takes the others' files.

    Safe beside citizens, who win if they go on with a draft meanwhile, and beside another sweep.

    Returns:
        How many drafts were deleted.
    """
    deleted = 0
    while found := database.transact(_delete_some, before):
        deleted += found
    return deleted


def _delete_some(session: Session, before: datetime) -> int:
    waited_for = exists().where(
        SupplementRequest.draft_id == Draft.id, SupplementRequest.answered_at.is_(None)
    )
    old = session.scalars(
        select(Draft)
        .where(
            Draft.state != "submitted",
            Draft.updated_at < before,
            or_(Draft.only.is_(None), ~waited_for),
        )
        .limit(AT_ONCE)
        .with_for_update(of=Draft, skip_locked=True)
    ).all()
    for draft in old:
        own = answers_of(draft)
        if draft.only is not None:  # the other answers, and their files, are the dossier's
            own = {field: one for field, one in own.items() if field in draft.only}
        files.release(session, file_ids(own))
    gone = [draft.id for draft in old]
    session.execute(delete(ResumeCode).where(ResumeCode.draft_id.in_(gone)))
    asked = update(SupplementRequest).where(SupplementRequest.draft_id.in_(gone))
    session.execute(asked.values(draft_id=None))
    session.execute(delete(Draft).where(Draft.id.in_(gone)))
    return len(gone)
