"""A process that sends what is in the outbox, and dies by SIGKILL where its environment says.

`TEST_KILL_AT` is `before:<call>` or `after:<call>` of the back end's calls: before a call all that went
before is kept; after it the other system has acted and nothing of that is kept yet. Only this runner
knows the variable. Ends with status 0 when nothing is left to send.
"""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

from common.database import Database
from common.settings import settings
from onestop.backends import outbox
from onestop.backends.contrib.http import HttpRemote
from onestop.backends.worker import Policy, Worker

CALLS = ("log_in", "next_code", "upload", "create", "find", "progress")


class Mortal:
    """A remote whose process dies at a given point."""

    def __init__(self, remote: HttpRemote, at: str) -> None:
        self._remote, self._at = remote, at

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._remote, name)
        if name not in CALLS:
            return call

        async def guarded(*arguments: Any) -> Any:
            if self._at == f"before:{name}":
                os.kill(os.getpid(), signal.SIGKILL)
            result = await call(*arguments)
            if self._at == f"after:{name}":
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return guarded


async def send() -> None:
    """Send until nothing is left."""
    config = settings()
    database = Database(config.database_url)
    remote = Mortal(HttpRemote(config), os.environ.get("TEST_KILL_AT", ""))
    worker = Worker(database, remote, Policy())
    while await worker.work():
        pass
    await remote.close()
    left = database.query(outbox.unfinished)
    database.close()
    assert not left, [row.state for row in left]


if __name__ == "__main__":
    asyncio.run(send())
