"""What happens at the edge, in figures that Prometheus collects (`GET /metrics`).

Labels are names of channels, states and reasons, never of people. Each process counts for itself since it
started; what waits is read from the database, so it is the same whichever process is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from gateway.queue import Depth

PREFIX = "motcua_gateway_"
EVENTS = {
    "webhooks_refused": "Webhooks that were not taken",
    "events_kept": "Events of webhooks that were kept in the inbox",
    "events_repeated": "Events of webhooks that were kept before",
    "events_dropped": "Events of webhooks that were left out",
    "sessions_opened": "Conversations begun on a page",
    "sessions_refused": "Conversations not begun, for too many came from one address",
    "requests_refused": "Requests of pages that may not hold the widget",
    "files_refused": "Citizens' files that were not taken",
    "messages_sent": "Messages that a platform or another way has taken",
    "messages_not_sent": "Tries to send a message that failed",
    "templates_refused": "Template messages that a platform did not take",
}
SPANS = {
    "webhook_seconds": "From a webhook's arrival until it is acknowledged or refused",
    "turn_seconds": "From taking a message from the inbox until its replies are kept",
    "send_seconds": "One part of a message, handed to a platform",
}
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._events = {
            name: Counter(PREFIX + name, text, ("channel", "reason"), registry=self._registry)
            for name, text in EVENTS.items()
        }
        self._spans = {
            name: Histogram(
                PREFIX + name, text, ("channel",), registry=self._registry, buckets=BUCKETS
            )
            for name, text in SPANS.items()
        }
        labels = ("channel", "state")
        self._depth = Gauge(
            f"{PREFIX}messages", "Messages on their way", labels, registry=self._registry
        )
        self._age = Gauge(
            f"{PREFIX}oldest_seconds", "Age of the oldest of them", labels, registry=self._registry
        )
        ProcessCollector(registry=self._registry)

    def count(self, name: str, channel: str, reason: str = "", by: int = 1) -> None:
        """Count an event, such as `webhooks_refused` on `zalo` for `forged`."""
        self._events[name].labels(channel, reason).inc(by)

    def total(self, name: str, channel: str, reason: str = "") -> int:
        """How often it happened in this process."""
        labels = {"channel": channel, "reason": reason}
        return int(self._registry.get_sample_value(f"{PREFIX}{name}_total", labels) or 0)

    def time(self, name: str, channel: str) -> AbstractContextManager[object]:
        """Measure what happens inside, such as `turn_seconds` on `web`."""
        return self._spans[name].labels(channel).time()

    def exposition(self, depths: Iterable[Depth]) -> bytes:
        """All figures in Prometheus' text format.

        Args:
            depths: what is on its way now, see `gateway.queue.depths`.
        """
        self._depth.clear()
        self._age.clear()
        for one in depths:
            self._depth.labels(one.channel, one.state).set(one.count)
            self._age.labels(one.channel, one.state).set(one.oldest_seconds)
        return generate_latest(self._registry)
