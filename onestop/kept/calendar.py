"""Newer holidays and swapped working days, as staff keep them instead of `data/calendar/working-days.yml`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pydantic import ValidationError
from sqlalchemy.orm import Session

from onestop.changes.subject import Unfit
from onestop.dossiers import calendar
from onestop.dossiers.calendar import Announced
from onestop.kept.rows import faults_of_rows
from onestop.kept.shelf import ONLY, Shelf


class Calendar(Shelf):
    """One document: `Announced` as JSON."""

    kind = "calendar"

    def shipped(self) -> Mapping[str, str]:
        """What the project's file says."""
        return {ONLY: calendar.shipped().model_dump_json()}

    def title(self, _session: Session, _code: str) -> str:
        """There is one for the country."""
        return "Việt Nam"

    def checked(self, _session: Session, _code: str, content: str) -> str:
        """The content in one writing, in order of days."""
        try:
            found = Announced.model_validate_json(content)
        except ValidationError as error:
            raise Unfit(*faults_of_rows(error)) from error
        days = Counter(day for one in found.swaps for day in (one.day_off, one.day_worked))
        twice = [
            f"swaps-{number}: day_twice"
            for number, one in enumerate(found.swaps)
            if max(days[one.day_off], days[one.day_worked]) > 1
        ]
        if twice:
            raise Unfit(*twice)
        ordered = Announced(
            holidays=tuple(sorted(found.holidays, key=lambda one: (one.month, one.day))),
            swaps=tuple(sorted(found.swaps, key=lambda one: one.day_off)),
        )
        return ordered.model_dump_json()
