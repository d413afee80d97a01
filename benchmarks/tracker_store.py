"""What saving a turn costs in the tracker store, by the length of the conversation.

`python -m benchmarks.tracker_store`: prints one JSON line: the median time of saving a turn of ten
events (and of loading the tracker) in conversations of 10, 1,000 and 5,000 events, beside Rasa's
in-memory store.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

from bot.tracker_store import SqlTrackerStore

LENGTHS = (10, 1_000, 5_000)
SAVES = 15


def turn() -> list[Event]:
    """Ten events of one turn, about as large as real ones."""
    ranking = [{"name": f"ask_{n}", "confidence": 0.1} for n in range(5)]
    text = "làm lý lịch tư pháp mất bao lâu, phí bao nhiêu?"
    said = UserUttered(text, ranking[0], [], {"text": text, "intent_ranking": ranking})
    rest = [ActionExecuted("action_explain"), BotUttered("Thời hạn là 10 ngày làm việc ạ.")]
    return [said, *rest * 4, ActionExecuted("action_listen")]


async def measure(store: TrackerStore, length: int) -> tuple[float, float]:
    """Median seconds of one save and of one load in a conversation of `length` events."""
    sender = f"conversation-{length}"
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    for _ in range(length // 10):
        for event in turn():
            tracker.update(event)
    await store.save(tracker)
    saves, loads = [], []
    for _ in range(SAVES):
        started = time.perf_counter()
        loaded = await store.retrieve(sender)
        loads.append(time.perf_counter() - started)
        if loaded is None:
            raise RuntimeError("a stored conversation is missing")
        for event in turn():
            loaded.update(event)
        started = time.perf_counter()
        await store.save(loaded)
        saves.append(time.perf_counter() - started)
    return statistics.median(saves), statistics.median(loads)


async def main() -> None:
    """Measure both stores, print one line."""
    with TemporaryDirectory() as directory:
        ours = SqlTrackerStore(Domain.empty(), url=f"sqlite:///{Path(directory)}/tracker.db")
        ours.create_tables()
        memory = InMemoryTrackerStore(Domain.empty())
        figures: dict[str, float] = {}
        for name, store in (("sql", ours), ("memory", memory)):
            for length in LENGTHS:
                save, load = await measure(store, length)
                figures[f"{name}_save_ms_{length}"] = round(save * 1000, 2)
                figures[f"{name}_load_ms_{length}"] = round(load * 1000, 2)
        ours.close()
    first, last = LENGTHS[0], LENGTHS[-1]
    figures["save_ratio_5000_to_10"] = round(
        figures[f"sql_save_ms_{last}"] / figures[f"sql_save_ms_{first}"], 2
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(main())
