"""A filled e-form made ready to be handed over: the applicant, the papers, what status lookups need."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from onestop import second_factor
from onestop.backends.base import Applicant, Parcel, SentFile, SentPaper
from onestop.catalogue.content import Procedure
from onestop.dossiers.models import Draft, StoredFile
from onestop.eforms import engine
from onestop.eforms.answers import Answers
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.schemas import Receipt


def pack(
    session: Session,
    draft: Draft,
    form: EForm,
    answers: Answers,
    procedure: Procedure,
    lines: list[dict[str, Any]],
    agency: str,
    receipt: Receipt,
) -> Parcel:
    """All that is known of a draft when it is handed in.

    Args:
        lines: the filled e-form as an officer reads it.
        agency: the agency identifier.
        receipt: what is promised, without a code yet.
    """
    return Parcel(
        key=draft.id,
        owner=draft.owner,
        agency=agency,
        procedure_code=procedure.code,
        procedure_name=procedure.name,
        field=procedure.field,
        lines=lines,
        second_factors=second_factors(form, answers),
        applicant=applicant(form, answers),
        papers=papers(session, form, answers),
        receipt=receipt,
    )


def _first(form: EForm, answers: Answers, kind: FieldType) -> Field | None:
    """The first answered field of a type: in every form the applicant's own."""
    for field in engine.active_fields(form, answers):
        if field.type is kind and field.id in answers and answers[field.id].value is not None:
            return field
    return None


def second_factors(form: EForm, answers: Answers) -> list[str]:
    """Last four digits of the applicant's citizen ID and phone."""
    found = (_first(form, answers, kind) for kind in (FieldType.CITIZEN_ID, FieldType.PHONE))
    return [str(answers[one.id].value)[-second_factor.DIGITS :] for one in found if one is not None]


def applicant(form: EForm, answers: Answers) -> Applicant:
    """Who hands in; the birth date is that of the person whose citizen ID it is."""

    def said(kind: FieldType) -> str:
        field = _first(form, answers, kind)
        return str(answers[field.id].value) if field is not None else ""

    address = _first(form, answers, FieldType.ADDRESS)
    identity = _first(form, answers, FieldType.CITIZEN_ID)
    person = identity.validation.same_person_as if identity is not None else None
    told = map(answers.get, person.birth_dates) if person is not None else ()
    born = next(filter(None, told), None)
    return Applicant(
        name=said(FieldType.PERSON_NAME),
        citizen_id=said(FieldType.CITIZEN_ID),
        birth_date=str(born.value) if born is not None else "",
        phone=said(FieldType.PHONE),
        email=said(FieldType.EMAIL),
        address=answers[address.id].display if address is not None else "",
    )


def papers(session: Session, form: EForm, answers: Answers) -> list[SentPaper]:
    """The papers asked for, each with its files; without any if it comes later or was left out."""
    sent = []
    for field in engine.active_fields(form, answers):
        if field.type is not FieldType.PAPER:
            continue
        value = answers[field.id].value if field.id in answers else {}
        rows = [session.get(StoredFile, one["file_id"]) for one in value.get("files", [])]
        files = [
            SentFile(
                file_id=row.id, name=row.name, content_type=row.content_type, sha256=row.sha256
            )
            for row in rows
            if row is not None
        ]
        sent.append(SentPaper(field=field.id, name=field.label, files=files))
    return sent
