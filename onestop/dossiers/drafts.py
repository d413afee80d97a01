"""Drafts: an e-form being filled, kept here and not in the conversation, so that nothing is lost with it.

Each function is one step in one transaction on a locked draft; the rules of filling are the engine's
(`onestop.eforms.engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop.backends import outbox
from onestop.backends.base import Backend
from onestop.backends.contrib.embedded import EmbeddedBackend
from onestop.catalogue.content import Procedure
from onestop.dossiers import changes, offers, parcels, snapshots, submission, supplements
from onestop.dossiers.answering import answer as answer
from onestop.dossiers.answering import skip as skip
from onestop.dossiers.answering import undo as undo
from onestop.dossiers.draft_state import answers_of, asked_of, present_field
from onestop.dossiers.draft_view import consent_of, field_view, lines_of
from onestop.dossiers.draft_view import view as view
from onestop.dossiers.models import ANONYMOUS, Dossier, Draft
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine
from onestop.eforms.definition import EForm, expand
from onestop.schemas import (
    ConsentRequest,
    FieldMatches,
    Receipt,
)

GENERAL = "general"
EMBEDDED = EmbeddedBackend()


class DraftNotFound(LookupError):
    """No such draft of this owner; another owner's draft looks the same as none."""


class NotOnline(ValueError):
    """The procedure cannot be handed in online."""


class StaleConsent(ValueError):
    """The agreement is to another statement than the draft's present one."""


def locked(session: Session, draft_id: str, owner: str) -> Draft:
    """The owner's draft, its row locked until the transaction ends.

    Raises:
        DraftNotFound: if there is none, or it was discarded.
    """
    draft = session.scalar(
        select(Draft)
        .where(Draft.id == draft_id, Draft.owner == owner, Draft.state != "discarded")
        .with_for_update(of=Draft)
        .execution_options(populate_existing=True)
    )
    if draft is None:
        raise DraftNotFound(draft_id)
    return draft


def start(
    session: Session,
    forms: Mapping[str, EForm],
    procedure: Procedure,
    owner: str,
    channel: str,
    days: int = 0,
) -> Draft:
    """Start a draft for a procedure, or go on with the one that this owner is filling already.

    Args:
        days: how far back what the owner told for other dossiers is offered.

    Raises:
        NotOnline: if the procedure takes no dossiers online.
    """
    begun = session.scalar(
        select(Draft).where(
            Draft.owner == owner,
            Draft.procedure_code == procedure.code,
            Draft.state == "filling",
            Draft.only.is_(None),
        )
    )
    if begun is not None:
        return begun
    form = next((one for one in forms.values() if procedure.code in one.procedures), None)
    if procedure.withdrawn or (form is None and not procedure.online):
        raise NotOnline(procedure.code)
    form = expand(form or forms[GENERAL], procedure)
    digest = snapshots.keep(session, form)
    draft = Draft(
        owner=owner,
        channel=channel,
        procedure_code=procedure.code,
        procedure_name=procedure.short_name,
        eform_digest=digest,
        answers={},
        skipped=[],
    )
    offers.offer_earlier(draft, offers.told_before(session, owner, days))
    session.add(draft)
    session.flush()
    session.refresh(draft, ["eform"])
    return draft


def open_drafts(session: Session, owner: str, days: int) -> list[Draft]:
    """What the owner is filling, newest first, not older than `days`."""
    return list(
        session.scalars(
            select(Draft)
            .where(
                Draft.owner == owner,
                Draft.state == "filling",
                Draft.updated_at >= now() - timedelta(days=days),
            )
            .order_by(Draft.updated_at.desc())
        )
    )


def discard(draft: Draft) -> None:
    """Give a locked draft up: what was said goes at once, its files with the next sweep."""
    if draft.state == "filling":
        draft.left_field = left_field(draft)
        changes.clear(draft)
        draft.state = "discarded"


def left_field(draft: Draft) -> str:
    """The field at which an unsent draft stands; "" if all is answered and it waits to be sent."""
    if draft.left_field is not None:
        return draft.left_field
    field = present_field(draft, form_of(draft), answers_of(draft))
    return field.id if field is not None else ""


def anonymise(draft: Draft) -> None:
    """Give a locked draft up, and forget whose it was: it is only counted from now on."""
    discard(draft)
    draft.owner, draft.consent = ANONYMOUS, None


def choose_field(draft: Draft, field_id: str | None) -> None:
    """Ask a given field next (a correction), or with `None` go on in the form's order."""
    changes.ask(draft, field_id)


def find_fields(draft: Draft, phrase: str) -> FieldMatches:
    """The fields that a phrase names, best first, and the new answer that it brings along."""
    form, answers = asked_of(draft, form_of(draft)), answers_of(draft)
    brought = engine.new_value(form, phrase, answers, draft.skipped)
    named = engine.find_fields(form, phrase, answers, draft.skipped)
    # The new answer's own words may name another field.
    found = [brought[0]] if brought is not None else named
    return FieldMatches(
        matches=[field_view(one) for one in found],
        value=brought[1] if brought is not None else None,
        says_more=engine.says_more(form, phrase, answers),
    )


def consent(draft: Draft, request: ConsentRequest) -> None:
    """Record the agreement, with the very text that was shown.

    Raises:
        StaleConsent: if the text is not the draft's own statement.
    """
    shown = consent_of(form_of(draft))
    if (request.version, request.text) != (shown.version, shown.text):
        raise StaleConsent
    draft.consent = {**request.model_dump(), "at": now().isoformat()}


def submit(
    session: Session,
    draft: Draft,
    procedure: Procedure,
    agency: str,
    backend: Backend = EMBEDDED,
) -> Receipt:
    """Hand the locked draft in, once; a repeat gives the same receipt, with its present state.

    Args:
        agency: the agency identifier, first part of the dossier's code.
        backend: who takes dossiers.

    Raises:
        submission.NotReady: if a field has no answer or the consent is missing.
        supplements.NothingAsked: if the dossier that it supplements has moved on.
    """
    if draft.state == "submitted":
        return receipt_of(session, draft)
    form, answers = form_of(draft), answers_of(draft)
    missing = engine.unanswered(form, answers, draft.skipped)
    if missing:
        raise submission.NotReady("unanswered", [one.label for one in missing])
    if draft.consent is None:
        raise submission.NotReady("no_consent")
    lines = [line.model_dump() for line in lines_of(form, answers, draft.skipped)]
    promise = submission.promise(procedure, now())
    parcel = parcels.pack(session, draft, form, answers, procedure, lines, agency, promise)
    if draft.only is not None:
        receipt = supplements.hand_in(session, draft, parcel, backend)
    else:
        receipt = backend.send(session, draft, parcel)
    changes.forget(draft)
    return receipt


def receipt_of(session: Session, draft: Draft) -> Receipt:
    """The receipt of a submitted draft: its dossier's, or that of the parcel on its way."""
    if draft.only is not None:
        return supplements.receipt_of(session, draft)
    dossier = session.scalar(select(Dossier).where(Dossier.draft_id == draft.id))
    if dossier is not None:
        return Receipt.model_validate(dossier.receipt)
    found = outbox.parcel_of(session, draft.id)
    if found is None:
        raise LookupError(draft.id)
    state, parcel = found
    told = "failed" if state is outbox.State.FAILED else "sending"
    return parcel.receipt.model_copy(update={"state": told})
