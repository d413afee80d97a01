"""Processing times: "7 WORKING_DAY", "15 Ngày làm việc", "Không quá 10 ngày kể từ ngày nhận…"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onestop.catalogue.content import TimeUnit
from onestop.catalogue.importing.text import one_line, said

_UNITS = {
    "working_day": TimeUnit.WORKING_DAY,
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "day": TimeUnit.DAY,
    "ngày": TimeUnit.DAY,
    "hour": TimeUnit.HOUR,
    "giờ": TimeUnit.HOUR,
    "month": TimeUnit.MONTH,
    "tháng": TimeUnit.MONTH,
    "year": TimeUnit.YEAR,
    "năm": TimeUnit.YEAR,
}
UNIT_NAMES = "|".join(sorted(_UNITS, key=len, reverse=True))
_FIGURE = re.compile(rf"(\d{{1,4}}(?:[.,]\d{{1,2}})?) ?({UNIT_NAMES})", re.IGNORECASE)
# A sentence counts as a figure only if it is this one and holds nothing else, above all no cases.
_SENTENCE = re.compile(
    r"(?:không quá|trong thời hạn|trong vòng|tối đa|chậm nhất)? ?"
    rf"(\d{{1,4}}) (?:\([^()\d]*\) )?({UNIT_NAMES}),?"
    r"(?: (?:kể|tính) từ (?:ngày|khi) nhận(?: được)?(?: đủ| đầy đủ)? hồ sơ"
    r"(?: báo cáo| đầy đủ| đủ| hợp lệ| và|,| theo quy định)*)?\.?",
    re.IGNORECASE,
)
# The unit OTHER: the portal gave the time in words only; the figure before it means nothing.
_OTHER = re.compile(r"(.*?) ?\bOTHER", re.DOTALL)
_MEANINGLESS = re.compile(r"[\d.,\s-]*")
# "0 Giờ" stands in such a place, too.
_SEE_DESCRIPTION = re.compile(
    rf"(?:theo|xem)(?: phần)? mô tả\.?|0+ (?:{UNIT_NAMES})", re.IGNORECASE
)
_TELLS_TIME = re.compile(
    r"\d+ (?:\([^)]*\) )?(?:ngày|giờ|tháng|năm|phút)|thời hạn|thời gian|ngay |trong ngày",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Time:
    """A processing time as read: a figure with its unit, or neither, and the words beside it."""

    amount: float | None = None
    unit: TimeUnit | None = None
    note: str = ""


def parse_time(text: str) -> Time:
    """Read a processing time; what is not one plain figure is kept in the note.

    Args:
        text: the portal's text of a processing time; any text is taken.

    Returns:
        The time. "1 OTHER" gives nothing at all: that unit means that the time is told elsewhere.
    """
    words = one_line(text)
    if figure := _FIGURE.fullmatch(words):
        amount = float(figure[1].replace(",", "."))
        return Time(amount, _UNITS[figure[2].lower()]) if amount > 0 else Time(note=words)
    if other := _OTHER.fullmatch(words):
        return Time(note="" if _MEANINGLESS.fullmatch(other[1]) else other[1])
    if (sentence := _SENTENCE.fullmatch(words)) and int(sentence[1]) > 0:
        return Time(float(sentence[1]), _UNITS[sentence[2].lower()], words)
    return Time(note=words)


def describe(time: Time, description: str) -> tuple[Time, str]:
    """Take a way's description for its time, where only the description tells it.

    Args:
        time: the time as read from its own place.
        description: the portal's "Mô tả" of the way.

    Returns:
        The time, and the description or "" if it became the time's note.
    """
    description = said(description)
    if description == time.note:
        return time, ""
    elsewhere = not time.note or _SEE_DESCRIPTION.fullmatch(time.note)
    if time.amount is None and elsewhere and _TELLS_TIME.search(description):
        return Time(note=description), ""
    return time, description
