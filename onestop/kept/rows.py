"""Faults of documents that are tables: by row and column, as the page's fields are named."""

from __future__ import annotations

from pydantic import ValidationError


def faults_of_rows(error: ValidationError) -> list[str]:
    """`hours-0-weekdays: invalid`, a line each."""
    return [f"{'-'.join(map(str, one['loc']))}: invalid" for one in error.errors()]
