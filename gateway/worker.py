"""What the gateway's workers have in common: claim what is due, handle it, many at the same time."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

Claimed = TypeVar("Claimed")

POLL_SECONDS = 1.0
"""How often a worker looks for what other processes kept and for tries that are due."""

STOP_SECONDS = 5.0
"""How long work may go on when the process is asked to stop."""


class Worker(ABC, Generic[Claimed]):
    """Works a queue off until it is cancelled. Several may run, in one process or many.

    Args:
        concurrent: how many claims it handles at the same time.
    """

    def __init__(self, concurrent: int) -> None:
        self.name = secrets.token_hex(8)
        self._concurrent = concurrent
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def claim(self, limit: int) -> list[Claimed]:
        """Take up to `limit` pieces of work."""

    @abstractmethod
    async def handle(self, claimed: Claimed) -> None:
        """Do one piece of work; it raises nothing that is to be expected."""

    @abstractmethod
    async def release(self) -> None:
        """Free what this worker still holds."""

    def wake(self, after: float = 0.0) -> None:
        """Say that there is something new, at once or after some seconds."""
        if after:
            asyncio.get_running_loop().call_later(after, self._wake.set)
        else:
            self._wake.set()

    async def run(self) -> None:
        """Work until cancelled; then let work finish a while and free the rest for others."""
        try:
            while True:
                self._wake.clear()
                await self._start_work()
                # Not asyncio.wait_for: up to Python 3.11 it can swallow a cancellation.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()
        finally:
            await self._stop()

    async def _start_work(self) -> None:
        free = self._concurrent - len(self._tasks)
        if free <= 0:
            return
        try:
            claims = await self.claim(free)
        except Exception as error:
            # A database that is locked or restarts must not end the loop.
            log.error("claim_failed", worker=type(self).__name__, exc_type=type(error).__name__)
            return
        for claimed in claims:
            task = asyncio.create_task(self.handle(claimed))
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.wake()

    async def _stop(self) -> None:
        if self._tasks:
            _, running = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        await self.release()
