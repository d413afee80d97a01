"""Rasa's tracker store on SQL (`bot.event_log`): one transaction a turn.

Rasa's own SQL store needs SQLAlchemy 1.4 and counts all old events at each save. This one
remembers on the tracker itself how far it is stored: the cost of a save depends on the turn alone.
Conversations of the last minutes stay in memory (`bot.recent`): a load reads only what is new, too.

Any number of Rasa servers may share the database. A message comes to one of them at a time, but may come again
to another one when the first dies or is late: it is played once all the same, for its key stands in the table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Reversible
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

from bot import erasing
from bot.aborted import StoreAway
from bot.event_log import EventLog
from bot.events import OutboxBroker
from bot.recent import RecentTrackers, shorten
from bot.tables import metadata
from common.database import open_engine
from common.settings import settings

T = TypeVar("T")

THREADS = 4
"""Threads that talk to the database, so that the event loop never waits on SQL."""


@dataclass(frozen=True)
class _Stored:
    """How far a tracker is stored: the last stored event object, and the next sequence number."""

    last: Event | None
    next_sequence: int
    whole: bool = False  # the tracker holds all that the database has of its session


class SqlTrackerStore(TrackerStore):
    """Rasa's tracker store on SQLAlchemy 2 (SQLite with WAL, or PostgreSQL).

    Args:
        domain: the model's domain, for the slots of the trackers.
        event_broker: gets every new event with its number, if there is one; ours finds them in the outbox,
            where they are put in the transaction that stores them.
        host: Rasa's `url` in endpoints.yml; unused, the setting tracker_database_url counts.
        url: another database than the settings' (for tests).
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        url: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._engine = open_engine(url or settings().tracker_database_url)
        self._log = EventLog(self._engine, settings().cipher())
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracker-store")
        self._recent = RecentTrackers()

    def create_tables(self) -> None:
        """Make the tables at once; in production the migrations do it."""
        metadata.create_all(self._engine)

    def close(self) -> None:
        """Finish what runs and close every connection."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not stored yet, in one transaction.

        A tracker that did not come from this store (a new one, or one built outside) is looked up
        once: what is later than the last stored event is new.

        Raises:
            StoreAway: if the database does not answer.
            TurnTaken: if another server has stored the same turn; nothing was stored.
        """
        try:
            await self._save(tracker)
        except SQLAlchemyError as error:
            raise StoreAway from error

    async def _save(self, tracker: DialogueStateTracker) -> None:
        stored: _Stored | None = getattr(tracker, "_stored", None)
        if stored is None:
            last, after = await self._run(lambda: self._log.last(tracker.sender_id))
            new = [event for event in tracker.events if event.timestamp > after]
            stored = _Stored(None, last + 1)
        else:
            new = _after(tracker.events, stored.last)
        if new:
            expected = stored.next_sequence
            noted = isinstance(self.event_broker, OutboxBroker)
            first = await self._run(
                lambda: self._log.append(tracker.sender_id, expected, new, noted=noted)
            )
            stored = _Stored(new[-1], first + len(new), whole=stored.whole and first == expected)
        elif stored.last is None and tracker.events:
            stored = _Stored(tracker.events[-1], stored.next_sequence)
        tracker._stored = stored
        if stored.whole:
            short = shorten(tracker, self.domain)
            short._stored = stored
            self._recent.put(short, self.domain)
        if isinstance(self.event_broker, OutboxBroker):
            self.event_broker.wake()
        elif self.event_broker is not None:
            for sequence, event in enumerate(new, start=stored.next_sequence - len(new)):
                body = {"sender_id": tracker.sender_id, "sequence": sequence, **event.as_dict()}
                self.event_broker.publish(body)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as it stands, as a tracker with its last events; see `bot.recent`.

        Raises:
            StoreAway: if the database does not answer.
        """
        try:
            return await self._retrieve(sender_id)
        except SQLAlchemyError as error:
            raise StoreAway from error

    async def _retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        known = self._recent.take(sender_id, self.domain)
        if known is not None and await self._run(lambda: self._catch_up(known)):
            return known
        loaded = await self._run(lambda: self._load(sender_id, whole=False))
        if loaded is None:
            return None
        short = shorten(loaded, self.domain)
        short._stored = loaded._stored
        return short

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """All events of the conversation, as a tracker."""
        return await self._run(lambda: self._load(conversation_id, whole=True))

    async def told(self, sender_id: str, turn: str) -> list[dict[str, Any]] | None:
        """What the bot said in a turn that is stored, as Rasa hands it to a channel; `None`: it is not."""
        return await self._run(lambda: self._log.told(sender_id, turn))

    async def exists(self, conversation_id: str) -> bool:
        """Whether any event of the conversation is stored."""
        last, _ = await self._run(lambda: self._log.last(conversation_id))
        return last >= 0

    async def keys(self) -> Iterable[str]:
        """The identifiers of all stored conversations."""
        return await self._run(self._log.senders)

    async def erase(self, sender_id: str) -> int:
        """Delete a conversation, here and in memory; returns how many events it had."""
        self._recent.forget(sender_id)
        return await self._run(lambda: erasing.erase(self._engine, sender_id))

    async def expire(self, before: float, held: Collection[str]) -> int:
        """Delete conversations in which nothing was said since `before` (seconds since 1970).

        Args:
            held: conversations that must stay.

        Returns:
            How many events were deleted.
        """
        return await self._run(lambda: erasing.expire(self._engine, before, held))

    def _catch_up(self, tracker: DialogueStateTracker) -> bool:
        """Add what others have written since to a tracker; whether it is still the same conversation.

        It is not if its last event is gone, or another one has its number: somebody deleted the conversation,
        and perhaps the citizen has begun another one since.
        """
        stored: _Stored = tracker._stored
        found = self._log.since(tracker.sender_id, stored.next_sequence - 1)
        last = (stored.next_sequence - 1, stored.last and stored.last.timestamp)
        if not found or (found[0].sequence, found[0].event.timestamp) != last:
            return False
        for one in found[1:]:
            tracker.update(one.event, self.domain)
        if found[1:]:
            tracker._stored = _Stored(found[-1].event, found[-1].sequence + 1, whole=True)
        return True

    def _load(self, sender_id: str, *, whole: bool) -> DialogueStateTracker | None:
        found = self._log.of(sender_id, whole=whole)
        if not found:
            return None
        replayed = [one.event for one in found]
        tracker = DialogueStateTracker.from_events(
            sender_id, replayed, self.domain.slots, self.max_event_history
        )
        tracker._stored = _Stored(replayed[-1], found[-1].sequence + 1, whole=True)
        return tracker


def _after(history: Reversible[Event], last: Event | None) -> list[Event]:
    """The events of `history` (a deque, perhaps shortened) that follow the object `last`.

    Compared by identity: a tracker never replaces the event objects that it holds, and walking
    back from the end costs as much as the turn is long. If the deque dropped `last`, all are new.
    """
    new: list[Event] = []
    for event in reversed(history):
        if event is last:
            break
        new.append(event)
    new.reverse()
    return new
