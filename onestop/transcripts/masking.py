"""Personal data in transcripts, replaced by what it is: "‹họ tên›", "‹số điện thoại›".

Three signs, the surest first: the answer to a form's question for a name, number or address is masked as a
whole; what the citizen has told in forms is known and masked wherever it is said again; all else is told by its
shape. In doubt it is masked: a reviewer who needs the clear text may ask for it (`access.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice, takewhile
from typing import Any, NamedTuple

from bot.nlu.entities import find_entities
from common import yaml_files
from common.settings import ROOT
from onestop import resume_code
from onestop.eforms import divisions
from onestop.eforms.words import fold

SOURCE = ROOT / "data" / "transcripts" / "masking.yml"
_ANY_DAY = date(2000, 1, 1)  # only where something stands counts, not which day "hôm qua" is
_SHORTEST_KNOWN = 4
_MOST_GIVEN = 4
_MOST_STREET = 5

# On folded text, where every letter is where it was.
_EMAIL = re.compile(r"[^\s@<>,;]+\s?@\s?[^\s@<>,;]+|\S+\s+a\s?cong\s+\S+(?:\s+cham\s+\S+)*")
_DIGITS = re.compile(r"\d{7,}|(?<!\d)\d(?:[\s.\-‐-―()+]{0,3}\d){8,}(?!\d)")
_SPOKEN = re.compile(r"\b(?:(?:khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin)\b[\s,.\-]*){7,}")
_CARD = re.compile(r"\d{12}\|")
_SECRET = re.compile(r"(?<![\w-])(?=[a-z_-]*\d)[\w-]{20,}={0,2}|gaaaaa[\w-]+={0,2}")
_RESUME = re.compile(
    rf"(?<!\w)[{resume_code.LETTERS.lower()}]{{{resume_code.LETTER_COUNT}}}[ .-]?"
    rf"\d{{{resume_code.DIGIT_COUNT}}}(?!\w)"
)
_SHAPES = (
    ("email", _EMAIL),
    ("number", _DIGITS),
    ("number", _SPOKEN),
    ("secret", _SECRET),
    ("secret", _RESUME),
)
_PERSONAL = {"dossier_code", "citizen_id", "old_id", "phone", "email"}
_TOLD_NAME = re.compile(
    r"\b(?:ho va ten|ho ten|ten day du|ten la|ten toi la|ten em la|ten chau la|ten)\s*[:=]?\s*"
)
_WORD = re.compile(r"[^\W\d_]+")
_UNIT_BEFORE = re.compile(r"\b(?:xa|phuong|thi tran|thi xa|huyen|quan|tinh|thanh pho|tp\.?)\s+$")
_WRITTEN = re.compile(r"[\s,]*([\w/\-]+)([,.;:!?)\n]?)")
_HOUSE = re.compile(r"(?:\bso\s+)?\d[\w/]*,?\s+$")


class Span(NamedTuple):
    """What stands from `start` to `end` (exclusive), by its name in masking.yml."""

    start: int
    end: int
    kind: str


class Known(NamedTuple):
    """Something that the citizen has told: its name in masking.yml, and what it is."""

    kind: str
    text: str


class _List:
    """Words as they are written, known without accents too: "đường" and "duong", but not "đương"."""

    def __init__(self, words: Iterable[str]) -> None:
        self._written = frozenset(one.lower() for one in words)
        self._plain = frozenset(map(fold, self._written))
        longest_first = sorted(self._plain, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")

    def __contains__(self, word: object) -> bool:
        word = str(word).lower()
        return word in self._written or (word.isascii() and word in self._plain)

    def as_written(self, word: str) -> bool:
        """Whether it is one of the words with its accents."""
        return word.lower() in self._written

    def find(self, written: str, folded: str) -> Iterator[re.Match[str]]:
        """Where any of the words stands."""
        for match in self._pattern.finditer(folded):
            if written[match.start() : match.end()] in self:
                yield match


@dataclass(frozen=True)
class _Words:
    tokens: dict[str, str]
    personal_fields: frozenset[str]
    asking: dict[str, str]
    family_names: _List
    middle_names: _List
    after_names: frozenset[str]  # as written: not known without accents
    streets: _List
    hamlets: _List  # of the streets, those that are known in small letters too
    units: _List
    places: frozenset[str]


@cache
def _words() -> _Words:
    content: dict[str, Any] = yaml_files.read(SOURCE)
    return _Words(
        tokens=content["tokens"],
        personal_fields=frozenset(content["personal_fields"]),
        asking=content["asking"],
        family_names=_List(" ".join(content["family_names"]).split()),
        middle_names=_List(" ".join(content["middle_names"]).split()),
        after_names=frozenset(" ".join(content["after_names"]).split()),
        streets=_List(content["streets"]),
        hamlets=_List(content["hamlets"]),
        units=_List(content["units"]),
        places=_places(),
    )


@cache
def _places() -> frozenset[str]:
    """Names of provinces and districts; a commune's, often a person's too, only counts behind its kind."""
    index = divisions.index()
    return frozenset([*index.provinces, *index.districts])


def token(kind: str) -> str:
    """What stands for personal data of a kind."""
    return _words().tokens[kind]


def is_personal(kind: str) -> bool:
    """Whether answers to fields of this type are masked as a whole."""
    return kind in _words().personal_fields


def asked_by(reply: str) -> str:
    """The kind of personal data that a reply (by its template's name) asks for; empty if none."""
    return _words().asking.get(reply, "")


def mask(text: str, known: Iterable[Known] = ()) -> str:
    """The text with all personal data replaced.

    Args:
        text: a message or a reply.
        known: what the citizen has told; how it is spelt there does not matter.
    """
    written = unicodedata.normalize("NFC", text)
    if _CARD.search(written):
        return token("card")
    pieces, position = [], 0
    for span in _merged(_found(written, known)):
        pieces += [written[position : span.start], token(span.kind)]
        position = span.end
    return "".join([*pieces, written[position:]])


def _merged(found: Iterable[Span]) -> Iterator[Span]:
    """Spans that overlap become one, called as the one that begins first (of those, the longest)."""
    last: Span | None = None
    for span in sorted(found, key=lambda one: (one.start, -one.end)):
        if last is not None and span.start < last.end:
            last = last._replace(end=max(last.end, span.end))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _found(written: str, known: Iterable[Known]) -> Iterator[Span]:
    folded = fold(written)
    shapes = [
        Span(*match.span(), kind) for kind, shape in _SHAPES for match in shape.finditer(folded)
    ]
    # What the understanding can tell by its shape has at least one of the shapes above.
    entities = find_entities(written, _ANY_DAY) if shapes else []
    for one in entities:
        if one.entity in _PERSONAL:
            yield Span(one.start, one.end, one.entity)
    procedures = [one for one in entities if one.entity == "procedure_code"]
    for span in shapes:
        if not any(span.start < one.end and span.end > one.start for one in procedures):
            yield span
    yield from _known(folded, known)
    yield from _names(written, folded)
    yield from _addresses(written, folded)


def _known(folded: str, known: Iterable[Known]) -> Iterator[Span]:
    for one in known:
        words = fold(unicodedata.normalize("NFC", one.text)).split()
        if len("".join(words)) < _SHORTEST_KNOWN:
            continue
        pattern = r"\s+".join(map(re.escape, words))
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", folded):
            yield Span(*match.span(), one.kind)


def _names(written: str, folded: str) -> Iterator[Span]:
    lists = _words()
    words = list(_WORD.finditer(written))
    # Who types accents types them in names too: then "bao" is not "Bảo".
    accented = written.lower() != folded
    for at, first in enumerate(words):
        if first.group() not in lists.family_names:
            continue
        given = list(_given(words[at + 1 :], first.end(), written))
        if not given:
            continue
        capitals = first.group()[0].isupper() and given[0].group()[0].isupper()
        if capitals:
            given = list(takewhile(lambda word: word.group()[0].isupper(), given))
        elif len(given) == 1 or not _is_middle(given[0].group(), accented):
            continue
        begin, end = first.start(), given[-1].end()
        place = " ".join(folded[begin:end].split()[:2]) in lists.places
        if not place and not _UNIT_BEFORE.search(folded[:begin]):
            yield Span(begin, end, "person_name")
    for lead in _TOLD_NAME.finditer(folded):
        told = [word for word in words if word.start() >= lead.end()]
        given = list(_given(told, lead.end(), written))
        if len(given) > 1:
            yield Span(given[0].start(), given[-1].end(), "person_name")


def _is_middle(word: str, accented: bool) -> bool:
    middle = _words().middle_names
    return middle.as_written(word) if accented else word in middle


def _given(words: list[re.Match[str]], position: int, written: str) -> Iterator[re.Match[str]]:
    """The words that go on with a name: up to a mark, a word that no name holds, or four."""
    for word in words[:_MOST_GIVEN]:
        if written[position : word.start()].strip() or word.group() in _words().after_names:
            return
        yield word
        position = word.end()


def _addresses(written: str, folded: str) -> Iterator[Span]:
    """House, street and hamlet: with a number or a capital behind the word, or before a commune's."""
    lists = _words()
    for match in lists.streets.find(written, folded):
        begin, end = match.span()
        if folded[:begin].endswith("thanh "):  # a city, "thành phố"
            continue
        if before := _HOUSE.search(folded[:begin]):  # "số 12 đường …", "12 ngõ 5"
            begin = before.start()
        marked = False  # a word behind it is a number or has a capital
        for word in islice(_WRITTEN.finditer(written, end), _MOST_STREET):
            name, mark = word.groups()
            plain = not (name[0].isupper() or name[0].isdigit())
            if (name in lists.units and plain) or (plain and marked):
                break
            marked = marked or not plain
            end = word.end(1)
            if name[0].isdigit() or mark:
                break
        if end == match.end():
            continue
        following = _WRITTEN.match(written, end)
        before_unit = following is not None and following[1] in lists.units
        if marked or (before_unit and match.group() in lists.hamlets):
            yield Span(begin, end, "address")
