"""Hours and addresses of one-stop units and the rules of bookings, as staff keep them over the tenant's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.orm import Session

from common.tenant import Booking, OpeningHours, Place, Tenant, shipped
from onestop.changes.subject import Unfit
from onestop.kept.rows import faults_of_rows
from onestop.kept.shelf import ONLY, Shelf
from onestop.units.directory import PROVINCIAL, Directory

_DIGIT = re.compile(r"\d")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HoursRow(_Row):
    """The hours on some days of the week; `unit`: whose, "" those of all that have none of their own."""

    unit: str = ""
    days: str
    weekdays: tuple[int, ...]
    hours: str


class PlaceRow(_Row):
    """Where a unit is; without name or address those that its commune's name gives."""

    unit: str
    name: str = ""
    address: str = ""
    phone: str = ""
    verified: bool = False
    note: str = ""


class UnitsKept(_Row):
    """All of it; `booking` has one row."""

    hours: tuple[HoursRow, ...]
    places: tuple[PlaceRow, ...]
    booking: tuple[Booking, ...]


def told_of(tenant: Tenant) -> UnitsKept:
    """What a tenant says of its units."""
    data = tenant.units
    places = {PROVINCIAL: data.provincial, **data.communes.known}
    hours = [("", one) for one in tenant.opening_hours]
    hours += [(unit, one) for unit, place in places.items() for one in place.opening_hours]
    return UnitsKept(
        hours=tuple(HoursRow(unit=unit, **one.model_dump()) for unit, one in hours),
        places=tuple(
            PlaceRow(unit=unit, **place.model_dump(exclude={"opening_hours"}))
            for unit, place in places.items()
        ),
        booking=(data.booking,),
    )


def laid_over(base: Tenant, kept: UnitsKept) -> Tenant:
    """The tenant with its units as staff keep them.

    Raises:
        Unfit: if they cannot be.
    """
    if faults := _faults(base, kept):
        raise Unfit(*faults)
    hours: dict[str, list[OpeningHours]] = {"": []}
    for row in kept.hours:
        part = OpeningHours(days=row.days, weekdays=row.weekdays, hours=row.hours)
        hours.setdefault(row.unit, []).append(part)
    directory = Directory(base)
    rows = {row.unit: row for row in kept.places}
    known = {
        unit: _place(directory, rows.get(unit) or PlaceRow(unit=unit), hours.get(unit, []))
        for unit in {**rows, **hours}
        if unit
    }
    units = base.units.model_copy(
        update={
            "provincial": known.pop(PROVINCIAL, base.units.provincial),
            "communes": base.units.communes.model_copy(update={"known": known}),
            "booking": kept.booking[0],
        }
    )
    return base.model_copy(update={"opening_hours": tuple(hours[""]), "units": units})


def _place(directory: Directory, row: PlaceRow, hours: list[OpeningHours]) -> Place:
    usual = directory.place(row.unit)
    return Place(
        name=row.name or usual.name,
        address=row.address or usual.address,
        phone=row.phone,
        verified=row.verified,
        note=row.note or usual.note,
        opening_hours=tuple(hours),
    )


def _faults(base: Tenant, kept: UnitsKept) -> list[str]:
    ids = set(Directory(base).ids())
    found = []
    covered: set[tuple[str, int]] = set()
    for number, row in enumerate(kept.hours):
        here = f"hours-{number}"
        if row.unit and row.unit not in ids:
            found.append(f"{here}-unit: unknown_unit")
        if not row.days.strip():
            found.append(f"{here}-days: missing")
        try:
            spans = OpeningHours(days=row.days, weekdays=row.weekdays, hours=row.hours).spans
        except (ValidationError, ValueError):  # an odd number of times is a ValueError of `zip`
            found.append(f"{here}-hours: hours_unreadable")
            continue
        if not row.hours.strip() or (_DIGIT.search(row.hours) and not spans):
            found.append(f"{here}-hours: hours_unreadable")
        if not row.weekdays:
            found.append(f"{here}-weekdays: missing")
        for day in row.weekdays:
            if (row.unit, day) in covered:
                found.append(f"{here}-weekdays: day_twice")
            covered.add((row.unit, day))
    if not any(row.unit == "" for row in kept.hours):
        found.append("hours: missing")
    units = [place.unit for place in kept.places]
    for number, place in enumerate(kept.places):
        if place.unit not in ids:
            found.append(f"places-{number}-unit: unknown_unit")
        elif units.count(place.unit) > 1:
            found.append(f"places-{number}-unit: unit_twice")
        if not re.fullmatch(r"[\d ]*", place.phone):
            found.append(f"places-{number}-phone: phone_digits")
    if len(kept.booking) != 1:
        found.append("booking: missing")
    return list(dict.fromkeys(found))


class Units(Shelf):
    """One document: `UnitsKept` as JSON."""

    kind = "units"

    def shipped(self) -> Mapping[str, str]:
        """What the tenant's file says."""
        return {ONLY: told_of(shipped()).model_dump_json()}

    def title(self, _session: Session, _code: str) -> str:
        """Whose units they are."""
        return shipped().name

    def checked(self, _session: Session, _code: str, content: str) -> str:
        """The content in one writing, if the service can work by it."""
        try:
            kept = UnitsKept.model_validate_json(content)
        except ValidationError as error:
            raise Unfit(*faults_of_rows(error)) from error
        laid_over(shipped(), kept)
        return kept.model_dump_json()
