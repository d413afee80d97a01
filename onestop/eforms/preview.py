"""A form as staff read it over before it is used: its questions in order, with what each depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

from common import yaml_files
from common.settings import ROOT
from onestop.eforms.conditions import Condition, Scalar
from onestop.eforms.definition import EForm, Field, FieldType

Words = Mapping[str, str]
TEXTS = ROOT / "data" / "texts" / "outline.yml"


@cache
def _words() -> Mapping[str, Words]:
    found: dict[str, dict[str, str]] = yaml_files.read(TEXTS)
    return found


def preview(form: EForm, language: Literal["en", "vi"] = "en") -> Iterator[str]:
    """The lines of the preview; every branch is shown, marked with its condition."""
    words = _words()[language]
    yield words["title"].format(title=form.title, id=form.id, version=form.version)
    section = ""
    for number, field in enumerate(form.fields, start=1):
        if field.section != section:
            section = field.section
            yield f"\n{section}"
        yield f"\n{number:3}. {field.question}"
        yield from (f"      {line}" for line in _details(form, field, words))
    if form.papers is not None:
        yield f"\n{form.papers.section}\n     {form.papers.question}"
        yield f"      {words['each_paper']}"
    yield f"\n{form.consent_text}"


def _details(form: EForm, field: Field, words: Words) -> Iterator[str]:
    yield from (f"{number}) {one.label}" for number, one in enumerate(field.options, start=1))
    if field.example and field.type is not FieldType.CHOICE:
        yield words["example"].format(example=field.example)
    if field.when is not None:
        yield words["only_if"].format(condition=_told(form, field.when, words))
    if not field.required:
        yield words["skip"]
    if field.later_allowed:
        yield words["later"]


def _told(form: EForm, condition: Condition, words: Words) -> str:
    if condition.and_ is not None:
        return words["and"].join(_in_brackets(form, part, words) for part in condition.and_)
    if condition.or_ is not None:
        return words["or"].join(_in_brackets(form, part, words) for part in condition.or_)
    if condition.not_ is not None:
        return words["not"].format(condition=_in_brackets(form, condition.not_, words))
    field = form.field(condition.field or "")
    if condition.exists is not None:
        return words["answered" if condition.exists else "not_answered"].format(field=field.label)
    if condition.in_ is not None:
        values = ", ".join(_named(field, value, words) for value in condition.in_)
        return words["one_of"].format(field=field.label, values=values)
    value = _named(field, condition.equals, words)
    return words["is"].format(field=field.label, value=value)


def _in_brackets(form: EForm, condition: Condition, words: Words) -> str:
    told = _told(form, condition, words)
    return f"({told})" if condition.field is None else told


def _named(field: Field, value: Scalar | None, words: Words) -> str:
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    return next((f"“{one.label}”" for one in field.options if one.value == value), str(value))
