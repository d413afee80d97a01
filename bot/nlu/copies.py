"""Copies of a training example as other citizens would type it: without accents, in haste, politely.

The copies are made while training and never stored: the examples under data/nlu stay the ones that
people wrote. Word lists are copies.yml; chance is seeded by the text, so training repeats itself.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.nlu.text import strip_accents
from bot.nlu.text.abbreviations import lexicon
from common import yaml_files

SOURCE = Path(__file__).with_name("copies.yml")

# Keys beside each other on a Vietnamese (US) keyboard, for slips of the finger.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    key: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, key in enumerate(row)
}


@dataclass(frozen=True)
class Phrases:
    """What copies.yml says.

    Attributes:
        before, after: courtesies around a wish.
        plain: intents that take no courtesies (they are courtesies, or bare answers).
        mentions: ways to name a procedure, any of which may stand for any other.
    """

    before: list[str]
    after: list[str]
    plain: frozenset[str]
    mentions: list[str]
    finder: re.Pattern[str]


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """The word lists, read once."""
    content = yaml_files.read(SOURCE)
    mentions = sorted(content["mentions"], key=len, reverse=True)
    return Phrases(
        before=content["before"],
        after=content["after"],
        plain=frozenset(content["plain"]),
        mentions=content["mentions"],
        finder=re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, mentions))})(?!\w)", re.IGNORECASE),
    )


def copies(text: str, intent: str) -> list[str]:
    """`text` first, then its copies: other procedure, courtesies, abbreviated, mistyped, folded.

    Args:
        text: an example as it stands in the training data (accented).
        intent: its intent, which decides whether courtesies fit.
    """
    chance = random.Random(text)
    made = [text]
    lists = phrases()
    if lists.finder.search(text):
        made.append(lists.finder.sub(lambda _: chance.choice(lists.mentions), text))
    if intent not in lists.plain:
        wish = chance.choice(made)
        polite = (f"{chance.choice(lists.before)} {wish}", f"{wish} {chance.choice(lists.after)}")
        made.append(chance.choice(polite))
    made.append(abbreviate(text, chance))
    made.append(mistype(chance.choice(made), chance))
    folded = [strip_accents(text)]
    folded += [strip_accents(copy) for copy in made[1:] if chance.random() < 0.5]
    return list(dict.fromkeys(made + folded))


@lru_cache(maxsize=1)
def _short_forms() -> list[tuple[re.Pattern[str], list[str]]]:
    entries: dict[str, list[str]] = {}
    for spelling, words in lexicon().single.items():
        entries.setdefault(words, []).append(spelling)
    return [
        (re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE), spellings)
        for words, spellings in sorted(entries.items(), key=lambda item: -len(item[0]))
    ]


def abbreviate(text: str, chance: random.Random) -> str:
    """`text` with what has a short form written short, more often than not."""
    for pattern, spellings in _short_forms():
        if chance.random() < 0.7:
            text = pattern.sub(lambda _, s=spellings: chance.choice(s), text)  # type: ignore[misc]
    return text


def mistype(text: str, chance: random.Random) -> str:
    """`text` with one slip in a word of four letters or more: swapped, lost, doubled, beside."""
    words = [match.span() for match in re.finditer(r"[^\W\d_]{4,}", text)]
    if not words:
        return text
    start, end = chance.choice(words)
    place = chance.randrange(start, end - 1)
    letter = text[place]
    slips = [
        text[place + 1] + letter + text[place + 2 :],
        text[place + 1 :],
        letter + text[place:],
        chance.choice(_BESIDE.get(strip_accents(letter).lower()) or letter) + text[place + 1 :],
    ]
    return text[:place] + chance.choice(slips)
