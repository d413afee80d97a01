"""The notifier: brings what the one-stop service has to tell into the citizens' chats.

Any number may run. A claim gives a notice to one of them for a while; the message's key in the outbox makes
it one message, also where a worker died between writing it and reporting it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from common.database import Database
from gateway import outbox
from gateway.channels.base import Channel
from gateway.channels.errors import NotSentError
from gateway.onestop_client import Notice, OnestopClient, OnestopUnavailableError

log = structlog.get_logger(__name__)

POLL_SECONDS = 2.0
"""How often the one-stop service is asked; as long as that a citizen waits for news."""

LONGEST_POLL_SECONDS = 30.0
"""How seldom, while the service does not answer."""

BATCH = 50


class Notifier:
    """Tells notices, until it is cancelled.

    Args:
        database: the gateway's database.
        onestop: the service that has the notices.
        channels: the ways to citizens, by channel name.
    """

    def __init__(
        self, database: Database, onestop: OnestopClient, channels: Mapping[str, Channel]
    ) -> None:
        self._database, self._onestop, self._channels = database, onestop, channels

    async def run(self) -> None:
        """Work until cancelled; nothing that goes wrong with one look ends it."""
        pause = POLL_SECONDS
        while True:
            try:
                more = await self.work()
                pause = 0 if more else POLL_SECONDS
            except OnestopUnavailableError as error:
                pause = min(max(pause, POLL_SECONDS) * 2, LONGEST_POLL_SECONDS)
                log.warning("notices_unavailable", reason=str(error))
            except Exception as error:
                pause = LONGEST_POLL_SECONDS
                log.error("notifier_failed", exc_type=type(error).__name__, exc_info=True)
            await asyncio.sleep(pause)

    async def work(self) -> bool:
        """Tell one batch; whether there may be more.

        Raises:
            OnestopUnavailableError: if the service does not answer; what was told is not told again.
        """
        claimed = await self._onestop.claim_notices(BATCH)
        for notice in claimed:
            outcome, reason = await self._tell(notice)
            await self._onestop.report_notice(notice, outcome, reason)
            if outcome != "delivered":
                log.warning("notice_not_told", notice=notice.id, outcome=outcome, reason=reason)
        return len(claimed) == BATCH

    async def _tell(self, notice: Notice) -> tuple[str, str]:
        """How it went with one notice: the outcome and the reason, as the service wants to hear them."""
        channel = self._channels.get(notice.owner.partition(":")[0])
        if channel is None:
            return "failed", "unknown channel"
        try:
            message = await self._database.run(
                outbox.put_once, notice.owner, channel.name, f"notice:{notice.id}", notice.body
            )
            await channel.notify(notice.owner, message)
        except NotSentError as error:
            return "later" if error.remedy.later else "failed", error.reason
        except Exception as error:
            # One citizen's trouble must not keep the others from their news.
            log.error("notify_failed", notice=notice.id, exc_type=type(error).__name__)
            return "later", type(error).__name__
        return "delivered", ""
