"""A value against the rules of its field, those that look at other answers included.

Checked when it is told, and again whenever the answers around it have changed.
"""

from __future__ import annotations

from datetime import date

from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.dates import age
from onestop.eforms.definition import Field, FieldType
from onestop.eforms.patterns import matches
from onestop.eforms.people import citizen_id_facts


def check(field: Field, value: Value, answers: Answers, today: date) -> None:
    """Check a value against the field's rules, those that look at other answers included.

    Raises:
        Refusal: if a rule is broken.
    """
    if value.value is None:
        return  # an optional field, answered with "không có"
    if field.type in (FieldType.TEXT, FieldType.PERSON_NAME):
        _check_text(field, value.value)
    elif field.type is FieldType.NUMBER:
        _check_range(field, value.value)
    elif field.type is FieldType.YEAR:
        _check_range(field, value.value)
        if field.validation.not_future and value.value > today.year:
            raise Refusal("date_future")
        _check_age(field, date(value.value, 1, 1), today)
        _check_order_of_years(field, value.value, answers)
    elif field.type is FieldType.DATE:
        _check_date(field, date.fromisoformat(value.value), answers, today)
    elif field.type is FieldType.CITIZEN_ID:
        _check_same_person(field, value.value, answers)
    elif field.type is FieldType.YES_NO:
        _check_under_age(field, value.value, answers, today)
    _check_refused(field, value.value, answers)


def _check_text(field: Field, text: str) -> None:
    rules = field.validation
    if rules.min_length is not None and len(text) < rules.min_length:
        raise Refusal("text_too_short", min=rules.min_length)
    if rules.max_length is not None and len(text) > rules.max_length:
        raise Refusal("text_too_long", max=rules.max_length)
    if rules.pattern is not None and not matches(rules.pattern, text):
        raise Refusal("text_pattern")


def _check_range(field: Field, number: float) -> None:
    rules = field.validation
    if rules.min is not None and number < rules.min:
        raise Refusal("number_too_small", min=_shown(field, rules.min))
    if rules.max is not None and number > rules.max:
        raise Refusal("number_too_large", max=_shown(field, rules.max))


def _shown(field: Field, number: int) -> str:
    if field.type is FieldType.YEAR:
        return str(number)
    return f"{number:,} {field.unit}".replace(",", ".").strip()


def _check_date(field: Field, day: date, answers: Answers, today: date) -> None:
    rules = field.validation
    if (rules.not_future or rules.min_age is not None or rules.max_age is not None) and day > today:
        raise Refusal("date_future")
    if rules.not_past and day < today:
        raise Refusal("date_past")
    _check_age(field, day, today)
    other = answers.get(rules.after or "")
    if other and other.value:
        first = date.fromisoformat(other.value)
        if day <= first or age(first, day) < rules.gap:
            raise (
                Refusal("date_not_after_by_years", other=other.display, gap=rules.gap)
                if rules.gap
                else Refusal("date_not_after", other=other.display)
            )
    other = answers.get(rules.before or "")
    if other and other.value:
        last = date.fromisoformat(other.value)
        if day >= last or age(day, last) < rules.gap:
            raise (
                Refusal("date_not_before_by_years", other=other.display, gap=rules.gap)
                if rules.gap
                else Refusal("date_not_before", other=other.display)
            )


def _check_order_of_years(field: Field, year: int, answers: Answers) -> None:
    """A year against another year or date; the same year may be right if no years must lie between."""
    rules = field.validation
    other = answers.get(rules.after or "")
    if other and other.value and year - int(str(other.value)[:4]) < rules.gap:
        raise (
            Refusal("year_not_after_by_years", other=other.display, gap=rules.gap)
            if rules.gap
            else Refusal("year_not_after", other=other.display)
        )
    other = answers.get(rules.before or "")
    if other and other.value and int(str(other.value)[:4]) - year < rules.gap:
        raise (
            Refusal("year_not_before_by_years", other=other.display, gap=rules.gap)
            if rules.gap
            else Refusal("year_not_before", other=other.display)
        )


def under_age(field: Field, answers: Answers, today: date) -> bool | None:
    """What the birth date told before answers to a yes or no about an age; None where it does not."""
    rule = field.validation.under_age
    born = answers.get(rule.birth_date) if rule is not None else None
    if rule is None or born is None or not born.value:
        return None
    return age(date.fromisoformat(born.value), today) < rule.age


def _check_under_age(field: Field, yes: bool, answers: Answers, today: date) -> None:
    rule, younger = field.validation.under_age, under_age(field, answers, today)
    if rule is None or younger is None or yes == younger:
        return
    given = answers[rule.birth_date].display
    if younger:
        raise Refusal("under_age_told_no", given=given, age=rule.age)
    raise Refusal("under_age_told_yes", given=given, age=rule.age)


def _check_refused(field: Field, value: object, answers: Answers) -> None:
    """Answers that the form itself refuses beside others, in its own words."""
    values = {field_id: answer.value for field_id, answer in answers.items()}
    for refused in field.validation.refuse:
        if value == refused.value and refused.when.holds(values):
            raise Refusal("refused_by_form", say=refused.say)


def _check_age(field: Field, born: date, today: date) -> None:
    rules = field.validation
    years = age(born, today)
    if rules.min_age is not None and years < rules.min_age:
        raise Refusal("date_too_young", age=rules.min_age)
    if rules.max_age is not None and years > rules.max_age:
        raise Refusal("date_too_old", age=rules.max_age)


def _check_same_person(field: Field, number: str, answers: Answers) -> None:
    """The ID's year and sex against the birth date and sex given for the same person."""
    person = field.validation.same_person_as
    if person is None:
        return
    year, sex = citizen_id_facts(number)
    for born in filter(None, map(answers.get, person.birth_dates)):
        if born.value and int(str(born.value)[:4]) != year:
            raise Refusal("citizen_id_other_birth_year", in_id=year, given=str(born.value)[:4])
    given = answers.get(person.sex or "")
    if given and given.value and given.value != sex:
        raise Refusal("citizen_id_other_sex", given=given.display)
