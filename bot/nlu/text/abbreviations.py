"""Abbreviations and chat spelling, written out; the list itself is abbreviations.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.nlu.text.tokens import token_spans
from common import yaml_files

SOURCE = Path(__file__).with_name("abbreviations.yml")
UNITS = frozenset({"kg", "m"})
"""Short forms that measure when a number stands before them."""


@dataclass(frozen=True)
class Lexicon:
    """What abbreviations.yml says.

    Attributes:
        single: one token → its words.
        phrases: several tokens → their words; only phrases of up to `longest` tokens.
        longest: tokens of the longest phrase.
        emoji: a character → words.
        kept: words that look like telex keys and are none.
    """

    single: dict[str, str]
    phrases: dict[tuple[str, ...], str]
    longest: int
    emoji: dict[str, str]
    kept: frozenset[str]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The list, read once."""
    content = yaml_files.read(SOURCE)
    entries: dict[str, str] = {}
    for words, spellings in content["abbreviations"].items():
        for spelling in spellings:
            entries[str(spelling)] = words
    phrases = {
        tuple(spelling.split()): words for spelling, words in entries.items() if " " in spelling
    }
    return Lexicon(
        single={spelling: words for spelling, words in entries.items() if " " not in spelling},
        phrases=phrases,
        longest=max(map(len, phrases)),
        emoji=content["emoji"],
        kept=frozenset(content["kept"]),
    )


def short_forms() -> Mapping[str, str]:
    """The short forms of one word ("cccd") and the words they stand for."""
    return lexicon().single


def expand_abbreviations(text: str) -> str:
    """Write out abbreviations and chat spelling: "dk gplx bn tien" → "đăng ký giấy phép lái xe …".

    Args:
        text: a normalised text (lower case); what stands between the words is kept.
    """
    entries = lexicon()
    spans = token_spans(text)
    words = [text[start:end] for start, end in spans]
    written: list[str] = []
    position = index = 0
    while index < len(words):
        for length in range(min(entries.longest, len(words) - index), 1, -1):
            found = entries.phrases.get(tuple(words[index : index + length]))
            if found is not None:
                break
        else:
            length, found = 1, entries.single.get(words[index])
            if found is not None and _stands_for_itself(text, spans, index):
                found = None
        if found is not None:
            written += [text[position : spans[index][0]], found]
            position = spans[index + length - 1][1]
        index += length
    return "".join([*written, text[position:]])


def _stands_for_itself(text: str, spans: list[tuple[int, int]], index: int) -> bool:
    """Whether a token is no abbreviation here: a unit after a number (3,2 kg), a name (K'Brơi)."""
    start, end = spans[index]
    measured = index > 0 and text[start:end] in UNITS and text[spans[index - 1][1] - 1].isdigit()
    return measured or text[end : end + 1] in ("'", "’")
