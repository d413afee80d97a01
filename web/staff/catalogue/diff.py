"""What differs between two states of something that staff keep, line by line, for people to read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from common.tenant import shipped as tenant
from onestop.catalogue.content import Procedure
from onestop.units.directory import Directory
from web.staff.rendering import number, text, texts

YEARS = {"since"}  # written without points
Mark = Literal["same", "gone", "new"]
AROUND, AROUND_TEXT = 1, 3  # unchanged lines shown before and after a change


@dataclass(frozen=True)
class FieldDifference:
    """A field whose content differs: its name as people read it ("" for a text that has none), and its
    lines with their marks; `None` stands for a gap."""

    field: str
    label: str
    lines: list[tuple[Mark, str] | None]


def differences(before: Procedure, after: Procedure) -> list[FieldDifference]:
    """The fields that differ, in the order of the content."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [
        FieldDifference(
            name,
            text("procedure_fields", name),
            _compare(lines(name, old[name]), lines(name, new[name]), AROUND),
        )
        for name in before.differing(after)
    ]


def text_differences(before: str, after: str) -> list[FieldDifference]:
    """Two states of a text."""
    if before == after:
        return []
    return [FieldDifference("", "", _compare(before.splitlines(), after.splitlines(), AROUND_TEXT))]


def table_differences(before: str, after: str) -> list[FieldDifference]:
    """Two states of tables, as JSON: lists of rows by name."""
    old, new = json.loads(before), json.loads(after)
    return [
        FieldDifference(
            name,
            text("table_fields", name),
            _compare(lines(name, old.get(name)), lines(name, new[name]), AROUND),
        )
        for name in new
        if old.get(name) != new[name]
    ]


def told(kind: str, before: str, after: str) -> list[FieldDifference]:
    """What a change of some kind makes of the content before it."""
    if kind == "procedure":
        return differences(
            Procedure.model_validate_json(before), Procedure.model_validate_json(after)
        )
    if kind in ("units", "calendar"):
        return table_differences(before, after)
    if kind == "answers":
        return text_differences(_answers(before), _answers(after))
    return text_differences(before, after)


def _answers(content: str) -> str:
    """Ready-made answers for reading: each title with its text below it."""
    return "\n\n".join(f"{one['title']}\n{one['text']}" for one in json.loads(content))


def lines(name: str, value: Any) -> list[str]:
    """A field's content as lines."""
    if isinstance(value, dict):
        return [f"{key}: {one}" for key, one in value.items()]
    if isinstance(value, list):
        return [_row(one) if isinstance(one, dict) else str(one) for one in value]
    if isinstance(value, bool):
        return [text("procedure_words", "yes" if value else "no")]
    if name == "tier" and value:
        return [text("procedure_words", value)]
    return [] if value in (None, "") else [str(value)]


def _row(row: dict[str, Any]) -> str:
    """A row's columns that say something, with their names; names and kinds speak for themselves."""
    told = []
    for column, value in row.items():
        if value in (None, "", 0, []) and not (column == "fee_amount" and value == 0):
            continue
        if column == "weekdays":
            told.append(", ".join(text("weekdays", str(day)) for day in value))
        elif column in {"name", "title", "number", "days", "hours", "address"}:
            told.append(str(value))
        elif column == "unit":
            told.append(Directory(tenant()).place(value).name)
        elif column in {"kind", "time_unit"}:
            told.append(text("procedure_words", value))
        elif isinstance(value, bool):
            told.append(text("procedure_words", column if value else f"not_{column}"))
        else:
            many = isinstance(value, int) and column not in YEARS
            shown = number(value) if many else value
            told.append(f"{_column(column)}: {shown}")
    return "; ".join(told)


def _column(name: str) -> str:
    known = texts()
    return known["procedure_columns"].get(name) or text("table_columns", name)


def _compare(old: list[str], new: list[str], around: int) -> list[tuple[Mark, str] | None]:
    found: list[tuple[Mark, str] | None] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(around):
        if found:
            found.append(None)
        for tag, first, last, from_new, to_new in group:
            if tag == "equal":
                found += [("same", line) for line in old[first:last]]
                continue
            found += [("gone", line) for line in old[first:last]]
            found += [("new", line) for line in new[from_new:to_new]]
    return found
