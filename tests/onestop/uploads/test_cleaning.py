"""Files are taken by their content: photos cleaned and judged, PDFs that open, everything else refused."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from onestop.eforms.answers import Refusal
from onestop.eforms.texts import refusal_text, warning_text
from onestop.uploads import pdfs
from onestop.uploads.cleaning import JPEG, PDF, PNG, clean
from tests.papers import encoded, grain, page, pdf


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), turned: bool = False) -> bytes:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (20.0, 32.0, 0.0)}  # GPS
    if turned:
        exif[0x0112] = 6  # rotate by 90° to show
    return encoded(Image.new("RGB", size, "white"), kind, exif=exif)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_kept_without_its_location(kind: str) -> None:
    original = picture(kind)
    assert opened(original).getexif().get_ifd(0x8825)
    cleaned = opened(clean(original).content)
    assert not cleaned.getexif()
    assert set(cleaned.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_is_kept_upright() -> None:
    assert opened(clean(picture(turned=True)).content).size == (600, 900)


@pytest.mark.parametrize(
    ("size", "kept"), [((6000, 3000), (4096, 2048)), ((9000, 4500), (4096, 2048))]
)
def test_a_huge_photo_is_made_smaller_and_stays_readable(
    size: tuple[int, int], kept: tuple[int, int]
) -> None:
    assert opened(clean(picture(size=size)).content).size == kept


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_jpegs_of_every_colour_are_taken(mode: str) -> None:
    assert clean(encoded(Image.new(mode, (900, 900)))).content_type == JPEG


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_every_colour_are_taken(mode: str) -> None:
    assert clean(encoded(Image.new(mode, (900, 900)), "PNG")).content_type == PNG


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00 a program", "file_kind"),
        (b"", "file_kind"),
        (b"GIF89a" + bytes(50), "file_kind"),
        (picture()[:200], "file_damaged"),
        (picture("PNG")[:60], "file_damaged"),
        (b"\xff\xd8\xff" + bytes(500), "file_damaged"),
        (b"%PDF-1.7\nnothing more", "file_damaged"),
        (pdf()[:-200], "file_damaged"),
        (pdf(pages=0), "file_damaged"),
        (pdf(pages=pdfs.MAX_PAGES + 1), "pdf_too_many_pages"),
        (pdf(password="mat-khau"), "pdf_locked"),
    ],
    # Encrypted files are others at each run; several processes must name their tests alike.
    ids=[
        *("a program", "nothing", "a gif", "half a jpeg", "half a png", "noise", "a pdf's head"),
        *("half a pdf", "no page", "too many pages", "a locked pdf"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words_for_the_citizen(
    content: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        clean(content)
    assert refused.value.code == code
    for attempt in (1, 2):
        said = refusal_text(refused.value, attempt)
        assert said.strip()
        assert "{" not in said


def test_a_picture_that_would_fill_the_memory_is_refused_unread() -> None:
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 100_000
    with pytest.raises(Refusal, match=r"file_image_too_large|file_damaged"):
        clean(bomb)


@pytest.mark.parametrize(
    "content",
    [pdf(), pdf(pages=pdfs.MAX_PAGES), pdf(owner="chu")],
    ids=["one page", "many pages", "an owner's password"],
)
def test_a_pdf_that_opens_is_kept_as_it_is(content: bytes) -> None:
    cleaned = clean(content)
    assert (cleaned.content_type, cleaned.content, cleaned.warning) == (PDF, content, "")


PAGES = {
    "a full page": page((2480, 3508), 40),
    "three lines": page((2480, 3508), 3),
    "a pale print": page((2480, 3508), 40, ink=150),
    "a card": page((1600, 1000), 12),
    "a photo sent by a messenger": page((960, 1280), 30),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_sharp_photo_is_not_complained_of(name: str) -> None:
    assert clean(encoded(PAGES[name])).warning == ""
    assert clean(encoded(grain(PAGES[name]))).warning == ""


@pytest.mark.parametrize("name", PAGES)
def test_a_photo_too_blurred_to_read_is_taken_with_a_kind_word(name: str) -> None:
    image = PAGES[name]
    lines, ink = (3 if name == "three lines" else 30), (150 if "pale" in name else 40)
    unreadable = page(image.size, lines, ink, blur=image.size[0] / 40 / 5)
    for photo in (unreadable, grain(unreadable)):
        warning = clean(encoded(photo)).warning
        assert warning == "photo_blurred"
        assert "a.jpg" in warning_text(warning, name="a.jpg")


def test_a_small_photo_is_taken_with_a_kind_word() -> None:
    portrait = clean(encoded(page((354, 472), 10)))  # 3 × 4 cm at 300 dpi
    assert portrait.warning == "photo_small"
    assert "a.jpg" in warning_text(portrait.warning, name="a.jpg")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000), st.sampled_from(["pdf", "jpeg", "png"]))
def test_damage_of_any_kind_is_a_refusal_and_never_a_failure(
    damage: bytes, at: int, kind: str
) -> None:
    whole = pdf(2) if kind == "pdf" else picture(kind.upper())
    content = whole[:at] + damage + whole[at + len(damage) :]
    with suppress(Refusal):
        clean(content)
