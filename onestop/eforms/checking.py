"""What the model cannot see in a form: whether citizens' answers, its own examples first, would work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from onestop.eforms import engine
from onestop.eforms.answers import Refusal
from onestop.eforms.conditions import Condition
from onestop.eforms.definition import EForm, EFormError, Field, FieldType, read_eform
from onestop.eforms.values import parse

LONGEST_TEXT = (
    190  # characters of a question or explanation: what is read aloud in one breath or two
)
_SECOND_FACTORS = (FieldType.CITIZEN_ID, FieldType.PHONE)


def check_file(path: Path, today: date) -> list[str]:
    """All faults of a file, none if a citizen could be asked by it.

    Returns:
        One line each: file, place, what is wrong.
    """
    try:
        form = read_eform(path)
    except EFormError as error:
        return error.faults
    except OSError as error:
        return [f"{path.name}: cannot be read: {error.strerror}"]
    return [f"{path.name}: {fault}" for fault in faults(form, today)]


def faults(form: EForm, today: date) -> Iterator[str]:
    """What would not work with citizens, one line each.

    Args:
        today: the day of the check, for ages and for examples such as "ngày mai".
    """
    for kind in _SECOND_FACTORS:
        if not any(field.type is kind and field.required for field in form.fields):
            yield f"fields: no required {kind.value}: nothing would open the dossier's status"
    everything = form.model_copy(
        update={"fields": [field.model_copy(update={"when": None}) for field in form.fields]}
    )
    for field in form.fields:
        found = [
            *_texts(field),
            *_example(field, today),
            *_options(field, today),
            *_condition(form, field),
            *_names(everything, field),
        ]
        yield from (f"field {field.id}: {fault}" for fault in found)


def _texts(field: Field) -> Iterator[str]:
    for name, text, ends in (
        ("question", field.question, "?."),
        ("explanation", field.explanation, "."),
    ):
        if len(text) > LONGEST_TEXT:
            yield f"{name} has {len(text)} characters; {LONGEST_TEXT} at most"
        if text[-1] not in ends:
            yield f"{name} does not end with {' or '.join(ends)}"


def _example(field: Field, today: date) -> Iterator[str]:
    if field.type is FieldType.PAPER:
        return
    try:
        parse(field, field.example, {}, today)
    except Refusal as refusal:
        yield f"its own example is refused ({refusal.code})"


def _options(field: Field, today: date) -> Iterator[str]:
    """Names that choose another option. What is ambiguous is asked, and so no fault."""
    for option in field.options:
        for name in (option.label, *option.aliases, *option.whole):
            try:
                chosen = parse(field, name, {}, today).value
            except Refusal as refusal:
                if refusal.code != "choice_ambiguous":
                    yield f"“{name}” does not choose the option {option.value}"
            else:
                if chosen is None:
                    yield f"“{name}” means that there is none, not the option {option.value}"
                elif chosen != option.value:
                    yield f"“{name}” chooses the option {chosen}, not {option.value}"


def _condition(form: EForm, field: Field) -> Iterator[str]:
    for part in _comparisons(field.when):
        other = form.field(part.field or "")
        for wanted in part.in_ or ([] if part.equals is None else [part.equals]):
            if other.type is FieldType.CHOICE:
                possible = wanted in [option.value for option in other.options]
            elif other.type is FieldType.YES_NO:
                possible = isinstance(wanted, bool)
            else:
                continue
            if not possible:
                yield f"when: {other.id} is never {wanted!r}"


def _comparisons(condition: Condition | None) -> Iterator[Condition]:
    if condition is None:
        return
    if condition.field is not None:
        yield condition
    for part in (*(condition.and_ or ()), *(condition.or_ or ()), condition.not_):
        yield from _comparisons(part)


def _names(everything: EForm, field: Field) -> Iterator[str]:
    """Names by which "sửa …" would not find the field, all others being asked as well."""
    for name in (field.label, *field.aliases):
        if field.id not in [one.id for one in engine.find_fields(everything, f"sửa {name}", {})]:
            yield f"“{name}” does not find it, for correcting"
