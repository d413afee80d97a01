"""How days, hours and long names are written in Vietnamese, alike in all that citizens read."""

from __future__ import annotations

from datetime import date, time

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def weekday(on: date) -> str:
    """A day with its name: `Thứ Hai 30/11/2026`."""
    return f"{WEEKDAYS[on.weekday()]} {on:%d/%m/%Y}"


def hour(moment: time) -> str:
    """`7:30` → `7 giờ 30`, `17:00` → `17 giờ`."""
    return f"{moment.hour} giờ" + (f" {moment.minute:02}" if moment.minute else "")


def shorten(text: str, limit: int) -> str:
    """A text on one line of at most `limit` characters, cut at a word where one ends late enough."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    word = cut if flat[limit - 1] == " " else cut.rsplit(" ", 1)[0]
    return (word if len(word) > limit // 2 else cut).rstrip(" ,;:.") + "…"
