"""The kinds of things that staff change with a second person's approval."""

from __future__ import annotations

from onestop.catalogue.changes import Procedures
from onestop.changes.subject import Subject
from onestop.kept.registry import SHELVES

SUBJECTS: dict[str, Subject] = {Procedures.kind: Procedures(), **SHELVES}
