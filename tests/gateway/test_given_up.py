"""What could not be answered or sent, at the inner interface: seen without whose it is, tried again once."""

from __future__ import annotations

from common.database import Database
from gateway import inbox
from gateway.models import Message, State
from tests.gateway.fakes import Connect, FakeRasa, until
from tests.gateway.handover import desks

BODY = {"text": "chào", "payload": None, "attachments": []}


def given_up(database: Database, reason: str = "rasa is away") -> int:
    """A message that could not be answered; its number."""
    database.transact(inbox.keep, "web:someone", "web", "k", BODY, 9)

    def fail(session: object) -> int:
        (row,) = session.query(Message).all()  # type: ignore[attr-defined]
        row.state, row.attempts, row.reason = State.FAILED, 5, reason
        return int(row.id)

    return database.transact(fail)


async def test_it_is_listed_without_whose_it_is_and_what_it_says(
    connect: Connect, gateway_database: Database
) -> None:
    client = await connect()
    number = given_up(gateway_database)
    async with desks(client) as (lan, _):
        (found,) = await lan.get("/given-up")
    assert (found["id"], found["kind"], found["attempts"]) == (number, "not answered", 5)
    assert (found["channel"], found["reason"]) == ("web", "rasa is away")
    assert "someone" not in str(found)
    assert "chào" not in str(found)


async def test_tried_again_it_is_answered_and_only_once(
    connect: Connect, gateway_database: Database, rasa: FakeRasa
) -> None:
    client = await connect()
    number = given_up(gateway_database)
    async with desks(client) as (lan, hai):
        assert (await lan.call("POST", f"/given-up/{number}/retry")).status == 204

        async def answered() -> bool:
            return [one["text"] for one in rasa.received] == ["chào"]

        await until(answered)
        again = await hai.call("POST", f"/given-up/{number}/retry")
        assert again.status == 404
        assert (await again.json())["type"].endswith(":not_given_up")
        assert await lan.get("/given-up") == []
    assert len(rasa.received) == 1


async def test_an_unknown_number_is_told(connect: Connect) -> None:
    client = await connect()
    async with desks(client) as (lan, _):
        assert (await lan.call("POST", "/given-up/999/retry")).status == 404
