"""The tenant's one-stop units by their identifiers, and what is told to a citizen who asks for one."""

from __future__ import annotations

import re
from datetime import datetime

from common.tenant import OpeningHours, Place, Tenant
from onestop.dossiers.calendar import VIETNAM
from onestop.eforms.divisions import key
from onestop.eforms.words import fold
from onestop.schemas import DayView, NearView, Span, UnitsFound, UnitView
from onestop.units import communes, hours
from onestop.units.communes import Commune
from onestop.units.places import Places, places

PROVINCIAL = "province"
NEAR = 3
# More choices than this are no choice: the citizen is asked to say more.
MOST_CHOICES = 8
_PROVINCIAL = re.compile(
    r"\b(?:trung tam|mot cua|cap)\s+(?:\w+\s+){0,6}tinh\b|^\s*(?:cua )?tinh\s*$"
)
_NOW = re.compile(r"\b(?:bay gio|gio nay|luc nay|hien gio|con kip|con lam|con nhan|con mo)\b")


class Directory:
    """The units of a tenant.

    Args:
        tenant: whose `units` say where they are.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._data = tenant.units

    @property
    def _places(self) -> Places:
        return places(self._data.provinces)

    def ids(self) -> list[str]:
        """The identifiers of all units: the provincial one and each commune's code."""
        return [PROVINCIAL, *(one.ward.code for one in self._places.area)]

    def place(self, unit: str) -> Place:
        """Where a unit is.

        Raises:
            KeyError: if there is no such unit.
        """
        if unit == PROVINCIAL:
            return self._data.provincial
        commune = self._commune(unit)
        if unit in self._data.communes.known:
            return self._data.communes.known[unit]
        name = commune.ward.name[0].lower() + commune.ward.name[1:]
        texts = self._data.communes
        return Place(
            name=texts.name.format(commune=name),
            address=texts.address.format(commune=name),
            note=texts.note,
        )

    def opening_hours(self, unit: str) -> tuple[OpeningHours, ...]:
        """A unit's hours: its own, else the tenant's."""
        return self.place(unit).opening_hours or self._tenant.opening_hours

    def view(self, unit: str) -> UnitView:
        """A unit as it is told."""
        place = self.place(unit)
        near = []
        if unit != PROVINCIAL:
            around = communes.nearest(self._commune(unit), self._places.area, NEAR)
            near = [NearView(name=one.ward.name, kilometres=round(far, 1)) for one, far in around]
        return UnitView(
            id=unit,
            name=place.name,
            address=place.address,
            phone=place.phone,
            verified=place.verified,
            note=place.note,
            hours=[(one.days, one.hours) for one in self.opening_hours(unit)],
            near=near,
        )

    def find(self, text: str, *, asked: bool = False) -> list[str]:
        """The units that a text may name, by their identifiers or in words."""
        if text in self.ids():
            return [text]
        if found := self._places.read(text, asked=asked):
            return [one.ward.code for one in found]
        return [PROVINCIAL] if _PROVINCIAL.search(fold(text)) else []

    def tell(self, text: str, moment: datetime, *, asked: bool = False) -> UnitsFound:
        """What is told of a question about units and their hours.

        Args:
            text: the question as typed.
            moment: now.
            asked: whether the citizen was asked for a commune.
        """
        found = self.find(text, asked=asked)
        local = moment.astimezone(VIETNAM)
        one = found[0] if len(found) == 1 else None
        week = self.opening_hours(one) if one else self._tenant.opening_hours
        result = UnitsFound(
            hours=[(part.days, part.hours) for part in week],
            unit=self.view(one) if one else None,
            choices=[self.label(unit) for unit in found] if 1 < len(found) <= MOST_CHOICES else [],
        )
        if one is not None and one not in (PROVINCIAL, text):
            ward = self._commune(one).ward
            result.renamed = "" if key(ward.bare) in key(text) else ward.name
        day = hours.read_day(text, local.date())
        if day is not None:
            spans = hours.spans(week, day)
            result.day = DayView(
                on=day,
                today=day == local.date(),
                open=[Span(begin=begin, end=end) for begin, end in spans],
                next_open=None if spans else hours.next_open(week, day),
            )
        if _NOW.search(fold(text)):
            result.now = local.time().replace(second=0, microsecond=0)
            result.open_until = hours.open_until(week, local)
            result.opens_again = hours.opens_again(week, local)
            result.next_open = hours.next_open(week, local.date())
        return result

    def _commune(self, unit: str) -> Commune:
        for one in self._places.area:
            if one.ward.code == unit:
                return one
        raise KeyError(unit)

    def label(self, unit: str) -> str:
        """A unit as a choice: its commune's name."""
        return self._data.provincial.name if unit == PROVINCIAL else self._commune(unit).ward.name
