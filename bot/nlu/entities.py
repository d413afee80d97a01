"""What can be told by its shape, found in a message with its normalised value. No Rasa here.

A rule finds a span on the folded text (one letter stays one letter, so offsets count in the message);
how a number or a date in Vietnamese words is read stands in one place, `onestop.eforms`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

import phonenumbers
from vn_ident import is_valid_cccd

from bot.nlu.text import strip_accents
from onestop.dossiers.codes import normalise_code
from onestop.eforms import numerals
from onestop.eforms.answers import Refusal
from onestop.eforms.dates import read_date


class Found(NamedTuple):
    """An entity: its name, where it stands (end exclusive, in characters), its normalised value."""

    entity: str
    start: int
    end: int
    value: str


NAMES = frozenset(
    {"dossier_code", "procedure_code", "citizen_id", "old_id", "phone", "email", "date", "money"}
    | {"percent", "licence_class"}
)
"""The entities that the rules know."""

_DASH = r"\s?[-‐‑–—]\s?"
_DOSSIER = re.compile(
    rf"(?<![\w.])(?:\d{{3}}(?:\.\d{{2}}){{2}}\.[a-z]\d{{2}}{_DASH}\d{{6}}{_DASH}\d{{4,5}}"
    rf"|[a-z]\d{{2}}(?:\.\d{{1,3}})*{_DASH}\d{{8}}{_DASH}\d{{7}})(?![\w-])"
)
# The national code of a procedure: 1.004194, and the longer one of a province: 1.004194.000.00.00.H42.
_PROCEDURE = re.compile(
    r"(?<![\d.,])[1-3]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[a-z]\d{2})?(?!\d|[.,]\d)"
)
_TWELVE = re.compile(r"(?<![\d.,/-])(?<!\d )\d{3}(?:[ .]?\d{3}){3}(?![\d/-]|[.,]\d| \d)")
_NINE = re.compile(
    r"(?<![\d.,/+-])(?<!\d )\d{3}(?:[ .]?\d{3}){2}(?![\d/-]|[.,]\d| \d|\s*(?:d|dong|vnd)\b)"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
# Possessive: a run of digits is one number. Cut in every way, forty digits would take for ever.
_FIGURE = r"\d++(?:[.,]\d++)*+"
_AMOUNT = rf"(?:{_FIGURE}|{numerals.WORD})(?:\s*+(?:{_FIGURE}|{numerals.WORD}))*"
_MONEY = re.compile(
    rf"(?<![\w.,/-])(?P<amount>{_AMOUNT})\s*(?P<unit>dong|vnd|d|cu)(?!\w)"
    rf"|(?<![\w.,/-])(?P<scaled>\d+(?:[.,]\d+)*\s*(?:trieu|tr|ty|ti|nghin|ngan|k)(?:\s*(?:\d+|ruoi))?)(?!\w)"
    rf"|(?<!\w)(?P<spoken>(?:{numerals.WORD}\s+)+(?:trieu|ty|nghin|ngan)(?:\s+{numerals.WORD})*)(?!\w)"
)
_PERCENT = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)\s*(?:%|phan tram(?!\w))")
# The classes before and after 1 January 2025 (Luật Trật tự, an toàn giao thông đường bộ 2024, Điều 57).
_CLASSES = "a1|a2|a3|a4|a|b1|b2|b|c1e|c1|ce|c|d1e|d2e|d1|d2|de|d|be|fb2|fb|fc|fd|fe|e"
_LICENCE = re.compile(
    rf"(?<!\w)(?:hang|bang|bang lai|gplx|lai xe|lai)\s+(?:xe\s+)?(?P<class>{_CLASSES})(?!\w)"
    rf"|^\s*(?P<alone>a1|a2|a3|a4|b1|b2|c1e?|ce|d1e?|d2e?|de|be|fb2|fc|fd|fe)\s*$"
)
_NUMERAL_DATE = rf"(?:\d{{1,2}}|{numerals.WORD}(?:\s+{numerals.WORD})?)"
_DATES = (
    re.compile(r"(?<![\w./-])\d{1,2}\s?([/.-])\s?\d{1,2}\s?\1\s?(?:\d{4}|\d{2})(?![\w/-]|\.\d)"),
    re.compile(r"(?<![\w./-])\d{4}([/.-])\d{1,2}\1\d{1,2}(?![\w/-])"),
    re.compile(
        rf"(?<!\w)(?:(?:ngay|hom|mung|mong)\s+)*{_NUMERAL_DATE}[\s,]+(?:thang|thg)\s+"
        rf"(?:gieng|chap|{_NUMERAL_DATE})[\s,]+(?:nam\s+)?"
        rf"(?:\d{{4}}|\d{{2}}|{numerals.WORD}(?:\s+{numerals.WORD})+)(?!\w)"
    ),
    re.compile(r"(?<!\w)(?:hom nay|hom qua|hom kia|ngay mai|ngay kia)(?!\w)"),
)


def find_entities(text: str, today: date) -> list[Found]:
    """All entities of `text` in order; where two rules want the same letters, the earlier rule wins.

    Args:
        text: a message in NFC, as typed.
        today: the day that "hôm qua" counts from.
    """
    folded = strip_accents(unicodedata.normalize("NFC", text)).lower()
    taken: list[Found] = []
    for rule in _RULES:
        for found in rule(folded, today):
            if all(found.end <= other.start or found.start >= other.end for other in taken):
                taken.append(found)
    return sorted(taken, key=lambda found: found.start)


def _dossier_codes(folded: str, today: date) -> Iterator[Found]:
    for match in _DOSSIER.finditer(folded):
        code = normalise_code(match.group())
        if code:
            yield Found("dossier_code", *match.span(), code)


def _procedure_codes(folded: str, today: date) -> Iterator[Found]:
    for match in _PROCEDURE.finditer(folded):
        yield Found("procedure_code", *match.span(), match.group().upper())


def _emails(folded: str, today: date) -> Iterator[Found]:
    for match in _EMAIL.finditer(folded):
        yield Found("email", *match.span(), match.group().rstrip("."))


def _citizen_ids(folded: str, today: date) -> Iterator[Found]:
    for match in _TWELVE.finditer(folded):
        digits = re.sub(r"\D", "", match.group())
        if is_valid_cccd(digits):
            yield Found("citizen_id", *match.span(), digits)


def _phones(folded: str, today: date) -> Iterator[Found]:
    if sum(letter.isdigit() for letter in folded) < 9:
        return
    for match in phonenumbers.PhoneNumberMatcher(folded, "VN"):
        number = match.number
        if number.country_code == 84:
            yield Found("phone", match.start, match.end, f"0{number.national_number}")


def _old_ids(folded: str, today: date) -> Iterator[Found]:
    for match in _NINE.finditer(folded):
        yield Found("old_id", *match.span(), re.sub(r"\D", "", match.group()))


def _dates(folded: str, today: date) -> Iterator[Found]:
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            try:
                day = read_date(match.group(), today, past=False, future=False)
            except Refusal:
                continue
            yield Found("date", *match.span(), day.isoformat())


def _money(folded: str, today: date) -> Iterator[Found]:
    for match in _MONEY.finditer(folded):
        written = next(part for part in match.group("amount", "scaled", "spoken") if part)
        amount = numerals.read(written)
        if amount is None or amount != int(amount):
            continue
        if match["unit"] == "cu":  # a million, in the market's words
            amount *= 1_000_000
        if match["unit"] == "d" and amount < 1000:  # "bằng 2 d": no price is that low
            continue
        yield Found("money", *match.span(), str(int(amount)))


def _percents(folded: str, today: date) -> Iterator[Found]:
    for match in _PERCENT.finditer(folded):
        yield Found("percent", *match.span(), match.group(1).replace(",", "."))


def _licence_classes(folded: str, today: date) -> Iterator[Found]:
    for match in _LICENCE.finditer(folded):
        name = "class" if match["class"] else "alone"
        yield Found("licence_class", *match.span(name), match[name].upper())


# The narrow rules first: a citizen ID is also nine digits in a row, a phone is ten of them.
_RULES: tuple[Callable[[str, date], Iterator[Found]], ...] = (
    _dossier_codes,
    _procedure_codes,
    _emails,
    _citizen_ids,
    _dates,
    _money,
    _phones,
    _old_ids,
    _percents,
    _licence_classes,
)
