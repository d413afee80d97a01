"""A document as DOCX: a template made in Word, filled by docxtpl.

`data/forms/general.docx` serves every e-form; `data/forms/<id>.docx` is used instead for the e-form of that
id, where the official form is fixed. What templates may say: `data/forms/README.md`.
"""

from __future__ import annotations

import dataclasses
import re
from io import BytesIO
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from common.settings import ROOT
from onestop.documents.content import Document
from onestop.documents.wording import FILTERS

DIRECTORY = ROOT / "data" / "forms"
GENERAL = "general.docx"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What XML 1.0 (section 2.2) cannot hold, and controls to which docxtpl gives a meaning.
_UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\x7f")


def printable(text: str) -> str:
    """The text without what a document cannot hold; tabs become spaces, so that lines stay lines."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n")).replace("\t", " ")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return value


def _context(document: Document) -> dict[str, Any]:
    context = {one.name: getattr(document, one.name) for one in dataclasses.fields(document)}
    sections = [
        {"title": one.title, "lines": [line.model_dump() for line in one.lines]}
        for one in document.sections
    ]
    cleaned: dict[str, Any] = _clean(
        {**context, "fields": dict(document.fields), "sections": sections}
    )
    return cleaned


def template_of(form: str, directory: Path = DIRECTORY) -> Path:
    """The template of an e-form: its own, or the general one."""
    own = directory / f"{form}.docx"
    return own if own.exists() else directory / GENERAL


def official(form: str, directory: Path = DIRECTORY) -> bool:
    """Whether the e-form is printed as an official form."""
    return template_of(form, directory).name != GENERAL


def environment() -> SandboxedEnvironment:
    """What templates are read with. Sandboxed: one comes from staff, and does no more than print."""
    made = SandboxedEnvironment(autoescape=True)  # answers are text
    made.filters.update(FILTERS)
    return made


def render(document: Document, directory: Path = DIRECTORY) -> bytes:
    """The document as a DOCX file.

    Args:
        directory: where the templates lie.
    """
    template = DocxTemplate(template_of(document.form, directory))
    template.render(_context(document), environment(), autoescape=True)
    out = BytesIO()
    template.save(out)
    return out.getvalue()
