"""Zalo's tokens: an access token of about a day, and a refresh token that can be used once.

Kept encrypted in the gateway's database, where all workers find them. One worker at a time may renew them,
under a lease; it stores the new pair before anybody uses it, tries again when the database does not take
it, and is not interrupted by a stop in between. Renewal begins hours before the access token ends: if the
pair is lost all the same (a process killed between Zalo's answer and the commit), the old access token goes
on working while staff authorise the account anew (MOTCUA_ZALO_REFRESH_TOKEN, docs/channels.md).
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from common.database import Database, insert_if_absent, now
from gateway.channels.errors import NotSentError, Remedy
from gateway.channels.zalo.client import TokenPair, TokenRefusedError, ZaloClient
from gateway.models import PlatformToken

log = structlog.get_logger(__name__)

CHANNEL = "zalo"
MARGIN = timedelta(hours=6)
"""How long before its end an access token is renewed; one lives about 25 hours."""

LEASE = timedelta(seconds=45)
"""Longer than Zalo may take to answer and the database to store it."""

REFUSED_PAUSE = timedelta(minutes=10)
"""How long after a refusal nobody asks again."""

CHECK_SECONDS = 300.0
STORE_PAUSES = (0.1, 0.5, 1, 2, 4, 8, 8, 8)


@dataclass(frozen=True)
class Stored:
    """What the database knows: the tokens, and whether the access token is still good for a while."""

    access: str
    good: bool
    fresh: bool


class Tokens:
    """The account's tokens.

    Args:
        database: the gateway's database.
        client: talks to Zalo.
        seed: the refresh token that staff got when they authorised the account.
    """

    def __init__(self, database: Database, client: ZaloClient, seed: str) -> None:
        self._database, self._client, self._seed = database, client, seed
        self._worker = secrets.token_hex(8)
        self._renewing: asyncio.Task[None] | None = None

    async def access(self) -> str:
        """An access token that works.

        Raises:
            NotSentError: if there is none now.
        """
        stored = await self._stored()
        if not stored.fresh:
            await self._renew(stored.access)
            stored = await self._database.run(stored_tokens, self._seed)
        if not stored.good:
            raise NotSentError(Remedy.RETRY, "zalo token")
        return stored.access

    async def good(self) -> bool:
        """Whether there is an access token that works."""
        return (await self._stored()).good

    async def _stored(self) -> Stored:
        # Nearly always a look will do: each message asks, and a lock would put all of them one after the other.
        seen = await self._database.read(look, self._seed)
        if seen is None:
            return await self._database.run(stored_tokens, self._seed)
        return seen

    async def replace(self, bad: str) -> str:
        """An access token in place of one that Zalo called invalid.

        Raises:
            NotSentError: if there is none now.
        """
        stored = await self._database.run(stored_tokens, self._seed)
        if stored.access == bad:
            await self._renew(bad)
            stored = await self._database.run(stored_tokens, self._seed)
        if stored.access == bad or not stored.good:
            raise NotSentError(Remedy.RETRY, "zalo token")
        return stored.access

    async def keep_fresh(self) -> None:
        """Renew in time also when nobody writes, until cancelled: an unused refresh token ends too."""
        while True:
            try:
                await self.access()
            except NotSentError as error:
                log.warning("token_not_renewed", reason=error.reason)
            except Exception as error:
                log.error("token_check_failed", exc_type=type(error).__name__)
            await asyncio.sleep(CHECK_SECONDS)

    async def close(self) -> None:
        """Let a renewal that runs come to its end."""
        if self._renewing is not None:
            await asyncio.gather(self._renewing, return_exceptions=True)

    async def _renew(self, old: str) -> None:
        """Renew, unless another worker does; who asks here meanwhile waits for the same renewal."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._exchange(old))
        # A stop of who asked must not stop the exchange between answer and storing.
        await asyncio.shield(self._renewing)

    async def _exchange(self, old: str) -> None:
        used = await self._database.run(claim, self._worker, self._seed, old)
        if used is None:
            return
        try:
            pair = await self._client.renew(used)
        except TokenRefusedError as error:
            log.error("zalo_needs_authorisation", reason=str(error))
            await self._database.run(refused, self._worker)
            return
        except NotSentError as error:
            log.warning("token_not_renewed", reason=error.reason)
            await self._database.run(let_go, self._worker)
            return
        for pause in (*STORE_PAUSES, None):
            try:
                await self._database.run(store, used, pair)
                break
            except SQLAlchemyError as error:
                log.error("token_not_stored", exc_type=type(error).__name__)
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        log.info("token_renewed", channel=CHANNEL)


def _mark(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()


def _row(session: Session, seed: str) -> PlatformToken:
    """The account's row; a seed that was not seen before begins a new chain.

    A seed that was seen is ignored: while workers are restarted with a new one, some still have the old.
    """
    mark = _mark(seed)
    first = {"access": "", "refresh": seed, "seeds": [mark], "renew": True}
    insert_if_absent(session, PlatformToken, channel=CHANNEL, tokens=first, expires_at=now())
    row = session.get_one(PlatformToken, CHANNEL, with_for_update=True)
    if mark not in row.tokens["seeds"]:
        seeds = [*row.tokens["seeds"], mark]
        # The access token goes on working until the new chain has one.
        row.tokens = {**row.tokens, "refresh": seed, "seeds": seeds, "renew": True}
        row.worker = row.lease_until = row.refused_at = None
    return row


def look(session: Session, seed: str) -> Stored | None:
    """What is stored, without a lock; `None` if nothing is stored of this seed's chain yet."""
    row = session.get(PlatformToken, CHANNEL)
    known = row is not None and _mark(seed) in row.tokens["seeds"]
    return _state(row) if row is not None and known else None


def stored_tokens(session: Session, seed: str) -> Stored:
    """What is stored, for all workers; a new seed's chain begins with it."""
    return _state(_row(session, seed))


def _state(row: PlatformToken) -> Stored:
    left = row.expires_at - now()
    good = bool(row.tokens["access"]) and left > timedelta()
    return Stored(row.tokens["access"], good, left > MARGIN and not row.tokens["renew"])


@dataclass(frozen=True)
class Description:
    """The tokens' state for staff."""

    works: bool
    text: str


def describe(session: Session, seed: str) -> Description:
    """Whether the tokens work, and what is to be done if not."""
    stored, row = stored_tokens(session, seed), _row(session, seed)
    lasts = f"the access token works until {row.expires_at:%Y-%m-%d %H:%M} UTC"
    if row.refused_at is not None:
        what = lasts if stored.good else "the access token has ended"
        return Description(
            False,
            f"{what}, and Zalo does not take the refresh token: authorise the account anew and set"
            " MOTCUA_ZALO_REFRESH_TOKEN (docs/channels.md)",
        )
    if not stored.good:
        return Description(False, "no access token yet: the gateway gets one when it runs")
    return Description(True, lasts)


def claim(session: Session, worker: str, seed: str, old: str) -> str | None:
    """Take the right to renew; the refresh token to use, or `None`: another has it, or has done it."""
    row = _row(session, seed)
    moment = now()
    taken = row.lease_until is not None and row.lease_until > moment
    waits = row.refused_at is not None and row.refused_at > moment - REFUSED_PAUSE
    if taken or waits or row.tokens["access"] != old:
        return None
    row.worker, row.lease_until = worker, moment + LEASE
    return str(row.tokens["refresh"])


def store(session: Session, used: str, pair: TokenPair) -> None:
    """Keep a new pair. It counts whoever holds the lease: the old refresh token is used up."""
    row = session.get_one(PlatformToken, CHANNEL, with_for_update=True)
    if row.tokens["refresh"] != used:
        return  # staff authorised the account anew meanwhile
    row.tokens = {
        **row.tokens,
        "access": pair.access,
        "refresh": pair.refresh,
        "renew": False,
    }
    row.expires_at = now() + timedelta(seconds=pair.seconds)
    row.worker = row.lease_until = row.refused_at = None


def refused(session: Session, worker: str) -> None:
    """Note that Zalo did not take the refresh token."""
    row = session.get_one(PlatformToken, CHANNEL, with_for_update=True)
    if row.worker == worker:
        row.refused_at, row.worker, row.lease_until = now(), None, None


def let_go(session: Session, worker: str) -> None:
    """Give the right to renew back after no answer."""
    row = session.get_one(PlatformToken, CHANNEL, with_for_update=True)
    if row.worker == worker:
        row.worker = row.lease_until = None
