"""What an official form is: `data/forms/<id>.yml`, read and checked. How to write one: `data/forms/README.md`.

Staff write these files, so that what is wrong in one is said in one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from common import yaml_files
from common.settings import ROOT

DIRECTORY = ROOT / "data" / "forms"
BLANK = "………………"
_NAMED = re.compile(r"\bfields\.([a-z]\w*)")
# What is only compared or looked up by is not printed.
_PRINTED = re.compile(r"(?<!\}\[)\bfields\.([a-z]\w*)\b(?!\s*[!=]=)")
_COMMAND = re.compile(r"\{[%{].*?[%}]\}")
_WORD = re.compile(r"\b[a-z]\w*\b")


def _field_or(value: str) -> str:
    """A name alone is a field; all else is an expression already."""
    return f"fields.{value}" if value.isidentifier() else value


class FormError(Exception):
    """A file that is no form; the message is one line: file and faults."""


class Strict(BaseModel):
    """Base of all parts: frozen, nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Grid(Strict):
    """A table: its head, each column's share in per cent, rows of template text, and empty ones for the pen.

    With `each`, an expression of several things, the rows are printed for every `one` of them; where there are
    none, the empty ones stand instead.
    """

    columns: list[str]
    widths: list[int]
    each: str = ""
    rows: list[list[str | None]] = []
    blank: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _is_even(self) -> Self:
        lengths = {len(self.columns), len(self.widths), *(len(one) for one in self.rows)}
        if len(lengths) != 1:
            raise ValueError("head, widths and every row need as many cells")
        if sum(self.widths) != 100:
            raise ValueError("the widths of the columns make 100 together")
        return self


class Table(Strict):
    """A table as a line of the form's body."""

    table: Grid


Row = dict[str, str | None]
"""Blanks side by side: the words before each, and what is written there (None: left to the pen)."""


class Form(Strict):
    """An official form.

    `eforms` are the e-forms that print by it and, of a form that several share, what each writes for the
    names that differ between them. `size` is that of the letters, in points.
    """

    id: str
    title: str
    number: str = ""
    source: str
    checked: Literal["text", "fields", "knowledge"]
    eforms: dict[str, dict[str, str]] = {}
    body: list[str | Table | Row]
    signers: dict[str, str | None]
    size: float = Field(default=13, ge=11, le=14)
    place: str = BLANK
    sign_note: str = "(Ký, ghi rõ họ tên)"

    @model_validator(mode="after")
    def _commands_can_be_read(self) -> Self:
        named = [value for said in self.eforms.values() for value in said.values()]
        for value in (*named, *self.signers.values()):
            if value and set("}%") & set(value):
                raise ValueError(f"docxtpl reads no }} or % here: {value}; use if … else")
        return self

    @property
    def prints(self) -> list[str]:
        """The ids of the e-forms that print by it: the one of its own name, unless it lists others."""
        return list(self.eforms) or [self.id]

    @property
    def shared(self) -> set[str]:
        """The names that stand for something else in each e-form."""
        return {name for said in self.eforms.values() for name in said}

    def said(self, eform: str) -> dict[str, str]:
        """What an e-form writes for the shared names, as expressions; nothing for those it does not list."""
        said = self.eforms.get(eform, {})
        return {
            name: _field_or(said[name]) if name in said else "''" for name in sorted(self.shared)
        }

    def expression(self, value: str) -> str:
        """A value in the template's language: a name alone is a shared one, or one of the e-form's fields."""
        return value if value == "signer" or value in self.shared else _field_or(value)

    def used(self, eform: str) -> list[str]:
        """The fields of an e-form that stand in the form, in order; the others are listed at its end."""
        return self._found(_PRINTED, eform)

    def named(self, eform: str) -> list[str]:
        """All fields that the form looks at as an e-form prints by it."""
        return self._found(_NAMED, eform)

    def _found(self, pattern: re.Pattern[str], eform: str) -> list[str]:
        said = self.said(eform)
        found: list[str] = []
        for text in self._written():
            for name in (name for name in _WORD.findall(text) if name in said):
                found += pattern.findall(said[name])
            found += pattern.findall(text)
        return list(dict.fromkeys(found))

    def _written(self) -> Iterator[str]:
        """Every expression of the form, and what is told by command within its sentences."""
        for line in self.body:
            if isinstance(line, str):
                yield from _COMMAND.findall(line)
            elif isinstance(line, Table):
                yield line.table.each
                cells = [cell for row in line.table.rows for cell in row if cell]
                yield from (found for cell in cells for found in _COMMAND.findall(cell))
            else:
                yield from (self.expression(value) for value in line.values() if value)
        yield from (self.expression(value) for value in self.signers.values() if value)


def read_form(path: Path) -> Form:
    """Read one form.

    Raises:
        FormError: if the file is no form.
    """
    try:
        content = yaml_files.read(path)
        return Form.model_validate({"id": path.stem, **content})
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()
        ]
        raise FormError(f"{path.name}: {'; '.join(faults)}") from error
    except (TypeError, ValueError, yaml.YAMLError) as error:
        raise FormError(f"{path.name}: {' '.join(str(error).split())}") from error


def read_forms(directory: Path = DIRECTORY) -> list[Form]:
    """All forms of a directory.

    Raises:
        FormError: if one cannot be read, or an e-form prints by two of them.
    """
    forms = [read_form(path) for path in sorted(directory.glob("*.yml"))]
    served: dict[str, str] = {}
    for form in forms:
        for eform in form.prints:
            if eform in served:
                raise FormError(f"{form.id}.yml: {eform} prints by {served[eform]}.yml already")
            served[eform] = form.id
    return forms
