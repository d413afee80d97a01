"""Counts of what happens at the edge, by name and labels; the running totals stand in the log.

A flood must not flood the log too: a line is written at 1, 2, 4, 8 … and at every thousandth.
"""

from __future__ import annotations

from collections import Counter

import structlog

log = structlog.get_logger(__name__)
EVERY = 1_000


class Counters:
    """Totals since the process started. Labels are names of channels and reasons, never of people."""

    def __init__(self) -> None:
        self._totals: Counter[tuple[str, str, str]] = Counter()

    def count(self, name: str, channel: str, reason: str = "", by: int = 1) -> None:
        """Count an event, such as `webhook_refused` on `zalo` for `forged`."""
        if by == 0:
            return
        key = (name, channel, reason)
        before, after = self._totals[key], self._totals[key] + by
        self._totals[key] = after
        if before.bit_length() != after.bit_length() or before // EVERY != after // EVERY:
            log.info("counted", what=name, channel=channel, reason=reason, total=after)

    def total(self, name: str, channel: str, reason: str = "") -> int:
        """How often it happened."""
        return self._totals[(name, channel, reason)]
