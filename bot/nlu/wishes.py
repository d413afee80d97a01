"""Several wishes in one message: "làm lý lịch tư pháp mất bao lâu, phí bao nhiêu?".

Pure functions over a `rank` that tells the likeliest intent of each of several texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypedDict

from bot.nlu.text import strip_accents, token_spans

SURE = 0.5
"""A clause is a wish of its own from this confidence on."""
TORN = 0.12
"""Where the second intent of a whole message gets this much, it may be two wishes without a comma."""
FEWEST = 2
"""Words that a wish has at least ("bao lâu", "mấy tiền")."""

Rank = Callable[[Sequence[str]], list[tuple[str, float]]]

# "còn" only with its accent: "con" is a child, and half of all procedures are about one. "rồi" belongs to the
# clause that it ends: what was done already ("nộp hồ sơ rồi") is no wish to do it.
_BREAK = re.compile(
    r"[,.;:]\s|[?!;\n]|\s[-–+&]\s|(?<=\sroi)\s"
    r"|(?<!\w)(?:va|voi lai|dong thoi|the con|con nua|ngoai ra)(?!\w)"
)
_STILL = re.compile(r"(?<!\w)còn(?!\w)", re.IGNORECASE)


class Wish(TypedDict):
    """One thing that a message asks for."""

    intent: str
    confidence: float
    text: str


def clauses(text: str) -> list[str]:
    """`text` cut at punctuation and at words that join two wishes; clauses of one word are left out.

    Args:
        text: a message in NFC, as typed.
    """
    folded = strip_accents(text).lower()
    cuts = [match.span() for match in _BREAK.finditer(folded)]
    cuts += [match.span() for match in _STILL.finditer(text)]
    parts, position = [], 0
    for start, end in sorted(cuts):
        if start >= position:
            parts.append(text[position:start])
            position = end
    parts.append(text[position:])
    return [part.strip() for part in parts if len(token_spans(part)) >= FEWEST]


def find_wishes(
    text: str, best: Sequence[tuple[str, float]], rank: Rank, several: frozenset[str]
) -> list[Wish]:
    """What `text` asks for, in order: one wish, or several when its clauses are clear.

    Args:
        text: a message in NFC, as typed.
        best: the likeliest intents of the whole message with their confidences, best first.
        rank: the likeliest intent of each text, with its confidence.
        several: intents of which one message may hold several.
    """
    whole = Wish(intent=best[0][0], confidence=best[0][1], text=text)
    parts = clauses(text)
    found = _gather(parts, rank(parts), several) if len(parts) > 1 else []
    if len(found) < 2 and _torn(best, several):
        found = _cut(text, best[0][0], rank, several) or found
    if len(found) > 1:
        return found
    # A long tale with one clear question in it: the question counts.
    if found and whole["confidence"] < SURE < found[0]["confidence"]:
        return found
    return [whole]


def _gather(
    parts: Sequence[str], ranked: Sequence[tuple[str, float]], several: frozenset[str]
) -> list[Wish]:
    found: dict[str, Wish] = {}
    for part, (intent, confidence) in zip(parts, ranked, strict=True):
        if intent in several and confidence >= SURE and intent not in found:
            found[intent] = Wish(intent=intent, confidence=confidence, text=part)
    return list(found.values())


def _torn(best: Sequence[tuple[str, float]], several: frozenset[str]) -> bool:
    return len(best) > 1 and best[0][0] in several and best[1][0] in several and best[1][1] >= TORN


def _cut(text: str, lead: str, rank: Rank, several: frozenset[str]) -> list[Wish]:
    """The two wishes of a message without a comma, where one place parts them clearly.

    One of them is the `lead` of the whole message: halves read apart may look like anything.
    """
    starts = [start for start, _ in token_spans(text)][FEWEST : 1 - FEWEST]
    halves = [half.strip() for start in starts for half in (text[:start], text[start:])]
    ranked = rank(halves) if halves else []
    pairs = [
        _gather(halves[place : place + 2], ranked[place : place + 2], several)
        for place in range(0, len(halves), 2)
    ]
    clear = [pair for pair in pairs if len(pair) == 2 and lead in {one["intent"] for one in pair}]
    return max(clear, key=lambda pair: pair[0]["confidence"] * pair[1]["confidence"], default=[])
