"""A message is played once, though it comes to two Rasa servers; what cannot be stored is not told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from sqlalchemy import text

from bot.aborted import StoreAway, TurnTaken
from bot.tracker_store import SqlTrackerStore
from tests.bot.test_channel import MESSAGE, TOKEN, Server, Wrapped, _many_servers_in_one_process
from tests.bot.test_tracker_store import DOMAIN
from tests.databases import BACKENDS, migrated

__all__ = ["_many_servers_in_one_process"]  # a fixture of other tests
BUTTONS = [{"title": "Phí", "payload": "/ask_fee"}]


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with migrated("bot", request.param, tmp_path) as address:
        yield address


class Rasa:
    """A server on the shared database that answers as a turn of Rasa does, and says which turn it was."""

    def __init__(self, url: str) -> None:
        self.store = SqlTrackerStore(DOMAIN, url=url)
        self.safe = FailSafeTrackerStore(self.store)
        self.server = Server(self._play)
        self.server.app.ctx.agent.tracker_store = Wrapped(self.store)
        self.dies = False

    async def _play(self, message: UserMessage) -> None:
        tracker = await self.safe.get_or_create_tracker(message.sender_id)
        if not len(tracker.events):
            tracker.update(SessionStarted(), DOMAIN)
        said = f"lần {sum(isinstance(one, UserUttered) for one in tracker.events) + 1}"
        told = [BotUttered(said, {"buttons": BUTTONS}), BotUttered(said, {"custom": {"type": "x"}})]
        heard = UserUttered(message.text, message_id=message.message_id)
        for one in (heard, ActionExecuted("utter_greet"), *told, ActionExecuted("action_listen")):
            tracker.update(one, DOMAIN)
        for one in told:
            assert message.output_channel
            await message.output_channel.send_response(message.sender_id, one.message())
        await self.safe.save(tracker)
        if self.dies:
            raise RuntimeError

    async def say(self, key: str, sender: str = "web:a") -> tuple[int, list[str]]:
        """Post a message; the status, and the texts of the answer."""
        body = {**MESSAGE, "sender": sender}
        answer = await self.server.post(body, {**TOKEN, "Idempotency-Key": key})
        if answer.status == 200:
            assert answer.json[0]["buttons"] == BUTTONS
            assert answer.json[1]["custom"] == {"type": "x"}
            return 200, [one["text"] for one in answer.json]
        return answer.status, []


@pytest.fixture
def rasas(url: str) -> Iterator[list[Rasa]]:
    found = [Rasa(url) for _ in range(2)]
    yield found
    for one in found:
        one.store.close()


async def heard(rasa: Rasa, sender: str = "web:a") -> int:
    tracker = await rasa.store.retrieve_full_tracker(sender)
    assert tracker is not None
    return sum(isinstance(one, UserUttered) for one in tracker.events)


async def test_a_turn_whose_answer_was_lost_is_told_by_the_other_server(rasas: list[Rasa]) -> None:
    rasas[0].dies = True  # after it has stored the turn
    assert await rasas[0].say("1") == (500, [])
    assert await rasas[1].say("1") == (200, ["lần 1", "lần 1"])
    assert await rasas[1].say("2") == (200, ["lần 2", "lần 2"])
    assert await rasas[0].say("1") == (200, ["lần 1", "lần 1"])
    assert await heard(rasas[0]) == 2


async def test_a_key_is_its_senders_and_goes_with_the_conversation(rasas: list[Rasa]) -> None:
    assert await rasas[0].say("1") == (200, ["lần 1", "lần 1"])
    assert await rasas[0].say("1", "web:b") == (200, ["lần 1", "lần 1"])
    await rasas[1].server.call("DELETE", "conversations/web%3Aa", None)
    assert await rasas[0].say("1") == (200, ["lần 1", "lần 1"])
    assert await heard(rasas[0]) == 1


async def test_of_two_servers_that_play_a_turn_at_once_one_stores_it(rasas: list[Rasa]) -> None:
    await rasas[0].say("1")
    trackers = []
    for one in rasas:
        tracker = await one.store.retrieve("web:a")
        assert tracker is not None
        tracker.update(UserUttered("xin chào", message_id="2"), DOMAIN)
        trackers.append(tracker)
    await rasas[0].safe.save(trackers[0])
    with pytest.raises(TurnTaken):
        await rasas[1].safe.save(trackers[1])
    assert await heard(rasas[1]) == 2
    assert await rasas[1].say("3") == (200, ["lần 3", "lần 3"])


async def test_a_turn_is_taken_also_where_its_message_is_the_first_event_of_all(
    rasas: list[Rasa],
) -> None:
    trackers = [
        await one.store.get_or_create_tracker("web:a", append_action_listen=False) for one in rasas
    ]
    for one in trackers:
        one.update(UserUttered("xin chào", message_id="1"), DOMAIN)
    await rasas[0].safe.save(trackers[0])
    with pytest.raises(TurnTaken):
        await rasas[1].safe.save(trackers[1])


async def test_a_database_that_is_away_aborts_the_turn_instead_of_going_on_in_memory(
    rasas: list[Rasa],
) -> None:
    """Rasa's `FailSafeTrackerStore` would begin the conversation anew, or tell what is stored nowhere."""
    await rasas[0].say("1")
    tracker = await rasas[0].store.retrieve("web:a")
    assert tracker is not None
    tracker.update(UserUttered("xin chào", message_id="2"), DOMAIN)
    with rasas[1].store._engine.begin() as connection:
        connection.execute(text("ALTER TABLE tracker_events RENAME TO away"))
    with pytest.raises(StoreAway):
        await rasas[0].safe.save(tracker)
    with pytest.raises(StoreAway):
        await rasas[0].safe.retrieve("web:a")
    assert await rasas[0].say("2") == (500, [])
    with rasas[1].store._engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO tracker_events"))
    assert await rasas[0].say("2") == (200, ["lần 2", "lần 2"])
