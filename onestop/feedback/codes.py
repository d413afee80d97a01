"""Codes of complaints: `PA-20261124-0001`, the day in Vietnam and a running number without gaps.

Shaped so that no dossier code is found in one, nor one in a dossier code (`onestop/dossiers/codes.py`).
"""

from __future__ import annotations

import re
from datetime import date

PREFIX = "PA"
# Blanks, dots, long dashes or nothing may stand between the parts, as codes are typed and read aloud.
_GAP = r"[\s_.\-\u2010-\u2015\u2212]*"
_CODE = re.compile(
    rf"(?<![^\W_]){PREFIX}{_GAP}(\d{{4}}){_GAP}(\d\d){_GAP}(\d\d){_GAP}(\d{{4,7}})(?!\d)", re.I
)
RUNNING_MAX = 9_999_999


def make_code(day: date, running: int) -> str:
    """A new code.

    Raises:
        ValueError: if the running number is not 1–9,999,999.
    """
    if not 1 <= running <= RUNNING_MAX:
        raise ValueError("the running number of a complaint's code does not fit")
    return f"{PREFIX}-{day:%Y%m%d}-{running:04}"


def normalise_code(text: str) -> str | None:
    """The complaint's code that `text` holds, in its official spelling, or `None`.

    A code whose day does not exist is none.
    """
    for match in _CODE.finditer(text):
        year, month, day, running = (int(part) for part in match.groups())
        try:
            return make_code(date(year, month, day), running)
        except ValueError:
            continue
    return None
