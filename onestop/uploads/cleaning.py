"""A file by its content: its kind, photos without location data, PDFs that open. Names count for nothing."""

from __future__ import annotations

from dataclasses import dataclass

from onestop.eforms.answers import Refusal
from onestop.uploads import pdfs, pictures

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"


@dataclass(frozen=True)
class Cleaned:
    """A file as it is kept; `warning` names what may make it hard to read (data/texts), or is empty."""

    content_type: str
    content: bytes
    warning: str = ""


def kind_of(content: bytes) -> str | None:
    """The content type that the first bytes show, whatever the file is called; `None` if not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"%PDF-"):
        return PDF
    return None


def clean(content: bytes) -> Cleaned:
    """The file as it is kept.

    Raises:
        Refusal: `file_kind` if the kind is not taken, else what `pictures` and `pdfs` refuse.
    """
    kind = kind_of(content)
    if kind is None:
        raise Refusal("file_kind")
    if kind == PDF:
        pdfs.check(content)
        return Cleaned(PDF, content)
    cleaned, warning = pictures.clean(content, "JPEG" if kind == JPEG else "PNG")
    return Cleaned(kind, cleaned, warning)
