"""How official forms write what was answered: days in words and in full, boxes to tick, people in a table.

Filters of the templates (`data/forms/README.md`). They get an answer as it was read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from onestop.eforms.people import citizen_id_facts

_FIGURES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_BLANK = "……"
_BORN = re.compile(r"(?:sinh )?(?:ngày |năm )?((?:\d{1,2}[/.-]){0,2}(?:19|20)\d\d)", re.IGNORECASE)
_CITIZEN_ID = re.compile(
    r"(?:(?:số )?(?:cccd|cc|căn cước|định danh)(?: số)? ?)?((?:\d ?){12})", re.IGNORECASE
)
_SEXES = {"male": "Nam", "female": "Nữ"}


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


@dataclass(frozen=True)
class Person:
    """One of several people who were told in one answer; what was not told is empty."""

    name: str
    born: str = ""
    sex: str = ""  # as the citizen ID says
    citizen_id: str = ""
    relation: str = ""


def people(answer: object) -> list[Person]:
    """The people of an answer such as "Lê Thị Thu, 02/04/1992, 035192004567, vợ; Lê An, 2019, con".

    Each begins with the name; birth, citizen ID and relation follow in any order. What is told otherwise stands
    whole under the name, so that nothing is lost.
    """
    return [_person(one) for one in re.split(r"[;\n]", str(answer)) if one.strip()]


def _sex(citizen_id: str) -> str:
    try:
        return _SEXES[citizen_id_facts(citizen_id)[1]]
    except ValueError:  # twelve digits that are none; the officer sees them as they were told
        return ""


def _person(told: str) -> Person:
    name, *others = (" ".join(part.split()) for part in told.split(","))
    born = citizen_id = sex = ""
    rest = []
    for part in others:
        if not born and (found := _BORN.fullmatch(part)):
            born = found[1]
        elif not citizen_id and (found := _CITIZEN_ID.fullmatch(part)):
            citizen_id = found[1].replace(" ", "")
            sex = _sex(citizen_id)
        elif part:
            rest.append(part)
    return Person(name, born, sex, citizen_id, ", ".join(rest))


FILTERS: dict[str, Callable[..., object]] = {
    "in_words": in_words,
    "in_full": in_full,
    "box": box,
    "people": people,
}
