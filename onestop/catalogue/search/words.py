"""Words of a message or a name: pairs of accented and folded syllables.

Vietnamese is written in syllables with spaces between them, so a syllable is the unit here;
pairs of neighbouring syllables (bigrams) stand for words. No word segmentation: it joins folded
text wrongly (measured before this project, see docs/search.md).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_SYLLABLE = re.compile(r"[^\W\d_]+|\d+(?:[./-]\d+)*", re.UNICODE)
_FOLD_D = str.maketrans("đĐ", "dD")
# Tone marks on oa, oe, uy stand on either vowel (hoà/hòa); one spelling is kept.
_TONES = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
_TONE = re.compile("(?<!q)(" + "|".join(_TONES) + r")(?![^\W\d_])")


class Word(NamedTuple):
    """One syllable: `accented` in lower case, `folded` without marks (đ→d)."""

    accented: str
    folded: str


def fold(text: str) -> str:
    """Strip Vietnamese marks (and đ→d); letter case is kept."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(_FOLD_D)


def words(text: str) -> list[Word]:
    """The syllables and numbers of a text in order, lower case, one tone placement."""
    text = unicodedata.normalize("NFC", text).lower()
    text = _TONE.sub(lambda m: _TONES[m[1]], text)
    found = _SYLLABLE.findall(text)
    return [Word(a, f) for a, f in zip(found, fold(" ".join(found)).split(" "), strict=True) if a]


def agrees(typed: Word, listed: Word) -> bool:
    """Whether a typed syllable can mean a listed one: equal, or typed without its marks."""
    return typed.folded == listed.folded and typed.accented in (listed.accented, listed.folded)


def bigrams(folded: Sequence[str]) -> list[str]:
    """Neighbouring syllables joined by a space."""
    return [f"{a} {b}" for a, b in itertools.pairwise(folded)]
