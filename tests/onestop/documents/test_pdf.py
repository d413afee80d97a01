"""DOCX to PDF: by a program in the place of LibreOffice, however it behaves; and by LibreOffice itself."""

from __future__ import annotations

import asyncio
import os
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from onestop.documents.docx import render
from onestop.documents.pdf import QUEUED, Converter, PdfUnavailable
from tests.onestop.documents.test_docx import SENT

# The last two arguments are the directory and the file, as LibreOffice is called.
WORKS = 'cp "${@: -1}" "${@: -2:1}/document.pdf"'


def program(tmp_path: Path, does: str) -> str:
    """A program in the place of LibreOffice."""
    path = tmp_path / "soffice"
    path.write_text(f"#!/bin/bash\n{does}\n")
    path.chmod(0o755)
    return str(path)


def there(path: str) -> bool:
    """Whether there is such a file or directory."""
    return Path(path).exists()


def runs(number: int) -> bool:
    """Whether that process runs; one that ended and was not yet waited for does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_what_the_program_makes_is_given_back(tmp_path: Path) -> None:
    assert await Converter(program(tmp_path, WORKS)).convert(b"document") == b"document"


async def test_nothing_is_left_lying_about(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    converter = Converter(program(tmp_path, f'echo "${{@: -2:1}}" > {seen}; {WORKS}'))
    await converter.convert(b"personal data")
    assert not there(seen.read_text().strip())


@pytest.mark.parametrize("does", ["exit 1", "exit 0", "kill -9 $$"])
async def test_a_program_that_fails_is_said_to_have_failed(tmp_path: Path, does: str) -> None:
    with pytest.raises(PdfUnavailable, match="status"):
        await Converter(program(tmp_path, does)).convert(b"x")


async def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    hangs = program(tmp_path, f"sleep 300 & echo $! > {child}; wait")
    for seconds in (0.5, 5, 50):  # longer, where the time was over before it had begun
        with pytest.raises(PdfUnavailable, match="too_late"):
            await Converter(hangs, seconds).convert(b"x")
        if there(str(child)) and child.read_text():
            break
    number = int(child.read_text())
    async with asyncio.timeout(60):
        while runs(number):  # noqa: ASYNC110 - another process, which tells nobody
            await asyncio.sleep(0.02)


async def test_where_the_program_is_not_installed_pdf_is_not_offered() -> None:
    converter = Converter("no-such-program")
    assert not converter.offered
    with pytest.raises(PdfUnavailable, match="not_installed"):
        await converter.convert(b"x")


async def test_one_runs_at_a_time_and_the_queue_has_an_end(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    alone = f"mkdir {lock} || exit 3; sleep 0.05; rmdir {lock}; {WORKS}"
    converter = Converter(program(tmp_path, alone))
    outcomes = await asyncio.gather(
        *(converter.convert(b"x") for _ in range(QUEUED + 3)), return_exceptions=True
    )
    assert outcomes.count(b"x") == QUEUED
    assert [str(one) for one in outcomes if one != b"x"] == ["too_many_wait"] * 3
    assert await converter.convert(b"y") == b"y"


async def test_libreoffice_prints_vietnamese(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        assert not os.environ.get("CI"), "scripts/test.sh installs libreoffice-writer-nogui"
        pytest.skip("LibreOffice is not installed")
    made = await Converter("soffice", seconds=110).convert(render(SENT))
    pages = PdfReader(BytesIO(made)).pages
    assert len(pages) == 1
    told = pages[0].extract_text()
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Nguyễn Thị Bưởi", SENT.code):
        assert words in told
