"""The conversations of the last minutes, kept in memory and kept short.

Rasa replays all events of a session at each turn, and sends all of them to the action server at each action:
a long conversation gets slower with every turn. What is old is put together into what it led to (slots and
loop); all events stay in the database.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

TURNS_KEPT = 8
"""Turns that stay as they were; policies and actions look back at two or three."""

TURNS_BEFORE_SHORTENING = 16
"""So that not every turn pays for it."""

TRACKERS = 500
"""Conversations that are kept; each takes about 100 kB at most."""

KEPT_SECONDS = 1_800.0
"""How long one is kept that nobody goes on with: one that was erased through another server goes as well."""


class RecentTrackers:
    """Trackers as they were saved last. A tracker that is in use is not here: who saves it puts it back."""

    def __init__(self, size: int = TRACKERS, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = size, clock
        self._kept: OrderedDict[str, tuple[float, Domain, DialogueStateTracker]] = OrderedDict()

    def take(self, sender_id: str, domain: Domain) -> DialogueStateTracker | None:
        """The sender's tracker, if it is kept and was made for this very domain."""
        _, made_for, tracker = self._kept.pop(sender_id, (0.0, None, None))
        return tracker if made_for is domain else None

    def put(self, tracker: DialogueStateTracker, domain: Domain) -> None:
        """Keep a tracker; the ones that were not used for longest, or for long, give way."""
        moment = self._clock()
        self._kept[tracker.sender_id] = (moment, domain, tracker)
        self._kept.move_to_end(tracker.sender_id)
        while len(self._kept) > self._size or self._oldest < moment - KEPT_SECONDS:
            self._kept.popitem(last=False)

    @property
    def _oldest(self) -> float:
        return next(iter(self._kept.values()))[0]

    def forget(self, sender_id: str) -> None:
        """Drop the sender's tracker."""
        self._kept.pop(sender_id, None)


def shorten(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """The tracker with its last turns, and with all that the earlier ones led to.

    Only events of the present session count, as when it is loaded. A tracker that is short already is
    returned as it is.
    """
    events = list(tracker.events)
    begin = max((at for at, one in enumerate(events) if isinstance(one, SessionStarted)), default=0)
    turns = [at for at in range(begin, len(events)) if isinstance(events[at], UserUttered)]
    if len(turns) > TURNS_BEFORE_SHORTENING:
        cut = turns[-TURNS_KEPT]
        before = DialogueStateTracker.from_events(
            tracker.sender_id, events[begin:cut], domain.slots
        )
        events = [*_led_to(before, events[cut].timestamp), *events[cut:]]
    elif begin:
        events = events[begin:]
    else:
        return tracker
    short = DialogueStateTracker.from_events(tracker.sender_id, events, domain.slots)
    short.model_id, short.assistant_id = tracker.model_id, tracker.assistant_id
    return short


def _led_to(tracker: DialogueStateTracker, moment: float) -> Sequence[Event]:
    """Events that lead a new session to where this one stands, listening to the citizen."""
    events: list[Event] = [SessionStarted(timestamp=moment)]
    events += [
        SlotSet(slot.name, slot.value, timestamp=moment)
        for slot in tracker.slots.values()
        if slot.has_been_set
    ]
    if tracker.active_loop is not None:
        events.append(ActiveLoop(tracker.active_loop.name, timestamp=moment))
        if tracker.active_loop.is_interrupted:
            events.append(LoopInterrupted(True, timestamp=moment))
    return [*events, ActionExecuted(ACTION_LISTEN_NAME, timestamp=moment)]
