"""Marks, queues, the fair figure; corrections by two people; the clear text and exports are audited."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import ValidationError
from sqlalchemy import event, select

from common.database import Database
from onestop.staff.models import AuditEntry
from onestop.staff.scope import Scope
from onestop.transcripts import access, exporting, listing, reviewing, suggestions
from onestop.transcripts.models import Turn
from onestop.transcripts.schemas import (
    Export,
    Filter,
    Judgement,
    Look,
    Marks,
    SuggestionNew,
    SuggestionView,
)
from tests.onestop.transcripts.conftest import Citizen, conversations, take, turns

ALL = Scope()


@pytest.fixture
def talk(database: Database, citizen: Citizen) -> Database:
    """Three messages: a sure one, a doubtful one, a button."""
    citizen.asks("lệ phí khai sinh", confidence=0.97, second=0.01)
    citizen.asks("tôi là Nguyễn Văn An, sđt 0912345678", confidence=0.4, second=0.35)
    citizen.asks("/ask_fee")
    take(database, citizen)
    return database


def audited(database: Database) -> list[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.id)
    return database.query(lambda session: list(session.scalars(query)))


def test_marks_are_set_and_taken_back(talk: Database) -> None:
    number = conversations(talk)[0].id
    for marks in (
        Marks(reviewed=True, assigned="mai"),
        Marks(add_label="Phí"),
        Marks(add_label="phí"),
        Marks(add_label="lạ"),
        Marks(remove_label="lạ"),
    ):
        talk.transact(reviewing.mark, ALL, "lan", number, marks)
    talk.transact(reviewing.note, ALL, "lan", turns(talk)[0].id, "hỏi về 0912345678")
    part = talk.query(listing.part, ALL, number)
    assert part.conversation.reviewed_by == "lan"
    assert part.conversation.assigned == "mai"
    assert part.conversation.labels == ["phí"]
    assert [note.text for note in part.turns[0].notes] == ["hỏi về 0912345678"]
    talk.transact(reviewing.mark, ALL, "lan", number, Marks(reviewed=False))
    assert talk.query(listing.part, ALL, number).conversation.reviewed_at is None


def test_the_queue_begins_with_what_is_least_sure_and_holds_no_buttons(talk: Database) -> None:
    queue = talk.query(reviewing.uncertain, ALL)
    assert [one.turn.number for one in queue] == [2, 1]
    talk.transact(reviewing.judge, ALL, "lan", queue[0].turn.id, Judgement(correct=False))
    assert [one.turn.number for one in talk.query(reviewing.uncertain, ALL)] == [1]


def test_only_what_the_lot_fell_on_counts_for_the_figure(talk: Database) -> None:
    first, second = (one.turn.id for one in talk.query(reviewing.sample, ALL))
    talk.transact(reviewing.judge, ALL, "lan", first, Judgement(correct=True, sampled=True))
    talk.transact(reviewing.judge, ALL, "lan", second, Judgement(correct=False))
    quality = talk.query(reviewing.quality, ALL)
    assert (quality.judged, quality.correct, quality.share) == (1, 1, 1.0)
    # Judged already for another reason: it does not become part of the sample by a second judgement.
    talk.transact(reviewing.judge, ALL, "lan", second, Judgement(correct=True, sampled=True))
    assert talk.query(reviewing.quality, ALL).judged == 1


def test_the_lot_falls_evenly(database: Database) -> None:
    """The sample does not prefer early turns, as an order by number would."""
    citizen = Citizen()
    citizen.visit()
    for number in range(200):
        citizen.asks(f"câu {number}")
    take(database, citizen)
    drawn = [one.turn.number for one in database.query(reviewing.sample, ALL)]
    assert len(drawn) == reviewing.QUEUE
    assert (
        max(drawn) > 60
    )  # all twenty among the first sixty of 200: once in a hundred thousand million
    assert drawn != sorted(drawn)


@pytest.mark.parametrize(
    ("correct", "judged", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.7225, 1.0), (81, 100, 0.7222, 0.8749), (0, 20, 0.0, 0.1611)],
)
def test_wilson_gives_the_published_intervals(
    correct: int, judged: int, low: float, high: float
) -> None:
    assert reviewing.wilson(correct, judged) == pytest.approx((low, high), abs=1e-4)


def test_a_correction_needs_a_second_person(talk: Database) -> None:
    turn = turns(talk)[0]
    new = SuggestionNew(kind="intent", value="ask_papers")
    made = talk.transact(suggestions.propose, ALL, "lan", turn.id, new)
    assert made.was == "ask_fee"
    assert turns(talk)[0].correct is False
    with pytest.raises(suggestions.NotDecidedError, match="same_person"):
        talk.transact(suggestions.approve, ALL, "lan", made.id)
    talk.transact(suggestions.approve, ALL, "mai", made.id)
    with pytest.raises(suggestions.NotDecidedError, match="decided"):
        talk.transact(suggestions.reject, ALL, "hoa", made.id, "không đúng")
    (approved,) = talk.query(suggestions.approved)
    assert (approved.value, approved.decided_by) == ({"intent": "ask_papers"}, "mai")
    assert talk.query(suggestions.listed, ALL, "pending").suggestions == []
    assert [one.action for one in audited(talk)] == ["suggestion.proposed", "suggestion.approved"]


def test_of_two_who_decide_at_once_one_is_told(talk: Database) -> None:
    new = SuggestionNew(kind="procedure", value="1.004194")
    made = talk.transact(suggestions.propose, ALL, "lan", turns(talk)[0].id, new)

    def decide(name: str) -> str:
        try:
            talk.transact(suggestions.approve, ALL, name, made.id)
        except suggestions.NotDecidedError as error:
            return error.reason
        return "approved"

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(decide, ["mai", "hoa", "nam", "tú"]))
    assert sorted(outcomes) == ["approved", "decided", "decided", "decided"]


def test_an_entity_is_marked_by_words_of_the_masked_message_with_what_they_mean(
    database: Database, citizen: Citizen
) -> None:
    citizen.asks("tôi là Nguyễn Văn An, thi hạng bê hai, sđt 0912345678", intent="ask_fee")
    take(database, citizen)
    (turn,) = turns(database)

    def propose(value: str, written: str, meant: str = "") -> SuggestionView:
        new = SuggestionNew(kind="entity", value=value, written=written, meant=meant)
        return database.transact(suggestions.propose, ALL, "lan", turn.id, new)

    made = propose("licence_class", "bê hai", "hạng b2")
    assert made.text[made.value["start"] : made.value["end"]] == "bê hai"
    assert (made.value["meant"], made.value["intent"]) == ("B2", "ask_fee")
    assert "meant" not in propose("phone", "‹số điện thoại›").value
    with pytest.raises(suggestions.WordsMissingError):
        propose("phone", "0912345678")
    with pytest.raises(suggestions.ValueMissingError):
        propose("licence_class", "bê hai")
    with pytest.raises(suggestions.UnknownNameError):
        propose("person_name", "bê hai")


def test_nothing_is_corrected_to_what_the_dialogue_does_not_know(talk: Database) -> None:
    new = SuggestionNew(kind="intent", value="ask_moon")
    with pytest.raises(suggestions.UnknownNameError):
        talk.transact(suggestions.propose, ALL, "lan", turns(talk)[0].id, new)


def test_the_clear_text_is_shown_for_a_reason_and_audited(talk: Database) -> None:
    number = conversations(talk)[0].id
    part = talk.query(listing.part, ALL, number)
    assert "An" not in part.turns[1].text
    with pytest.raises(ValidationError):
        Look(reason="  ", first=1, last=1)
    asked = Look(reason="đơn khiếu nại số 12", first=2, last=2)
    (shown,) = talk.transact(access.look, ALL, "quản trị", number, asked)
    assert shown.text == "tôi là Nguyễn Văn An, sđt 0912345678"
    (entry,) = audited(talk)
    assert (entry.action, entry.subject) == ("conversation.unmasked", f"conversation:{number}")
    assert entry.reason == "đơn khiếu nại số 12"


def test_what_lies_in_the_database_is_masked_or_encrypted(talk: Database) -> None:
    with talk.engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in ("turns", "turn_words", "transcript_feeds", "conversations")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert len(rows) > 5
    assert not any("0912345678" in row or "Nguy" in row or "nguyen van" in row for row in rows)


def export(database: Database, **wanted: object) -> bytes:
    asked = Export.model_validate({"filter": Filter(), "format": "csv", **wanted})
    return database.transact(exporting.export, ALL, "lan", asked)


def test_an_export_is_masked_safe_for_spreadsheets_and_logged(
    database: Database, citizen: Citizen
) -> None:
    citizen.asks("=HYPERLINK(1) của Nguyễn Văn An", reply="+1")
    take(database, citizen)
    content = export(database, filter=Filter(q="hyperlink", channel="web"))
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert row["text"] == "'=HYPERLINK(1) của ‹họ tên›"
    assert row["reply"] == "'+1"
    (entry,) = audited(database)
    assert entry.details == {"turns": 1, "clear": False, "filter": {"channel": "web"}}


def test_the_clear_text_is_exported_for_a_reason_only(talk: Database) -> None:
    with pytest.raises(exporting.ReasonMissingError):
        export(talk, format="jsonl", clear=True)
    lines = export(talk, format="jsonl", clear=True, reason="kiểm tra").decode().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [3, 2, 1]
    assert "0912345678" in lines[1]
    assert audited(talk)[-1].details["clear"] is True


def test_an_export_is_capped(talk: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 2)
    assert len(export(talk, format="jsonl").splitlines()) == 2


def test_a_suggestion_outlives_its_turn(talk: Database) -> None:
    new = SuggestionNew(kind="intent", value="ask_papers")
    made = talk.transact(suggestions.propose, ALL, "lan", turns(talk)[0].id, new)
    talk.transact(lambda session: session.delete(session.get_one(Turn, turns(talk)[0].id)))
    (kept,) = talk.query(suggestions.listed, ALL, "pending").suggestions
    assert (kept.id, kept.turn) == (made.id, None)


def test_a_page_asks_the_database_as_often_for_many_turns_as_for_one(
    database: Database, citizen: Citizen
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def count() -> int:
        asked.clear()
        part = database.query(listing.part, ALL, conversations(database)[0].id)
        assert all(one.notes for one in part.turns)
        return len(asked)

    def ask(number: int) -> None:
        citizen.asks(f"câu {number}")
        take(database, citizen)
        database.transact(reviewing.note, ALL, "lan", turns(database)[-1].id, "xem lại")

    ask(0)
    first = count()
    for number in range(1, 10):
        ask(number)
    assert count() == first
