"""Reading a draft's row: its answers, and what is asked now."""

from __future__ import annotations

from collections.abc import Mapping

from onestop.dossiers.models import Draft
from onestop.eforms import engine
from onestop.eforms.answers import Value
from onestop.eforms.definition import EForm, Field


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
