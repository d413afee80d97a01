"""What stands in a document: the lines of a draft, or of the dossier that it became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from common.tenant import tenant
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.draft_view import consent_of
from onestop.dossiers.models import Dossier, Draft
from onestop.dossiers.parcels import applicant
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine
from onestop.eforms.answers import Answers
from onestop.eforms.definition import EForm
from onestop.eforms.texts import word
from onestop.schemas import Line


@dataclass(frozen=True)
class Section:
    """Neighbouring lines under one heading."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Document:
    """What a template may use; an unanswered line has the value "". Moments are in Vietnam's time.

    `fields` are the values by the e-form's field, for templates of fixed official forms, "" where one was left
    out; `blank` is a form that nobody has filled in yet; `signer` is the applicant's name; `agreed_at` is when
    the statement `consent` was agreed to; `code` and `received_at` are there once it was handed in.
    """

    form: str  # the e-form's id
    title: str
    procedure: str
    addressee: str
    sections: list[Section]
    consent: str
    signer: str
    printed_at: datetime
    service: str
    agreed_at: datetime | None = None
    code: str = ""
    received_at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    blank: bool = False


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(VIETNAM) if moment is not None else None


def blanks_and_lines(form: EForm, answers: Answers, skipped: Iterable[str]) -> list[Line]:
    """The summary's lines, and between them what is asked and not answered yet."""
    said = {line.field: line for line in engine.summary(form, answers, list(skipped))}
    active = engine.active_fields(form, answers)
    return [
        Line(
            number=number,
            field=one.id,
            label=one.label,
            value=said[one.id].display if one.id in said else "",
            section=one.section,
        )
        for number, one in enumerate(active, start=1)
    ]


def _answered(value: str) -> str:
    return "" if value == word("skipped") else value


def _sections(lines: Iterable[Line]) -> list[Section]:
    sections: list[Section] = []
    for line in lines:
        if not sections or sections[-1].title != line.section:
            sections.append(Section(line.section, []))
        sections[-1].lines.append(line)
    return sections


def compose(
    form: EForm,
    answers: Answers,
    lines: list[Line],
    *,
    procedure: str,
    addressee: str,
    agreed_at: datetime | None = None,
    code: str = "",
    received_at: datetime | None = None,
) -> Document:
    """The document of these lines."""
    return Document(
        form=form.id,
        title=form.title,
        procedure=procedure,
        addressee=addressee,
        sections=_sections(lines),
        consent=consent_of(form).text,
        signer=applicant(form, answers).name,
        printed_at=now().astimezone(VIETNAM),
        service=tenant().name,
        agreed_at=_local(agreed_at),
        code=code,
        received_at=_local(received_at),
        fields={line.field: _answered(line.value) for line in lines},
    )


def blank_form(form: EForm, procedure: Procedure) -> Document:
    """The form as it is written on by hand."""
    lines = blanks_and_lines(form, {}, ())
    made = compose(form, {}, lines, procedure=procedure.name, addressee="")
    return replace(made, blank=True)


def of_draft(session: Session, draft: Draft) -> Document:
    """The document of a draft; once it is a dossier, as the officers have it (with later supplements)."""
    form, answers = form_of(draft), answers_of(draft)
    dossier = session.scalar(select(Dossier).where(Dossier.draft_id == draft.id))
    procedure = store.get(session, draft.procedure_code)
    addressee = (procedure.one_stop_unit or procedure.agency) if procedure is not None else ""
    agreed = draft.consent["at"] if draft.consent is not None else None
    lines = (
        [Line.model_validate(one) for one in dossier.lines]
        if dossier is not None
        else blanks_and_lines(form, answers, draft.skipped)
    )
    return compose(
        form,
        answers,
        lines,
        procedure=procedure.name if procedure is not None else draft.procedure_name,
        addressee=addressee,
        agreed_at=datetime.fromisoformat(agreed) if agreed else None,
        code=dossier.code if dossier is not None else "",
        received_at=dossier.received_at if dossier is not None else None,
    )
