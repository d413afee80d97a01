"""The time of a report: whole days in Vietnam, and the same said in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from onestop.dossiers.calendar import VIETNAM

ZONE = "Asia/Ho_Chi_Minh"
SHIFT = "+7 hours"  # no daylight saving


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both whole."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last day is before the first")

    @property
    def begin(self) -> datetime:
        """The moment at which it begins."""
        return datetime.combine(self.first, time(), tzinfo=VIETNAM)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), tzinfo=VIETNAM)


def month_of(day: date) -> str:
    """`2021-03`, which sorts as it counts."""
    return f"{day:%Y-%m}"


def quarter_of(day: date) -> str:
    """`2021-Q1`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


class vietnam_day(FunctionElement[date]):  # noqa: N801 - reads as a function of SQL
    """The day in Vietnam of a `UTCDateTime` column."""

    type = Date()
    inherit_cache = True


class vietnam_hour(FunctionElement[int]):  # noqa: N801 - reads as a function of SQL
    """The hour in Vietnam, 0–23, of a `UTCDateTime` column."""

    type = Integer()
    inherit_cache = True


@compiles(vietnam_day, "sqlite")
def _day_sqlite(element: Any, compiler: Any, **given: Any) -> str:
    return f"date({compiler.process(element.clauses, **given)}, '{SHIFT}')"


@compiles(vietnam_day, "postgresql")
def _day_postgresql(element: Any, compiler: Any, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} AT TIME ZONE '{ZONE}' AS DATE)"


@compiles(vietnam_hour, "sqlite")
def _hour_sqlite(element: Any, compiler: Any, **given: Any) -> str:
    column = compiler.process(element.clauses, **given)
    return f"CAST(strftime('%H', {column}, '{SHIFT}') AS INTEGER)"


@compiles(vietnam_hour, "postgresql")
def _hour_postgresql(element: Any, compiler: Any, **given: Any) -> str:
    column = compiler.process(element.clauses, **given)
    return f"CAST(EXTRACT(HOUR FROM {column} AT TIME ZONE '{ZONE}') AS INTEGER)"
