"""The words of an address line, and the street that stands before the commune."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onestop.eforms import divisions
from onestop.eforms.words import fold

_TOKEN = re.compile(r"\b[pqfxh](?=\d+\b)|[^\W_]+")  # "p12", "q1": kind and number
_COUNTRY = {("viet", "nam"), ("vn",), ("vietnam",)}
_STREET_LEAD = re.compile(
    r"^(?:(?:(?:hien\s+)?(?:toi|em|minh|chau|tui|gia dinh|nha)\b\s*)+(?:(?:dang|hien)\s+)*"
    r"(?:(?:o|song|cu tru|thuong tru|tam tru|sinh song)\b\s*)*(?:tai\b|o\b)?"
    r"|(?:dia chi|noi o|noi cu tru|thuong tru|tam tru|ho khau)(?:\s+(?:cua|toi|em|minh|hien tai))*"
    r"\s*(?:\bla\b|\bo\b|\btai\b|:)?)[\s:,]*"
)


@dataclass(frozen=True)
class Token:
    """One word of the line, as the index of units spells it."""

    word: str
    start: int
    end: int
    begins_part: bool  # a comma stands before it


def tokenise(text: str) -> list[Token]:
    """The words of a line, without "Việt Nam" at its end."""
    folded = fold(text)
    tokens = [
        Token(
            divisions.key(match.group()),
            match.start(),
            match.end(),
            folded[: match.start()].rstrip(" ").endswith((",", ";")),
        )
        for match in _TOKEN.finditer(folded)
    ]
    for country in _COUNTRY:
        if tuple(token.word for token in tokens[-len(country) :]) == country:
            tokens = tokens[: -len(country)]
    return tokens


def street_of(text: str) -> str:
    """What stands before the commune, without "tôi ở", "địa chỉ:" at its beginning."""
    street = text.strip(" ,.;-")
    if lead := _STREET_LEAD.match(fold(street)):
        street = street[lead.end() :].strip(" ,.;-")
    return street[:1].upper() + street[1:]
