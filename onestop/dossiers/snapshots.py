"""E-forms as drafts started with them, each content kept once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from common.database import insert_if_absent
from onestop.dossiers.models import Draft, EFormSnapshot
from onestop.eforms.definition import EForm


def keep(session: Session, form: EForm) -> str:
    """Keep a form as it is now; returns its digest."""
    digest = form.digest()
    insert_if_absent(
        session,
        EFormSnapshot,
        digest=digest,
        definition=form.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    )
    return digest


def form_of(draft: Draft) -> EForm:
    """The e-form as the draft started with it."""
    return EForm.model_validate(draft.eform.definition)
