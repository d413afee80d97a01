"""The kinds of documents that staff keep.

All are changed with a second person's approval; ready-made answers (`onestop.kept.answers`) without one, too.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from onestop.kept.answers import ANSWERS
from onestop.kept.calendar import Calendar
from onestop.kept.eforms import EForms
from onestop.kept.shelf import Shelf
from onestop.kept.synonyms import Synonyms
from onestop.kept.units import Units
from onestop.staff.scope import Scope

SHELVES: dict[str, Shelf] = {
    one.kind: one for one in (EForms(), Units(), Calendar(), Synonyms(), ANSWERS)
}


def moved(session: Session, scope: Scope) -> list[tuple[Shelf, str]]:
    """The documents that a scope sees of which the project ships another one than staff have seen."""
    return [
        (shelf, code)
        for shelf in SHELVES.values()
        for code in shelf.all_moved(session)
        if shelf.sees(session, code, scope)
    ]
