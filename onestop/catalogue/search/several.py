"""Several procedures in one message: "đổi bằng lái và làm lại căn cước".

Cut where words join, each part is looked for by itself. Names join words as well, and people tell stories; so
parts count only if each is clear on its own, the whole message leads to each of them too, and they are not
look-alikes (docs/search.md has how often it is right).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from bot.nlu.text import strip_accents, tokens
from onestop.schemas import SearchResult

_DEPTH = 20  # candidates of the whole message among which each part's procedure must be
_CHOICES = 5  # … and of a part that are looked at
_MOST, _LONGEST = 5, 24  # parts and syllables; a message of more is a story
_ALIKE = 0.02  # what a part may mean with so much of a chance is no other thing than it means
_LED = 6  # syllables of a part that may lack the verb of the one before ("làm lại căn cước và bằng lái")
_VERB = 3  # … which has at most so many syllables, without the person and the wish before it
_JOINS = re.compile(
    r"[,;.!?]+(?=\s|$)|\n|\s[-–+&]\s"
    r"|(?<!\w)(?:voi lai|voi ca|va ca|cung voi|(?<!\bso )voi|va|dong thoi"
    r"|the con|con nua|ngoai ra|sau do|roi|vua|lan|con|ca)(?!\w)",
    re.IGNORECASE,
)
# Without these marks they are other words (con, lần, cà …).
_MARKED = {"con": "còn", "ca": "cả", "lan": "lẫn", "roi": "rồi"}
# What begins so is not wanted, or asks about what stands before it ("mở quán, có phải xin phép không").
_DENIED = re.compile(r"(?:khong|chua|co (?:phai|can|duoc))\b")

Find = Callable[[str, int], SearchResult]
Look = Callable[[str], SearchResult]


class _Part(NamedTuple):
    """A part of a message that means a procedure by itself."""

    said: str
    meant: set[str]  # the code of one, or of what is offered of a topic
    possible: set[str]  # … and of what it may mean besides


def parts(text: str) -> list[str]:
    """A message cut where words join; parts that name no wish of their own are left out.

    Args:
        text: the message as it was typed, in NFC.
    """
    folded = strip_accents(text)
    cut, position = [], 0
    for join in _JOINS.finditer(folded):
        typed = text[join.start() : join.end()].lower()
        if typed == _MARKED.get(join.group().lower(), typed):
            cut.append(text[position : join.start()].strip())
            position = join.end()
    cut.append(text[position:].strip())
    return [part for part in cut if tokens(part) and not _DENIED.match(strip_accents(part).lower())]


def several(text: str, whole: SearchResult, find: Find) -> list[str]:
    """What to look for instead of the message, one text a procedure; nothing where it wants only one.

    Args:
        text: the message as it was typed, in NFC.
        whole: what it means as a whole.
        find: looks for a text; returns so many candidates.
    """
    if whole.named or whole.outcome == "none" or whole.topics or len(tokens(text)) > _LONGEST:
        return []
    cut = parts(text)
    if not 1 < len(cut) <= _MOST:
        return []
    look = cache(lambda said: find(said, _CHOICES))
    found: list[_Part] = []
    for part in cut:
        if not look(part).content_words:
            continue  # "… rồi thì phải làm gì" wants nothing else
        best = _best(_readings(part, found), look)
        stands = _meant(part, look) if best and len(tokens(part)) > 1 else None
        other = (one for one in (best, stands) if one and not any(_alike(one, o) for o in found))
        if one := next(other, None):
            found.append(one)
    if len(found) < 2:
        return []
    # What is clear as a whole must be clear as it stands in a part, too ("kết hôn với người nước ngoài").
    clear = (part.meant for part in found if part.said in cut and len(part.meant) == 1)
    alone = set[str]().union(*clear)
    if whole.outcome == "found" and whole.candidates[0].code not in alone:
        return []
    likely = {one.code for one in find(text, _DEPTH).candidates}
    kept = [part.said for part in found if part.meant & likely]
    return kept if len(kept) > 1 else []


def _readings(part: str, before: list[_Part]) -> Iterator[str]:
    """A part as it stands, then with the verb of the first one before it."""
    length = len(tokens(part))
    if length > 1:
        yield part
    if before and length <= _LED:
        verb = before[0].said.split()[:_VERB]
        yield from (" ".join([*verb[:many], part]) for many in range(1, len(verb) + 1))


def _best(readings: Iterator[str], look: Look) -> _Part | None:
    """The first reading that means one procedure, else the first that means a topic."""
    topic = None
    for said in readings:
        one = _meant(said, look)
        if one and len(one.meant) == 1:
            return one
        topic = topic or one
    return topic


def _meant(said: str, look: Look) -> _Part | None:
    result = look(said)
    if result.outcome == "none" or (result.outcome == "choices" and not result.topics):
        return None
    meant = {one.code for one in result.candidates[: None if result.topics else 1]}
    possible = meant | {one.code for one in result.candidates if one.score >= _ALIKE}
    return _Part(said, meant, possible)


def _alike(one: _Part, other: _Part) -> bool:
    return bool(one.meant & other.possible or other.meant & one.possible)
