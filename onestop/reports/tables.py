"""A report's tables: one shape for the command line, for CSV, JSON and the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from common import yaml_files
from common.settings import ROOT

Kind = Literal["text", "count", "share", "number"]
Cell = str | int | float | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(BaseModel):
    """A column: its name for programs and what it holds (`share`: 0–1)."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Kind = "count"


class Table(BaseModel):
    """A table by its name (titles and headings: `data/reports/texts.yml`)."""

    name: str
    columns: list[Column]
    rows: list[list[Cell]]


class Texts(BaseModel):
    """What tables, columns and values are called for people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: dict[str, str]
    columns: dict[str, str]
    values: dict[str, str]


@cache
def texts() -> Texts:
    """The texts of `data/reports/texts.yml`."""
    path = ROOT / "data" / "reports" / "texts.yml"
    return Texts.model_validate(yaml_files.read(path))


def share(part: int, whole: int) -> float | None:
    """Part of the whole, 0–1; `None` of nothing."""
    return part / whole if whole else None


def _decimal(value: float, places: int) -> str:
    # Half up, as people round: 4.825 → 4,83.
    step = Decimal(1).scaleb(-places)
    rounded = Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP)
    return f"{rounded:,}".translate(str.maketrans(",.", ".,"))


def shown(value: Cell, kind: Kind) -> str:
    """A cell as it is written in Vietnamese: `228.091`, `4,82 %`, `12,5`; "–" for nothing."""
    if value is None:
        return "–"
    if kind == "text" or isinstance(value, str):
        return texts().values.get(str(value), str(value))
    if kind == "share":
        return f"{_decimal(value * 100, 2)} %"
    return _decimal(value, 0 if kind == "count" else 1)


def as_csv(table: Table) -> str:
    """The table for spreadsheets: figures plain, shares in per cent, no text that could be a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    headings = texts().columns
    writer.writerow([headings[column.name] for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(*pair) for pair in zip(row, table.columns, strict=True)])
    return out.getvalue()


def _plain(value: Cell, column: Column) -> str:
    if value is None:
        return ""
    if column.kind == "share" and not isinstance(value, str):
        return f"{value * 100:.2f}"
    if isinstance(value, str):
        text = texts().values.get(value, value)
        return f"'{text}" if text.startswith(FORMULA) else text
    return f"{value:.1f}" if column.kind == "number" else str(value)


def as_text(table: Table) -> str:
    """The table for a terminal, columns aligned."""
    headings = [texts().columns[column.name] for column in table.columns]
    lines = [headings, *([shown(*pair) for pair in _kinds(table, row)] for row in table.rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(headings))]
    aligned = (
        "  ".join(
            cell.ljust(width) if column.kind == "text" else cell.rjust(width)
            for cell, width, column in zip(line, widths, table.columns, strict=True)
        )
        for line in lines
    )
    return "\n".join([texts().tables[table.name], *(line.rstrip() for line in aligned), ""])


def _kinds(table: Table, row: Sequence[Cell]) -> list[tuple[Cell, Kind]]:
    return [(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
