"""Photos of papers: upright, at a readable size, without metadata; and whether one can read them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from onestop.eforms.answers import Refusal

# A page at 300 dpi is 2,480 × 3,508; larger photos gain nothing for an officer who reads them.
MAX_SIDE = 4096
MAX_PIXELS = 80_000_000
JPEG_QUALITY = 88
# Below this longer side (pixels) the small print of a page is lost; a portrait photo may be smaller.
SMALL_SIDE = 800
# Sharpness is measured on the picture at this longer side, in squares of so many pixels …
MEASURED_SIDE, SQUARE = 1200, 60
# … and is the strength of edges in the sharpest squares. Printed pages made for the
# tests: sharp 270 to 1,500, just readable 35 to 110, no longer below 20, whatever size, print and grain.
BLURRED_BELOW = 25.0
SHARPEST = 99  # per cent
# The grain of a cheap camera is smoothed away first; letters are coarser.
NOISE = 0.8


def clean(content: bytes, kind: str) -> tuple[bytes, str]:
    """The picture as it is kept, and a warning: `photo_blurred`, `photo_small` or none.

    Args:
        kind: JPEG or PNG, in which it is written anew.

    Raises:
        Refusal: `file_damaged`, or `file_image_too_large` before it fills the memory.
    """
    try:
        with Image.open(BytesIO(content), formats=[kind]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refusal("file_image_too_large")
            # A JPEG is read at a smaller size right away, where it is far too large.
            opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
            image = ImageOps.exif_transpose(opened)
            if kind == "JPEG" or image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
                image = image.convert("RGB")
            image.thumbnail((MAX_SIDE, MAX_SIDE))
            image.info.clear()  # comments, colour notes, GPS: nothing but pixels is kept
            out = BytesIO()
            image.save(out, kind, quality=JPEG_QUALITY)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refusal("file_damaged") from error
    return out.getvalue(), _warning(image)


def _warning(image: Image.Image) -> str:
    if max(image.size) < SMALL_SIDE:
        return "photo_small"
    return "photo_blurred" if sharpness(image) < BLURRED_BELOW else ""


def sharpness(image: Image.Image) -> float:
    """How sharp the sharpest parts of a picture are: the variance of its Laplacian, by squares.

    By squares, because a page with three lines on it is as readable as a full one.
    """
    grey = image.convert("L")
    grey.thumbnail((MEASURED_SIDE, MEASURED_SIDE))
    grey = grey.filter(ImageFilter.GaussianBlur(NOISE))
    pixels = np.asarray(grey, dtype=np.float32)
    inner = pixels[1:-1, 1:-1]
    edges = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:] - 4 * inner
    squares = [
        edges[top : top + SQUARE, left : left + SQUARE].var()
        for top in range(0, max(1, edges.shape[0] - SQUARE + 1), SQUARE)
        for left in range(0, max(1, edges.shape[1] - SQUARE + 1), SQUARE)
    ]
    return float(np.percentile(squares, SHARPEST))
