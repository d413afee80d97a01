"""The code with which a draft is gone on with elsewhere: made here, and found in what citizens type.

Four letters and three digits. No vowel, D or W: on a Vietnamese keyboard those turn into other letters, and
without vowels no mark can be put on a letter and no word comes about. 50 million codes, each for one draft,
once, for some days, behind a second factor and a lock (`onestop/dossiers/resuming.py`).
"""

from __future__ import annotations

import re
import secrets

LETTERS = "BCFGHKMNPQRSTVX"
LETTER_COUNT, DIGIT_COUNT = 4, 3
_TYPED = re.compile(
    rf"(?<![^\W_])((?:[{LETTERS}][ .-]?){{{LETTER_COUNT}}}(?:\d[ .-]?){{{DIGIT_COUNT - 1}}}\d)(?![^\W_])",
    re.IGNORECASE,
)


def make() -> str:
    """A new code."""
    letters = [secrets.choice(LETTERS) for _ in range(LETTER_COUNT)]
    digits = [secrets.choice("0123456789") for _ in range(DIGIT_COUNT)]
    return "".join(letters + digits)


def find(text: str) -> str | None:
    """The code in what was typed ("tiếp tục hồ sơ khtm 482"), as it was given out."""
    found = _TYPED.search(text)
    return re.sub(r"[^0-9A-Za-z]", "", found[1]).upper() if found else None
