"""Which agencies' matters an account may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class Scope:
    """The agencies of an account, by name as the catalogue has them; `agencies` None: all."""

    agencies: frozenset[str] | None = None

    @classmethod
    def of(cls, agencies: Iterable[str] | None) -> Scope:
        """From an account's list."""
        return cls(None if agencies is None else frozenset(agencies))

    def sees(self, agency: str) -> bool:
        """Whether a matter of this agency may be seen."""
        return self.agencies is None or agency in self.agencies

    def where(self, column: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition for a query: the column holds an agency's name."""
        return true() if self.agencies is None else column.in_(sorted(self.agencies))
