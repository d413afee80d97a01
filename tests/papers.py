"""Papers for tests, made on the spot: photos and PDFs as phones and scanners give them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypdf import PdfWriter
from sqlalchemy.orm import Session

from common.settings import Settings
from onestop.dossiers import files
from onestop.schemas import FileView
from onestop.storage import registry

SENTENCE = "Họ và tên: Nguyễn Văn An, sinh ngày 15/3/1990, nơi cư trú thôn Trung"


def sent(session: Session, directory: Path, owner: str, name: str, content: bytes) -> FileView:
    """A file that a citizen sent, as the service keeps it under `directory`."""
    storage = registry.create(Settings(upload_directory=directory))
    return files.record(session, owner, name, files.put_away(storage, content))


def page(
    size: tuple[int, int] = (1240, 1754), lines: int = 30, ink: int = 40, blur: float = 0
) -> Image.Image:
    """A printed page; `blur` is the radius in pixels, `ink` 0 (black) to 255."""
    image = Image.new("RGB", size, (235, 230, 220))
    height = size[0] // 40
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(height)
    for line in range(lines):
        place = (size[0] // 12, size[0] // 12 + int(line * height * 1.8))
        pen.text(place, SENTENCE, font=font, fill=(ink, ink, ink))
    return image.filter(ImageFilter.GaussianBlur(blur)) if blur else image


def grain(image: Image.Image, strength: float = 6.0) -> Image.Image:
    """The picture as a cheap camera takes it."""
    pixels = np.asarray(image).astype(float)
    noise = np.random.default_rng(7).normal(0, strength, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype("uint8"))


def card(
    text: str,
    code: int = 300,
    size: tuple[int, int] = (1600, 1000),
    turned: float = 0,
    blur: float = 0,
    light: float = 1.0,
) -> Image.Image:
    """A citizen card with this text in its code, as one photographs it.

    Args:
        code: side of the code in pixels.
        turned: degrees, counter-clockwise.
        blur: radius in pixels.
        light: 1 is bright, 0 is dark.
    """
    image = Image.new("L", size, 205)
    pen = ImageDraw.Draw(image)
    for line in range(size[1] // 40):
        pen.text((60, 40 * line), "CĂN CƯỚC " * 8, fill=90, font=ImageFont.load_default(28))
    made = segno.make(text, error="m", micro=False)
    out = BytesIO()
    made.save(out, kind="png", scale=8, border=4)
    with Image.open(out) as square:
        drawn = square.convert("L").resize((code, code), Image.Resampling.LANCZOS)
    image.paste(drawn, (size[0] - code - 60, 60))
    if turned:
        image = image.rotate(turned, expand=True, fillcolor=120)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    return image.point(lambda value: int(value * light)).convert("RGB")


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pdf(pages: int = 1, password: str | None = None, owner: str | None = None) -> bytes:
    """A PDF of blank A4 pages; `password` to open it, `owner` only to change it."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password is not None or owner is not None:
        writer.encrypt(password or "", owner, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
