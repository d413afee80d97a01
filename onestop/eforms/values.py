"""From what a citizen typed to a checked value, by type of field.

`parse` reads, then checks (`onestop.eforms.rules`). Readers of the bigger types have modules of their
own: people, dates, numerals, choices, addresses, papers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.nlu.text import canonical
from onestop.eforms import numerals
from onestop.eforms.addresses import read_address
from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.choices import read_choice, read_yes_no
from onestop.eforms.dates import date_value, read_date, read_year
from onestop.eforms.definition import Field, FieldType
from onestop.eforms.names import lacks_accents
from onestop.eforms.papers import read_later
from onestop.eforms.patterns import matches
from onestop.eforms.people import (
    read_citizen_id,
    read_email,
    read_name,
    read_phone,
)
from onestop.eforms.rules import check
from onestop.eforms.texts import word
from onestop.eforms.words import clean, fold, strip_courtesy, strip_label

__all__ = ["Answers", "Refusal", "Value", "check", "parse"]

LONGEST_ANSWER = 1000  # characters; a form's line, not a letter
_FIRST_YEAR = 1900
_SPELLING_IS_FREE = {
    FieldType.CHOICE,
    FieldType.YES_NO,
    FieldType.DATE,
    FieldType.YEAR,
    FieldType.NUMBER,
}
_MONTHS = "tháng"  # the unit of number fields that may be answered in years
# How citizens say that they have none of what is optional; folded.
_NONE = re.compile(r"(?:khong|ko|k|hong|chua)(?:\s+(?:co|co dau|co gi|can))?(?:\s+a)?")
# … and that there is nobody to be named: "chưa có gia đình", "không có ai"; folded.
_NOBODY = re.compile(r"(?:con )?(?:doc than|(?:khong|ko|chua)\s+(?:co|lay|ket hon|dam cuoi)\b.*)")


def parse(field: Field, text: str, answers: Answers, today: date) -> Value:
    """Read what the citizen typed for a field and check it against the field's rules.

    Args:
        field: the field that was asked.
        text: any text, as typed.
        answers: answers given so far, for rules that look at other fields.
        today: the day of the answer, for ages, "hôm qua" and two-digit years.

    Returns:
        The value; None as its value where the field is optional and the citizen has none.

    Raises:
        Refusal: if the text holds no acceptable answer; `params` also hold the field's `label` and
            `example`.
    """
    try:
        value = _read(field, text, today)
        check(field, value, answers, today)
    except Refusal as refusal:
        refusal.params = {"label": field.label, "example": field.example, **refusal.params}
        raise
    return value


def _read(field: Field, text: str, today: date) -> Value:
    typed = clean(text)
    if len(typed) > LONGEST_ANSWER:
        raise Refusal("text_too_long", max=LONGEST_ANSWER)
    if field.type is not FieldType.YES_NO:
        typed = strip_courtesy(typed)
        nobody = field.type is FieldType.PERSON_NAME and _NOBODY.fullmatch(fold(typed))
        if not field.required and (nobody or _NONE.fullmatch(fold(typed))):
            return Value(value=None, display=word("none"))
    # In a free text the same words may belong to the answer: "cốt nền +0,3 m" under "cốt nền".
    named = field.capitalise or field.validation.pattern is not None
    loose = field.type is FieldType.TEXT and named
    typed = strip_label(typed, (field.label, *field.aliases), loose=loose)
    try:
        return _READERS[field.type](field, typed, today)
    except Refusal:
        if field.type not in _SPELLING_IS_FREE:
            raise
        # "ca nha" is "cả nhà", and not "ca" with a particle; "ddungs roofi", "đc", 👍: plain spelling.
        for other in (clean(text), canonical(text)):
            try:
                return _READERS[field.type](field, other, today)
            except Refusal:
                pass
        raise


def _read_text(field: Field, text: str, today: date) -> Value:
    if not any(character.isalnum() for character in text):
        raise Refusal("text_missing")
    if field.capitalise:
        shown = " ".join(part[0].upper() + part[1:] for part in text.split(" "))
    elif pattern := field.validation.pattern:
        # A code may be spaced ("35 0123 456789") or stand after a word ("số 350123456789").
        joined = text.replace(" ", "")
        ways = (text, text.rsplit(" ", 1)[-1], joined, re.sub(r"^\D+", "", joined))
        shown = next((way for way in ways if matches(pattern, way)), text).upper()
    else:
        shown = text[0].upper() + text[1:]
    return Value(value=shown, display=shown)


def _read_person_name(text: str) -> Value:
    """A name; one that lacks its accents is marked wherever it is shown, to the officer as well."""
    name = read_name(text)
    if lacks_accents(name.value):
        return Value(value=name.value, display=word("unaccented").format(name=name.value))
    return name


def _read_date(field: Field, text: str, today: date) -> Value:
    rules = field.validation
    born = rules.not_future or rules.min_age is not None or rules.max_age is not None
    return date_value(read_date(text, today, past=born, future=rules.not_past))


def _read_year(field: Field, text: str, today: date) -> Value:
    year = read_year(text, today)
    if not _FIRST_YEAR <= year <= _FIRST_YEAR + 200:
        raise Refusal("date_impossible")
    return Value(value=year, display=str(year))


def _read_number(field: Field, text: str, today: date) -> Value:
    folded = fold(text)
    if field.unit == _MONTHS and (months := _in_months(folded)) is not None:
        return Value(value=months, display=f"{months} {field.unit}")
    if field.unit:  # "5 năm", "3 tháng": units that are numerals or scales themselves
        folded = re.sub(rf"(?<=[\w.,])\s*\b{re.escape(fold(field.unit))}\b", "", folded)
    number = numerals.read(folded)
    if number is None:
        raise Refusal("number_unreadable")
    if number == int(number):
        shown = f"{int(number):,}".replace(",", ".")
        return Value(value=int(number), display=f"{shown} {field.unit}".strip())
    if field.validation.whole:
        raise Refusal("number_whole")
    shown = f"{number.normalize():f}".replace(".", ",")
    return Value(value=float(number), display=f"{shown} {field.unit}".strip())


def _in_months(folded: str) -> int | None:
    """Months of a span that is told in years ("1 năm", "nửa năm", "một năm rưỡi"), else None."""
    span = re.fullmatch(r"(?:.*\s)?(?P<years>nua|[\w.,]+)\s+nam(?P<half>\s+ruoi)?", folded)
    if span is None:
        return None
    if span["years"] == "nua":
        return 6
    years = numerals.read(span["years"])
    return None if years is None else int(years * 12) + (6 if span["half"] else 0)


_READERS: dict[FieldType, Callable[[Field, str, date], Value]] = {
    FieldType.TEXT: _read_text,
    FieldType.PERSON_NAME: lambda field, text, today: _read_person_name(text),
    FieldType.CITIZEN_ID: lambda field, text, today: read_citizen_id(text, today),
    FieldType.PHONE: lambda field, text, today: read_phone(text),
    FieldType.EMAIL: lambda field, text, today: read_email(text),
    FieldType.DATE: _read_date,
    FieldType.YEAR: _read_year,
    FieldType.NUMBER: _read_number,
    FieldType.CHOICE: lambda field, text, today: read_choice(text, field.options),
    FieldType.YES_NO: lambda field, text, today: read_yes_no(text, word("yes"), word("no")),
    FieldType.ADDRESS: lambda field, text, today: read_address(text),
    FieldType.PAPER: lambda field, text, today: read_later(field, text),
}
