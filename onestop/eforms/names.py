"""Whether a person's name that was typed without accents should bear some."""

from __future__ import annotations

import re
from functools import cache

import yaml

from bot.nlu.text.syllables import ONSETS, RHYMES
from common.settings import ROOT
from onestop.eforms.words import fold, has_accents

# Rhymes that end so are spoken sắc or nặng, and written with it.
_STOPS = ("c", "ch", "p", "t")


@cache
def _words_without_accents() -> frozenset[str]:
    content = yaml.safe_load((ROOT / "data" / "names.yml").read_text(encoding="utf-8"))
    return frozenset(" ".join(content["without_accents"]).split())


def lacks_accents(name: str) -> bool:
    """Whether a name has no accent though a Vietnamese one would have: "Nguyen Van An", not "Mai Lan Anh".

    A name that holds a word of another language ("John Smith") lacks nothing.
    """
    words = re.findall(r"\w+", name.lower())
    if has_accents(name) or not all(map(_vietnamese, words)):
        return False
    return any(_written_otherwise(word) for word in words)


@cache
def _splits() -> tuple[frozenset[str], frozenset[str]]:
    """Onsets and rhymes without accents."""
    return frozenset(map(fold, ONSETS)), frozenset(map(fold, RHYMES))


def _vietnamese(word: str) -> bool:
    """Whether the word is a Vietnamese syllable, accents aside."""
    onsets, rhymes = _splits()
    return any(word[:at] in onsets and word[at:] in rhymes for at in range(len(word)))


def _written_otherwise(word: str) -> bool:
    """Whether the word of a name is not written so, without accents."""
    possible = any(
        word[:at] in ONSETS and word[at:] in RHYMES and not word.endswith(_STOPS)
        for at in range(len(word))
    )
    return not possible or word not in _words_without_accents()
