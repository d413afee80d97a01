"""Taking answers back: turn by turn, whatever the turns were."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from common.database import Database
from onestop.catalogue.content import Procedure
from onestop.dossiers import changes, drafts
from onestop.dossiers.models import Draft, StoredFile
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest
from tests.onestop.dossiers.test_drafts import GOOD, OWNER, agree, begin, fill
from tests.papers import encoded, page, sent

Forms = Mapping[str, EForm]


def state(draft: Draft) -> tuple[Any, ...]:
    """What undo must bring back."""
    return dict(draft.answers), sorted(draft.skipped), drafts.view(draft).lines


def tell(session: Session, draft: Draft, field: str, text: str) -> None:
    result = drafts.answer(session, draft, AnswerRequest(text=text, field=field))
    assert result is not None
    assert result.refusal is None


def test_the_last_answer_is_taken_back_and_asked_again(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        tell(session, draft, "name", GOOD["name"])
        tell(session, draft, "citizen_id", GOOD["citizen_id"])
        result = drafts.undo(draft)
        assert [(one.field, one.display) for one in result.taken_back] == [
            ("citizen_id", GOOD["citizen_id"])
        ]
        assert result.draft.field is not None
        assert result.draft.field.id == "citizen_id"
        assert list(draft.answers) == ["name"]


def test_several_answers_of_one_message_are_one_turn(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        text = "Nguyễn Văn An, 035090001234, 0912345678"
        result = drafts.answer(session, draft, AnswerRequest(text=text))
        assert result is not None
        assert len(result.accepted) == 3
        assert len(drafts.undo(draft).taken_back) == 3
        assert draft.answers == {}


def test_a_skip_is_taken_back(database: Database, forms: Forms, procedure: Procedure) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        fill(session, draft)
        result = drafts.undo(draft)
        assert [(one.field, one.display) for one in result.taken_back] == [("email", "Để trống")]
        assert result.draft.field is not None
        assert result.draft.field.id == "email"


def test_nothing_to_take_back_changes_nothing(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        assert drafts.undo(draft).taken_back == []
        assert draft.answers == {}


def test_a_field_chosen_for_correction_is_left_as_it_was(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        tell(session, draft, "name", GOOD["name"])
        tell(session, draft, "citizen_id", GOOD["citizen_id"])
        drafts.choose_field(draft, "name")
        result = drafts.undo(draft)
        assert result.taken_back == []
        assert set(draft.answers) == {"name", "citizen_id"}
        assert result.draft.field is not None
        assert result.draft.field.id == "phone"


def test_consent_does_not_outlive_an_undo(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        fill(session, draft)
        agree(draft)
        drafts.undo(draft)
        assert draft.consent is None


def test_a_discarded_draft_keeps_no_turn(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        fill(session, draft)
        drafts.discard(draft)
        assert (draft.turns, draft.offer, draft.answers) == (None, None, {})


def test_a_submitted_draft_keeps_no_turn(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        fill(session, draft)
        agree(draft)
        drafts.submit(session, draft, procedure, "H25")
        assert draft.turns is None
        assert set(draft.answers) == set(GOOD)


TOLD = st.one_of(
    st.tuples(st.just("name"), st.sampled_from(["Nguyễn Văn An", "Trần Thị Bình", "le van nam"])),
    st.tuples(st.just("citizen_id"), st.sampled_from(["035090001234", "036192012345"])),
    st.tuples(st.just("phone"), st.sampled_from(["0912345678", "0987654321"])),
    st.tuples(st.just("email"), st.sampled_from(["an@example.vn", "không"])),
    st.tuples(st.just("skip"), st.just("email")),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=st.lists(TOLD, max_size=12))
def test_undoing_each_turn_goes_through_every_state_backwards(
    database: Database, forms: Forms, procedure: Procedure, turns: list[tuple[str, str]]
) -> None:
    with database.sessions() as session:
        draft = begin(session, forms, procedure)
        states = [state(draft)]
        for field, text in turns:
            if field == "skip":
                drafts.skip(draft, text)
            else:
                tell(session, draft, field, text)
            states.append(state(draft))
        for before in reversed(states[:-1]):
            drafts.choose_field(draft, None)
            assert drafts.undo(draft).taken_back
            assert state(draft) == before
        assert drafts.undo(draft).taken_back == []
        session.rollback()


def test_no_more_turns_are_kept_than_are_of_use(
    database: Database, forms: Forms, procedure: Procedure
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, forms, procedure)
        for at in range(changes.MOST_TURNS + 5):
            tell(session, draft, "phone", f"09123456{at % 90 + 10}")
        assert draft.turns is not None
        assert len(draft.turns) == changes.MOST_TURNS


@pytest.fixture
def with_paper(forms: Forms) -> Forms:
    """The form with a paper behind its fields."""
    paper = {
        "id": "copy",
        "type": "paper",
        "section": "Giấy tờ",
        "label": "Bản chụp",
        "question": "Gửi bản chụp?",
        "explanation": "Để đối chiếu.",
    }
    form = forms["small"].model_dump(by_alias=True, exclude_none=True)
    return {"small": EForm.model_validate({**form, "fields": [*form["fields"], paper]})}


@pytest.mark.parametrize("swept", [False, True])
def test_a_replaced_paper_comes_back_if_it_is_still_there(
    database: Database, with_paper: Forms, procedure: Procedure, tmp_path: Path, swept: bool
) -> None:
    with database.sessions.begin() as session:
        draft = begin(session, with_paper, procedure)
        first, second = (
            sent(session, tmp_path, OWNER, name, encoded(page())).file_id
            for name in ("a.jpg", "b.jpg")
        )
        for file_id in (first, second):
            request = AnswerRequest(file_ids=[file_id], field="copy")
            assert drafts.answer(session, draft, request) is not None
        assert session.get_one(StoredFile, first, populate_existing=True).held_at is None
        if swept:
            session.delete(session.get_one(StoredFile, first))
            session.flush()
        drafts.undo(draft)
        assert ("copy" in draft.answers) == (not swept)
        if not swept:
            assert session.get_one(StoredFile, first, populate_existing=True).held_at is not None
        assert session.get_one(StoredFile, second, populate_existing=True).held_at is None
