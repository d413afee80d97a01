"""Sessions: only a token that we issued speaks, and only for its own sender."""

from __future__ import annotations

from sqlalchemy import text

from common.database import Database
from gateway import sessions


def test_a_token_speaks_for_its_own_sender_only(gateway_database: Database) -> None:
    one, sender = gateway_database.transact(sessions.issue, "web")
    two, other = gateway_database.transact(sessions.issue, "web")
    assert sender != other
    assert sender.startswith("web:")
    assert gateway_database.transact(sessions.resolve, one) == sender
    assert gateway_database.transact(sessions.resolve, two) == other


def test_a_token_that_we_did_not_issue_speaks_for_nobody(gateway_database: Database) -> None:
    _, sender = gateway_database.transact(sessions.issue, "web")
    for token in ("", "x" * 43, sender):
        assert gateway_database.transact(sessions.resolve, token) is None


def test_the_token_itself_is_not_stored(gateway_database: Database) -> None:
    token, _ = gateway_database.transact(sessions.issue, "web")
    with gateway_database.engine.begin() as connection:
        rows = connection.execute(text("SELECT * FROM chat_sessions")).all()
    assert token not in str(rows)


def test_an_ended_token_speaks_for_nobody(gateway_database: Database) -> None:
    token, _ = gateway_database.transact(sessions.issue, "web")
    gateway_database.transact(sessions.end, token)
    assert gateway_database.transact(sessions.resolve, token) is None
