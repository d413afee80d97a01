"""A message as the intent model reads it: canonical words, concepts, and the shape of the answer."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from bot.nlu.concepts import find_concepts
from bot.nlu.entities import find_entities
from bot.nlu.frame import frame
from bot.nlu.text import canonical, strip_accents, tokens

_DIGIT = re.compile(r"\d")
# "12 trừ 5": arithmetic is asked of a calculator, not of an office.
_SUM = re.compile(r"\d\s*(?:[+x*/:-]|cộng|trừ|nhân|chia|cong|tru|nhan)\s*\d", re.IGNORECASE)
_ANY_DAY = date(2000, 1, 1)
# The commonest family names (they cover nine Vietnamese in ten), folded.
_NAMES = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dao doan trinh dinh truong
lam mai to ta ha cao luong luu phung quach kieu chu thai vuong tong trieu giang nghiem la tang kim
mac khuc diep than ton thach chau
"""
_FAMILY_NAMES = frozenset(_NAMES.split())


class Reading(NamedTuple):
    """What the model sees of a message.

    Attributes:
        words: canonical words with one space between them, every digit as 0: which number it is says
            nothing of what the citizen wants, how it is built says a lot.
        frame: how it is asked, apart from what it is about and who asks.
        signs: concepts, kinds of entities and the message's shape, in order.
        strangeness: how many of the words nobody has used about an office yet, and which share;
            told by the model, which knows the words.
    """

    words: str
    frame: str
    signs: str
    strangeness: str = ""


def reading(text: str) -> Reading:
    """Read one message, as typed."""
    text = unicodedata.normalize("NFC", text)
    words = tokens(canonical(text))
    entities = [f"e_{one.entity}" for one in find_entities(text, _ANY_DAY)]
    concepts = find_concepts(words)
    signs = [*(one.concept for one in concepts), *entities, *_shape(text, words)]
    return Reading(
        words=_DIGIT.sub("0", " ".join(words)),
        frame=_DIGIT.sub("0", frame(words, concepts)),
        signs=" ".join(signs),
    )


def _shape(text: str, words: list[str]) -> list[str]:
    """How long a message is, whether it asks, whether it looks like a name or a number."""
    count = len(words)
    shape = [f"n_{count if count < 4 else 4 if count < 6 else 6 if count < 10 else 10}"]
    if "?" in text:
        shape.append("asks")
    if words and 2 <= count <= 5 and strip_accents(words[0]) in _FAMILY_NAMES:
        shape.append("name")
    if count > 1 and all(word[:1].isupper() for word in tokens(text)):
        shape.append("capitals")
    if words and all(word[0].isdigit() for word in words):
        shape.append("figures")
    elif _SUM.search(text):
        shape.append("sum")
    return shape
