"""Conversations' events as the database has them: numbered, appended only, encrypted at rest.

All calls wait for the database: the tracker store makes them in its threads.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from cryptography.fernet import MultiFernet
from rasa.shared.core.events import (
    BotUttered,
    Event,
    SessionStarted,
    UserUttered,
    deserialise_events,
)
from sqlalchemy import Connection, Engine, Select, insert, select
from sqlalchemy.exc import IntegrityError

from bot.aborted import TurnTaken
from bot.tables import events, outbox

T = TypeVar("T")

APPEND_ATTEMPTS = 5
"""Tries to append when other writers of the same conversation come first."""


class Numbered(NamedTuple):
    """An event and its place in its conversation, from 0 on."""

    sequence: int
    event: Event


class EventLog:
    """The events of all conversations.

    Args:
        engine: of the bot's database.
        cipher: encrypts what was said.
    """

    def __init__(self, engine: Engine, cipher: MultiFernet) -> None:
        self._engine, self._cipher = engine, cipher
        self._readers = engine.execution_options(reading=True)

    def senders(self) -> list[str]:
        """Whose conversations are stored."""
        query = select(events.c.sender_id).distinct()
        return self._read(lambda c: list(c.scalars(query)))

    def last(self, sender_id: str) -> tuple[int, float]:
        """Sequence number and time of the last stored event; (-1, -1) when there is none."""
        query = (
            select(events.c.sequence, events.c.timestamp)
            .where(events.c.sender_id == sender_id)
            .order_by(events.c.sequence.desc())
            .limit(1)
        )
        row = self._read(lambda c: c.execute(query).first())
        return (row.sequence, row.timestamp) if row else (-1, -1.0)

    def append(self, sender_id: str, first: int, new: Sequence[Event], *, noted: bool) -> int:
        """Store `new` from sequence number `first` on; returns the number that was really used.

        When another writer took the numbers, the events go after its own: nothing is lost.

        Args:
            noted: in the outbox, for those who are to hear of them.

        Raises:
            TurnTaken: if another server has stored the same turn; nothing was stored.
        """
        rows = [self._row(sender_id, event) for event in new]
        for attempt in range(APPEND_ATTEMPTS):
            numbered = [{**row, "sequence": first + offset} for offset, row in enumerate(rows)]
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(events), numbered)
                    if noted:
                        note = {
                            "sender_id": sender_id,
                            "first": first,
                            "last": first + len(new) - 1,
                        }
                        connection.execute(insert(outbox), note)
                return first
            except IntegrityError as error:
                begun = (self._begin(sender_id, row["turn"]) for row in rows if row["turn"])
                if any(sequence is not None for sequence in begun):
                    raise TurnTaken from error
                if attempt == APPEND_ATTEMPTS - 1:
                    raise
                first = self.last(sender_id)[0] + 1
        raise AssertionError("unreachable")

    def told(self, sender_id: str, turn: str) -> list[dict[str, Any]] | None:
        """What the bot said in a turn, as Rasa hands it to a channel; `None` if the turn is not stored."""
        begin = self._begin(sender_id, turn)
        if begin is None:
            return None
        said = (UserUttered.type_name, BotUttered.type_name)
        query = _of(sender_id).where(events.c.sequence > begin, events.c.type_name.in_(said))
        later = (one.event for one in self._numbered(query))
        own = itertools.takewhile(lambda event: isinstance(event, BotUttered), later)
        return [event.message() for event in own]

    def since(self, sender_id: str, sequence: int) -> list[Numbered]:
        """The events of a conversation from a number on."""
        return self._numbered(_of(sender_id).where(events.c.sequence >= sequence))

    def of(self, sender_id: str, *, whole: bool) -> list[Numbered]:
        """The events of a conversation, or only those of its last session."""
        if whole:
            return self._numbered(_of(sender_id))
        start = (
            select(events.c.sequence)
            .where(
                events.c.sender_id == sender_id,
                events.c.type_name == SessionStarted.type_name,
            )
            .order_by(events.c.sequence.desc())
            .limit(1)
            .scalar_subquery()
        )
        return self._numbered(_of(sender_id).where(start.is_(None) | (events.c.sequence >= start)))

    def _begin(self, sender_id: str, turn: str) -> int | None:
        """Sequence number of the citizen's message of a turn; `None` if it is not stored."""
        query = select(events.c.sequence).where(
            events.c.sender_id == sender_id, events.c.turn == turn
        )
        return self._read(lambda c: c.scalar(query))

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._readers.connect() as connection:
            return work(connection)

    def _row(self, sender_id: str, event: Event) -> dict[str, Any]:
        data = json.dumps(event.as_dict(), ensure_ascii=False, separators=(",", ":"))
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": event.timestamp,
            "data": self._cipher.encrypt(data.encode()),
            "turn": event.message_id if isinstance(event, UserUttered) else None,
        }

    def _numbered(self, query: Select[int, bytes]) -> list[Numbered]:
        rows = self._read(lambda c: c.execute(query).all())
        told = [(sequence, json.loads(self._cipher.decrypt(data))) for sequence, data in rows]
        return [
            Numbered(number, event) for number, one in told for event in deserialise_events([one])
        ]


def _of(sender_id: str) -> Select[int, bytes]:
    return (
        select(events.c.sequence, events.c.data)
        .where(events.c.sender_id == sender_id)
        .order_by(events.c.sequence)
    )
