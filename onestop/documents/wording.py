"""How official forms write what was answered: days in words and in full, boxes to tick.

Filters of the templates (`data/forms/README.md`). They get an answer as it was read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FIGURES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_BLANK = "……"


def number_in_words(number: int) -> str:
    """A number below ten thousand as papers of civil status spell it: 2005 → hai nghìn không trăm linh năm.

    Raises:
        ValueError: if it is negative or too large.
    """
    if not 0 <= number < 10_000:
        raise ValueError(number)
    thousands, rest = divmod(number, 1000)
    hundreds, below = divmod(rest, 100)
    said = [f"{_FIGURES[thousands]} nghìn"] if thousands else []
    if hundreds or (thousands and below):
        said.append(f"{_FIGURES[hundreds]} trăm")
    if below or not said:
        said.append(_below_hundred(below, after=bool(said)))
    return " ".join(said)


def _below_hundred(number: int, *, after: bool) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return f"linh {_FIGURES[ones]}" if after else _FIGURES[ones]
    spoken = "mười" if tens == 1 else f"{_FIGURES[tens]} mươi"
    if not ones:
        return spoken
    if ones == 5:
        return f"{spoken} lăm"
    return f"{spoken} mốt" if ones == 1 and tens > 1 else f"{spoken} {_FIGURES[ones]}"


def in_words(day: str) -> str:
    """A day in words: "20/10/2025" → "Ngày hai mươi tháng mười năm hai nghìn không trăm hai mươi lăm"."""
    found = _DAY.fullmatch(day)
    if found is None:
        return ""
    said, month, year = (number_in_words(int(part)) for part in found.groups())
    return f"Ngày {said} tháng {month} năm {year}"


def in_full(day: str) -> str:
    """A day with its words: "02/03/2026" → "ngày 02 tháng 03 năm 2026"; blanks for none."""
    found = _DAY.fullmatch(day)
    said, month, year = found.groups() if found else (_BLANK, _BLANK, _BLANK)
    return f"ngày {said} tháng {month} năm {year}"


def box(answer: object, *ticked_by: str) -> str:
    """A box to tick: ☑ where the answer is one of those, else ☐."""
    return "☑" if str(answer) in ticked_by else "☐"


FILTERS: dict[str, Callable[..., str]] = {
    "in_words": in_words,
    "in_full": in_full,
    "box": box,
}
