"""The tenant: the province whose portal is served, read once from `data/tenant/<tenant>.yml`.

What staff have changed of it while the service runs (`onestop.kept`) is laid over it with `keep`.
"""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common import yaml_files
from common.kept import Kept
from common.settings import ROOT, settings

# "7 giờ 30", "17 giờ"; two of them make a span.
_CLOCK = re.compile(r"(\d{1,2}) giờ(?: (\d{2}))?")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hotline(_Part):
    """A telephone number for citizens: as dialled, as shown, and whose it is."""

    number: str = Field(pattern=r"^\d{3,15}$")
    display: str
    name: str


class OpeningHours(_Part):
    """The hours of one-stop units on some days of the week, in words that are also read by machine.

    `weekdays` count from 1, Monday (ISO 8601); `hours` without times ("nghỉ") means closed.
    """

    days: str
    weekdays: tuple[int, ...]
    hours: str

    @property
    def spans(self) -> tuple[tuple[time, time], ...]:
        """From when to when, in order: "7 giờ 30 – 11 giờ 30" → ((7:30, 11:30),)."""
        times = [time(int(hour), int(minute or 0)) for hour, minute in _CLOCK.findall(self.hours)]
        return tuple(zip(times[::2], times[1::2], strict=True))

    @model_validator(mode="after")
    def _readable(self) -> Self:
        flat = [moment for span in self.spans for moment in span]
        if flat != sorted(set(flat)) or not set(self.weekdays) <= set(range(1, 8)):
            raise ValueError(f"hours out of order, or no weekday: {self.days}: {self.hours}")
        return self


class Place(_Part):
    """Where a one-stop unit is; `verified` is false where nobody has confirmed it with the unit."""

    name: str
    address: str
    phone: str = Field("", pattern=r"^[\d ]*$")
    verified: bool = False
    note: str = ""
    opening_hours: tuple[OpeningHours, ...] = ()  # none: the tenant's


class CommuneUnits(_Part):
    """The unit that each commune has; `{commune}` stands for "phường Phủ Lý". `known` by commune code."""

    name: str
    address: str
    note: str = ""
    known: dict[str, Place] = {}


class Booking(_Part):
    """How a counter time is booked: length of a slot in minutes, places in it, how far ahead.

    `per_phone`: how many times one telephone number may hold at once.
    """

    slot_minutes: int = Field(ge=5, le=240)
    places: int = Field(ge=1)
    days_ahead: int = Field(ge=1, le=60, description="working days, from the next one")
    per_phone: int = Field(ge=1)


class Units(_Part):
    """The one-stop units: a province's own and each commune's."""

    provinces: tuple[str, ...]  # codes of the area's provinces, of before July 2025 or of today
    source: str
    provincial: Place
    communes: CommuneUnits
    booking: Booking


class PopularProcedure(_Part):
    """A quick choice on the portal page: the procedure's national code, a short and a full name."""

    code: str = Field(pattern=r"^\d\.\d{6}$")
    label: str
    name: str


class Tenant(_Part):
    """What differs from province to province, as far as citizens see it."""

    name: str
    note: str = ""
    # What the province is and was called in the records of its own procedures.
    places: tuple[str, ...] = ()
    agency_identifier: str = Field(pattern=r"^[A-Z]\d{2}(\.\d{1,3})*$")
    hotline: Hotline
    opening_hours: tuple[OpeningHours, ...]
    units: Units
    greeting: str
    popular: tuple[PopularProcedure, ...] = ()


@lru_cache
def shipped() -> Tenant:
    """The tenant that the settings name, as its file has it.

    Raises:
        FileNotFoundError: if there is no such file.
        pydantic.ValidationError: if the file does not fit.
    """
    path = ROOT / "data" / "tenant" / f"{settings().tenant}.yml"
    return Tenant.model_validate(yaml_files.read(path))


_standing = Kept(shipped)
keep = _standing.keep


def tenant() -> Tenant:
    """The tenant as it is now, with what staff keep; raises as `shipped` does."""
    return _standing()
