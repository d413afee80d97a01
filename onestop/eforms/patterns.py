"""The patterns of e-forms: staff write them, and no pattern may keep the service busy."""

from __future__ import annotations

import regex

SECONDS = 0.2  # for one answer; a sound pattern needs a thousandth of it


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern fits a whole text, small letters or capitals; one that takes too long fits nothing."""
    try:
        return regex.fullmatch(pattern, text, regex.IGNORECASE, timeout=SECONDS) is not None
    except (TimeoutError, regex.error):
        return False
