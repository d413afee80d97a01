"""A clamd on the loopback, by its protocol: what holds the EICAR test string is infected."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

# The string by which scanners are tried (eicar.org), in two parts, so that none complains of this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """What it has scanned, and how it behaves."""

    def __init__(self) -> None:
        self.scanned: list[bytes] = []
        self.behaviour = "works"  # or hangs, hangs_up, babbles
        self.stream_max = 25 * 1024 * 1024

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            assert await reader.readexactly(10) == b"zINSTREAM\0"
            answer = await self._answer(reader)
            if self.behaviour == "hangs":
                await asyncio.sleep(30)
            if self.behaviour == "babbles":
                answer = b"x" * 100_000
            if self.behaviour != "hangs_up":
                writer.write(answer)
                await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        content = b""
        while size := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
            if len(content) > self.stream_max:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.scanned.append(content)
        return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@asynccontextmanager
async def running(clamd: Clamd, path: str = "") -> AsyncIterator[str]:
    """Serve on a free port, or on a socket at `path`; gives the address for the settings."""
    if path:
        server = await asyncio.start_unix_server(clamd.serve, path)
        address = path
    else:
        server = await asyncio.start_server(clamd.serve, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield address
    finally:
        server.close()
