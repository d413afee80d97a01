"""Small tools on typed Vietnamese that every reader of answers shares."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.nlu.text import strip_accents

_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk"}  # controls; emoji and their modifiers
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng

# What people put before and after an answer. Unaccented forms only where they cannot be part of it:
# "da nang" is a city, "vang a pao" a name.
_BEFORE = re.compile(
    r"^(?:(?:dạ|vâng|thưa|ừ|alo)(?:\s+ạ)?\b[\s,.:]*"
    r"|da(?=\s*,|\s+(?:vang|thua|em|toi|con|chau|minh)\b)[\s,]*)+",
    re.IGNORECASE,
)
_AFTER = {"ạ", "nhé", "nha", "nhá", "nhen", "đó", "đấy", "thôi", "a", "nhe"}


def clean(text: str) -> str:
    """NFC, one space between words, neither control characters nor emoji."""
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in _UNWANTED
    )
    return _SPACE.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def fold(text: str) -> str:
    """Lower case without accents, one character for each of `text`: offsets stay the same."""
    # Character by character, because a few letters of other scripts grow when lowered.
    return "".join(letter.lower()[:1] for letter in strip_accents(text))


def accented_key(text: str) -> str:
    """Lower-case words with accents, tones moved to each word's end: equal for hoà and hòa."""
    words = [unicodedata.normalize("NFD", word) for word in _WORD.findall(text.lower())]
    return " ".join(
        "".join(c for c in word if c not in _TONES) + "".join(c for c in word if c in _TONES)
        for word in words
    )


def has_accents(text: str) -> bool:
    """Whether any letter of the text carries a Vietnamese accent."""
    return fold(text) != text.lower()


def strip_courtesy(text: str) -> str:
    """Without "dạ", "vâng ạ" before the answer and "ạ", "nhé" after it; something always stays."""
    begin = match.end() if (match := _BEFORE.match(text)) else 0
    text = text[begin:].strip() or text
    words = text.rstrip(" ,.;!?").rsplit(" ", 1)
    if len(words) == 2 and words[1] in _AFTER:
        return words[0].rstrip(" ,;:!?")
    return text


def strip_label(text: str, labels: Iterable[str], *, loose: bool = False) -> str:
    """Without the field's name before the answer: "số điện thoại: 09…", "email của tôi là …".

    Args:
        text: cleaned text.
        labels: the names of the field.
        loose: whether a space is enough between name and answer ("dân tộc Kinh").
    """
    folded = fold(text)
    link = r"(?:\bla\b|[:=\-]|(?<= ))" if loose else r"(?:\bla\b|[:=\-])"
    for label in sorted(map(fold, labels), key=len, reverse=True):
        lead = re.match(
            rf"{re.escape(label)}\b(?:\s+(?:cua\s+)?(?:toi|em|minh|chau|con|tui))?\s*{link}\s*",
            folded,
        )
        if lead and lead.end() < len(text):
            return text[lead.end() :]
    return text
