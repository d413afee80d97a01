"""The kinds of documents that staff keep with a second person's approval."""

from __future__ import annotations

from onestop.kept.calendar import Calendar
from onestop.kept.eforms import EForms
from onestop.kept.shelf import Shelf
from onestop.kept.synonyms import Synonyms
from onestop.kept.units import Units

SHELVES: dict[str, Shelf] = {one.kind: one for one in (EForms(), Units(), Calendar(), Synonyms())}
