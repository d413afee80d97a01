"""Several answers in one message ("tôi là Nguyễn Văn An, sinh 15/3/1990, sđt 0912345678"), or one out of turn.

Only what cannot be mistaken is taken beside the answer to the field that was asked: numbers with a
structure of their own, dates that name their field, and choices said word for word, and only for
fields of the same section, so that a child's birth date never becomes a parent's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date

from onestop.eforms import engine
from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.eforms.words import clean, fold

_PARTS = re.compile(r"\s*(?:[,;\n]|\bvà\b|\bva\b)\s*")
# Their own answers hold commas and "và".
_WHOLE = {FieldType.TEXT, FieldType.ADDRESS, FieldType.PAPER}
_STRUCTURED = {FieldType.CITIZEN_ID, FieldType.PHONE, FieldType.EMAIL}
_PLAIN_WORDS = {"ngay", "thang", "nam", "so", "cua", "nguoi", "toi", "la"}


def read_several(
    form: EForm, answers: Answers, skipped: Collection[str], asked: Field, text: str, today: date
) -> tuple[engine.Outcome, list[tuple[Field, Value]]] | None:
    """The answers that a message holds, the asked field's first.

    Args:
        asked: the field that was asked; without an answer to it the message is not several answers.

    Returns:
        What they lead to, and at least two fields with their values; `None` if the message is one
        answer or none.
    """
    parts = [part for part in _PARTS.split(clean(text)) if part]
    if len(parts) < 2 or asked.type in _WHOLE:
        return None
    outcome: engine.Outcome | None = None
    found: list[tuple[Field, Value]] = []

    def present() -> Answers:
        return outcome.answers if outcome is not None else answers

    def take(field: Field, part: str) -> bool:
        nonlocal outcome
        try:
            outcome = engine.answer(form, present(), field.id, part, today)
        except Refusal:
            return False
        found.append((field, outcome.value))
        return True

    own = next((part for part in parts if take(asked, part)), None)
    if own is None:
        return None
    for part in parts:
        if part != own:
            meant = _meant(form, present(), skipped, asked, part)
            next((one for one in meant if take(one, part)), None)
    return (outcome, found) if outcome is not None and len(found) > 1 else None


def read_other(
    form: EForm, answers: Answers, skipped: Collection[str], asked: Field, text: str, today: date
) -> tuple[engine.Outcome, list[tuple[Field, Value]]] | None:
    """The answer to another open field of the section, told before its turn ("số căn cước đây: …").

    Ten digits where a citizen ID was asked are one that lacks two, unless they are called a telephone.

    Args:
        asked: the field that was asked, which does not take the message.

    Returns:
        What it leads to, and the field with its value; `None` unless exactly one other field takes it.
    """
    told = clean(text)
    called = set(re.findall(r"[a-z]+", fold(told)))
    lacking = asked.type is FieldType.CITIZEN_ID
    taken: list[tuple[engine.Outcome, Field]] = []
    for field in _meant(form, answers, skipped, asked, told, alone=True):
        short = lacking and field.type is FieldType.PHONE and not called & _naming_words(field)
        if field.type is not asked.type and not short:
            with suppress(Refusal):
                taken.append((engine.answer(form, answers, field.id, text, today), field))
    if len(taken) != 1:
        return None
    outcome, field = taken[0]
    return outcome, [(field, outcome.value)]


def _meant(
    form: EForm,
    answers: Answers,
    skipped: Collection[str],
    asked: Field,
    part: str,
    alone: bool = False,
) -> Iterator[Field]:
    """The open fields of the asked one's section that a part of a message may answer.

    A date must name its field, unless it stands alone (`alone`: nothing else was told).
    """
    said = set(re.findall(r"[a-z]+", fold(part)))
    for field in engine.unanswered(form, answers, skipped):
        if field.section != asked.section or field.id == asked.id:
            continue
        if (
            field.type in _STRUCTURED
            or (field.type is FieldType.DATE and (alone or said & _naming_words(field)))
            or (field.type is FieldType.CHOICE and fold(part) in _option_names(field))
        ):
            yield field


def _naming_words(field: Field) -> set[str]:
    """The words that tell this date from others: "sinh" of "Ngày sinh"."""
    names = " ".join((field.label, *field.aliases))
    return set(re.findall(r"[a-z]+", fold(names))) - _PLAIN_WORDS


def _option_names(field: Field) -> set[str]:
    return {fold(name) for one in field.options for name in (one.label, *one.aliases)}
