"""The outbox of conversations' events: what has not been handed on yet, in order, encrypted at rest."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import MultiFernet
from sqlalchemy import Engine, Row, delete, select, update

from bot.tables import events, outbox
from common.backoff import pause

BATCH_ROWS = 100
"""Saves that are handed on together."""

BATCH_BYTES = 1_000_000
"""JSON of a batch; one save always fits, however large."""

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
"""Before a conversation is tried again whose events were not taken."""


@dataclass(frozen=True)
class Batch:
    """Events to hand on, each with its conversation (`sender_id`) and its number there (`sequence`)."""

    rows: list[Row[Any]]
    events: list[dict[str, Any]]


class Outbox:
    """Reads and clears the outbox; blocking, so it is called in a thread.

    Args:
        engine: the bot's database.
        cipher: decrypts what the tracker store has encrypted.
    """

    def __init__(self, engine: Engine, cipher: MultiFernet) -> None:
        self._engine, self._cipher = engine, cipher
        self._readers = engine.execution_options(reading=True)

    def next_batch(self) -> Batch:
        """The oldest events that are due; a conversation that waits for another try waits as a whole."""
        moment = time.time()
        waiting = select(outbox.c.sender_id).where(outbox.c.due > moment)
        query = (
            select(outbox)
            .where(outbox.c.sender_id.not_in(waiting))
            .order_by(outbox.c.id)
            .limit(BATCH_ROWS)
        )
        rows: list[Row[Any]] = []
        found: list[dict[str, Any]] = []
        size = 0
        with self._readers.connect() as connection:
            for row in connection.execute(query).all():
                stored = connection.execute(
                    select(events.c.sequence, events.c.data)
                    .where(
                        events.c.sender_id == row.sender_id,
                        events.c.sequence.between(row.first, row.last),
                    )
                    .order_by(events.c.sequence)
                ).all()
                plain = [(one.sequence, self._cipher.decrypt(one.data)) for one in stored]
                size += sum(len(data) for _, data in plain)
                if rows and size > BATCH_BYTES:
                    break
                rows.append(row)
                found += [
                    {**json.loads(data), "sender_id": row.sender_id, "sequence": sequence}
                    for sequence, data in plain
                ]
        return Batch(rows, found)

    def settle(self, batch: Batch, failed: Collection[str]) -> None:
        """Forget what was taken; put off the conversations that were not."""
        with self._engine.begin() as connection:
            taken = [row.id for row in batch.rows if row.sender_id not in failed]
            if taken:
                connection.execute(delete(outbox).where(outbox.c.id.in_(taken)))
            for row in batch.rows:
                if row.sender_id in failed:
                    wait = pause(row.failures + 1, FIRST_PAUSE, LONGEST_PAUSE, random.random())
                    connection.execute(
                        update(outbox)
                        .where(outbox.c.id == row.id)
                        .values(failures=row.failures + 1, due=time.time() + wait.total_seconds())
                    )
