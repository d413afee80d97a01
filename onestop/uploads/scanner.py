"""The virus scan by clamd: the content is sent over a socket (INSTREAM), nothing is run or written here.

Protocol: docs.clamav.net, "ClamD Protocol"; `zINSTREAM\\0`, then chunks of a four-byte big-endian length and
the bytes, ended by a length of zero; the answer is `stream: OK`, `stream: <name> FOUND` or `… ERROR`.
"""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from common.settings import Settings

CONNECT_SECONDS = 3.0
# A PDF full of archives takes long; clamd's own limits (MaxScanTime, 120 s) lie above.
SCAN_SECONDS = 30.0
CHUNK_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 1024


class Verdict(StrEnum):
    """What is known of a content; kept with its row."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNED = "unscanned"  # the scanner could not be asked


class ScannerUnavailable(Exception):
    """No verdict: not reached, too late, or an answer that is none; the message has no personal data."""


class Scanner:
    """Asks clamd at `address`: `host:port`, or the path of its socket."""

    def __init__(
        self, address: str, connect: float = CONNECT_SECONDS, seconds: float = SCAN_SECONDS
    ) -> None:
        self._address, self._connect, self._seconds = address, connect, seconds

    @classmethod
    def from_settings(cls, config: Settings) -> Scanner | None:
        """The scanner that the settings name; `None` if there is none."""
        return cls(config.clamd) if config.clamd else None

    async def scan(self, content: bytes) -> Verdict:
        """CLEAN or INFECTED.

        Raises:
            ScannerUnavailable: if clamd gives no verdict.
        """
        try:
            async with asyncio.timeout(self._connect):
                reader, writer = await self._open()
        except (OSError, TimeoutError) as error:
            raise ScannerUnavailable(type(error).__name__) from error
        try:
            async with asyncio.timeout(self._seconds):
                return _verdict(await self._ask(reader, writer, content))
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError) as error:
            raise ScannerUnavailable(type(error).__name__) from error
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(Path(self._address), limit=MAX_ANSWER_BYTES)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port), limit=MAX_ANSWER_BYTES)

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: bytes
    ) -> str:
        with suppress(ConnectionError):  # it may answer before it has read all, and hang up
            writer.write(b"zINSTREAM\0")
            for at in range(0, len(content), CHUNK_BYTES):
                chunk = content[at : at + CHUNK_BYTES]
                writer.write(struct.pack("!I", len(chunk)) + chunk)
                await writer.drain()
            writer.write(struct.pack("!I", 0))
            await writer.drain()
        return (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace")


def _verdict(answer: str) -> Verdict:
    """What an answer means.

    Raises:
        ScannerUnavailable: if it is no verdict, such as that the stream was longer than clamd takes.
    """
    if answer == "stream: OK":
        return Verdict.CLEAN
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict.INFECTED
    raise ScannerUnavailable("no verdict")
