"""What the gateway's workers have in common: claim what is due, handle it, many at the same time.

A worker renews the leases of what it is at (`gateway.queue`), so that others need not wait long for a dead one.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import structlog

from common.database import Database
from common.waiting import woken
from gateway import queue
from gateway.inbox import Turn
from gateway.models import Message
from gateway.queue import LEASE_SECONDS, Stage

log = structlog.get_logger(__name__)

Claimed = TypeVar("Claimed", bound=Turn | Message)

POLL_SECONDS = 1.0
"""How often a worker looks for what other processes kept and for tries that are due."""

RENEW_AFTER = 0.25
"""The part of a lease after which it is renewed: several may fail before it ends."""

LONGEST_SECONDS = 300.0
"""Work that takes longer hangs: a turn, its files and their time-outs together take less."""

STOP_SECONDS = 5.0
"""How long work may go on when the process is asked to stop."""


class Worker(ABC, Generic[Claimed]):
    """Works a queue off until it is cancelled. Several may run, in one process or many.

    Args:
        database: the gateway's database.
        stage: of the queue, the one that it works at.
        concurrent: how many claims it handles at the same time.
        lease_seconds: how long a claim holds without a word of this worker.
    """

    def __init__(
        self,
        database: Database,
        stage: Stage,
        concurrent: int,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.name = secrets.token_hex(8)
        self._database, self._stage = database, stage
        self._concurrent, self._lease = concurrent, lease_seconds
        self._renew_at = 0.0
        self._wake = asyncio.Event()
        self._claiming: asyncio.Future[list[Claimed]] | None = None
        self._tasks: dict[asyncio.Task[None], int] = {}  # by task: the number of what it is at

    @abstractmethod
    async def claim(self, limit: int) -> list[Claimed]:
        """Take up to `limit` pieces of work."""

    @abstractmethod
    async def handle(self, claimed: Claimed) -> None:
        """Do one piece of work; what it leaves undone is free again when the lease ends."""

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
                await self._renew()
                await self._start_work()
                await woken(self._wake, min(POLL_SECONDS, self._lease * RENEW_AFTER))
        finally:
            await self._stop()

    async def _renew(self) -> None:
        if not self._tasks or time.monotonic() < self._renew_at:
            return
        self._renew_at = time.monotonic() + self._lease * RENEW_AFTER
        try:
            await self._database.run(
                queue.renew, self._stage, self.name, set(self._tasks.values()), self._lease
            )
        except Exception as error:
            log.error("renewal_failed", worker=type(self).__name__, exc_type=type(error).__name__)

    async def _start_work(self) -> None:
        free = self._concurrent - len(self._tasks)
        if free <= 0:
            return
        self._claiming = asyncio.ensure_future(self.claim(free))
        try:
            # A stop does not stop the database: what it has claimed is released with the rest.
            claims = await asyncio.shield(self._claiming)
        except Exception as error:
            # A database that is locked or restarts must not end the loop.
            log.error("claim_failed", worker=type(self).__name__, exc_type=type(error).__name__)
            return
        for claimed in claims:
            task = asyncio.create_task(self._work(claimed))
            self._tasks[task] = claimed.id
            task.add_done_callback(self._finished)

    async def _work(self, claimed: Claimed) -> None:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self.handle(claimed)
        except TimeoutError:
            log.error("work_hangs", worker=type(self).__name__, number=claimed.id)

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        self.wake()

    async def _stop(self) -> None:
        if self._tasks:
            _, running = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        if self._claiming is not None:
            await asyncio.gather(self._claiming, return_exceptions=True)
        await self._database.run(queue.release, self._stage, self.name)
