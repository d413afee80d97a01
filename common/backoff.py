"""How long to wait before the next try."""

from __future__ import annotations

from datetime import timedelta


def pause(failures: int, first: timedelta, longest: timedelta, chance: float) -> timedelta:
    """The wait after so many failures in a row (from 1).

    Doubled each time from `first` up to `longest`, and between half and the whole of it: `chance` (0–1)
    spreads those who failed together.
    """
    doubled: timedelta = first * 2 ** min(failures - 1, 20)
    return min(longest, doubled) * (0.5 + chance / 2)
