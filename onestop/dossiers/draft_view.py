"""Reading a draft: its answers, what is asked now, and how its owner sees it."""

from __future__ import annotations

from collections.abc import Mapping

from onestop.dossiers.models import Draft
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine
from onestop.eforms.answers import Value
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.schemas import (
    Consent,
    DraftView,
    FieldView,
    Line,
    Option,
    ProcedureRef,
)


def asked_of(draft: Draft, form: EForm) -> EForm:
    """The part of the form that is asked: all of it, or what a supplement is limited to."""
    if draft.only is None:
        return form
    return form.model_copy(update={"fields": [one for one in form.fields if one.id in draft.only]})


def answers_of(draft: Draft) -> dict[str, Value]:
    """What is answered so far, by field."""
    return {field: Value.model_validate(one) for field, one in draft.answers.items()}


def present_field(draft: Draft, form: EForm, answers: Mapping[str, Value]) -> Field | None:
    """What is asked now: a field chosen for correction, else the next one without an answer."""
    asked = asked_of(draft, form)
    if draft.asked is not None:
        for field in engine.active_fields(asked, answers):
            if field.id == draft.asked:
                return field
    return engine.next_field(asked, answers, draft.skipped)


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


def field_view(field: Field, section_begins: bool) -> FieldView:
    """A field as the citizen is asked for it."""
    return FieldView(
        id=field.id,
        type=field.type,
        label=field.label,
        question=field.question,
        explanation=field.explanation,
        example=field.example,
        required=field.required,
        options=[Option(value=one.value, label=one.label) for one in field.options],
        accept=field.accept if field.type is FieldType.PAPER else [],
        later_allowed=field.later_allowed,
        section=field.section,
        section_begins=section_begins,
    )


def view(draft: Draft) -> DraftView:
    """The draft as its owner may see it."""
    form, answers = form_of(draft), answers_of(draft)
    asked = asked_of(draft, form)
    active = engine.active_fields(asked, answers)
    field = present_field(draft, form, answers)
    begins = False
    if field is not None:
        position = [one.id for one in active].index(field.id)
        begins = position == 0 or active[position - 1].section != field.section
    return DraftView(
        id=draft.id,
        procedure=ProcedureRef(code=draft.procedure_code, name=draft.procedure_name),
        title=form.title,
        state=draft.state,
        field=field_view(field, begins) if field is not None else None,
        answered=sum(one.id in answers or one.id in draft.skipped for one in active),
        total=len(active),
        lines=lines_of(asked, answers, draft.skipped),
        consent=consent_of(form),
        consented=draft.consent is not None,
        updated_at=draft.updated_at,
    )
