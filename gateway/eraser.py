"""The eraser: takes away what citizens want gone, and what has had its time, here and in the tracker.

The one-stop service says what (its `onestop/privacy`); any number of erasers may run. A conversation is erased
when nothing of it is under way, so that its last answer reaches the citizen; all steps may be repeated.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import structlog

from common.database import Database
from gateway import erasing
from gateway.channels.base import Channel
from gateway.onestop_client import Erasure, Expiry, OnestopClient, OnestopUnavailableError
from gateway.rasa_client import RasaClient, RasaError

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
EXPIRE_EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 60.0
"""Until it is tried again, where something did not answer."""

BATCH = 20


class Eraser:
    """Erases until it is cancelled.

    Args:
        database: the gateway's database.
        onestop: the service that says what.
        rasa: has the tracker.
        channels: by name; whoever looks at an erased conversation is told by them.
    """

    def __init__(
        self,
        database: Database,
        onestop: OnestopClient,
        rasa: RasaClient,
        channels: Mapping[str, Channel],
    ) -> None:
        self._database, self._onestop, self._rasa = database, onestop, rasa
        self._channels = channels

    async def run(self) -> None:
        """Work until cancelled; nothing that goes wrong with one look ends it."""
        expire_at = time.monotonic() + AGAIN_SECONDS  # when all are up
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.erase()
                if time.monotonic() >= expire_at:
                    expire_at = time.monotonic() + AGAIN_SECONDS
                    await self.expire()
                    expire_at = time.monotonic() + EXPIRE_EVERY_SECONDS
            except (OnestopUnavailableError, RasaError) as error:
                log.warning("erasing_waits", exc_type=type(error).__name__, reason=str(error))
            except Exception as error:
                log.error("eraser_failed", exc_type=type(error).__name__, exc_info=True)

    async def erase(self) -> int:
        """Erase the conversations that wait for it and are at rest; returns how many.

        Raises:
            OnestopUnavailableError, RasaError: if one of them does not answer; the claims end by themselves.
        """
        done = 0
        for one in await self._onestop.claim_erasures(BATCH):
            done += await self._erase(one)
        return done

    async def _erase(self, one: Erasure) -> bool:
        counts = await self._database.run(erasing.erase, one.owner)
        if counts is None:
            return False
        counts["tracker_events"] = await self._rasa.forget(one.owner)
        await self._onestop.report_erasure(one, counts)
        channel = self._channels.get(one.owner.partition(":")[0])
        if channel is not None:
            await channel.ended(one.owner, erased=True)
        log.info("conversation_erased", erasure=one.id, **counts)
        return True

    async def expire(self) -> None:
        """Take away what has had its time.

        Raises:
            OnestopUnavailableError, RasaError: if one of them does not answer; it is due the next time.
        """
        for order in await self._onestop.expiry_orders():
            count = await self._expire(order)
            await self._onestop.report_expiry(order, count)  # nothing, too: it was looked through
            if count:
                log.info("retention", store=order.store, kind=order.kind, count=count)

    async def _expire(self, order: Expiry) -> int:
        if order.store == "bot":
            return await self._rasa.expire(order.before, order.held)
        count = 0
        given = (order.kind, order.before, order.held)
        while some := await self._database.run(erasing.expire_some, *given):
            count += some
        return count
