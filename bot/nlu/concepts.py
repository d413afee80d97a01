"""Concepts: what phrases mean to a public office, so that learning one phrase is learning all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bot.nlu.text import canonical, strip_accents, tokens
from common import yaml_files

SOURCE = Path(__file__).with_name("concepts.yml")


class Found(NamedTuple):
    """A concept over tokens `first` to `last`, both counted in."""

    concept: str
    first: int
    last: int


@dataclass(frozen=True)
class _Phrases:
    """Folded tokens → the accented tokens they may stand for, each with its concepts."""

    by_folded: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]]
    longest: int


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    content = yaml_files.read(SOURCE)
    by_folded: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
    for concept, phrases in content.items():
        for phrase in phrases:
            accented = tuple(tokens(canonical(phrase)))
            folded = tuple(map(strip_accents, accented))
            by_folded.setdefault(folded, []).append((accented, concept))
    return _Phrases(by_folded, max(map(len, by_folded)))


def find_concepts(words: list[str]) -> list[Found]:
    """The concepts in a message, in order; a phrase inside a longer one of its concept is not told.

    Args:
        words: tokens of the canonical text. A word typed without accents fits every accented word
            that it may stand for; one with accents fits only itself.
    """
    phrases = _phrases()
    folded = [strip_accents(word) for word in words]
    found: list[Found] = []
    covered: dict[str, int] = {}
    for start in range(len(words)):
        for end in range(min(len(words), start + phrases.longest), start, -1):
            for accented, concept in phrases.by_folded.get(tuple(folded[start:end]), ()):
                if covered.get(concept, 0) >= end:
                    continue
                if all(
                    word in (full, bare)
                    for word, full, bare in zip(
                        words[start:end], accented, folded[start:end], strict=True
                    )
                ):
                    found.append(Found(concept, start, end - 1))
                    covered[concept] = end
    return found
