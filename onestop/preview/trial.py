"""A form's text tried out: its faults at their lines, every question, and the walk by what was tried so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel

from onestop.eforms.definition import EForm
from onestop.eforms.preview import preview
from onestop.preview.walk import Try, Walk, walk


class Fault(BaseModel):
    """What is wrong, and in which line (from 1; 0: in none)."""

    line: int
    text: str


class Trial(BaseModel):
    """`walk` and `outline` are there once the text can be read as a form."""

    faults: list[Fault]
    outline: list[str] = []
    walk: Walk | None = None


def line_of(fault: str, source: list[str]) -> int:
    """The line that a fault names, or that its field begins in; 0 if it names neither."""
    if named := re.search(r"\bline (\d+)", fault):
        return int(named[1])
    if field := re.search(r"\bfields? (\w+)", fault):
        begins = re.compile(rf"""\s*-\s*\{{?\s*id:\s*["']?{re.escape(field[1])}\b""")
        return next((at for at, text in enumerate(source, start=1) if begins.match(text)), 0)
    return 0


def trial_of(
    source: list[str], told: Sequence[str], form: EForm | None, tries: Sequence[Try], today: date
) -> Trial:
    """Play the tries on a form.

    Args:
        source: the text's lines.
        told: its faults.
        form: what the text says; None if it can be read as none.
        tries: what was tried so far.
        today: for ages and days.
    """
    faults = [Fault(line=line_of(one, source), text=one) for one in told]
    if form is None:
        return Trial(faults=faults)
    return Trial(faults=faults, outline=list(preview(form, "vi")), walk=walk(form, tries, today))
