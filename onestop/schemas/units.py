"""One-stop units, their hours, and when staff are there."""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import BaseModel


class Span(BaseModel):
    """From when to when, in Vietnam."""

    begin: time
    end: time


class NearView(BaseModel):
    """A commune beside another one; kilometres between the centres in a straight line."""

    name: str
    kilometres: float


class UnitView(BaseModel):
    """A one-stop unit; `hours` are days and hours in words. Not `verified`: ask before going there."""

    id: str
    name: str
    address: str
    phone: str
    verified: bool
    note: str
    hours: list[tuple[str, str]]
    near: list[NearView]


class DayView(BaseModel):
    """Whether units are open on a day; where they are not, on which day next."""

    on: date
    today: bool
    open: list[Span]
    next_open: date | None


class UnitsFound(BaseModel):
    """What is known of the units that a question names, and of the day and the moment that it means.

    `choices` are communes to choose from. With `now`, `open_until` says that they are open; else
    `opens_again` when today, `next_open` on which day. `renamed`: the commune was named as before 2025.
    """

    hours: list[tuple[str, str]]
    unit: UnitView | None = None
    renamed: str = ""
    choices: list[str] = []
    day: DayView | None = None
    now: time | None = None
    open_until: time | None = None
    opens_again: time | None = None
    next_open: date | None = None


class HelpHours(BaseModel):
    """Whether a person can be asked for, whether staff are there now, and else when they will be.

    `week`: days and hours of the counter in words.
    """

    offered: bool
    open: bool = False
    opens_at: datetime | None = None
    week: list[tuple[str, str]] = []
