"""Which fields of the shipped forms belong to one person, and how they are filled at once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.settings import ROOT
from onestop.eforms import engine, persons
from onestop.eforms.cards import Card, read_card
from onestop.eforms.definition import EForm, load_eforms
from onestop.eforms.persons import Fact
from tests.onestop.eforms.test_cards import CARD, CARDS

TODAY = date(2026, 3, 10)
FORMS = load_eforms(ROOT / "data" / "eforms")
SIX = {Fact.NAME, Fact.CITIZEN_ID, Fact.BIRTH_DATE, Fact.SEX, Fact.RESIDENCE, Fact.PHONE}
WITHOUT_SEX = SIX - {Fact.SEX}
REQUESTER = {Fact.NAME, Fact.CITIZEN_ID, Fact.RESIDENCE, Fact.PHONE}
BUSINESS = {Fact.NAME, Fact.CITIZEN_ID, Fact.PHONE}
# What is known of the applicant in each form; a form that is not here has REQUESTER.
APPLICANT = {
    "citizen-card-exchange": SIX,
    "citizen-card-reissue": SIX,
    "driving-licence-reissue": SIX,
    "driving-licence-renewal": SIX,
    "elderly-pension": SIX,
    "general": WITHOUT_SEX | {Fact.EMAIL},
    "household-business": SIX - {Fact.RESIDENCE} | {Fact.EMAIL},
    "household-business-change": BUSINESS,
    "household-business-closing": BUSINESS,
    "household-business-suspension": BUSINESS,
    "household-split": SIX,
    "insurance-card": SIX | {Fact.EMAIL},
    "judicial-record": BUSINESS,
    "land-transfer": WITHOUT_SEX,
    "marital-status": BUSINESS,
    "marriage-registration": SIX,
    "disability-certificate": BUSINESS,
    "overnight-stay": BUSINESS,
    "permanent-residence": SIX,
    "residence-confirmation": SIX | {Fact.EMAIL},
    "temporary-residence": SIX - {Fact.RESIDENCE} | {Fact.EMAIL},
    "temporary-residence-extension": SIX - {Fact.RESIDENCE},
    "vehicle-registration-renewal": WITHOUT_SEX,
    "vehicle-transfer": WITHOUT_SEX,
}
OTHERS = {
    "citizen-card-exchange": [{"child_name", "child_birth_date", "child_citizen_id"}],
    "death-registration": [{"name", "sex", "birth_date", "citizen_id", "last_address"}],
    "marriage-registration": [
        {
            *("partner_name", "partner_citizen_id", "partner_address"),
            *("partner_birth_date_male", "partner_birth_date_female"),
        }
    ],
    "permanent-residence": [
        {"owner_name", "owner_citizen_id"},
        {"head_name", "head_citizen_id"},
    ],
    "judicial-record": [{"name", "sex", "birth_date", "citizen_id", "permanent_address"}],
}


def unconditional(form: EForm) -> EForm:
    """The form with all that it may ask."""
    fields = [one.model_copy(update={"when": None}) for one in form.fields]
    return form.model_copy(update={"fields": fields})


@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_applicant_of_each_form_is_known_by_these_facts(name: str) -> None:
    applicant = persons.persons(unconditional(FORMS[name]), {})[0]
    assert set(applicant.facts.values()) == APPLICANT.get(name, REQUESTER)


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_other_persons_have_their_own_fields(name: str) -> None:
    people = persons.persons(unconditional(FORMS[name]), {})[1:]
    assert [set(one.facts) for one in people][: len(OTHERS[name])] == OTHERS[name]


def test_no_field_belongs_to_two_persons() -> None:
    for form in FORMS.values():
        seen = [id_ for one in persons.persons(unconditional(form), {}) for id_ in one.facts]
        assert len(seen) == len(set(seen)), form.id


def test_a_card_fills_the_applicant_at_once() -> None:
    form = FORMS["driving-licence-renewal"]
    person = persons.persons(form, {})[0]
    filled = persons.fill(form, {}, person, persons.facts_of_card(CARD), TODAY, only_open=False)
    assert {one.id: value.display for one, value in filled.taken} == {
        "name": "Nguyễn Văn An",
        "sex": "Nam",
        "birth_date": "15/03/1990",
        "citizen_id": "036090012345",
        "address": "Thôn 1, xã Nhân Khang, huyện Lý Nhân, tỉnh Hà Nam",
    }
    assert filled.refused == []


def test_what_breaks_a_rule_is_refused_as_if_it_were_typed() -> None:
    text = "036015012345||Nguyễn Văn Bé|15032015|Nam|Nhân Khang, Lý Nhân, Hà Nam|25122024"
    form = FORMS["driving-licence-renewal"]  # from 16 years
    card = read_card(text)
    assert card is not None
    person = persons.persons(form, {})[0]
    filled = persons.fill(form, {}, person, persons.facts_of_card(card), TODAY, only_open=False)
    assert [(one.id, refusal.code) for one, refusal in filled.refused] == [
        ("birth_date", "date_too_young")
    ]


def test_a_side_decides_which_birth_date_is_filled() -> None:
    form = FORMS["marriage-registration"]
    person = persons.persons(form, {})[0]
    filled = persons.fill(form, {}, person, persons.facts_of_card(CARD), TODAY, only_open=False)
    assert {"side", "birth_date_male"} <= {one.id for one, _ in filled.taken}


@given(CARDS)
def test_filling_twice_is_filling_once(card: Card) -> None:
    form = FORMS["insurance-card"]
    person = persons.persons(form, {})[0]
    facts = persons.facts_of_card(card)
    once = persons.fill(form, {}, person, facts, TODAY, only_open=False)
    twice = persons.fill(form, once.answers, person, facts, TODAY, only_open=False)
    assert twice.answers == once.answers
    assert twice.taken == []


@given(CARDS, st.sampled_from(sorted(FORMS)))
def test_filling_touches_only_the_persons_own_fields(card: Card, name: str) -> None:
    form = FORMS[name]
    for person in persons.persons(form, {}):
        filled = persons.fill(form, {}, person, persons.facts_of_card(card), TODAY, only_open=False)
        said_by_age = {one.id for one in form.fields if one.validation.under_age is not None}
        assert set(filled.answers) <= set(person.facts) | said_by_age


def test_what_was_told_is_read_back_as_one_would_type_it() -> None:
    form = FORMS["insurance-card"]
    person = persons.persons(form, {})[0]
    filled = persons.fill(form, {}, person, persons.facts_of_card(CARD), TODAY, only_open=False)
    outcome = engine.answer(form, filled.answers, "phone", "0912345678", TODAY)
    told = persons.facts_told(form, outcome.answers)
    assert told[Fact.PHONE] == "0912 345 678"
    assert told[Fact.SEX] == "male"
    again = persons.fill(form, {}, person, told, TODAY, only_open=True)
    assert again.answers == {
        id_: value for id_, value in outcome.answers.items() if id_ in person.facts
    }
