"""What is wrong with a document, in the words of who keeps it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from web.staff.rendering import text

_LINE = re.compile(
    r"(?:field \w+: )?line (\d+), (?P<place>the form|\S+)(?: \(field (?P<field>\w+)\))?: (?P<said>.*)"
)
_FIELD = re.compile(r"field (?P<field>\w+): (?P<said>.*)")
_CELL = re.compile(
    r"(?P<table>\w+)(?:-(?P<row>\d+))?(?:-(?P<column>\w+)(?:-\d+)?)?: (?P<said>[a-z_]+)"
)


@lru_cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    listed = yaml.safe_load((Path(__file__).parent / "faults.yml").read_text("utf-8"))
    return [(re.compile(one["is"], re.DOTALL), one["say"]) for one in listed]


def _said(fault: str) -> str:
    for pattern, say in _patterns():
        if found := pattern.fullmatch(fault):
            return say.format(*found.groups(default="")).replace("' or '", "' hoặc '")
    return fault


def say_fault(fault: str) -> str:
    """A fault of an e-form or a text, as `eform check` tells it."""
    if found := _LINE.fullmatch(fault):
        last = found["place"].removeprefix("the form").rpartition(".")[2]
        where = ", ".join(
            part for part in (found["field"], "" if last.isdecimal() else last) if part
        )
        return f"{where}: {_said(found['said'])}" if where else _said(found["said"])
    whole = _said(fault)
    if whole == fault and (found := _FIELD.fullmatch(fault)):
        return f"{found['field']}: {_said(found['said'])}"
    return whole


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
