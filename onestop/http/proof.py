"""What is told only on proof: the limits of trying, and how a failed try is answered."""

from __future__ import annotations

from datetime import timedelta

from common.problems import Problem
from common.settings import Settings
from onestop.dossiers.lookup import Limits, Refused


def limits_of(config: Settings) -> Limits:
    """How many wrong tries are allowed, and how long the lock holds."""
    return Limits(config.lookup_max_attempts, timedelta(minutes=config.lookup_lock_minutes))


def refusal(refused: Refused, what: str) -> Problem:
    """The problem for a failed try.

    Args:
        refused: why nothing is told.
        what: what there is none of, as in "dossier".
    """
    if refused.locked_until is not None:
        until = refused.locked_until.isoformat()
        return Problem(429, "locked", "Too many wrong tries.", locked_until=until)
    if refused.reason == "factor_needed":
        return Problem(403, "factor_needed", "Not the asker's own: a second factor is needed.")
    left = refused.attempts_left
    detail = f"No {what} has that code and second factor."
    return Problem(404, "not_found", detail, attempts_left=left)
