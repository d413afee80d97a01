"""Where else the owner of a dossier can be reached: what was told in its e-form."""

from __future__ import annotations

import structlog
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import Dossier, Draft
from onestop.dossiers.parcels import applicant
from onestop.dossiers.snapshots import form_of
from onestop.schemas import NoticeContact

log = structlog.get_logger(__name__)


def contact_of(session: Session, owner: str, code: str) -> NoticeContact | None:
    """Phone and e-mail of a dossier's applicant; `None` if the owner has no such dossier.

    Args:
        session: an open transaction.
        owner: who is to be told; of another's dossier nothing is given.
        code: the dossier's code.
    """
    draft = session.scalar(
        select(Draft)
        .join(Dossier, Dossier.draft_id == Draft.id)
        .where(Dossier.code == code, Dossier.owner == owner)
    )
    if draft is None:
        return None
    try:
        person = applicant(form_of(draft), answers_of(draft))
    except ValidationError as error:
        # A form of long ago that is no longer read: the notice itself must go out.
        log.warning("contact_unreadable", errors=error.error_count())
        return None
    return NoticeContact(phone=person.phone, email=person.email)
