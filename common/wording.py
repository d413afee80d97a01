"""How days and hours are written in Vietnamese, alike in all that citizens read."""

from __future__ import annotations

from datetime import date, time

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def weekday(on: date) -> str:
    """A day with its name: `Thứ Hai 30/11/2026`."""
    return f"{WEEKDAYS[on.weekday()]} {on:%d/%m/%Y}"


def hour(moment: time) -> str:
    """`7:30` → `7 giờ 30`, `17:00` → `17 giờ`."""
    return f"{moment.hour} giờ" + (f" {moment.minute:02}" if moment.minute else "")
