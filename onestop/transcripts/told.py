"""What a citizen has told in forms: names, numbers, addresses that are masked wherever they are said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import Draft
from onestop.dossiers.snapshots import form_of
from onestop.transcripts.masking import Known, is_personal

MOST_KNOWN = 60
"""Answers of a citizen that are remembered beside those in drafts."""

_MOST_DRAFTS = 3


def in_forms(session: Session, owner: str) -> Iterator[Known]:
    """The personal answers in the owner's last drafts, as they are read out and as they are kept."""
    query = select(Draft).where(Draft.owner == owner).order_by(Draft.updated_at.desc())
    for draft in session.scalars(query.limit(_MOST_DRAFTS)):
        kinds = {field.id: str(field.type) for field in form_of(draft).fields}
        for name, answer in answers_of(draft).items():
            kind = kinds.get(name, "")
            if is_personal(kind):
                for text in {answer.display, str(answer.value)}:
                    yield Known(kind, text)
