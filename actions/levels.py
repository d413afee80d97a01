"""Whether a procedure is taken in at the level of government that is asked about ("làm ở xã được không")."""

from __future__ import annotations

import re

from bot.nlu.text import canonical, fold
from onestop.catalogue.content import Procedure

_LEVELS = {
    "xa": "cấp xã",
    "phuong": "cấp xã",
    "huyen": "cấp huyện",
    "tinh": "cấp tỉnh",
    "bo": "trung ương",
    "trung uong": "trung ương",
}
_OFFICE = r"(?:công an|ủy ban nhân dân|ủy ban|cong an|uy ban nhan dan|uy ban|ubnd)"
# Where accents are written they tell "ở xã" from "ở xa"; without them the question "được không" does.
_ASKED = re.compile(
    rf"\b(?:(?:ở|tại|ra|lên|trên|về|xuống|tới|đến|cấp) (?:{_OFFICE} )?|{_OFFICE} )(?:cấp )?"
    r"(?P<accented>xã|phường|huyện|tỉnh|bộ|trung ương)(?! (?:khác|nào|mình|em|tôi|nhà))\b"
    rf"|\b(?:(?:o|tai|ra|len|tren|ve|xuong|toi|den|cap) (?:{_OFFICE} )?|{_OFFICE} )(?:cap )?"
    r"(?P<bare>xa|phuong|huyen|tinh|bo|trung uong)\b(?=(?: \w+){0,3} (?:duoc|được) (?:khong|không|hong|chua)\b)"
)
# How the records, which are written with care, name who takes a dossier in or handles it.
_PLACES = {
    "cấp xã": re.compile(r"\b(?:[Cc]ấp xã|Công an xã|Ủy ban nhân dân xã|[Pp]hường|[Đđ]ặc khu)\b"),
    "cấp tỉnh": re.compile(
        r"(?<!trong )\btỉnh\b|\bSở |\bPhòng (?:Cảnh sát|Quản lý xuất nhập cảnh)"
    ),
    "trung ương": re.compile(r"\bBộ (?!phận|Chỉ huy)|\bCục |\b[Tt]rung ương\b"),
}
# A centre takes dossiers in for other offices: one without a level may stand at any.
_CENTRE = re.compile(r"hành chính công|một cửa", re.IGNORECASE)


def asked(text: str) -> str | None:
    """The level that a question names, as citizens say it; None if none or several are named."""
    found = [fold(one["accented"] or one["bare"]) for one in _ASKED.finditer(canonical(text))]
    named = {_LEVELS[one] for one in found}
    return named.pop() if len(named) == 1 else None


def taken_in(procedure: Procedure, level: str) -> bool | None:
    """Whether the record names an office of this level; None if it does not say of any.

    Args:
        procedure: the procedure.
        level: as citizens say it, of `asked`.
    """
    told = f"{procedure.one_stop_unit}. {procedure.agency}"
    named = {one for one, words in _PLACES.items() if words.search(told)}
    if level in named:
        return True
    if not named or _CENTRE.search(procedure.one_stop_unit):
        return None
    return False
