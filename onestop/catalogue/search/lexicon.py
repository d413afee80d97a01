"""The search's language data: everyday words, life situations, words that carry no content.

Three YAML files under `data/search/` that staff can extend; the file heads say how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from onestop.catalogue.search.words import Word, agrees, words

DATA = Path(__file__).resolve().parents[3] / "data" / "search"


class Kind(StrEnum):
    """What a listed phrase does to a message."""

    TALK = "talk"  # conversational: dropped
    ASPECT = "aspect"  # what is asked about a procedure (fee, time …): dropped
    KEEP = "keep"  # guards a phrase from the entries above
    MEANS = "means"  # an everyday phrase: replaced by official words


class Phrase(NamedTuple):
    """One listed phrase and what becomes of it."""

    said: tuple[Word, ...]
    kind: Kind
    means: tuple[tuple[Word, ...], ...] = ()


class Piece(NamedTuple):
    """A stretch of a message: its syllables, or what a listed phrase makes of them."""

    said: tuple[Word, ...]
    phrase: Phrase | None


class Lexicon:
    """Listed phrases, matched longest first from left to right."""

    def __init__(
        self, phrases: Iterable[Phrase], situations: Iterable[tuple[str, list[str]]] = ()
    ) -> None:
        self._by_first: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            self._by_first.setdefault(phrase.said[0].folded, []).append(phrase)
        for listed in self._by_first.values():
            listed.sort(key=lambda phrase: -len(phrase.said))
        self.situations = list(situations)

    @classmethod
    def load(cls, folder: Path = DATA) -> Lexicon:
        """Read the three files of a folder.

        Raises:
            OSError, yaml.YAMLError, KeyError: a file is missing or not as its head describes.
        """
        talk = _read(folder / "stopwords.yml")
        phrases = [
            Phrase(tuple(words(text)), kind)
            for kind in (Kind.TALK, Kind.ASPECT, Kind.KEEP)
            for text in talk[kind.value]
        ]
        for entry in _read(folder / "synonyms.yml"):
            means = entry["means"] if isinstance(entry["means"], list) else [entry["means"]]
            official = tuple(tuple(words(text)) for text in means)
            phrases += [Phrase(tuple(words(s)), Kind.MEANS, official) for s in entry["say"]]
        situations = [(e["procedure"], list(e["says"])) for e in _read(folder / "situations.yml")]
        return cls(phrases, situations)

    def pieces(self, said: list[Word]) -> Iterator[Piece]:
        """Cut a message into listed phrases and single syllables that no phrase covers."""
        at = 0
        while at < len(said):
            phrase = self._longest(said, at)
            length = len(phrase.said) if phrase else 1
            yield Piece(tuple(said[at : at + length]), phrase)
            at += length

    def _longest(self, said: list[Word], at: int) -> Phrase | None:
        for phrase in self._by_first.get(said[at].folded, ()):
            end = at + len(phrase.said)
            if end <= len(said) and all(map(agrees, said[at:end], phrase.said)):
                return phrase
        return None


def _read(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return yaml.safe_load(file)


@cache
def shipped() -> Lexicon:
    """The lexicon that ships with the project, read once."""
    return Lexicon.load()
