"""Text for spreadsheets."""

from __future__ import annotations


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: citizens wrote it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
