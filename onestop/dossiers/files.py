"""Files that citizens send: kind by content, photos re-encoded without location data, opaque keys."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from onestop.dossiers.models import StoredFile, opaque_key
from onestop.eforms.answers import Refusal
from onestop.schemas import FileView

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
# A page at 300 dpi is 2,480 × 3,508; larger photos gain nothing for an officer who reads them.
MAX_IMAGE_SIDE = 4096
MIN_IMAGE_SIDE = 480
MAX_IMAGE_PIXELS = 80_000_000
JPEG_QUALITY = 88


def kind_of(content: bytes) -> str | None:
    """The content type that the first bytes show, whatever the file is called; `None` if not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"%PDF-"):
        return PDF
    return None


def _clean_image(content: bytes, kind: str) -> bytes:
    """The picture turned upright, at a readable size, without metadata.

    Raises:
        Refusal: if it is damaged, far too large, or too small to be read.
    """
    try:
        with Image.open(BytesIO(content)) as opened:
            if opened.width * opened.height > MAX_IMAGE_PIXELS:
                raise Refusal("file_image_too_large")
            image = ImageOps.exif_transpose(opened)
            if kind == JPEG or image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
                image = image.convert("RGB")
            if max(image.size) < MIN_IMAGE_SIDE:
                raise Refusal("file_image_too_small")
            image.thumbnail((MAX_IMAGE_SIDE, MAX_IMAGE_SIDE))
            image.info.clear()  # comments, colour notes, GPS: nothing but pixels is kept
            out = BytesIO()
            image.save(out, "JPEG" if kind == JPEG else "PNG", quality=JPEG_QUALITY)
            return out.getvalue()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal("file_damaged") from error


def store(session: Session, directory: Path, owner: str, name: str, content: bytes) -> FileView:
    """Check, clean and keep a file.

    Args:
        directory: where contents lie, each under its opaque key.
        owner: whose file it is; nobody else can attach it.
        name: the name that the citizen's device gave; only shown, never used as a path.
        content: the bytes as they came.

    Raises:
        Refusal: if the kind is not taken or the content cannot be read.
    """
    kind = kind_of(content)
    if kind is None:
        raise Refusal("file_kind")
    if kind != PDF:
        content = _clean_image(content, kind)
    key = opaque_key()
    directory.mkdir(parents=True, exist_ok=True)
    # The file first: a row without content would be worse than a content without row.
    (directory / key).write_bytes(content)
    session.add(
        StoredFile(
            id=key,
            owner=owner,
            name=Path(name).name[:120] or "tep",
            content_type=kind,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
    )
    return FileView(file_id=key, name=Path(name).name[:120], content_type=kind, size=len(content))


def owned(session: Session, owner: str, file_id: str) -> FileView | None:
    """The file `file_id` if it is `owner`'s."""
    row = session.get(StoredFile, file_id)
    if row is None or row.owner != owner:
        return None
    return FileView(file_id=row.id, name=row.name, content_type=row.content_type, size=row.size)
