"""Dates in the ways Vietnamese citizens type them.

Own rules rather than dateparser: 1.2.0 knows no "mùng 2", invents a day for "tháng 3 năm 1990" and
reads "đường 3 tháng 2" as a date. Here a date that is not whole is refused, never completed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from onestop.eforms import numerals
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.words import fold

_MONTHS = {"gieng": 1, "chap": 12}
_NUMBER = rf"(?:\d{{1,4}}|{numerals.WORD}(?:\s+{numerals.WORD})*)"
_MONTH = rf"(?:\d{{1,2}}|gieng|chap|{numerals.WORD}(?:\s+{numerals.WORD})?)"
_DAY_LEAD = r"(?:(?:ngay|hom|mung|mong|ngay\s+m[uo]ng)\s+)?"
_MONTH_WORD = r"(?:thang|thg|th|t)\.?"

# Month and year stay together: where the month's words end is decided in `_month_and_year`.
_SPOKEN = re.compile(
    rf"\b{_DAY_LEAD}(?P<day>{_NUMBER})[\s,]*\b{_MONTH_WORD}\s*"
    rf"(?P<tail>(?:\d{{1,4}}|gieng|chap|{numerals.WORD})(?:[\s,/]+(?:nam\s+sinh|\d{{2,4}}|{numerals.WORD}))+)\b"
)
_FIGURES = re.compile(
    r"(?<![\d/.\-])(?P<day>\d{1,2})\s*(?P<mark>[/.\- ])\s*(?P<month>\d{1,2})\s*(?P=mark)\s*"
    r"(?P<year>\d{4}|\d{2})(?![\d/\-])"
)
_ISO = re.compile(r"(?<![\d/.\-])(?P<year>\d{4})([/.\-])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)")
_JOINED = re.compile(r"(?<!\d)(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})(?!\d)")
_RELATIVE = {"hom nay": 0, "hom qua": -1, "hom kia": -2, "ngay mai": 1, "ngay kia": 2, "mai": 1}

_LUNAR = re.compile(r"\b(?:am lich|lich am|ngay ram|ram thang)\b")
_DAY_MONTH = re.compile(
    rf"\b{_DAY_LEAD}(?:{_NUMBER})\s*{_MONTH_WORD}\s*{_MONTH}\b|(?<![\d/])\d{{1,2}}\s*[/\-]\s*\d{{1,2}}(?![\d/])"
)
_MONTH_YEAR = re.compile(
    rf"\b{_MONTH_WORD}\s*{_MONTH}\b|(?<![\d/])\d{{1,2}}\s*[/\-.]\s*\d{{4}}(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)"
)
_YEAR = re.compile(
    rf"(?<!\d)(?:19|20)\d\d(?!\d)|\b(?:sinh nam|nam sinh|nam|sn|sinh)\s+(?P<year>{_NUMBER})\b"
)


def read_date(text: str, today: date, *, past: bool, future: bool) -> date:
    """The one date in a text.

    Args:
        text: cleaned text, with or without accents.
        today: what "hôm nay" and two-digit years are relative to.
        past: the date must not lie in the future (a two-digit year is read so).
        future: the date must not lie in the past.

    Raises:
        Refusal: date_lunar, date_several, date_impossible, date_year_missing, date_day_missing or
            date_unreadable.
    """
    folded = fold(text)
    if _LUNAR.search(folded):
        raise Refusal("date_lunar")
    for pattern in (_ISO, _FIGURES, _SPOKEN, _JOINED):
        found = [
            parts for match in pattern.finditer(folded) if (parts := _parts(match)) is not None
        ]
        dates = {_date(*parts, today, past=past, future=future) for parts in found}
        if len(dates) > 1:
            raise Refusal("date_several")
        if dates:
            whole = dates.pop()
            if whole is None:
                raise Refusal("date_impossible")
            return whole
    for phrase, days in _RELATIVE.items():
        if re.search(rf"\b{phrase}\b", folded):
            return today + timedelta(days=days)
    if _DAY_MONTH.search(folded):
        raise Refusal("date_year_missing")
    if _MONTH_YEAR.search(folded) or _YEAR.search(folded):
        raise Refusal("date_day_missing")
    raise Refusal("date_unreadable")


def read_year(text: str, today: date) -> int:
    """The one year in a text: a four-digit year, one in words, "sinh năm 90", or a date's year.

    Raises:
        Refusal: year_unreadable, or what `read_date` raises for a date that is wrong.
    """
    folded = fold(text)
    whole = {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", folded)}
    if len(whole) == 1:
        return whole.pop()
    if len(whole) > 1:
        raise Refusal("date_several")
    if match := _YEAR.search(folded):
        year = _number(match["year"] or "")
    else:
        short = re.fullmatch(r"\d{2}|" + _NUMBER, folded)
        year = _number(folded) if short else None
    if year is None:
        try:
            return read_date(text, today, past=True, future=False).year
        except Refusal as refusal:
            if refusal.code != "date_unreadable":
                raise
            raise Refusal("year_unreadable") from refusal
    return _full_year(year, today.year, past=True, future=False)


def date_value(day: date) -> Value:
    """A date as an answer: ISO 8601, read out as dd/mm/yyyy."""
    return Value(value=day.isoformat(), display=f"{day.day:02}/{day.month:02}/{day.year}")


def age(born: date, today: date) -> int:
    """Whole years lived on the day `today`."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _parts(match: re.Match[str]) -> tuple[int, int, int, bool] | None:
    """Day, month, year and whether the year has only two digits; None if words are no numerals."""
    groups = match.groupdict()
    day = _number(groups["day"])
    if "tail" in groups:
        month, year = _month_and_year(groups["tail"].replace(",", " ").replace("/", " ").split())
    else:
        month, year = _number(groups["month"]), _number(groups["year"])
    if day is None or month is None or year is None:
        return None
    return day, month, year, year < 100


def _month_and_year(words: list[str]) -> tuple[int | None, int | None]:
    """Where the month ends: "năm" is five as well as year ("tháng năm năm một chín chín năm")."""
    readings: list[tuple[int | None, int | None]] = []
    for length in (1, 2):
        month = _MONTHS.get(" ".join(words[:length])) or _number(" ".join(words[:length]))
        rest = words[length:]
        for year_words in (rest[1:], rest) if rest[:1] == ["nam"] else (rest,):
            year = _number(" ".join(year_words))
            readings.append((month, year))
            if month in range(1, 13) and year is not None and (year < 100 or 1900 <= year <= 2100):
                return month, year
    return readings[0]


def _number(words: str) -> int | None:
    if words.isascii() and words.isdigit():
        return int(words)
    value = numerals.words_to_int(words.split())
    if value is None and (spoken := numerals.read(words)) is not None and spoken == int(spoken):
        value = int(spoken)  # "một nghìn chín trăm chín mươi"
    return value


def _date(
    day: int, month: int, year: int, short: bool, today: date, *, past: bool, future: bool
) -> date | None:
    """The date of these figures, or None if there is none (or its year is no year of our time)."""
    try:
        if not short:
            return date(year, month, day) if 1900 <= year <= 2100 else None
        near, far = date(2000 + year, month, day), None
        if not future:
            far = date(1900 + year, month, day)
    except ValueError:
        # 29/2/00 exists in 2000, not in 1900.
        try:
            near, far = date(2000 + year, month, day), None
        except ValueError:
            return None
    if far is None:
        return near
    if past:
        return near if near <= today else far
    return near if abs(near - today) <= abs(far - today) else far


def _full_year(year: int, this_year: int, *, past: bool, future: bool) -> int:
    if year >= 100:
        return year
    near = 2000 + year
    return near - 100 if past and not future and near > this_year else near
