"""Fees: "500000 VNĐ (đồng/lần)", "0 VNĐ ()", "Phí : 2.000.000 Đồng (…)", "Miễn phí"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onestop.catalogue.importing.text import one_line, tidy, without_bullet

_SUM = r"\d{1,12}|\d{1,3}(?:[.,]\d{3})+"
_CURRENCY = "VNĐ|VND|Việt Nam Đồng|Đồng"
# A part of the portal's fee text. A portal record separates parts by "|"; in the ministry's files
# every part starts with its own label, "Phí :" or "Lệ phí :".
_PART = re.compile(
    r"(?:(?:Phí|Lệ phí|Phí, lệ phí) ?: ?)?"
    rf"(?P<sum>{_SUM}|không|miễn phí|) ?(?:{_CURRENCY}) ?(?:\((?P<note>.*)\))?",
    re.IGNORECASE,
)
_LABELLED_PARTS = re.compile(r"\n(?=(?:Phí|Lệ phí|Phí, lệ phí) ?:)")
_EMPTY = re.compile(r"[\s|]*")
# Words that say, alone or with the law that says so, that nothing is paid. A condition beside them
# ("đối với…", "trường hợp…") makes the whole no longer a figure.
_FEES = r"(?:lệ phí|phí và lệ phí|phí, lệ phí|phí/lệ phí|phí|tiền)"
_FREE = re.compile(
    rf"[-–* ]*(?:không(?: có)?|(?:được )?miễn(?: thu)?(?: {_FEES})?"
    rf"|không (?:thu|mất|có|phải nộp|phải trả|thu nộp) ?{_FEES}|không thu)"
    r"(?: ?\((?:theo )?(?:Luật|Nghị định|Nghị quyết|Thông tư)[^()]*\))?[ .;]*",
    re.IGNORECASE,
)
# No fee in force is lower than this many đồng. A smaller figure was meant in US dollars (visas), in
# per cent or in thousands: the record does not say which.
LOWEST_FEE = 1_000


@dataclass(frozen=True)
class Fee:
    """A fee as read: the sum in đồng, 0 where the record says that it is free, and the words."""

    amount: int | None = None
    note: str = ""


def parse_fee(text: str) -> Fee:
    """Read a fee; several different ones, or one only in words, are kept in the note.

    Args:
        text: the portal's text of fees; any text is taken.

    Returns:
        The fee. A sum of 0 is free only where words say so: 0 also stands for "see there".
    """
    if not one_line(text):
        return Fee()
    parts = [
        part
        for labelled in _LABELLED_PARTS.split(tidy(text))
        for part in re.split(r" \|(?: |$)|^\|", labelled.replace("\n", " "))
        if not _EMPTY.fullmatch(part)
    ]
    fees = list(dict.fromkeys(_parse_part(part.strip()) for part in parts))
    if len(fees) == 1:
        return fees[0]
    return Fee(note="; ".join(note for note in map(_in_words, fees) if note))


def _parse_part(part: str) -> Fee:
    match = _PART.fullmatch(part)
    if match is None:
        return Fee(0 if _FREE.fullmatch(part) else None, part)
    note = without_bullet((match["note"] or "").strip())
    figure = match["sum"].lower()
    if figure in ("không", "miễn phí"):
        return Fee(None, note) if note else Fee(0, match["sum"])
    amount = int(re.sub(r"[.,]", "", figure) or 0)
    if amount == 0:
        return Fee(0 if _FREE.fullmatch(note) else None, note)
    if amount < LOWEST_FEE:
        return Fee(None, part)
    return Fee(amount, note)


def _in_words(fee: Fee) -> str:
    if not fee.amount:
        return fee.note
    figure = f"{fee.amount:,} đồng".replace(",", ".")
    return f"{figure} ({fee.note})" if fee.note else figure
