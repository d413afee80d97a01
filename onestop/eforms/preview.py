"""A form as staff read it over before it is used: its questions in order, with what each depends on."""

from __future__ import annotations

from collections.abc import Iterator

from onestop.eforms.conditions import Condition, Scalar
from onestop.eforms.definition import EForm, Field, FieldType


def preview(form: EForm) -> Iterator[str]:
    """The lines of the preview; every branch is shown, marked with its condition."""
    yield f"{form.title}  [{form.id}, version {form.version}]"
    section = ""
    for number, field in enumerate(form.fields, start=1):
        if field.section != section:
            section = field.section
            yield f"\n{section}"
        yield f"\n{number:3}. {field.question}"
        yield from (f"      {line}" for line in _details(form, field))
    if form.papers is not None:
        yield f"\n{form.papers.section}\n     {form.papers.question}"
        yield "      (each paper of the procedure)"
    yield f"\n{form.consent_text}"


def _details(form: EForm, field: Field) -> Iterator[str]:
    yield from (f"{number}) {one.label}" for number, one in enumerate(field.options, start=1))
    if field.example and field.type is not FieldType.CHOICE:
        yield f"e.g. {field.example}"
    if field.when is not None:
        yield f"asked only if {_told(form, field.when)}"
    if not field.required:
        yield "may be skipped"
    if field.later_allowed:
        yield "may be handed in later"


def _told(form: EForm, condition: Condition) -> str:
    if condition.and_ is not None:
        return " and ".join(_in_brackets(form, part) for part in condition.and_)
    if condition.or_ is not None:
        return " or ".join(_in_brackets(form, part) for part in condition.or_)
    if condition.not_ is not None:
        return f"not {_in_brackets(form, condition.not_)}"
    field = form.field(condition.field or "")
    if condition.exists is not None:
        return f"“{field.label}” is {'answered' if condition.exists else 'not answered'}"
    if condition.in_ is not None:
        names = ", ".join(_named(field, value) for value in condition.in_)
        return f"“{field.label}” is one of {names}"
    return f"“{field.label}” is {_named(field, condition.equals)}"


def _in_brackets(form: EForm, condition: Condition) -> str:
    told = _told(form, condition)
    return f"({told})" if condition.field is None else told


def _named(field: Field, value: Scalar | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return next((f"“{one.label}”" for one in field.options if one.value == value), str(value))
