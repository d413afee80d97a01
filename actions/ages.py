"""What a procedure's record tells of ages, for somebody's age that follows an explanation ("con 10 tuổi")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from actions.small_words import ASPECTS, PEOPLE, TALK
from bot.nlu.text import fold, tokens
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages

_ASIDE = (
    TALK | ASPECTS | PEOPLE | {"thang", "tuoi", "chua", "gan", "hon", "nam", "nay", "la", "day"}
)
_SENTENCE = re.compile(r"(?<=[.;])\s+|\n+")
_AGE = re.compile(r"\btuổi\b", re.IGNORECASE)


def alone(text: str) -> int | None:
    """Somebody's age in whole years where a message says nothing else ("con 10 tuổi thì sao"), else `None`."""
    age = ages.said(fold(text))
    rest = [word for word in tokens(fold(text)) if word not in _ASIDE]
    return age if len(rest) == 1 and rest[0].isdigit() else None


def fits(procedure: Procedure, age: int) -> bool | None:
    """Whether a procedure is for somebody of this age, in years; `None` where its name speaks of none."""
    return ages.fits(fold(procedure.name), age)


def told(procedure: Procedure) -> list[str]:
    """The sentences of a record that speak of ages: who may apply, and for whom which paper is needed."""
    return list(dict.fromkeys(one for one in _sentences(procedure) if _AGE.search(one)))


def _sentences(procedure: Procedure) -> Iterator[str]:
    for text in (*procedure.applicants, *procedure.conditions, *procedure.paper_notes):
        yield from (one.strip(" -+*") for one in _SENTENCE.split(text))
    for paper in procedure.papers:
        yield f"{paper.group}: {paper.name}" if paper.group else paper.name
        yield from (f"{paper.name}: {one}" for one in _SENTENCE.split(paper.note))
