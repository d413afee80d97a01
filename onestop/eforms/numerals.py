"""Vietnamese numerals: "hai mươi lăm", "2 triệu rưỡi", "500.000", "200k" → figures."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5,
    "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_SCALES = {
    "nghin": 10**3, "ngan": 10**3, "k": 10**3,
    "trieu": 10**6, "tr": 10**6, "cu": 10**6,
    "ty": 10**9, "ti": 10**9,
}  # fmt: skip
_FILLERS = {"linh", "le", "va"}
# Everyday words too (no, year, do, after, from, Mr Tư, father): alone a numeral only if nothing else is said.
_EVERYDAY = {
    "khong",
    "nam",
    "lam",
    "sau",
    "tu",
    "nham",
    "ba",
    "bay",
    "le",
    "va",
    "linh",
    "cu",
    "tr",
    "k",
    "ti",
}
WORD = r"(?:" + "|".join([*_UNITS, "muoi", "tram", *_SCALES, *_FILLERS, "ruoi", "chuc"]) + ")"
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|\b{WORD}\b|(?<=\d)(?:trieu|tr|ty|ti|k|nghin|ngan)(?=\b|\d)")


def figure(text: str) -> Decimal | None:
    """The value of a written figure: "1.500.000", "1,5", "2.5", "12".

    A separator before each group of three digits separates thousands, whichever it is, because
    people in Viet Nam write both; any other separator is the decimal one.
    """
    if not _FIGURE.fullmatch(text) or not text.isascii():
        return None
    parts = re.split(r"[.,]", text)
    if len(parts) == 1 or (
        parts[0] != "0" and len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
    ):
        return Decimal("".join(parts))
    return Decimal(f"{parts[0]}.{parts[1]}") if len(parts) == 2 else None


def words_to_int(words: list[str]) -> int | None:
    """The value of folded numeral words, below a thousand or digit by digit ("một chín chín không").

    Returns:
        The value, or None if the words are no numeral.
    """
    words = [word for word in words if word not in _FILLERS]
    if not words:
        return None
    if len(words) > 1 and all(word in _UNITS for word in words):
        if words[-1] in ("lam", "nham") and len(words) == 2:  # "hai lăm" = 25
            return _UNITS[words[0]] * 10 + 5
        return int("".join(str(_UNITS[word]) for word in words))
    total, unit = 0, None
    for word in words:
        if word in _UNITS:
            if unit is not None:
                # "hai mươi mốt": units follow tens at once; two units in a row: digits within.
                return None
            unit = _UNITS[word]
        elif word in ("muoi", "chuc"):
            total, unit = total + (1 if unit is None else unit) * 10, None
        elif word == "tram":
            if unit is None:
                return None
            total, unit = total + unit * 100, None
        else:
            return None
    return total + (unit or 0)


def read(folded: str) -> Decimal | None:
    """The one number in a folded text, in words, figures or both.

    Args:
        folded: text without accents in lower case; words around the number are allowed.

    Returns:
        The number, or None if there is none, or more than one, or it cannot be read.
    """
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(folded)]
    runs: list[list[str]] = []
    end = None
    for token, start, stop in tokens:
        if end is not None and folded[end:start].strip(" ") == "":
            runs[-1].append(token)
        else:
            runs.append([token])
        end = stop
    with_figures = [run for run in runs if any(token[0].isdigit() for token in run)]
    alone = len(folded.split()) == 1
    candidates = with_figures or [
        run for run in runs if alone or len(run) > 1 or run[0] not in _EVERYDAY
    ]
    return _run_value(candidates[0]) if len(candidates) == 1 else None


def _run_value(run: list[str]) -> Decimal | None:
    """The value of one run of tokens, summed scale by scale from the highest."""
    total = Decimal(0)
    last_scale: int | None = None
    group: list[str] = []
    for token in run:
        if token in _SCALES and not group and last_scale is not None:
            total, last_scale = total * _SCALES[token], last_scale * _SCALES[token]  # "nghìn tỷ"
        elif token in _SCALES:
            amount = _group_value(group) if group else None
            if amount is None or (last_scale is not None and _SCALES[token] >= last_scale):
                return None
            last_scale = _SCALES[token]
            total, group = total + amount * last_scale, []
        elif token == "ruoi":  # noqa: S105 — half of the scale before it, not a password
            if group or last_scale is None:
                return None
            return total + Decimal(last_scale) / 2
        else:
            group.append(token)
    if not group:
        return total
    amount = _group_value(group)
    if amount is None:
        return None
    if last_scale is not None and amount < 10 and len(group) == 1 and last_scale > 1000:
        return total + amount * last_scale / 10  # "2 triệu 5", "2tr5"
    return total + amount


def _group_value(group: list[str]) -> Decimal | None:
    """The value of what stands before a scale: one figure, or words."""
    if group[0].isdigit() and group[1:2] == ["tram"]:  # "5 trăm nghìn"
        rest = words_to_int(group[2:]) if group[2:] else 0
        return None if rest is None else Decimal(int(group[0]) * 100 + rest)
    if any(token[0].isdigit() for token in group):
        return figure(group[0]) if len(group) == 1 else None
    value = words_to_int(group)
    return None if value is None else Decimal(value)


def digits(folded: str) -> str:
    """The text with numeral words of one digit written as digits ("không chín một" → "0 9 1")."""
    return re.sub(
        r"\b(?:" + "|".join(_UNITS) + r")\b", lambda match: str(_UNITS[match.group()]), folded
    )
