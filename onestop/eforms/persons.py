"""The persons of an e-form: which fields tell the name, birth date … of one and the same person.

So that a citizen card, or what was told for an earlier dossier, fills the right fields. A person is known
by a citizen ID that is asked: to it belong the fields of its section from the person's name to the next
person's, by type and label. The first ID is the applicant's (docs/eforms.md), as are the first telephone
and the first e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from onestop.eforms import engine
from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.cards import Card
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.eforms.words import fold

_SEXES = {"male", "female"}
_BORN = re.compile(r"^ngay(?:,? thang(?:,? nam)?)? sinh\b")
_RESIDENCE = re.compile(r"^(?:noi|dia chi) (?:cu tru|thuong tru|o)\b(?!.*\b(?:moi|cu)$)|^dia chi$")
_ISSUED = re.compile(r"^ngay cap(?: (?:the|so|giay))?(?: (?:can cuoc|cccd|dinh danh)\b.*)?$")


class Fact(StrEnum):
    """What can be known of a person before it is asked."""

    NAME = "name"
    CITIZEN_ID = "citizen_id"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    RESIDENCE = "residence"
    ISSUED_ON = "issued_on"
    PHONE = "phone"
    EMAIL = "email"


Facts = Mapping[Fact, str]
"""What is known, as one would type it; `SEX` is `male` or `female`, days are dd/mm/yyyy."""


@dataclass(frozen=True)
class Person:
    """A person of a form: `facts` says what each of its fields tells."""

    citizen_id: Field
    facts: dict[str, Fact]


@dataclass
class Filled:
    """What filling in would lead to, or has led to."""

    answers: dict[str, Value]
    taken: list[tuple[Field, Value]] = field(default_factory=list)
    refused: list[tuple[Field, Refusal]] = field(default_factory=list)
    ask_again: list[Field] = field(default_factory=list)


def persons(form: EForm, answers: Answers) -> list[Person]:
    """The persons that are asked for under the answers given, the applicant first."""
    active = engine.active_fields(form, answers)
    numbers = [one for one in active if one.type is FieldType.CITIZEN_ID]
    found = [Person(one, dict(_facts(form, one))) for one in numbers]
    if found:
        for kind, fact in ((FieldType.PHONE, Fact.PHONE), (FieldType.EMAIL, Fact.EMAIL)):
            first = next((one for one in active if one.type is kind), None)
            if first is not None:
                found[0].facts[first.id] = fact
    return found


def _facts(form: EForm, number: Field) -> Iterator[tuple[str, Fact]]:
    """The fields of the person with this citizen ID."""
    yield number.id, Fact.CITIZEN_ID
    same = number.validation.same_person_as
    if same is not None and same.sex is not None:
        yield same.sex, Fact.SEX
    for one in _stretch(form, number):
        label = fold(one.label)
        if one.type is FieldType.PERSON_NAME:
            yield one.id, Fact.NAME
        elif one.type is FieldType.CHOICE and {part.value for part in one.options} == _SEXES:
            yield one.id, Fact.SEX
        elif one.type is FieldType.DATE and _BORN.search(label):
            yield one.id, Fact.BIRTH_DATE
        elif one.type is FieldType.DATE and _ISSUED.search(label):
            yield one.id, Fact.ISSUED_ON
        elif one.type is FieldType.ADDRESS and _RESIDENCE.search(label):
            yield one.id, Fact.RESIDENCE
    for born in same.birth_dates if same is not None else ():
        yield born, Fact.BIRTH_DATE


def _stretch(form: EForm, number: Field) -> list[Field]:
    """The fields of the section from the person's name to the next person's; other names of his left out.

    Those not asked for now are among them: an answer may open them (a birth date for each sex).
    """
    section = [one for one in form.fields if one.section == number.section]
    place = section.index(number)
    begin = max((at + 1 for at in range(place) if section[at].type is number.type), default=0)
    names = [
        at
        for at in range(begin, place)
        if section[at].type is FieldType.PERSON_NAME and section[at].required
    ]
    if not names:
        return [number]
    end = next(
        (at for at in range(place, len(section)) if section[at].type is FieldType.PERSON_NAME),
        len(section),
    )
    return [
        one
        for one in section[names[0] : end]
        if one.type is not FieldType.PERSON_NAME or one is section[names[0]]
    ]


def facts_of_card(card: Card) -> dict[Fact, str]:
    """What a card tells of its holder."""
    facts = {
        Fact.NAME: card.name,
        Fact.CITIZEN_ID: card.citizen_id,
        Fact.BIRTH_DATE: f"{card.birth_date:%d/%m/%Y}",
        Fact.RESIDENCE: card.residence,
    }
    if card.sex is not None:
        facts[Fact.SEX] = card.sex
    if card.issued_on is not None:
        facts[Fact.ISSUED_ON] = f"{card.issued_on:%d/%m/%Y}"
    return {fact: text for fact, text in facts.items() if text}


def facts_told(form: EForm, answers: Answers) -> dict[Fact, str]:
    """What the applicant has told of himself in a form."""
    known: dict[Fact, str] = {}
    for person in persons(form, answers)[:1]:
        for id_, fact in person.facts.items():
            answer = answers.get(id_)
            if answer is not None and answer.value is not None:
                as_value = fact in (Fact.NAME, Fact.SEX)
                known[fact] = str(answer.value) if as_value else answer.display
    return known


def fill(
    form: EForm, answers: Answers, person: Person, facts: Facts, today: date, *, only_open: bool
) -> Filled:
    """Answer a person's fields by what is known, each as if it were typed.

    Args:
        only_open: leave alone what has an answer; else it is replaced where it differs.

    Returns:
        The answers with those that could be taken, and what was refused by the form's own rules.
    """
    filled = Filled(dict(answers))
    again: dict[str, Field] = {}
    for one in form.fields:
        fact = person.facts.get(one.id)
        known = facts.get(fact) if fact is not None else None
        if known is None or one not in engine.active_fields(form, filled.answers):
            continue
        before = answers.get(one.id)
        if before is not None and only_open:
            continue
        try:
            outcome = engine.answer(form, filled.answers, one.id, _typed(one, known), today)
        except Refusal as refusal:
            filled.refused.append((one, refusal))
            continue
        again.update({reopened.id: reopened for reopened, _ in outcome.ask_again})
        filled.answers = outcome.answers
        if before is None or before.value != outcome.value.value:
            filled.taken.append((one, outcome.value))
    filled.ask_again = [one for id_, one in again.items() if id_ not in filled.answers]
    return filled


def _typed(one: Field, known: str) -> str:
    """The answer to a field in words that it takes."""
    if one.type is FieldType.CHOICE:
        return next((part.label for part in one.options if part.value == known), known)
    return known
