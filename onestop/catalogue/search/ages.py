"""How old somebody is, told by a message, against how old one must be, told by a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from onestop.catalogue.search.postings import Floats
from onestop.catalogue.search.words import Word

_SAID = re.compile(r"(?<!\d)(\d{1,3}) ?(thang )?tuoi\b(?! tro)")
_BOUND = re.compile(r"\b(?:tu|du|duoi|tren|den|qua|hon) $")
_FROM = re.compile(r"(?<!chua )\b(?:tu du|tu|tren|du) (\d{1,3}) tuoi\b")
_BELOW = re.compile(r"\b(?:duoi|chua du) (\d{1,3}) tuoi\b")
_UP_TO = re.compile(r"\bden (\d{1,3}) tuoi\b")
# The same bounds in a name as it is written.
_NAMED = re.compile(
    r"\b(?:từ đủ|từ|trên|đủ|dưới|chưa đủ|đến) \d{1,3} tuổi(?: trở lên| trở xuống)?\b", re.IGNORECASE
)
OLDEST = 150


def said(told: str) -> int | None:
    """Somebody's age in whole years ("con 10 tuổi", "bé 8 tháng tuổi"); None if none or several are told.

    A bound as in names ("dưới 14 tuổi") is nobody's age.

    Args:
        told: a folded message.
    """
    found = [one for one in _SAID.finditer(told) if not _BOUND.search(told[: one.start()])]
    if len(found) != 1:
        return None
    number = int(found[0][1])
    return number // 12 if found[0][2] else number


def without(words: Sequence[Word]) -> list[Word]:
    """A message's words without the age."""
    folded = [word.folded for word in words]
    age: set[int] = set()
    for at, word in enumerate(folded):
        end = at + 2 if folded[at + 1 : at + 2] == ["thang"] else at + 1
        if word.isdigit() and folded[end : end + 1] == ["tuoi"]:
            age.update(range(at, end + 1))
    return [word for at, word in enumerate(words) if at not in age]


def bounds(name: str) -> tuple[int, int] | None:
    """The least and the highest age, both counted in, that a folded name speaks of; None if of none."""
    least, below, most = _FROM.search(name), _BELOW.search(name), _UP_TO.search(name)
    if not (least or below or most):
        return None
    highest = int(below[1]) - 1 if below else int(most[1]) if most else OLDEST
    return int(least[1]) if least else 0, highest


def fits(name: str, age: int) -> bool | None:
    """Whether a folded name is for somebody of this age, in years; `None` where it speaks of no age."""
    bound = bounds(name)
    return None if bound is None else bound[0] <= age <= bound[1]


def unbounded(name: str) -> str:
    """A name without the age that it is for, so that another age can be said beside it."""
    return _NAMED.sub(" ", name)


class Ages:
    """The ages that names speak of.

    Args:
        names: folded names.
    """

    def __init__(self, names: Sequence[str]) -> None:
        known = [bounds(name) for name in names]
        self._bound = np.array([one is not None for one in known], dtype=np.bool_)
        self._least = np.array([one[0] if one else 0 for one in known])
        self._most = np.array([one[1] if one else 0 for one in known])

    def marks(self, age: int) -> tuple[Floats, Floats]:
        """Features of the names, 1 or 0: it is for other ages, it is for this one."""
        inside = (self._least <= age) & (age <= self._most)
        return (
            (self._bound & ~inside).astype(np.float32),
            (self._bound & inside).astype(np.float32),
        )
