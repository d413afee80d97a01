"""Drafts: an e-form being filled, kept here and not in the conversation, so that nothing is lost with it.

Each function is one step in one transaction on a locked draft; the rules of filling are the engine's
(`onestop.eforms.engine`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop.backends import outbox
from onestop.backends.base import Backend
from onestop.backends.contrib.embedded import EmbeddedBackend
from onestop.catalogue.content import Procedure
from onestop.dossiers import files, parcels, snapshots, submission, supplements
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.draft_view import (
    answers_of,
    asked_of,
    consent_of,
    field_view,
    lines_of,
    present_field,
)
from onestop.dossiers.draft_view import view as view
from onestop.dossiers.models import Dossier, Draft
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import EForm, Field, expand
from onestop.eforms.papers import check_weight, file_ids, later
from onestop.eforms.several import read_several
from onestop.schemas import (
    Accepted,
    AnswerRequest,
    AnswerResult,
    ConsentRequest,
    FieldMatches,
    FileView,
    Receipt,
)
from onestop.schemas import Refusal as RefusalView

GENERAL = "general"
EMBEDDED = EmbeddedBackend()


class DraftNotFound(LookupError):
    """No such draft of this owner; another owner's draft looks the same as none."""


class NotOnline(ValueError):
    """The procedure cannot be handed in online."""


class StaleConsent(ValueError):
    """The agreement is to another statement than the draft's present one."""


def _keep(draft: Draft, answers: Mapping[str, Value]) -> None:
    before = file_ids(answers_of(draft))
    session = Session.object_session(draft)
    assert session is not None, "a draft is changed only where it is locked"  # noqa: S101
    draft.answers = {field: one.model_dump(mode="json") for field, one in answers.items()}
    files.hold(session, file_ids(answers) - before)
    if draft.only is None:  # the dossier that a supplement belongs to has files of its own
        files.release(session, before - file_ids(answers))
    draft.consent = None  # the statement covers what stood there then
    draft.updated_at = now()


def _ask(draft: Draft, field_id: str | None) -> None:
    """Ask this field next, or go on in order; refusals are counted anew."""
    draft.asked, draft.refusals, draft.refused_for = field_id, 0, None


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
    session: Session, forms: Mapping[str, EForm], procedure: Procedure, owner: str, channel: str
) -> Draft:
    """Start a draft for a procedure, or go on with the one that this owner is filling already.

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


def answer(
    session: Session, draft: Draft, request: AnswerRequest, most_bytes: int | None = None
) -> AnswerResult | None:
    """Take an answer; `None` if the draft asks nothing.

    A refusal changes nothing but the count of refusals of the field in a row.

    Args:
        draft: locked by the caller.
        request: text, or files for a paper; `field` names another field than the present one.
        most_bytes: how much all files of the draft may weigh together.
    """
    form, answers = form_of(draft), answers_of(draft)
    field = present_field(draft, form, answers)
    if request.field is not None:
        active = engine.active_fields(asked_of(draft, form), answers)
        field = next((one for one in active if one.id == request.field), None)
    if field is None:
        return None
    today = now().astimezone(VIETNAM).date()
    try:
        if request.file_ids:
            sent = [files.owned(session, draft.owner, one) for one in request.file_ids]
            outcome, taken = _take_files(form, answers, field, sent, most_bytes, today)
        else:
            sent = []
            outcome, taken = _take(draft, form, answers, field, request, today)
    except Refusal as refusal:
        again = refusal.code == draft.refused_for
        if not request.probe:
            draft.refusals += 1
            draft.refused_for = refusal.code
        return AnswerResult(
            draft=view(draft),
            refusal=RefusalView(
                field=field.id,
                code=refusal.code,
                message=engine.refusal_text(refusal, 2 if again else 1),
                attempt=max(draft.refusals, 1),
                suggestions=refusal.suggestions,
            ),
        )
    answered = [one.id for one, _ in taken]
    draft.skipped = [one for one in draft.skipped if one not in answered]
    _ask(draft, None)
    _keep(draft, outcome.answers)
    if draft.only is not None:  # the answer may need others that were not asked for
        needed = [one.id for one in engine.unanswered(form, outcome.answers, draft.skipped)]
        draft.only = list(dict.fromkeys([*draft.only, *needed]))
    return AnswerResult(
        draft=view(draft),
        accepted=[
            Accepted(field=one.id, label=one.label, display=value.display) for one, value in taken
        ],
        reopened=[one.label for one, _ in outcome.ask_again],
        warnings=[one.warning for one in sent if one is not None and one.warning],
    )


def _take_files(
    form: EForm,
    answers: Mapping[str, Value],
    field: Field,
    sent: Sequence[FileView | None],
    most_bytes: int | None,
    today: date,
) -> tuple[engine.Outcome, list[tuple[Field, Value]]]:
    """The outcome of files sent for a paper; what is not there, or not this owner's, does not count.

    Raises:
        Refusal: if they cannot be taken.
    """
    known = [one.model_dump(exclude={"warning"}) for one in sent if one is not None]
    outcome = engine.answer_paper(form, answers, field.id, known, today)
    if most_bytes is not None:
        check_weight(outcome.answers, most_bytes)
    return outcome, [(field, outcome.value)]


def _take(
    draft: Draft,
    form: EForm,
    answers: Mapping[str, Value],
    field: Field,
    request: AnswerRequest,
    today: date,
) -> tuple[engine.Outcome, list[tuple[Field, Value]]]:
    """The outcome of a message, and the answers read from it: one, or several at once.

    Raises:
        Refusal: if the answer to `field` cannot be taken.
    """
    if draft.only is None:
        several = read_several(form, answers, draft.skipped, field, request.text, today)
        if several is not None:
            return several
    outcome = engine.answer(form, answers, field.id, request.text, today)
    return outcome, [(field, outcome.value)]


def skip(draft: Draft, field_id: str) -> None:
    """Leave an optional field out, or hand a required paper in later where that is allowed.

    Raises:
        Refusal: `field_required`, if it may not be left out.
        KeyError: if the form does not have it.
    """
    form, answers = asked_of(draft, form_of(draft)), answers_of(draft)
    field = form.field(field_id)
    answers.pop(field_id, None)
    draft.skipped = [one for one in draft.skipped if one != field_id]
    if field.required and field.later_allowed:
        answers[field_id] = later(field)
    else:
        engine.check_skip(field)
        draft.skipped = [*draft.skipped, field_id]
    _ask(draft, None)
    _keep(draft, answers)


def discard(draft: Draft) -> None:
    """Give a locked draft up: what was said goes at once, its files with the next sweep."""
    if draft.state == "filling":
        _keep(draft, {})
        draft.state = "discarded"


def choose_field(draft: Draft, field_id: str | None) -> None:
    """Ask a given field next (a correction), or with `None` go on in the form's order."""
    _ask(draft, field_id)


def find_fields(draft: Draft, phrase: str) -> FieldMatches:
    """The fields that a phrase names, best first, and the new answer that it brings along."""
    form, answers = asked_of(draft, form_of(draft)), answers_of(draft)
    found = engine.find_fields(form, phrase, answers, draft.skipped)
    return FieldMatches(
        matches=[field_view(one, False) for one in found],
        value=engine.new_value(form, phrase, answers, draft.skipped),
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
        return supplements.hand_in(session, draft, parcel, backend)
    return backend.send(session, draft, parcel)


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
