"""Answers that need not be asked: read from a citizen card, told for an earlier dossier, proposed by staff.

They are offered, and filled in only after a yes; until then they wait in the draft, encrypted as its
answers are. What is filled in is checked as if it were typed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop.dossiers import changes
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.draft_state import answers_of, asked_of, present_field
from onestop.dossiers.models import Draft, opaque_key
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine, persons
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.cards import Card
from onestop.eforms.definition import Field
from onestop.eforms.persons import Fact, Filled, Person
from onestop.eforms.texts import word
from onestop.schemas import Accepted, Offer

# An offer must save more than it costs to read.
FEWEST_FACTS = 2
EARLIER_DRAFTS = 5


# Of what was told before only the end is shown: who reads may be somebody else at the same telephone.
SHOWN_DIGITS = 4
SHOWN_CHARACTERS = 60


class StaleOffer(ValueError):
    """Another offer, or none, stands where the one that was shown stood."""


class NothingToFill(ValueError):
    """The form asks for nothing that the card tells, or holds it already."""


def _today() -> date:
    return now().astimezone(VIETNAM).date()


def told_before(session: Session, owner: str, days: int) -> dict[str, str] | None:
    """What an owner told of himself for his latest dossiers, older ones completing newer ones.

    Only what belongs to the same citizen ID is put together.

    Args:
        days: how far back; drafts older than that are as good as forgotten.

    Returns:
        Fact → text, to be kept as a draft's offer; `None` if it is not worth a question.
    """
    drafts = session.scalars(
        select(Draft)
        .where(
            Draft.owner == owner,
            Draft.state.in_(("filling", "submitted")),
            Draft.updated_at >= now() - timedelta(days=days),
        )
        .order_by(Draft.updated_at.desc())
        .limit(EARLIER_DRAFTS)
    )
    known: dict[Fact, str] = {}
    for draft in drafts:
        told = persons.facts_told(form_of(draft), answers_of(draft))
        if not known or told.get(Fact.CITIZEN_ID) == known.get(Fact.CITIZEN_ID, ""):
            known = {**told, **known}
    if len(known) < FEWEST_FACTS:
        return None
    return {fact.value: text for fact, text in known.items()}


def offer_earlier(draft: Draft, known: dict[str, str] | None) -> None:
    """Offer what was told before, when the first question about the applicant comes."""
    draft.offer = {"source": "earlier", "facts": known} if known else None


def offer_card(draft: Draft, card: Card, *, correcting: bool = True) -> None:
    """Offer what a card tells, for the person whom it fits.

    Args:
        correcting: whether a number that was told may be replaced by that of another card.

    Raises:
        NothingToFill: if no field would take anything from it.
    """
    person = _holder(draft, card, correcting=correcting)
    if person is None:
        raise NothingToFill
    facts = {fact.value: text for fact, text in persons.facts_of_card(card).items()}
    before = draft.offer
    draft.offer = {"source": "card", "person": person.citizen_id.id, "facts": facts}
    filled = _filled(draft)
    if filled is None or not filled.taken:
        draft.offer = before
        raise NothingToFill


def propose(draft: Draft, field_id: str, text: str) -> tuple[str, Field, Value]:
    """Offer what an officer proposes for one field; it replaces an offer that was not answered.

    Returns:
        The offer's identifier, the field, and what it would say.

    Raises:
        Refusal: if the form does not take it.
        KeyError: if the draft does not ask that field.
    """
    form, answers = form_of(draft), answers_of(draft)
    active = engine.active_fields(asked_of(draft, form), answers)
    field = next((one for one in active if one.id == field_id), None)
    if field is None or draft.state != "filling":
        raise KeyError(field_id)
    value = engine.answer(form, answers, field_id, text, _today()).value
    offer = opaque_key()
    draft.offer = {"source": "staff", "id": offer, "field": field_id, "text": text}
    return offer, field, value


def check_shown(draft: Draft, shown: str | None) -> None:
    """Whether the offer that a citizen saw is the one that stands.

    Raises:
        StaleOffer: if it is not; `None` means whichever stands.
    """
    if shown is not None and (draft.offer or {}).get("id") != shown:
        raise StaleOffer


def _proposed(draft: Draft, offer: dict[str, Any]) -> Filled:
    """What a yes to an officer's proposal would lead to."""
    form, answers = form_of(draft), answers_of(draft)
    field = form.field(offer["field"])
    if field not in engine.active_fields(asked_of(draft, form), answers):
        return Filled(answers)
    try:
        outcome = engine.answer(form, answers, field.id, offer["text"], _today())
    except Refusal as refusal:
        return Filled(answers, refused=[(field, refusal)])
    again = [one for one, _ in outcome.ask_again]
    return Filled(outcome.answers, [(field, outcome.value)], ask_again=again)


def _holder(draft: Draft, card: Card, *, correcting: bool) -> Person | None:
    """Whose card it is: who has this number already, else who is asked about now, else the next one.

    Once all have a number, a card is a correction of the applicant's.
    """
    form, answers = form_of(draft), answers_of(draft)
    people = persons.persons(asked_of(draft, form), answers)
    numbers = {
        one.citizen_id.id: answers[one.citizen_id.id].value
        for one in people
        if one.citizen_id.id in answers
    }
    field = present_field(draft, form, answers)
    asked_about = [one for one in people if field is not None and field.id in one.facts]
    ways = (
        [one for one in people if numbers.get(one.citizen_id.id) == card.citizen_id],
        asked_about if correcting else [],
        [one for one in people if one.citizen_id.id not in numbers],
        people if correcting else [],
    )
    return next((found[0] for found in ways if found), None)


def _filled(draft: Draft) -> Filled | None:
    """What a yes to the draft's offer would lead to; `None` without an offer."""
    if draft.offer is None:
        return None
    if draft.offer["source"] == "staff":
        return _proposed(draft, draft.offer)
    form, answers = form_of(draft), answers_of(draft)
    people = persons.persons(asked_of(draft, form), answers)
    if draft.offer["source"] == "card":
        people = [one for one in people if one.citizen_id.id == draft.offer["person"]]
    if not people:
        return None
    facts = {Fact(name): text for name, text in draft.offer["facts"].items()}
    only_open = draft.offer["source"] == "earlier"
    return persons.fill(form, answers, people[0], facts, _today(), only_open=only_open)


def view(draft: Draft, field: Field | None) -> Offer | None:
    """The offer that is to be made now, or `None`.

    A card and a proposal are answered at once; what was told before waits for the first field that it
    would fill.

    Args:
        field: what is asked now.
    """
    filled = _filled(draft) if draft.state == "filling" else None
    if filled is None or draft.offer is None or not filled.taken:
        return None
    source = draft.offer["source"]
    if source == "earlier":
        ids = [one.id for one, _ in filled.taken]
        if field is None or field.id not in ids or len(ids) < FEWEST_FACTS:
            return None
    return Offer(
        source=source,
        lines=[
            Accepted(
                field=one.id,
                label=one.label,
                display=_partly(one, value) if source == "earlier" else value.display,
            )
            for one, value in filled.taken
        ],
        refused=[one.label for one, _ in filled.refused] if source == "card" else [],
    )


def _partly(field: Field, value: Value) -> str:
    """A value told before, so that its owner knows it again and a stranger learns little."""
    if field.type in ("citizen_id", "phone"):
        return word("ends_with").format(end=str(value.value)[-SHOWN_DIGITS:])
    shown = value.display
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[:SHOWN_CHARACTERS].rstrip(' ,')}…"


def accept(draft: Draft, key: str | None = None) -> Filled:
    """Fill in what is offered: one turn, which "quay lại" takes back as a whole.

    Args:
        key: of the citizen's message, by which a repeat is known.

    Returns:
        What was filled in; nothing, if there is no offer.
    """
    filled = _filled(draft) or Filled(answers_of(draft))
    draft.offer = None
    told = [one.id for one, _ in filled.taken]
    if told:
        skipped = [one for one in draft.skipped if one not in told]
        changes.keep(draft, filled.answers, skipped, told, key)
    if draft.asked is None or draft.asked in told:
        changes.ask(draft, None)
    return filled


def decline(draft: Draft) -> None:
    """Forget what was offered."""
    draft.offer = None
