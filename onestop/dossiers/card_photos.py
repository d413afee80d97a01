"""Finds the QR code in a photo of a citizen card, as telephones take it: turned, small, dark, blurred."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

# The code of a card that fills a photo of 2,000 pixels is some 300 pixels wide.
_TILE = 900
_LARGEST = 2400
_ENLARGED = 1800
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def read_code(content: bytes) -> str | None:
    """The text of the first QR code in a picture, or `None` if none is found.

    Args:
        content: a file as it is kept; what is no picture holds no code.
    """
    try:
        with Image.open(BytesIO(content)) as opened:
            picture = ImageOps.autocontrast(opened.convert("L"))
    except OSError:  # a PDF
        return None
    for attempt in _attempts(picture):
        for code in zxingcpp.read_barcodes(attempt, formats=_QR):
            if code.text:
                return str(code.text)
    return None


def _attempts(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture itself first, then what costs more: other sizes, sharper, part by part enlarged."""
    yield picture
    longest = max(picture.size)
    if longest > _LARGEST:
        picture = ImageOps.contain(picture, (_LARGEST, _LARGEST))
        yield picture
    if longest < _ENLARGED:
        larger = ImageOps.contain(picture, (_ENLARGED, _ENLARGED), Image.Resampling.LANCZOS)
        yield larger
        yield larger.filter(ImageFilter.UnsharpMask(radius=6, percent=250, threshold=0))
    else:
        yield picture.filter(ImageFilter.UnsharpMask(radius=4, percent=200, threshold=0))
    yield picture.rotate(45, expand=True, fillcolor=255)
    for left in range(0, picture.width, _TILE // 2):
        for top in range(0, picture.height, _TILE // 2):
            tile = picture.crop(
                (left, top, min(left + _TILE, picture.width), min(top + _TILE, picture.height))
            )
            yield ImageOps.autocontrast(ImageOps.contain(tile, (_ENLARGED, _ENLARGED)))
