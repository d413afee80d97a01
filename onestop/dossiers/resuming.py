"""A draft is gone on with in another conversation: with a code, and a second factor that the draft holds.

The code is told in the old conversation and typed in the new one. Alone it opens nothing: the last four
digits of the citizen ID or phone must be known too, so a draft without either has no code. It is for once
and ends after some days; a new one ends the one before. Wrong tries lock as for a status (`lookup`), and an
unknown code looks like a wrong factor. The draft moves: the old conversation loses it, and is told.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from onestop import notices, resume_code
from onestop.dossiers import lookup, parcels
from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import Draft, ResumeCode, StoredFile
from onestop.dossiers.snapshots import form_of


class NoFactor(ValueError):
    """The draft holds neither a citizen ID nor a phone yet."""


def _digest(code: str) -> str:
    # Not salted, for it is searched by; whoever reads the database still lacks the factor, which is encrypted.
    return hashlib.sha256(code.encode()).hexdigest()


def _factors(draft: Draft) -> list[str]:
    return parcels.second_factors(form_of(draft), answers_of(draft))


def issue(session: Session, draft: Draft, at: datetime, life: timedelta) -> tuple[str, datetime]:
    """A new code for a draft, and when it ends; the one before is no longer good.

    Args:
        draft: being filled, its row locked.

    Raises:
        NoFactor: if nothing in the draft can serve as the second factor.
    """
    if not _factors(draft):
        raise NoFactor(draft.id)
    session.execute(delete(ResumeCode).where(ResumeCode.draft_id == draft.id))
    code = resume_code.make()
    while session.get(ResumeCode, _digest(code)) is not None:
        code = resume_code.make()
    session.add(ResumeCode(digest=_digest(code), draft_id=draft.id, expires_at=at + life))
    return code, at + life


def redeem(
    session: Session,
    asker: str,
    channel: str,
    code: str,
    factor: str,
    limits: lookup.Limits,
    at: datetime,
) -> Draft | lookup.Refused:
    """Move the draft of a code to the conversation `asker`, once, for who knows its second factor.

    Args:
        channel: that the asker writes on.
        code: as typed.
        factor: four digits.
    """
    official = resume_code.find(code) or code.strip().upper()

    def reveal() -> Draft | None:
        found = session.scalar(
            select(ResumeCode)
            .where(ResumeCode.digest == _digest(official), ResumeCode.expires_at > at)
            .with_for_update()
        )
        if found is None:
            return None
        draft = session.get_one(Draft, found.draft_id, with_for_update={"of": Draft})
        right = any(hmac.compare_digest(factor, one) for one in _factors(draft))
        if draft.state != "filling" or not right:
            return None
        session.delete(found)
        return draft

    found = lookup.guarded(session, asker, official, limits, reveal)
    if not isinstance(found, lookup.Refused):
        _move(session, found, asker, channel, at)
    return found


def _move(session: Session, draft: Draft, owner: str, channel: str, at: datetime) -> None:
    if draft.owner != owner:
        notices.tell(session, draft.owner, "moved", procedure=draft.procedure_name)
    sent = [
        file["file_id"]
        for one in answers_of(draft).values()
        if isinstance(one.value, dict)
        for file in one.value.get("files", [])
    ]
    session.execute(
        update(StoredFile)
        .where(StoredFile.id.in_(sent), StoredFile.owner == draft.owner)
        .values(owner=owner)
    )
    draft.owner, draft.channel, draft.updated_at = owner, channel, at
