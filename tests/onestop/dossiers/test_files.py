from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from common.database import Database
from onestop.dossiers.files import JPEG, PDF, owned, store
from onestop.eforms.answers import Refusal
from onestop.eforms.texts import refusal_text


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), turned: bool = False) -> bytes:
    image = Image.new("RGB", size, "white")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (20.0, 32.0, 0.0)}  # GPS
    if turned:
        exif[0x0112] = 6  # rotate by 90° to show
    out = BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def keep(database: Database, directory: Path, content: bytes, name: str = "anh.jpg") -> str:
    return database.transact(store, directory, "owner", name, content).file_id


def test_a_photo_is_kept_without_its_location(onestop_database: Database, tmp_path: Path) -> None:
    key = keep(onestop_database, tmp_path / "up", picture())
    with Image.open(tmp_path / "up" / key) as kept:
        assert not kept.getexif()


def test_a_photo_is_kept_upright(onestop_database: Database, tmp_path: Path) -> None:
    key = keep(onestop_database, tmp_path / "up", picture(turned=True))
    with Image.open(tmp_path / "up" / key) as kept:
        assert kept.size == (600, 900)


def test_a_huge_photo_is_made_readable_and_smaller(
    onestop_database: Database, tmp_path: Path
) -> None:
    key = keep(onestop_database, tmp_path / "up", picture(size=(6000, 3000)))
    with Image.open(tmp_path / "up" / key) as kept:
        assert kept.size == (4096, 2048)


def test_the_kind_comes_from_the_content_not_the_name(
    onestop_database: Database, tmp_path: Path
) -> None:
    pdf = onestop_database.transact(store, tmp_path / "up", "owner", "a.jpg", b"%PDF-1.4\nx")
    assert pdf.content_type == PDF
    photo = onestop_database.transact(store, tmp_path / "up", "owner", "a.pdf", picture())
    assert photo.content_type == JPEG


def test_a_name_is_never_a_path(onestop_database: Database, tmp_path: Path) -> None:
    kept = onestop_database.transact(
        store, tmp_path / "up", "owner", "../../etc/passwd", b"%PDF-1.4\nx"
    )
    assert kept.name == "passwd"
    assert [one.name for one in (tmp_path / "up").iterdir()] == [kept.file_id]


def test_only_the_owner_can_use_a_file(onestop_database: Database, tmp_path: Path) -> None:
    key = keep(onestop_database, tmp_path / "up", picture())
    assert onestop_database.transact(owned, "owner", key) is not None
    assert onestop_database.transact(owned, "somebody", key) is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00 a program", "file_kind"),
        (b"", "file_kind"),
        (picture()[:200], "file_damaged"),
        (picture(size=(200, 100)), "file_image_too_small"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words_for_the_citizen(
    onestop_database: Database, tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        keep(onestop_database, tmp_path / "up", content)
    assert refused.value.code == code
    assert refusal_text(refused.value, 1).strip()
    assert not (tmp_path / "up").exists() or not list((tmp_path / "up").iterdir())
