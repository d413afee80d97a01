"""Whether an answer is a person's name at all, and whether it was typed without its accents.

Nobody's real name is refused: what is only unlikely is asked for once more, and kept if it is told again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.nlu.text.syllables import ONSETS, RHYMES
from common import yaml_files
from common.settings import ROOT
from onestop.eforms.words import accented_key, fold, has_accents

# Rhymes that end so are spoken sắc or nặng, and written with it.
_STOPS = ("c", "ch", "p", "t")
_VOWEL = re.compile(r"[aeiouy]")
_THRICE = re.compile(r"([^\W\d_])\1\1")


@dataclass(frozen=True)
class _Words:
    """The lists of data/names.yml, with or without accents."""

    first: frozenset[str]
    never: frozenset[str]
    ordinary: frozenset[str]
    phrases: tuple[str, ...]


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml_files.read(ROOT / "data" / "names.yml")
    return content


@cache
def _words_without_accents() -> frozenset[str]:
    return frozenset(" ".join(_content()["without_accents"]).split())


def _key(word: str, accented: bool) -> str:
    """A word as it is compared: with its accents (òa as oà), or without any."""
    parts = word.replace("’", "'").split("'")
    return "'".join(accented_key(part) if accented else fold(part) for part in parts)


@cache
def _words(accented: bool) -> _Words:
    def read(name: str) -> frozenset[str]:
        listed = _content()[name]
        return frozenset(_key(word, accented) for word in " ".join(listed).split())

    # Without accents many an ordinary word looks like one of a name (làm, Lam): then it counts as that.
    names = frozenset[str]() if accented else read("without_accents") | read("meant")
    return _Words(
        first=read("first"),
        never=read("never") - names,
        ordinary=(read("ordinary") | read("never")) - names,
        phrases=tuple(
            " ".join(_key(word, accented) for word in phrase.split())
            for phrase in _content()["phrases"]
        ),
    )


def _keys(name: str) -> tuple[list[str], _Words]:
    """The words of a name as the lists have them, and the lists."""
    accented = has_accents(name)
    return [_key(word, accented) for word in name.split()], _words(accented)


def _begins(keys: Sequence[str], words: _Words) -> bool:
    """Whether it begins as names do."""
    return keys[0] in words.first or "'" in keys[0]


def is_remark(name: str) -> bool:
    """Whether the words are no name but something said: "con mèo", "không biết", "asdf qwer"."""
    keys, words = _keys(name)
    begins = len(keys) > 1 and _begins(keys, words)
    whole = f" {' '.join(keys)} "
    phrase = any(f" {one} " in whole for one in words.phrases)
    if phrase and (has_accents(name) or not begins):  # "la ai van" may be La Ái Vân
        return True
    if _THRICE.search(fold(name)) or any(
        len(key) > 2 and not _VOWEL.search(fold(key)) for key in keys
    ):
        return True
    if len(keys) > 2 and all(len(key) == 1 for key in keys):
        return True
    ordinary = [key in words.ordinary for key in keys]
    if begins:
        # "Mai làm tiếp", "khong biet"; without accents "nguyen ba tien" looks as ordinary, and is a name.
        said = keys[0] in words.never or (has_accents(name) and len(keys) > 2)
        return said and all(ordinary[1:])
    return all(ordinary) or any(key in words.never for key in keys)


def doubt(name: str) -> str | None:
    """Why a name that was taken is asked for once more: its word in data/texts/validation.yml."""
    keys, words = _keys(name)
    begins = _begins(keys, words)
    if len(keys) == 1:
        return None if "'" in keys[0] else "name_short"
    ordinary = [key in words.ordinary for key in keys]
    if any(ordinary) if not begins else has_accents(name) and all(ordinary[1:]):
        return "name_odd"
    return "name_doubted" if lacks_accents(name) else None


def with_accents(name: str) -> str | None:
    """An unaccented name as it is most likely meant; `None` where one of its words may be several."""
    likely, plain = _content()["meant"], _words_without_accents()
    words = fold(name).split()
    if has_accents(name) or not all(word in likely or word in plain for word in words):
        return None
    return " ".join(likely.get(word, word).capitalize() for word in words)


def lacks_accents(name: str) -> bool:
    """Whether a name has no accent though a Vietnamese one would have: "Nguyen Van An", not "Mai Lan Anh".

    A name that holds a word of another language ("John Smith") or begins with a letter ("A Biu") lacks nothing.
    """
    words = re.findall(r"\w+", name.lower())
    if has_accents(name) or not all(map(_vietnamese, words)) or len("".join(words[:1])) == 1:
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
