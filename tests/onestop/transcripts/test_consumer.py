"""What events become, and that each becomes it once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.database import Database
from onestop.transcripts import consumer
from onestop.transcripts.consumer import consume
from tests.onestop.transcripts.conftest import Citizen, conversations, take, turns


def test_a_turn_is_kept_with_how_it_was_understood_and_what_came_of_it(
    database: Database, citizen: Citizen
) -> None:
    citizen.says("lệ phí khai sinh", "ask_fee", 0.8, 0.15)
    citizen.add("slot", name="procedure", value="1.004194")
    found = [{"code": "1.004194", "name": "Khai sinh", "score": 0.97}]
    citizen.hears("Dạ, lệ phí là 8.000 đồng.", candidates=found)
    take(database, citizen)
    (turn,) = turns(database)
    assert (turn.text, turn.reply) == ("lệ phí khai sinh", "Dạ, lệ phí là 8.000 đồng.")
    assert (turn.intent, turn.confidence) == ("ask_fee", 0.8)
    assert turn.alternatives == [{"name": "ask_papers", "confidence": 0.15}]
    assert turn.candidates == found
    assert turn.actions == ["action_explain"]
    assert turn.uncertainty == pytest.approx(0.35)
    assert turn.free
    assert turn.latency_ms == 500 + 4 * 1000  # understanding it, and four events to listening again
    (conversation,) = conversations(database)
    assert conversation.channel == "web"
    assert conversation.lowest_confidence == 0.8
    assert [one.code for one in conversation.procedures] == ["1.004194"]


def test_each_visit_is_a_conversation_of_its_own(database: Database, citizen: Citizen) -> None:
    citizen.asks("xin chào", intent="greet")
    citizen.visit()
    citizen.add("slot", name="dossiers", value=["H25-20260310-0000007"])  # carried over
    citizen.asks("phí bao nhiêu")
    citizen.asks("ở đâu")
    take(database, citizen)
    first, second = conversations(database)
    assert (first.turn_count, second.turn_count) == (1, 2)
    assert second.outcome == "asked"


def test_a_draft_leaves_the_field_it_was_left_at_and_a_submission_leaves_none(
    database: Database, citizen: Citizen
) -> None:
    citizen.says("nộp khai sinh", "start_dossier")
    citizen.add("slot", name="draft", value="draft-1")
    citizen.hears("Họ tên bé?", "dossier_form", field="child_name", kind="person_name")
    take(database, citizen)
    (conversation,) = conversations(database)
    assert (conversation.outcome, conversation.field) == ("started", "child_name")
    citizen.says("Nguyễn Văn An", "inform")
    citizen.add("slot", name="dossiers", value=["H25-20260310-0000007"])
    citizen.hears("Đã nhận hồ sơ.", "dossier_form")
    take(database, citizen)
    (conversation,) = conversations(database)
    assert (conversation.outcome, conversation.field) == ("submitted", "")


def test_an_answer_to_a_form_is_masked_whole_also_where_it_is_read_back(
    database: Database, citizen: Citizen
) -> None:
    citizen.says("nộp khai sinh", "start_dossier")
    citizen.hears("Họ tên bé?", "dossier_form", field="child_name", kind="person_name")
    citizen.says("y jang ông nội", "nlu_fallback", 0.3)  # no name by its shape
    citizen.hears("Em ghi: Y Jang Ông Nội. Nơi sinh?", "dossier_form", field="place", kind="text")
    citizen.asks("phí bao nhiêu vậy", intent="ask_fee", confidence=0.95)
    take(database, citizen)
    _, answer, question = turns(database)
    assert answer.text == "‹họ tên›"
    assert answer.reply == "Em ghi: ‹họ tên›. Nơi sinh?"
    assert not answer.free
    assert answer.clear["text"] == "y jang ông nội"
    assert (question.text, question.free) == ("phí bao nhiêu vậy", True)


def test_a_question_in_the_place_of_a_name_stays_readable(
    database: Database, citizen: Citizen
) -> None:
    citizen.says("nộp khai sinh", "start_dossier")
    citizen.hears("Họ tên bé?", "dossier_form", field="child_name", kind="person_name")
    citizen.says("lệ phí bao nhiêu", "ask_fee", 0.95)
    citizen.add("action_execution_rejected", name="dossier_form")
    citizen.hears("Dạ, 8.000 đồng.")
    take(database, citizen)
    assert turns(database)[1].text == "lệ phí bao nhiêu"
    assert turns(database)[1].free


def test_a_second_factor_is_masked(database: Database, citizen: Citizen) -> None:
    citizen.says("hồ sơ đến đâu", "check_status")
    citizen.hears("Cho em 4 số cuối?", "status_form", said="ask_factor")
    citizen.asks("6789", intent="inform")
    take(database, citizen)
    assert turns(database)[1].text == "‹mã riêng›"


def test_entities_are_masked_and_their_places_kept(database: Database, citizen: Citizen) -> None:
    text = "sđt 0912345678"
    found = {"entity": "phone", "value": "0912345678", "start": 4, "end": 14, "extractor": "R"}
    citizen.asks(text, entities=[found])
    take(database, citizen)
    (turn,) = turns(database)
    (kept,) = turn.entities
    assert kept == {"entity": "phone", "value": "‹số điện thoại›", "start": 4, "end": 14}
    assert turn.clear["entities"][0]["value"] == "0912345678"


def test_not_understood_is_counted_by_turn(database: Database, citizen: Citizen) -> None:
    citizen.says("abc xyz", "nlu_fallback", 0.4)
    citizen.hears("Em chưa hiểu", "action_clarify", said="not_understood")
    citizen.asks("lệ phí khai sinh")
    take(database, citizen)
    assert [turn.fallback for turn in turns(database)] == [True, False]
    (conversation,) = conversations(database)
    assert conversation.fallbacks == 1
    assert turns(database)[0].uncertainty == 1.0


def test_a_person_asked_for_and_a_rating_given_are_known(
    database: Database, citizen: Citizen
) -> None:
    citizen.says("gặp cán bộ", "ask_person")
    citizen.hears("Dạ", "action_person")
    citizen.says("5 sao", "rate")
    citizen.hears("Cảm ơn", "action_rate", stars=5)
    take(database, citizen)
    (conversation,) = conversations(database)
    assert conversation.handed_over
    assert conversation.stars == 5


def test_repeats_and_pieces_in_any_cut_give_the_same(database: Database, citizen: Citizen) -> None:
    for number in range(4):
        citizen.asks(f"câu hỏi {number}")
    for _ in range(12):
        cut = random.randint(1, len(citizen.events))
        consume(database, citizen.events[:cut])
    take(database, citizen)
    found = turns(database)
    assert [turn.text for turn in found] == [f"câu hỏi {number}" for number in range(4)]
    assert [turn.actions for turn in found] == [["action_explain"]] * 4
    assert {turn.reply for turn in found} == {"Dạ, lệ phí là 8.000 đồng."}


def test_two_forwarders_at_once_write_each_turn_once(database: Database) -> None:
    citizens = [Citizen(sender=f"web:{number}") for number in range(3)]
    for one in citizens:
        one.visit()
        for number in range(3):
            one.asks(f"câu {number}")
    events = [event for one in citizens for event in one.events]
    with ThreadPoolExecutor(4) as threads:
        failed = list(threads.map(lambda _: consume(database, events), range(4)))
    # Who lost a race is told to send again, and nothing is written twice.
    assert consume(database, events) == set()
    assert len(turns(database)) == 9
    assert all(sender.startswith("web:") for senders in failed for sender in senders)


def test_trouble_with_one_citizen_does_not_hold_up_the_others(
    database: Database, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Citizen(sender="web:other")
    other.visit()
    other.asks("phí bao nhiêu")
    citizen.asks("hỏng")
    usual = consumer.mask

    def broken(text: str, known: object = ()) -> str:
        if text == "hỏng":
            raise RuntimeError("broken")
        return usual(text, known)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(consumer, "mask", broken)
        assert consume(database, [*citizen.events, *other.events]) == {"web:citizen"}
    assert [turn.text for turn in turns(database)] == ["phí bao nhiêu"]
    take(database, citizen)
    assert {turn.text for turn in turns(database)} == {"phí bao nhiêu", "hỏng"}
