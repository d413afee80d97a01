"""The code of a card is found in photos as citizens take them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from onestop.dossiers.card_photos import read_code
from tests.papers import card, encoded, grain, page, pdf

TEXT = (
    "036090012345|112233445|Nguyễn Văn An|15031990|Nam|Thôn 1, Nhân Khang, Lý Nhân, Hà Nam|25122021"
)
HARD: dict[str, Any] = {"code": 500, "size": (4000, 3000), "turned": 5, "blur": 5}


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"turned": 90},
        {"turned": 180},
        {"turned": 37},
        {"turned": 12, "blur": 2},
        {"code": 110},
        {"code": 160, "blur": 1},
        {"light": 0.25},
        {"code": 250, "size": (4000, 3000)},
        HARD,
    ],
    ids=str,
)
def test_the_code_is_read_from_a_photo(how: dict[str, Any]) -> None:
    assert read_code(encoded(card(TEXT, **how), quality=80)) == TEXT


def test_some_photos_need_more_than_a_look() -> None:
    image = card(TEXT, **HARD)
    assert not zxingcpp.read_barcodes(image)
    assert read_code(encoded(image)) == TEXT


def test_a_noisy_photo_is_read() -> None:
    assert read_code(encoded(grain(card(TEXT, turned=3), 25.0))) == TEXT


@pytest.mark.parametrize(
    "content", [encoded(page()), encoded(Image.new("RGB", (600, 400))), pdf(), b"", b"no picture"]
)
def test_where_there_is_no_code_none_is_found(content: bytes) -> None:
    assert read_code(content) is None


def test_a_photo_of_one_colour_is_no_fault() -> None:
    out = BytesIO()
    Image.new("1", (1, 1)).save(out, "PNG")
    assert read_code(out.getvalue()) is None
