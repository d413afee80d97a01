"""A circuit breaker: a system that keeps failing is left alone for a while, then asked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class CircuitBreaker:
    """Counts failures in a row.

    Args:
        threshold: failures in a row that open the circuit.
        rest: how long nothing is sent then; after it one call goes through, and decides.
    """

    threshold: int = 5
    rest: timedelta = timedelta(seconds=30)
    failures: int = 0
    opened_at: datetime | None = None

    def allows(self, at: datetime) -> bool:
        """Whether a call may be made."""
        return self.opened_at is None or at >= self.opened_at + self.rest

    def succeeded(self) -> None:
        """It answered."""
        self.failures, self.opened_at = 0, None

    def failed(self, at: datetime) -> None:
        """It did not; the one call after a rest opens the circuit again at once."""
        self.failures += 1
        if self.failures >= self.threshold:
            self.opened_at = at
