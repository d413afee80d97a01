"""Supplements and withdrawal: what happens to a dossier from the citizen's side after it was handed in.

An officer asks for fields of the e-form to be corrected, and for papers. The citizen gets a draft with
all that was said before, which asks only for these; handed in, it changes the dossier's record and lets
its clock go on (`waiting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop import notices
from onestop.backends.base import Backend, Parcel, Report
from onestop.dossiers import snapshots, submission, waiting
from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import Dossier, Draft, SupplementRequest
from onestop.dossiers.statuses import Status
from onestop.eforms import engine
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.eforms.texts import word
from onestop.schemas import Receipt


class NothingAsked(LookupError):
    """The dossier waits for nothing from its citizen that can be given here."""


class UnknownField(ValueError):
    """The e-form has no such field; the message names those that it has."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: fields of the e-form by identifier, further papers by name, and until when."""

    fields: Sequence[str] = ()
    new_papers: Sequence[str] = ()
    until: date | None = None


def _base(session: Session, dossier: Dossier) -> Draft:
    """The draft that holds the newest answers: the last supplement's, else the first one."""
    answered = [
        one.draft_id
        for one in waiting.requests_of(session, dossier)
        if one.answered_at is not None and one.draft_id is not None
    ]
    drafts = [session.get_one(Draft, one) for one in (dossier.draft_id, *answered)]
    return [one for one in drafts if one.state == "submitted"][-1]


def resolve(
    session: Session,
    dossier: Dossier,
    fields: Sequence[str],
    papers: Sequence[str],
    until: date | None,
) -> Wanted:
    """What an officer's words mean.

    Args:
        fields: identifiers, labels or numbers of the summary's lines.
        papers: papers that the e-form asks for, likewise; others are new ones under that name.

    Raises:
        UnknownField: if a field is none of the e-form's, or nothing is asked for.
    """
    draft = _base(session, dossier)
    form, answers = snapshots.form_of(draft), answers_of(draft)

    def find(name: str, among: EForm) -> Field | None:
        for one in among.fields:
            if one.id == name:
                return one
        found = engine.find_fields(among, name, answers, draft.skipped)
        return found[0] if len(found) == 1 else None

    wanted, new = [], []
    for name in fields:
        known = find(name, form)
        if known is None:
            has = ", ".join(one.id for one in engine.active_fields(form, answers))
            raise UnknownField(f"the e-form has no field {name}; it has: {has}")
        wanted.append(known.id)
    only_papers = [one for one in form.fields if one.type is FieldType.PAPER]
    for name in papers:
        known = find(name, form.model_copy(update={"fields": only_papers}))
        if known is not None:
            wanted.append(known.id)
        else:
            new.append(name)
    if not wanted and not new:
        raise UnknownField("say which fields or papers are asked for")
    return Wanted(list(dict.fromkeys(wanted)), new, until)


def ask(session: Session, dossier: Dossier, wanted: Wanted, actor: str, note: str) -> None:
    """Ask the citizen; the dossier's clock stands still from now on, and its owner is told.

    Args:
        dossier: its row locked by the caller.

    Raises:
        submission.ImpossibleStep: if it may not be asked for at its present status.
    """
    before = dossier.status
    told = word("supplement_wanted").format(labels="; ".join(_labels(session, dossier, wanted)))
    told = f"{told}. {note}".strip(". ")
    submission.step(session, dossier, Status.SUPPLEMENT_REQUESTED, actor, told)
    session.add(
        SupplementRequest(
            dossier_id=dossier.id,
            fields=list(wanted.fields),
            new_papers=list(wanted.new_papers),
            note=note,
            actor=actor,
            status_before=before,
            until=wanted.until,
        )
    )
    notices.tell(
        session,
        dossier.owner,
        "supplement_requested",
        **asked_in_words(session, dossier, wanted),
        note=note,
    )


def _labels(session: Session, dossier: Dossier, wanted: Wanted) -> list[str]:
    """What is asked for, as the citizen knows it."""
    form = snapshots.form_of(_base(session, dossier))
    return [*(form.field(one).label for one in wanted.fields), *wanted.new_papers]


def asked_in_words(session: Session, dossier: Dossier, wanted: Wanted) -> dict[str, Any]:
    """The variables of notices about what is asked for."""
    return {
        "code": dossier.code,
        "procedure": dossier.procedure_name,
        "wanted": _labels(session, dossier, wanted),
        "until": f"{wanted.until:%d/%m/%Y}" if wanted.until else "",
    }


def begin(session: Session, dossier: Dossier, owner: str, channel: str) -> Draft:
    """The draft that asks for just what was asked for; begun once, gone on with on any channel.

    Args:
        dossier: of whoever proved the second factor.
        owner: the conversation that goes on with it.

    Raises:
        NothingAsked: if the dossier waits for nothing.
    """
    request = waiting.open_request(session, dossier)
    if dossier.status != Status.SUPPLEMENT_REQUESTED or request is None:
        raise NothingAsked(dossier.code)
    if request.draft_id is not None:
        begun = session.get_one(Draft, request.draft_id, with_for_update={"of": Draft})
        if begun.state == "filling":
            begun.owner, begun.channel, begun.updated_at = owner, channel, now()
            return begun
    base = _base(session, dossier)
    form = snapshots.form_of(base)
    new = [
        _paper_field(f"supplement_{request.id}_{number}", name)
        for number, name in enumerate(request.new_papers, start=1)
    ]
    form = form.model_copy(update={"fields": [*form.fields, *new]})
    only = [*request.fields, *(one.id for one in new)]
    draft = Draft(
        owner=owner,
        channel=channel,
        procedure_code=base.procedure_code,
        procedure_name=base.procedure_name,
        eform_digest=snapshots.keep(session, form),
        answers={one: value for one, value in base.answers.items() if one not in only},
        skipped=[one for one in base.skipped if one not in only],
        only=only,
    )
    session.add(draft)
    session.flush()
    session.refresh(draft, ["eform"])
    request.draft_id = draft.id
    return draft


def _paper_field(identifier: str, name: str) -> Field:
    """A paper that the e-form does not know, in the words of the house for papers."""
    return Field(
        id=identifier,
        type=FieldType.PAPER,
        section=word("supplement_section"),
        label=name,
        question=word("supplement_question").format(name=name),
        explanation=word("supplement_explanation"),
    )


def hand_in(session: Session, draft: Draft, parcel: Parcel, backend: Backend) -> Receipt:
    """Put what was asked for into the dossier; it goes on where it stood before.

    Args:
        draft: complete and agreed to, its row locked.
        parcel: the whole e-form as it is now.

    Raises:
        NothingAsked: if the dossier has moved on in the meantime.
    """
    dossier = _dossier_of(session, draft)
    request = waiting.open_request(session, dossier)
    if dossier.status != Status.SUPPLEMENT_REQUESTED or request is None:
        raise NothingAsked(dossier.code)
    only = set(draft.only or ())
    given = [one for one in parcel.lines if one["field"] in only]
    note = word("supplemented").format(labels="; ".join(str(one["label"]) for one in given))
    before = Status(request.status_before)
    submission.step(session, dossier, before, submission.CITIZEN, note)
    dossier.lines, dossier.second_factors = parcel.lines, parcel.second_factors
    dossier.owner = draft.owner  # what comes next is told where the citizen wrote last
    draft.state = "submitted"
    sent = Report(
        key=draft.id,
        code=dossier.code,
        status=before,
        note=note,
        lines=given,
        papers=[one for one in parcel.papers if one.field in only],
    )
    backend.report(session, dossier, sent)
    return receipt_of(session, draft)


def _dossier_of(session: Session, draft: Draft) -> Dossier:
    """The dossier that a draft supplements, its row locked."""
    return session.scalars(
        select(Dossier)
        .join(SupplementRequest, SupplementRequest.dossier_id == Dossier.id)
        .where(SupplementRequest.draft_id == draft.id)
        .with_for_update(of=Dossier)
    ).one()


def receipt_of(session: Session, draft: Draft) -> Receipt:
    """The dossier's receipt with its due date as it is now."""
    dossier = _dossier_of(session, draft)
    given = Receipt.model_validate(dossier.receipt)
    return given.model_copy(update={"state": "supplemented", "due_at": dossier.due_at})


def withdraw(session: Session, dossier: Dossier, backend: Backend) -> None:
    """Note that the citizen wants the dossier back; an officer decides.

    Raises:
        submission.ImpossibleStep: if it is finished, or asked for already.
    """
    submission.step(session, dossier, Status.WITHDRAWAL_REQUESTED, submission.CITIZEN)
    session.flush()
    event = dossier.history[-1]
    sent = Report(
        key=f"withdrawal-{event.id}",
        code=dossier.code,
        status=Status.WITHDRAWAL_REQUESTED,
        note=Status.WITHDRAWAL_REQUESTED.label,
    )
    backend.report(session, dossier, sent)
