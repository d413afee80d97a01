"""What is known without asking is offered, filled in after a yes, and never otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from common.settings import ROOT
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, offers
from onestop.dossiers.models import Draft
from onestop.eforms.answers import Refusal
from onestop.eforms.cards import Card
from onestop.eforms.definition import EForm, load_eforms
from onestop.schemas import AnswerRequest
from tests.onestop.dossiers.test_drafts import OWNER

SHIPPED = load_eforms(ROOT / "data" / "eforms")
RENEWAL, EXTENSION, DEATH = "3.000347", "1.002755", "1.000656"
CARD = Card(
    citizen_id="035098001234",
    name="Lê Văn Bình",
    birth_date=date(1998, 3, 15),
    sex="male",
    residence="Nhân Khang, Lý Nhân, Hà Nam",
    issued_on=None,
)
Forms = Mapping[str, EForm]


def begin(session: Session, procedure: Procedure, code: str, owner: str = OWNER) -> Draft:
    own = procedure.model_copy(update={"code": code})
    return drafts.start(session, SHIPPED, own, owner, "web", 30)


def told(session: Session, draft: Draft, **answers: str) -> None:
    for field, text in answers.items():
        result = drafts.answer(session, draft, AnswerRequest(text=text, field=field))
        assert result is not None
        assert result.refusal is None, result.refusal


def offered(draft: Draft) -> dict[str, str]:
    """What the draft offers now, label → text."""
    offer = drafts.view(draft).offer
    return {one.label: one.display for one in offer.lines} if offer is not None else {}


PERSON = {
    "name": "Lê Văn Bình",
    "sex": "nam",
    "birth_date": "15/3/1998",
    "citizen_id": "035098001234",
    "phone": "0912345678",
}


def test_a_card_is_offered_and_fills_nothing_by_itself(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        offers.offer_card(draft, CARD)
        assert offered(draft)["Số định danh"] == "035098001234"
        assert draft.answers == {}


def test_a_yes_fills_in_and_a_no_forgets(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        offers.offer_card(draft, CARD)
        offers.decline(draft)
        assert (draft.offer, draft.answers) == (None, {})
        offers.offer_card(draft, CARD)
        filled = offers.accept(draft)
        assert set(draft.answers) == {"name", "sex", "birth_date", "citizen_id", "address"}
        assert len(filled.taken) == len(draft.answers)
        assert draft.offer is None
        field = drafts.view(draft).field
        assert field is not None
        assert field.id == "phone"


def test_a_yes_to_nothing_fills_nothing(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        assert offers.accept(draft).taken == []
        assert draft.turns is None


def test_a_message_that_was_a_yes_already_answers_no_field(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        offers.offer_card(draft, CARD)
        offers.accept(draft, "7.20261129")
        kept = dict(draft.answers)
        request = AnswerRequest(text=PERSON["phone"], turn="7.20261129")
        assert drafts.answer(session, draft, request) is not None
        assert draft.answers == kept


def test_a_card_that_tells_nothing_new_is_not_offered(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        offers.offer_card(draft, CARD)
        offers.accept(draft)
        with pytest.raises(offers.NothingToFill):
            offers.offer_card(draft, CARD)
        assert draft.offer is None


def test_a_card_corrects_what_was_mistyped(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        told(session, draft, **{**PERSON, "name": "Lê Văn Bính"})
        offers.offer_card(draft, CARD)
        assert "Họ tên" in offered(draft)
        offers.accept(draft)
        assert draft.answers["name"]["value"] == "Lê Văn Bình"


def test_a_card_among_the_papers_corrects_its_holder_but_nobody_else(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        told(session, draft, **{**PERSON, "name": "Lê Văn Bính"})
        another = replace(CARD, citizen_id="035045004321")
        with pytest.raises(offers.NothingToFill):
            offers.offer_card(draft, another, correcting=False)
        offers.offer_card(draft, CARD, correcting=False)
        assert offered(draft)["Họ tên"] == "Lê Văn Bình"


def test_a_second_card_is_the_second_persons(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, DEATH)
        told(session, draft, relation="con")
        offers.offer_card(draft, CARD)
        offers.accept(draft)
        told(session, draft, requester_phone="0912345678")
        dead = replace(CARD, citizen_id="035045004321", birth_date=date(1945, 9, 2))
        offers.offer_card(draft, dead)
        assert offered(draft)["Số định danh người mất"] == "035045004321"
        assert "Số định danh người đi khai tử" not in offered(draft)
        again = replace(CARD, name="Lê Văn Bính")
        offers.offer_card(draft, again)  # known by its number, whatever is asked
        assert list(offered(draft)) == ["Họ tên người đi khai tử"]


def test_what_was_told_before_is_offered_in_part_and_only_for_the_applicant(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        told(session, begin(session, procedure, RENEWAL), **PERSON, address=CARD.residence)
        draft = begin(session, procedure, DEATH)
        assert offered(draft) == {}  # first "who are you to the dead", which nobody told before
        told(session, draft, relation="con")
        assert offered(draft) == {
            "Họ tên người đi khai tử": "Lê Văn Bình",
            "Số định danh người đi khai tử": "số đuôi 1234",
            "Số điện thoại": "số đuôi 5678",
            "Nơi cư trú người đi khai tử": "Xã Nhân Khang, huyện Lý Nhân, tỉnh Hà Nam",
        }
        offers.accept(draft)
        assert draft.answers["requester_phone"]["value"] == "0912345678"


def test_what_was_told_is_another_owners_secret(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        told(session, begin(session, procedure, RENEWAL), **PERSON)
        assert offered(begin(session, procedure, EXTENSION, "owner-2")) == {}


def test_a_no_or_an_answer_by_hand_ends_what_was_told(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        told(session, begin(session, procedure, RENEWAL), **PERSON)
        draft = begin(session, procedure, EXTENSION)
        assert offered(draft)
        told(session, draft, name="Trần Thị Mai")
        assert offered(draft) == {}
        assert draft.offer is None


def test_what_was_told_too_long_ago_or_given_up_is_not_offered(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        old = begin(session, procedure, RENEWAL)
        told(session, old, **PERSON)
        old.updated_at = now() - timedelta(days=31)
        session.flush()
        assert offered(begin(session, procedure, EXTENSION)) == {}
        old.updated_at = now()
        drafts.discard(old)
        session.flush()
        assert offered(begin(session, procedure, DEATH)) == {}


def test_two_persons_facts_are_not_mixed(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        first = begin(session, procedure, RENEWAL)
        told(session, first, **PERSON)
        other = begin(session, procedure, EXTENSION)
        offers.decline(other)
        told(session, other, name="Trần Thị Mai", sex="nữ", birth_date="1/2/1970")
        told(session, other, citizen_id="035170004321")
        first.updated_at = now() - timedelta(days=1)
        session.flush()
        draft = begin(session, procedure, DEATH)
        told(session, draft, relation="con")
        assert offered(draft) == {
            "Họ tên người đi khai tử": "Trần Thị Mai",
            "Số định danh người đi khai tử": "số đuôi 4321",
        }


def test_an_offer_is_encrypted_where_it_waits(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        offers.offer_card(draft, CARD)
    with database.engine.connect() as connection:
        stored: Any = connection.exec_driver_sql("SELECT offer FROM drafts").scalar()
    assert b"035098001234" not in bytes(stored)


def test_an_officers_proposal_is_checked_offered_and_filled_in_only_by_a_yes(
    database: Database, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        with pytest.raises(Refusal):
            offers.propose(draft, "phone", "123")
        with pytest.raises(KeyError):
            offers.propose(draft, "no_such_field", "123")
        assert draft.offer is None

        first, field, value = offers.propose(draft, "phone", "0912 345 678")
        assert (field.id, value.value) == ("phone", "0912345678")
        assert draft.answers == {}
        offer = drafts.view(draft).offer
        assert offer is not None
        assert offer.source == "staff"

        second, *_ = offers.propose(draft, "phone", "0987 654 321")
        with pytest.raises(offers.StaleOffer):
            offers.check_shown(draft, first)
        offers.check_shown(draft, second)
        filled = offers.accept(draft)
        assert [one.id for one, _ in filled.taken] == ["phone"]
        assert draft.answers["phone"]["value"] == "0987654321"
        with pytest.raises(offers.StaleOffer):
            offers.check_shown(draft, second)


def test_what_is_answered_by_hand_ends_a_proposal(database: Database, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, procedure, RENEWAL)
        offers.propose(draft, "phone", "0912 345 678")
        told(session, draft, phone="0987 654 321")
        assert draft.offer is None
        assert draft.answers["phone"]["value"] == "0987654321"
