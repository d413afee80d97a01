from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from onestop.catalogue.content import Procedure, WayKind
from onestop.dossiers import drafts
from onestop.dossiers.models import Draft, opaque_key
from onestop.dossiers.submission import NotReady
from onestop.eforms.definition import EForm
from onestop.eforms.values import Refusal
from onestop.schemas import AnswerRequest, ConsentRequest

OWNER = "owner-1"
GOOD = {"name": "Nguyễn Văn An", "citizen_id": "035090001234", "phone": "0912345678"}
Forms = Mapping[str, EForm]


def begin(session: Session, forms: Forms, procedure: Procedure) -> Draft:
    return drafts.start(session, forms, procedure, OWNER, "web")


def fill(session: Session, draft: Draft) -> None:
    for field, text in GOOD.items():
        result = drafts.answer(session, draft, AnswerRequest(text=text, field=field))
        assert result is not None
        assert result.refusal is None
    drafts.skip(draft, "email")


def agree(draft: Draft) -> None:
    shown = drafts.view(draft).consent
    drafts.consent(draft, ConsentRequest(**shown.model_dump(), channel="web"))


def test_a_message_that_was_taken_already_answers_no_further_field(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    """A Rasa server may die between the answer and the end of its turn, which is then played again."""
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        request = AnswerRequest(text="tôi tên là nguyễn văn an", turn="7.20261129")
        first = drafts.answer(session, draft, request)
        assert first is not None
        assert [one.field for one in first.accepted] == ["name"]
        kept = dict(draft.answers)
        again = drafts.answer(session, draft, request)
        assert again == first
        assert draft.answers == kept
        drafts.undo(draft)
        retold = drafts.answer(session, draft, request)
        assert retold is not None
        assert retold.accepted == first.accepted


def test_a_message_that_left_a_field_out_already_leaves_out_no_further_one(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        drafts.skip(draft, "email", "7.20261129")
        drafts.skip(draft, "name", "7.20261129")
        drafts.answer(session, draft, AnswerRequest(text=GOOD["name"], turn="7.20261129"))
        assert (draft.answers, draft.skipped, len(draft.turns or [])) == ({}, ["email"], 1)
        with pytest.raises(Refusal):
            drafts.skip(draft, "name", "8.20261129")


def test_fields_are_asked_in_order_and_a_good_answer_is_read_back(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        first = drafts.view(draft).field
        assert first is not None
        assert first.id == "name"
        assert first.section_begins
        result = drafts.answer(session, draft, AnswerRequest(text="tôi tên là nguyễn văn an"))
        assert result is not None
        assert [one.display for one in result.accepted] == ["Nguyễn Văn An"]
        assert result.draft.field is not None
        assert result.draft.field.id == "citizen_id"


def test_a_refusal_changes_nothing_and_is_counted(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        drafts.answer(session, draft, AnswerRequest(text=GOOD["name"]))
        for attempt in (1, 2, 3):
            result = drafts.answer(session, draft, AnswerRequest(text="123"))
            assert result is not None
            assert result.refusal is not None
            assert result.refusal.attempt == attempt
            assert result.draft.answered == 1


def test_the_third_refusal_in_a_row_explains_another_way(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        told = []
        for _ in range(6):
            result = drafts.answer(session, draft, AnswerRequest(text="123"))
            assert result is not None
            assert result.refusal is not None
            told.append((result.refusal.stuck, result.refusal.message))
        assert [stuck for stuck, _ in told] == [False, False, True, False, False, True]
        assert "cách khác" in told[2][1]
        assert "Nguyễn Văn An" in told[2][1]
        assert told[2][1] not in (told[0][1], told[1][1])


def test_a_name_without_accents_is_asked_once_more_and_then_kept(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        first = drafts.answer(session, draft, AnswerRequest(text="nguyen van an"))
        assert first is not None
        assert "dấu" in first.doubt
        assert first.draft.field is not None
        assert (first.draft.field.id, first.draft.field.given) == (
            "name",
            "Nguyen Van An (chưa có dấu)",
        )
        again = drafts.answer(session, draft, AnswerRequest(text="nguyen van an"))
        assert again is not None
        assert again.doubt == ""
        assert again.draft.lines[0].value == "Nguyen Van An (chưa có dấu)"
        assert draft.answers["name"]["value"] == "Nguyen Van An"
        assert again.draft.field is not None
        assert again.draft.field.id == "citizen_id"


def test_likely_accents_are_offered_to_choose(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        first = drafts.answer(session, draft, AnswerRequest(text="nguyen thi lan"))
        assert first is not None
        assert first.meant == "Nguyễn Thị Lan"
        assert "có phải “Nguyễn Thị Lan” không" in first.doubt
        chosen = drafts.answer(session, draft, AnswerRequest(text=first.meant))
        assert chosen is not None
        assert (chosen.doubt, chosen.draft.lines[0].value) == ("", "Nguyễn Thị Lan")


def test_an_unlikely_name_is_asked_once_more_and_kept_if_told_again(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        first = drafts.answer(session, draft, AnswerRequest(text="Thủy"))
        assert first is not None
        assert "một chữ" in first.doubt
        kept = drafts.answer(session, draft, AnswerRequest(text="thủy"))
        assert kept is not None
        assert (kept.doubt, kept.draft.lines[0].value) == ("", "Thủy")


def test_an_unlikely_name_is_no_answer_where_the_message_may_be_something_else(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        probed = drafts.answer(session, draft, AnswerRequest(text="Thủy", probe=True))
        assert probed is not None
        assert probed.refusal is not None
        assert probed.refusal.code == "name_unclear"
        assert "name" not in draft.answers


def test_a_probe_that_fails_is_not_counted(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        drafts.answer(session, draft, AnswerRequest(text=GOOD["name"]))
        drafts.answer(session, draft, AnswerRequest(text="lệ phí bao nhiêu", probe=True))
        result = drafts.answer(session, draft, AnswerRequest(text="123"))
        assert result is not None
        assert result.refusal is not None
        assert result.refusal.attempt == 1


def test_an_optional_field_can_be_left_out_and_a_required_one_cannot(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        with pytest.raises(Refusal):
            drafts.skip(draft, "name")
        drafts.skip(draft, "email")
        assert "email" in draft.skipped


def test_a_field_chosen_for_correction_is_asked_next_and_then_the_order_goes_on(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        drafts.answer(session, draft, AnswerRequest(text=GOOD["name"]))
        drafts.choose_field(draft, "name")
        asked = drafts.view(draft).field
        assert asked is not None
        assert asked.id == "name"
        result = drafts.answer(session, draft, AnswerRequest(text="Trần Thị Bình"))
        assert result is not None
        assert result.draft.lines[0].value == "Trần Thị Bình"
        assert result.draft.field is not None
        assert result.draft.field.id == "citizen_id"


def test_starting_again_goes_on_with_the_same_draft(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    first = database.transact(begin, forms, procedure)
    assert database.transact(begin, forms, procedure).id == first.id


def test_another_owner_cannot_see_a_draft(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    draft = database.transact(begin, forms, procedure)
    with pytest.raises(drafts.DraftNotFound):
        database.transact(drafts.locked, draft.id, "somebody-else")


def test_a_draft_keeps_the_form_it_started_with(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    draft = database.transact(begin, forms, procedure)
    newer = forms["small"].model_copy(
        update={"version": 2, "fields": forms["small"].fields[:1], "title": "Tờ khai mới"}
    )
    database.transact(drafts.start, {"small": newer}, procedure, "owner-2", "web")
    with database.sessions.begin() as session:
        kept = drafts.view(drafts.locked(session, draft.id, OWNER))
        assert (kept.title, kept.total) == ("Tờ khai thử", 4)


def test_a_procedure_without_an_online_way_is_refused(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    way = procedure.ways[0].model_copy(update={"kind": WayKind.IN_PERSON})
    offline = procedure.model_copy(update={"code": "1.000002", "ways": [way]})
    with pytest.raises(drafts.NotOnline):
        database.transact(drafts.start, forms, offline, OWNER, "web")


def test_nothing_is_sent_before_all_is_answered_and_agreed_to(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        with pytest.raises(NotReady) as early:
            drafts.submit(session, draft, procedure, "H25")
        assert early.value.reason == "unanswered"
        assert "Họ và tên" in early.value.fields
        fill(session, draft)
        with pytest.raises(NotReady) as silent:
            drafts.submit(session, draft, procedure, "H25")
        assert silent.value.reason == "no_consent"


def test_agreement_is_kept_with_its_text_and_falls_with_a_later_change(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        fill(session, draft)
        agree(draft)
        assert draft.consent is not None
        assert draft.consent["text"] == "Tôi cam đoan lời khai là đúng."
        assert {"version", "channel", "at"} <= set(draft.consent)
        drafts.answer(session, draft, AnswerRequest(text="Lê Văn Tám", field="name"))
        assert draft.consent is None


def test_agreement_to_another_text_is_refused(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        with pytest.raises(drafts.StaleConsent):
            drafts.consent(draft, ConsentRequest(version="small-1", text="khác", channel="web"))


def test_the_receipt_says_what_the_procedure_says(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        fill(session, draft)
        agree(draft)
        receipt = drafts.submit(session, draft, procedure, "H25")
    assert receipt.code.startswith("H25-")
    assert receipt.code.endswith("-0000001")
    assert (receipt.fee_amount, receipt.pay) == (15000, "at_counter")
    assert receipt.due_at is not None
    assert receipt.due_at > receipt.received_at
    assert receipt.collect_at == "Ủy ban nhân dân xã"


def test_answers_are_not_readable_in_the_database_file(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        fill(session, begin(session, forms, procedure))
    with database.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT answers FROM drafts").scalar_one()
    assert b"035090001234" not in raw
    with database.sessions.begin() as session:
        draft = session.scalars(select(Draft)).one()
        assert draft.answers["citizen_id"]["value"] == "035090001234"


def test_another_fault_of_the_same_field_is_told_in_its_first_words(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        drafts.answer(session, draft, AnswerRequest(text=GOOD["name"]))
        said = []
        for text in ("123", "123", "999999999999"):
            result = drafts.answer(session, draft, AnswerRequest(text=text))
            assert result is not None
            assert result.refusal is not None
            said.append((result.refusal.code, result.refusal.message, result.refusal.attempt))
    assert said[0][0] == said[1][0] != said[2][0]
    assert said[0][1] != said[1][1]  # the same fault again: explained another way
    assert [attempt for _, _, attempt in said] == [1, 2, 3]


def test_several_answers_in_one_message_are_each_taken_and_read_back(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        text = "tôi là Nguyễn Văn An, căn cước 035090001234, sđt 0912 345 678"
        result = drafts.answer(session, draft, AnswerRequest(text=text))
        assert result is not None
        assert [one.field for one in result.accepted] == ["name", "citizen_id", "phone"]
        assert result.draft.field is not None
        assert result.draft.field.id == "email"


def test_a_key_never_looks_like_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["-abc", "--help", "a-bc"])
    monkeypatch.setattr("onestop.dossiers.models.secrets.token_urlsafe", lambda size: next(made))
    assert opaque_key() == "a-bc"
