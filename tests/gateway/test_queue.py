"""The queue that workers share: the platform's clock orders, whatever order webhooks arrive in."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from common.database import Database
from gateway import inbox, outbox
from gateway.models import State


def keep(database: Database, key: str, sent_at: int | None, wait: float = 0.0) -> None:
    body = {"text": key, "payload": None, "attachments": []}
    database.transact(inbox.keep, "zalo:1", "zalo", key, body, 100, sent_at, wait)


def claim(database: Database) -> list[str]:
    return [turn.body["text"] for turn in database.transact(inbox.claim, "w", 10, 60.0)]


def test_what_was_sent_first_is_handed_over_first_though_it_arrived_later(
    gateway_database: Database,
) -> None:
    keep(gateway_database, "hai", 2_000)
    keep(gateway_database, "một", 1_000)
    assert claim(gateway_database) == ["một"]


def test_an_event_waits_a_moment_for_those_sent_before_it(gateway_database: Database) -> None:
    keep(gateway_database, "hai", 2_000, wait=60)
    assert claim(gateway_database) == []


def test_replies_to_a_platform_are_queued_for_sending_those_to_the_page_are_not(
    gateway_database: Database,
) -> None:
    (row,) = gateway_database.transact(outbox.put, "zalo:1", "zalo", [{"text": "chào"}])
    assert (row.state, row.parts_sent) == (State.UNSENT, 0)
    (row,) = gateway_database.transact(outbox.put, "web:1", "web", [{"text": "chào"}])
    assert row.state is None


def test_no_more_is_claimed_than_asked_for_however_the_database_plans(
    gateway_database: Database,
) -> None:
    """PostgreSQL may run a subquery that locks and skips once for each row, its limit anew each time."""
    body = {"text": "a", "payload": None, "attachments": []}
    for number in range(5):
        gateway_database.transact(inbox.keep, f"zalo:{number}", "zalo", "k", body, 9)

    def claimed(session: Session) -> int:
        if session.get_bind().dialect.name == "postgresql":
            for plan in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                session.execute(text(f"SET LOCAL enable_{plan} = off"))
        return len(inbox.claim(session, "w", 1, 60.0))

    assert gateway_database.transact(claimed) == 1
