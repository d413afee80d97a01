"""A draft as its owner sees it."""

from __future__ import annotations

from collections.abc import Mapping

from onestop.dossiers import offers
from onestop.dossiers.draft_state import answers_of, asked_of, present_field
from onestop.dossiers.models import Draft
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine
from onestop.eforms.answers import Value
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.schemas import (
    Accepted,
    Consent,
    DraftView,
    FieldView,
    Line,
    Option,
    ProcedureRef,
)


def consent_of(form: EForm) -> Consent:
    """The statement that belongs to a form."""
    return Consent(version=f"{form.id}-{form.version}", text=form.consent_text)


def lines_of(form: EForm, answers: Mapping[str, Value], skipped: list[str]) -> list[Line]:
    """The numbered summary."""
    return [
        Line(
            number=line.number,
            field=line.field,
            label=line.label,
            value=line.display,
            section=line.section,
        )
        for line in engine.summary(form, answers, skipped)
    ]


def field_view(field: Field, section_begins: bool = False, given: str = "") -> FieldView:
    """A field as the citizen is asked for it; `given` is its present answer, if it has one."""
    return FieldView(
        id=field.id,
        type=field.type,
        label=field.label,
        question=field.question,
        explanation=field.explanation,
        example=field.example,
        required=field.required,
        options=[
            Option(value=one.value, label=one.label, names=[one.label, *one.aliases, *one.whole])
            for one in field.options
        ],
        accept=field.accept if field.type is FieldType.PAPER else [],
        later_allowed=field.later_allowed,
        section=field.section,
        section_begins=section_begins,
        given=given,
    )


def accepted(field: Field, value: Value) -> Accepted:
    """An answer to be read back."""
    return Accepted(field=field.id, label=field.label, display=value.display)


def view(draft: Draft) -> DraftView:
    """The draft as its owner may see it."""
    form, answers = form_of(draft), answers_of(draft)
    asked = asked_of(draft, form)
    active = engine.active_fields(asked, answers)
    field = present_field(draft, form, answers)
    begins, given = False, ""
    if field is not None:
        given = answers[field.id].display if field.id in answers else ""
        position = [one.id for one in active].index(field.id)
        begins = position == 0 or active[position - 1].section != field.section
    return DraftView(
        id=draft.id,
        procedure=ProcedureRef(code=draft.procedure_code, name=draft.procedure_name),
        title=form.title,
        state=draft.state,
        field=field_view(field, begins, given) if field is not None else None,
        answered=sum(one.id in answers or one.id in draft.skipped for one in active),
        total=len(active),
        lines=lines_of(asked, answers, draft.skipped),
        consent=consent_of(form),
        consented=draft.consent is not None,
        updated_at=draft.updated_at,
        offer=offers.view(draft, field),
    )
