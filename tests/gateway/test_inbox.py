"""The inbox: kept once, handed over one at a time per citizen, never lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import IntegrityError

from common.database import Database, now
from common.migrations import upgrade
from gateway import inbox, outbox, queue
from gateway.models import Message, State
from gateway.queue import ClaimLostError

NOTICE = {"text": "chờ chút"}


def keep(
    database: Database, sender: str, key: str, words: str = "xin chào", per_minute: int = 30
) -> tuple[int, bool]:
    body = {"text": words, "payload": None, "attachments": []}
    return database.transact(inbox.keep, sender, "web", key, body, per_minute)


def claim(database: Database, worker: str = "w1", limit: int = 10) -> list[inbox.Turn]:
    return database.transact(inbox.claim, worker, limit, 60.0)


def change(database: Database, number: int, **values: Any) -> None:
    with database.sessions.begin() as session:
        session.execute(update(Message).where(Message.id == number).values(**values))


def test_a_message_sent_again_is_kept_once(gateway_database: Database) -> None:
    first = keep(gateway_database, "a", "k1")
    again = keep(gateway_database, "a", "k1", "khác")
    assert first == (again[0], True)
    assert again[1] is False
    assert [turn.body["text"] for turn in claim(gateway_database)] == ["xin chào"]


def test_two_citizens_may_use_the_same_message_id(gateway_database: Database) -> None:
    assert keep(gateway_database, "a", "k1")[1]
    assert keep(gateway_database, "b", "k1")[1]


def test_one_turn_at_a_time_for_a_citizen_many_between_citizens(
    gateway_database: Database,
) -> None:
    for sender in ("a", "b"):
        for key in ("1", "2"):
            keep(gateway_database, sender, key, f"{sender}{key}")
    first = claim(gateway_database)
    assert [turn.body["text"] for turn in first] == ["a1", "b1"]
    assert claim(gateway_database, "w2") == []
    gateway_database.transact(inbox.answer, first[1], [{"text": "xong"}])
    assert [turn.body["text"] for turn in claim(gateway_database, "w2")] == ["b2"]


def test_the_database_itself_refuses_two_turns_of_one_citizen(gateway_database: Database) -> None:
    numbers = [keep(gateway_database, "a", key)[0] for key in ("1", "2")]
    change(gateway_database, numbers[0], state=State.PROCESSING)
    with pytest.raises(IntegrityError):
        change(gateway_database, numbers[1], state=State.PROCESSING)


def test_without_its_index_the_database_would_take_two_turns_of_one_citizen(
    gateway_database: Database,
) -> None:
    numbers = [keep(gateway_database, "a", key)[0] for key in ("1", "2")]
    with gateway_database.sessions.begin() as session:
        session.execute(text("DROP INDEX uq_messages_one_turn_per_sender"))
    for number in numbers:
        change(gateway_database, number, state=State.PROCESSING)


def test_a_postponed_message_keeps_its_place(gateway_database: Database) -> None:
    keep(gateway_database, "a", "1", "trước")
    keep(gateway_database, "a", "2", "sau")
    (turn,) = claim(gateway_database)
    gateway_database.transact(inbox.postpone, turn, 60, NOTICE)
    assert claim(gateway_database) == []
    change(gateway_database, turn.id, due_at=now())
    assert [one.body["text"] for one in claim(gateway_database)] == ["trước"]


def test_a_dead_workers_message_is_taken_over_and_its_late_answer_refused(
    gateway_database: Database,
) -> None:
    keep(gateway_database, "a", "1")
    (dead,) = claim(gateway_database, "dead")
    assert claim(gateway_database, "heir") == []
    change(gateway_database, dead.id, lease_until=now() - timedelta(seconds=1))
    (heir,) = claim(gateway_database, "heir")
    assert heir.attempts == 2
    with pytest.raises(ClaimLostError):
        gateway_database.transact(inbox.answer, dead, [{"text": "muộn"}])
    gateway_database.transact(inbox.answer, heir, [{"text": "đúng"}])
    outcome = gateway_database.transact(outbox.outcome, dead.id)
    assert [row.body for row in outcome.replies] == [{"text": "đúng"}]


def test_a_worker_that_stops_frees_its_messages_without_counting_the_try(
    gateway_database: Database,
) -> None:
    keep(gateway_database, "a", "1")
    claim(gateway_database, "w1")
    gateway_database.transact(queue.release, queue.ANSWERING, "w1")
    assert [turn.attempts for turn in claim(gateway_database, "w2")] == [1]


def test_a_citizen_is_told_of_a_delay_once(gateway_database: Database) -> None:
    keep(gateway_database, "a", "1")
    (turn,) = claim(gateway_database)
    assert len(gateway_database.transact(inbox.notify, turn, NOTICE)) == 1
    assert gateway_database.transact(inbox.notify, turn, NOTICE) == []
    assert gateway_database.transact(inbox.postpone, turn, 0, NOTICE) == []


def test_who_has_the_answer_is_told_of_no_delay(gateway_database: Database) -> None:
    """The answer may be stored between the end of the worker's patience and its word of it."""
    keep(gateway_database, "a", "1")
    (turn,) = claim(gateway_database)
    gateway_database.transact(inbox.answer, turn, [{"text": "xong"}])
    assert gateway_database.transact(inbox.notify, turn, NOTICE) == []


def test_messages_beyond_the_limit_of_a_minute_are_refused_repeats_are_not(
    gateway_database: Database,
) -> None:
    for key in ("1", "2", "3"):
        keep(gateway_database, "a", key, per_minute=3)
    with pytest.raises(inbox.TooManyMessagesError):
        keep(gateway_database, "a", "4", per_minute=3)
    assert keep(gateway_database, "a", "3", per_minute=3)[1] is False
    assert keep(gateway_database, "b", "1", per_minute=3)[1] is True
    change(gateway_database, 1, created_at=now() - timedelta(seconds=61))
    assert keep(gateway_database, "a", "4", per_minute=3)[1] is True


def test_history_gives_both_sides_in_order_from_a_cursor(gateway_database: Database) -> None:
    keep(gateway_database, "a", "1", "hỏi")
    keep(gateway_database, "b", "1", "người khác")
    (turn, _) = claim(gateway_database)
    assert gateway_database.transact(outbox.history, "a", 0, 10)[1] is True
    gateway_database.transact(inbox.answer, turn, [{"text": "một"}, {"text": "hai"}])
    rows, busy = gateway_database.transact(outbox.history, "a", 0, 10)
    assert busy is False
    shown = [outbox.present(row) for row in rows]
    assert [(one["from"], one["text"]) for one in shown] == [
        ("citizen", "hỏi"),
        ("assistant", "một"),
        ("assistant", "hai"),
    ]
    later, _ = gateway_database.transact(outbox.history, "a", rows[1].id, 10)
    assert [row.body for row in later] == [{"text": "hai"}]
    latest, _ = gateway_database.transact(outbox.history, "a", 0, 1)
    assert [row.body for row in latest] == [{"text": "hai"}]


def test_what_a_citizen_typed_is_not_readable_in_the_database(gateway_database: Database) -> None:
    keep(gateway_database, "a", "1", "số 001090012345")
    with gateway_database.engine.begin() as connection:
        (stored,) = connection.execute(text("SELECT body FROM messages")).scalars().all()
    assert b"001090012345" not in stored


def test_claiming_never_reads_the_whole_history(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/plans.db"
    upgrade("gateway", url)
    database = Database(url)
    statements: list[tuple[str, Any]] = []
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _conn, _cursor, statement, values, *_: statements.append((statement, values)),
    )
    claim(database)
    cursor = database.engine.raw_connection().cursor()
    plans = [
        row[3]
        for statement, values in statements
        if statement.startswith("UPDATE")
        for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    ]
    assert plans
    assert "SCAN messages" not in plans  # a scan of a partial index is named with the index
    database.close()
