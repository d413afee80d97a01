"""The QR code of the chip citizen card (thẻ căn cước): what stands in it, read from the scanned text.

`số định danh|số CMND cũ|họ tên|ngày sinh|giới tính|nơi thường trú|ngày cấp`, dates as ddmmyyyy; the second
part is empty for who never had an identity card of nine digits. Cards of since July 2024 (Luật Căn cước
26/2023/QH15) may carry further parts behind. No official text publishes the format: it is as cards show it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from onestop.eforms.words import clean, fold

Sex = Literal["male", "female"]

_BAR = re.compile(r"\s*[|｜¦]\s*")
_PARTS = 6  # up to the address; the day of issue may be missing
# A spreadsheet in between eats the leading zero of a number.
_NUMBER = re.compile(r"(?:^|[^0-9])([0-9]{11,12})$")
_OLD_NUMBER = re.compile(r"(?:[0-9]{8,9}|[0-9]{11,12})?")
_DAY = re.compile(
    r"([0-9]{1,2})[/\-.]([0-9]{1,2})[/\-.]([0-9]{4})|([0-9]{1,2})([0-9]{2})([0-9]{4})"
)
_SEXES: dict[str, Sex] = {"nam": "male", "nu": "female"}
# UTF-8 that was read as a Western code page: "Nguyá»…n" for "Nguyễn".
_MISREAD = re.compile(r"[ÃÂÄÅÆ][\u0080-\u00bf€ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|á[º»]")


@dataclass(frozen=True)
class Card:
    """What a card's code tells; nothing of it is checked against the rules of a form yet."""

    citizen_id: str
    name: str
    birth_date: date
    sex: Sex | None
    residence: str
    issued_on: date | None


def read_card(text: str) -> Card | None:
    """The card whose code was scanned, or `None` if the text is no such code.

    Args:
        text: what the scanner gave; words before the number, parts behind the day of issue and an
            encoding that went wrong on the way do no harm.
    """
    parts = _BAR.split(clean(_repaired(text)))
    number = _NUMBER.search(parts[0])
    if number is None or len(parts) < _PARTS or not _OLD_NUMBER.fullmatch(parts[1]):
        return None
    born = _day(parts[3])
    if born is None or not parts[2]:
        return None
    return Card(
        citizen_id=number[1].zfill(12),
        name=parts[2],
        birth_date=born,
        sex=_SEXES.get(fold(parts[4])),
        residence=parts[5],
        issued_on=_day(parts[6]) if len(parts) > _PARTS else None,
    )


def _day(part: str) -> date | None:
    found = _DAY.fullmatch(part)
    if found is None:
        return None
    day, month, year = (int(one) for one in found.groups() if one is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _repaired(text: str) -> str:
    """The text with an encoding undone that was read as another one; else as it is."""
    if not _MISREAD.search(text):
        return text
    try:
        return b"".join(map(_western, text)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _western(character: str) -> bytes:
    """The byte that a character came from; Windows-1252 leaves five bytes out, which stay as they are."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")
