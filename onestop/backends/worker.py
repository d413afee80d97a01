"""Sends what the outbox holds, a step at a time, and follows what was sent.

Safe to run in several processes: a row belongs to who holds its lease, and each step is kept before the
next begins. A step whose reply was lost is repeated with the same key; before a dossier is made on any
but the first go, the other system is asked whether it has one under that key.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from common import backoff
from common.database import Database, now
from common.waiting import woken
from onestop.backends import arrival, outbox
from onestop.backends.base import (
    BackendRefused,
    BackendUnavailable,
    Parcel,
    Remote,
    Report,
    SessionExpired,
)
from onestop.backends.breaker import CircuitBreaker
from onestop.backends.outbox import Claim, State

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Policy:
    """How patient the worker is."""

    lease: timedelta = timedelta(seconds=90)  # longer than one call may take
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(minutes=5)
    give_up_after: timedelta = timedelta(days=3)
    follow_every: timedelta = timedelta(minutes=10)
    idle: float = 5.0  # seconds between two looks when nobody wakes the worker

    def pause(self, failures: int, chance: float) -> timedelta:
        """How long to wait after so many failures in a row (from 1); `chance` 0–1 spreads workers."""
        return backoff.pause(failures, self.first_pause, self.longest_pause, chance)


@dataclass
class Worker:
    """One worker of one process; `clock` and `chance` are parameters for tests."""

    database: Database
    remote: Remote
    policy: Policy = Policy()
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    clock: Callable[[], datetime] = now
    chance: Callable[[], float] = random.random

    def __post_init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to send: do not wait for the next look."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; nothing that goes wrong with one row or one look ends it."""
        while True:
            self._woken.clear()
            try:
                busy = await self.work()
            except Exception as error:
                log.error("outbox_failed", exc_type=type(error).__name__, exc_info=True)
                busy = False
            if not busy:
                await woken(self._woken, self.policy.idle)

    async def work(self) -> bool:
        """Take up one row and bring it as far as it goes; whether there was one."""
        if not self.breaker.allows(self.clock()):
            return False
        claim = await self.database.run(outbox.claim, self.clock(), self.policy.lease)
        if claim is None:
            return False
        try:
            await self._carry(claim)
        except outbox.LeaseLost:
            log.warning("lease_lost", row=claim.id)
        except Exception as error:  # a fault of ours must not hold up the rows behind
            log.error("row_failed", row=claim.id, exc_type=type(error).__name__, exc_info=True)
            await self._put_off(claim, f"internal: {type(error).__name__}")
        return True

    async def _carry(self, claim: Claim) -> None:
        renewed = False
        try:
            while claim.state not in (State.DONE, State.FAILED):
                try:
                    if claim.state is State.CREATED:
                        await self._finish(claim)
                        return
                    state, results = await self._step(claim)
                    renewed = False
                except SessionExpired:
                    if renewed:
                        raise BackendUnavailable("session_expired_twice") from None
                    renewed = True
                    state, results = await self._log_in(claim)
                self.breaker.succeeded()
                until = self.clock() + self.policy.lease
                claim = await self.database.run(outbox.save, claim, state, results, until)
            await self._follow(claim)
        except SessionExpired:
            await self._unavailable(claim, "session_expired")
        except BackendUnavailable as error:
            await self._unavailable(claim, str(error))
        except BackendRefused as error:
            self.breaker.succeeded()
            await self._refused(claim, str(error))

    async def _log_in(self, claim: Claim) -> tuple[State, dict[str, object]]:
        """A token, new or the first; a row that was further already stays there."""
        token = await self.remote.log_in()
        state = State.TOKEN if claim.state is State.QUEUED else claim.state
        return state, {**claim.results, "token": token}

    async def _step(self, claim: Claim) -> tuple[State, dict[str, object]]:
        """The next call; returns the state that it leads to and all that is known by then."""
        known = claim.results
        if claim.state is State.QUEUED:
            return await self._log_in(claim)
        token = str(known["token"])
        if claim.state is State.TOKEN:
            if "code" not in known and isinstance(claim.sent, Parcel):
                known = {**known, "code": await self.remote.next_code(token, claim.sent)}
            return State.CODE, known
        if claim.state is State.CODE:
            return await self._upload(claim, token)
        return await self._create(claim, token)

    async def _upload(self, claim: Claim, token: str) -> tuple[State, dict[str, object]]:
        """Hand over the next file; each is kept before the next one goes."""
        uploaded: dict[str, str] = dict(claim.results.get("files", {}))
        for file in (one for paper in claim.sent.papers for one in paper.files):
            if file.file_id not in uploaded:
                uploaded[file.file_id] = await self.remote.upload(token, claim.sent.key, file)
                return State.CODE, {**claim.results, "files": uploaded}
        return State.UPLOADED, {**claim.results, "files": uploaded}

    async def _create(self, claim: Claim, token: str) -> tuple[State, dict[str, object]]:
        uploaded = dict(claim.results["files"])
        if isinstance(claim.sent, Report):
            await self.remote.report(token, claim.sent, uploaded)
            return State.CREATED, claim.results
        if claim.tries > 1:
            # An earlier go may have made it, its reply lost on the way or its process killed.
            found = await self.remote.find(token, claim.sent.key)
            if found is not None:
                return State.CREATED, {**claim.results, "code": found}
        code = str(claim.results["code"])
        await self.remote.create(token, claim.sent, code, uploaded)
        return State.CREATED, claim.results

    async def _finish(self, claim: Claim) -> None:
        """The other system has it: make our own record of it, tell the citizen, and follow it."""
        parcel = claim.sent
        if isinstance(parcel, Report):
            await self.database.run(outbox.release, claim, None, State.DONE)
            return
        progress = await self.remote.progress(
            str(claim.results["token"]), str(claim.results["code"])
        )
        follow_at = self.clock() + self.policy.follow_every
        self.breaker.succeeded()
        await self.database.run(arrival.arrived, claim, parcel, progress, follow_at)
        log.info("dossier_sent", row=claim.id, tries=claim.tries)

    async def _follow(self, claim: Claim) -> None:
        """Ask where a dossier stands that was sent before."""
        token = await self.remote.log_in()
        progress = await self.remote.progress(token, str(claim.results["code"]))
        self.breaker.succeeded()
        next_at = self.clock() + self.policy.follow_every
        await self.database.run(arrival.moved, claim, progress, next_at)

    async def _unavailable(self, claim: Claim, reason: str) -> None:
        self.breaker.failed(self.clock())
        log.warning("backend_unavailable", row=claim.id, state=claim.state, reason=reason)
        await self._put_off(claim, reason)

    async def _put_off(self, claim: Claim, reason: str) -> None:
        """Try again after a pause, or give up if that has gone on for too long."""
        at = self.clock()
        late = at - claim.created_at > self.policy.give_up_after
        if late and claim.state is not State.DONE:
            await self._refused(claim, f"gave_up: {reason}")
            return
        pause = self.policy.pause(claim.failures + 1, self.chance())
        await self.database.run(outbox.postpone, claim, at + pause, reason)

    async def _refused(self, claim: Claim, reason: str) -> None:
        log.error("backend_refused", row=claim.id, state=claim.state, reason=reason)
        if claim.state is State.DONE:  # following only: ask again at the usual time
            next_at = self.clock() + self.policy.follow_every
            await self.database.run(outbox.postpone, claim, next_at, reason)
            return
        await self.database.run(arrival.failed, claim, reason)
