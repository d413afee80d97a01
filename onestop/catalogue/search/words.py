"""Words of a message or a name, pairs of accented and folded syllables, and the terms made of them.

Vietnamese is written in syllables with spaces between them, so a syllable is the unit here;
pairs of neighbouring syllables (bigrams) stand for words. No word segmentation: it joins folded
text wrongly (measured before this project, see docs/search.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from bot.nlu.text import canonical, strip_accents, tokens

_CLAUSE = re.compile(r"[,;.!?\n]+\s")
_SYLLABLE = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """One syllable in lower case: `accented` as it is written, `folded` without marks (đ→d)."""

    accented: str
    folded: str
    meant: tuple[str, ...] = ()  # folded syllables that a doubtful one may stand for

    @property
    def bare(self) -> bool:
        """Whether it carries no marks (it needs none, or they were not typed)."""
        return self.accented == self.folded


Terms = dict[str, float]


class Reading(NamedTuple):
    """The weighted terms of a text: folded syllables, folded pairs ("a b"), marked syllables."""

    syllables: Terms
    pairs: Terms
    marked: Terms
    content: bool  # False: only words of conversation or aspects
    elsewhere: bool = False  # whether it speaks of a matter of no office (the weather …)


def words(text: str) -> list[Word]:
    """The syllables and numbers of a text in order, normalised, abbreviations written out."""
    return [Word(syllable, strip_accents(syllable)) for syllable in tokens(canonical(text))]


def folded_key(listed: Iterable[Word]) -> str:
    """Words as one string without marks, for comparing names."""
    return " ".join(word.folded for word in listed)


def clauses(text: str) -> list[str]:
    """The parts of a message between punctuation marks."""
    return [part for part in _CLAUSE.split(text) if part.strip()]


def folded_syllables(text: str) -> list[str]:
    """The folded syllables of a long text; unlike `words` it leaves abbreviations as they are."""
    return _SYLLABLE.findall(strip_accents(text).lower())
