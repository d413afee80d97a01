"""A procedure as a form, and back. What was not touched comes back exactly as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from common.problems import Problem
from onestop.catalogue.content import LegalBasis, Paper, Procedure, TimeUnit, Way, WayKind

# In the order in which they stand on the page.
SHORT = ("name", "field", "agency", "authority", "one_stop_unit", "decision_number")
LONG = ("summary",)
LISTS = ("aliases", "keywords", "applicants", "steps", "paper_notes", "results", "conditions")
ROWS: dict[str, type[Way] | type[Paper] | type[LegalBasis]] = {
    "ways": Way,
    "papers": Paper,
    "legal_bases": LegalBasis,
}
# What must stand in a row for it to count; a row without is left out.
NEEDED = {"ways": ("kind",), "papers": ("name",), "legal_bases": ("number", "title")}
MOST_ROWS = 200
CHOICES = {"kind": [one.value for one in WayKind], "time_unit": [one.value for one in TimeUnit]}
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def text_of(items: list[str]) -> str:
    """A list as text: an item a line, or parted by blank lines where an item has several lines."""
    return ("\n\n" if any("\n" in one for one in items) else "\n").join(items)


def items_of(text: str) -> list[str]:
    """`text_of` read back."""
    text = text.replace("\r\n", "\n").strip()
    parts = _BLANK_LINE.split(text) if _BLANK_LINE.search(text) else text.split("\n")
    return [part.strip() for part in parts if part.strip()]


def shown(procedure: Procedure) -> dict[str, str]:
    """The form's fields by name; rows as `papers-0-name`."""
    plain = procedure.model_dump(mode="json")
    fields = {name: plain[name] for name in (*SHORT, *LONG)}
    fields |= {name: text_of(plain[name]) for name in LISTS}
    fields["level"] = str(plain["level"] or "")
    fields["effective_date"] = plain["effective_date"] or ""
    fields["withdrawn"] = "yes" if plain["withdrawn"] else ""
    for name in ROWS:
        for number, row in enumerate(plain[name]):
            fields |= {f"{name}-{number}-{key}": _cell(value) for key, value in row.items()}
    return fields


def rows_of(fields: Mapping[str, str], name: str) -> list[dict[str, str]]:
    """The rows of one kind, in order, each by its columns."""
    rows: dict[int, dict[str, str]] = {}
    for key, value in fields.items():
        kind, _, rest = key.partition("-")
        number, _, column = rest.partition("-")
        if kind == name and number.isdecimal() and int(number) < MOST_ROWS:
            rows.setdefault(int(number), {})[column] = value.replace("\r\n", "\n")
    return [rows[number] for number in sorted(rows)]


def read(fields: Mapping[str, str], before: Procedure) -> Procedure:
    """The procedure that a form describes.

    Args:
        fields: as they were sent.
        before: the procedure that the form showed.

    Raises:
        Problem: 422 `invalid_procedure` with `where`, the fields that do not fit.
    """
    old = shown(before)
    plain: dict[str, Any] = before.model_dump(mode="json")
    for name in (*SHORT, *LONG):
        if _changed(fields, old, name):
            plain[name] = fields[name].strip()
    for name in LISTS:
        if _changed(fields, old, name):
            plain[name] = items_of(fields[name])
    plain["level"] = fields.get("level") or None
    plain["effective_date"] = fields.get("effective_date") or None
    plain["withdrawn"] = fields.get("withdrawn") == "yes"
    for name, shape in ROWS.items():
        given = [row for row in rows_of(fields, name) if _counts(name, row)]
        if given != rows_of(old, name):
            plain[name] = [_row(shape, row) for row in given]
    try:
        return Procedure.model_validate(plain)
    except ValidationError as error:
        where = ["-".join(str(part) for part in one["loc"]) for one in error.errors()]
        raise Problem(422, "invalid_procedure", where=where) from error


def _changed(fields: Mapping[str, str], old: Mapping[str, str], name: str) -> bool:
    return fields.get(name, old[name]).replace("\r\n", "\n") != old[name].replace("\r\n", "\n")


def _counts(name: str, row: Mapping[str, str]) -> bool:
    return any(row.get(column, "").strip() for column in NEEDED[name])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _row(
    shape: type[Way] | type[Paper] | type[LegalBasis], row: Mapping[str, str]
) -> dict[str, Any]:
    """A row's columns; what is empty takes the shape's own default."""
    found: dict[str, Any] = {}
    for column in shape.model_fields:
        value = row.get(column, "").strip()
        if value:
            found[column] = value.replace(",", ".") if column == "time_amount" else value
    if "fee_amount" in found:
        found["fee_amount"] = re.sub(r"[.\s]", "", found["fee_amount"])  # 50.000
    return found
