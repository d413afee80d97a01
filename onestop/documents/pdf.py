"""DOCX to PDF by LibreOffice (Debian: libreoffice-writer-nogui), where it is installed; else not offered."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from pathlib import Path

CONTENT_TYPE = "application/pdf"
SECONDS = 60.0
# LibreOffice takes a core and 200 MB; one after the other is fast enough, and a queue without end is not.
AT_ONCE, QUEUED = 1, 8  # one profile: one at once


class PdfUnavailable(Exception):
    """No PDF can be made now; the message is a reason without personal data."""


def _profile() -> tempfile.TemporaryDirectory[str]:
    """A profile of our own, kept between runs (a new one costs seconds), removed with the process.

    Two programs in one profile hinder one another, so it is shared with nobody.
    """
    return tempfile.TemporaryDirectory(prefix="motcua-soffice-")


class Converter:
    """Converts with the program `program`, which is looked for once."""

    def __init__(self, program: str, seconds: float = SECONDS) -> None:
        self._program = shutil.which(program) if program else None
        self._seconds = seconds
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._profile = _profile()

    @property
    def offered(self) -> bool:
        """Whether the program is there."""
        return self._program is not None

    async def convert(self, docx: bytes) -> bytes:
        """The document as PDF.

        Raises:
            PdfUnavailable: if the program is not there, fails, takes too long, or too many wait already.
        """
        if self._program is None:
            raise PdfUnavailable("not_installed")
        if self._waiting >= QUEUED:
            raise PdfUnavailable("too_many_wait")
        self._waiting += 1
        try:
            async with self._slots:
                return await self._run(self._program, docx)
        finally:
            self._waiting -= 1

    async def _run(self, program: str, docx: bytes) -> bytes:
        with tempfile.TemporaryDirectory(prefix="motcua-pdf-") as name:
            directory = Path(name)
            source, made = directory / "document.docx", directory / "document.pdf"
            await asyncio.to_thread(source.write_bytes, docx)
            process = await asyncio.create_subprocess_exec(
                program,
                f"-env:UserInstallation=file://{self._profile.name}",
                *("--headless", "--norestore", "--convert-to", "pdf"),
                *("--outdir", str(directory), str(source)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(self._seconds):
                    status = await process.wait()
            except TimeoutError as error:
                raise PdfUnavailable("too_late") from error
            finally:
                if process.returncode is None:
                    # It starts a child of its own.
                    os.killpg(process.pid, signal.SIGKILL)
                    await process.wait()
                    self._profile = _profile()  # the old one may be left locked
            if status != 0 or not made.exists():
                raise PdfUnavailable(f"status {status}")
            return await asyncio.to_thread(made.read_bytes)
