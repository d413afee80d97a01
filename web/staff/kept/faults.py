"""What is wrong with a document, in the words of who keeps it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from common import yaml_files
from web.staff.rendering import text

_LINE = re.compile(
    r"(?:field \w+: )?line (\d+), (?P<place>the form|.+?)(?: \(field (?P<field>\w+)\))?: (?P<said>.*)"
)
_PLACE = re.compile(r"(?:field )?(?P<place>\w+): (?P<said>.*)", re.DOTALL)
_NAME = re.compile(r"[a-z_]+")
_TYPES = {"str", "int", "bool", "list"}  # of which one was meant, as the model tells them in places
_CELL = re.compile(
    r"(?P<table>\w+)(?:-(?P<row>\d+))?(?:-(?P<column>\w+)(?:-\d+)?)?: (?P<said>[a-z_]+)"
)


UNKNOWN = "chưa đúng ({})"


@lru_cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    listed = yaml_files.read(Path(__file__).parent / "faults.yml")
    return [(re.compile(one["is"], re.DOTALL), one["say"]) for one in listed]


def _said(fault: str) -> str:
    """A fault without its place in words; "" for none."""
    for pattern, say in _patterns():
        if found := pattern.fullmatch(fault):
            return say.format(*found.groups(default="")).replace("' or '", "' hoặc '")
    return ""


def say_fault(fault: str) -> str:
    """A fault of an e-form or a text, as `eform check` tells it; one without words is told as it is."""
    where, said = "", fault
    if found := _LINE.fullmatch(fault):
        said = found["said"]
        parts = [one for one in found["place"].split(".") if _NAME.fullmatch(one)]
        named = [one for one in parts if one not in _TYPES][-1:]
        where = ", ".join(part for part in (found["field"], *named) if part)
    elif not (whole := _said(fault)) and (found := _PLACE.fullmatch(fault)):
        where, said = found["place"], found["said"]
    elif whole:
        return whole
    told = _said(said) or UNKNOWN.format(said)
    return f"{where}: {told}" if where else told


def say_cell(fault: str) -> str:
    """A fault of a table: `hours-0-weekdays: day_twice`."""
    found = _CELL.fullmatch(fault)
    if found is None:
        return fault
    parts = [text("table_fields", found["table"])]
    if found["row"]:
        parts.append(f"dòng {int(found['row']) + 1}")
    if found["column"]:
        parts.append(text("table_columns", found["column"]))
    return f"{', '.join(parts)}: {text('cell_faults', found['said'])}"
