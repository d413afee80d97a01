"""What differs between two states of a procedure, line by line, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from onestop.catalogue.content import Procedure
from web.staff.rendering import number, text

Mark = Literal["same", "gone", "new"]
AROUND = 1  # unchanged lines shown before and after a change


@dataclass(frozen=True)
class FieldDifference:
    """A field whose content differs: its name, and its lines with their marks; `None` stands for a gap."""

    field: str
    lines: list[tuple[Mark, str] | None]


def differences(before: Procedure, after: Procedure) -> list[FieldDifference]:
    """The fields that differ, in the order of the content."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [
        FieldDifference(name, _compare(lines(name, old[name]), lines(name, new[name])))
        for name in before.differing(after)
    ]


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
        if value in (None, "", 0) and not (column == "fee_amount" and value == 0):
            continue
        if column in {"name", "title", "number"}:
            told.append(str(value))
        elif column in {"kind", "time_unit"}:
            told.append(text("procedure_words", value))
        elif isinstance(value, bool):
            told.append(text("procedure_words", column if value else f"not_{column}"))
        else:
            shown = number(value) if isinstance(value, int) else value
            told.append(f"{text('procedure_columns', column)}: {shown}")
    return "; ".join(told)


def _compare(old: list[str], new: list[str]) -> list[tuple[Mark, str] | None]:
    found: list[tuple[Mark, str] | None] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        if found:
            found.append(None)
        for tag, first, last, from_new, to_new in group:
            if tag == "equal":
                found += [("same", line) for line in old[first:last]]
                continue
            found += [("gone", line) for line in old[first:last]]
            found += [("new", line) for line in new[from_new:to_new]]
    return found
