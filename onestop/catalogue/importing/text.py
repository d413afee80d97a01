"""Cleaning of the records' texts: characters, wrapped lines, bullets, ways to say nothing."""

from __future__ import annotations

import re
import unicodedata

LOWER = "".join(letter for letter in map(chr, range(0x61, 0x1EFA)) if letter.islower())
UPPER = LOWER.upper().replace("SS", "")

# Invisible characters that the portal's texts carry: zero-width marks, soft hyphens, byte orders;
# and control characters, of which PostgreSQL takes no NUL.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_BLANKS = re.compile(r"[^\S\n]+")
_NO_INFORMATION = re.compile(r"không có thông tin(?: [^.,;]{1,30})?\.?", re.IGNORECASE)
_NONE_ASKED = re.compile(r"[-–\s]*không(?: có| quy định| yêu cầu)?[\s.;]*", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-–—*•+·]+\s*)+")
_NESTED = re.compile(r"^[-–—*•\s]*\+")
_ENUMERATED = re.compile(r"^\w{1,3}(?:\.\d+)*[.)/]")
_STEP = re.compile(r"(?:^|(?<=[\n.;]))[^\S\n]*(?=[-–*•+\s]*Bước\s+\d)")


def tidy(text: str) -> str:
    """`text` in NFC without invisible characters, blanks single, lines trimmed, none empty."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def said(text: str) -> str:
    """`tidy(text)`, or "" where the text only says that there is no information."""
    text = tidy(text)
    return "" if _NO_INFORMATION.fullmatch(text) else text


def one_line(text: str) -> str:
    """`said(text)` with its lines joined by blanks."""
    return said(text).replace("\n", " ")


def without_bullet(line: str) -> str:
    """`line` without the dashes, stars and pluses before it; a line of nothing else stays."""
    return _BULLET.sub("", line).strip() or line


def asks_nothing(text: str) -> bool:
    """Whether a text of conditions says that there are none ("Không", "Không quy định.")."""
    return _NONE_ASKED.fullmatch(text) is not None


def items(text: str) -> list[str]:
    """The items of a bulleted or enumerated text, in order.

    A line that starts with a small letter goes on with the line before it (the portal's texts are
    wrapped), and a "+" line belongs to the item above it.
    """
    found: list[str] = []
    for line in said(text).splitlines():
        wrapped = line[0].islower() and not _ENUMERATED.match(line)
        if found and wrapped:
            found[-1] += f" {line}"
        elif found and _NESTED.match(line):
            found[-1] += f"\n{line}"
        else:
            found.append(without_bullet(line))
    return found


def steps(text: str) -> list[str]:
    """The steps of a procedure: one for each "Bước N" where there are such, else `items(text)`."""
    text = said(text)
    parts = [part.strip() for part in _STEP.split(text)]
    if len(parts) == 1 and not re.match(r"[-–*•+\s]*Bước\s+\d", text):
        return items(text)
    return [without_bullet(part) for part in parts if part]
