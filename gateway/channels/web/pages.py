"""The pages whose sockets are with this process, and what other processes have for them.

A page's socket is with one gateway process, but any of them may answer its message, bring a notice, or end its
conversation. So each looks into the database for what it has not shown itself, as long as a page is open here.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import Database
from gateway import outbox
from gateway.models import ChatSession, Message

LOOK_SECONDS = 1.0
"""How often is looked; as long as that a page waits for what another process has done."""

LATE_SECONDS = 10.0
"""How long a number may become visible after a higher one: they are given before the transactions end."""


@dataclass(frozen=True)
class News:
    """What a look found.

    Attributes:
        rows: messages that were not shown here, in order.
        settled: numbers of citizens' messages that are answered, or put off.
        gone: senders whose conversation was ended, and whether all that was said is gone.
    """

    rows: list[Message]
    settled: list[int]
    gone: dict[str, bool]


class Pages:
    """Who looks at which conversation here, and what they were shown.

    Args:
        database: the gateway's database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sender_of: dict[str, str] = {}  # by socket
        self._sockets: dict[str, set[str]] = {}  # by sender
        # By sender: what has a higher number the page did not ask for itself.
        self._since: dict[str, int] = {}
        self._shown: set[int] = set()
        self._unsettled: dict[int, str] = {}
        self._seen: deque[tuple[float, int]] = deque()  # the highest number by the time it was seen

    async def enter(self, socket: str, sender: str) -> None:
        """A page looks at a conversation; what was said before it asks for itself."""
        latest = await self._database.read(_latest)
        self.leave(socket)
        if not self._sockets:
            self._seen = deque([(time.monotonic(), latest)])
        self._sender_of[socket] = sender
        self._sockets.setdefault(sender, set()).add(socket)
        self._since.setdefault(sender, latest)

    def leave(self, socket: str) -> None:
        """A page's socket is gone."""
        sender = self._sender_of.pop(socket, "")
        sockets = self._sockets.get(sender, set())
        sockets.discard(socket)
        if not sockets:
            self.forget(sender)

    def forget(self, sender: str) -> bool:
        """A conversation is over, or nobody looks at it here any more; whether somebody did."""
        sockets = self._sockets.pop(sender, None)
        if sockets is None:
            return False
        for socket in sockets:
            del self._sender_of[socket]
        del self._since[sender]
        self._unsettled = {n: one for n, one in self._unsettled.items() if one != sender}
        if not self._sockets:
            self._shown.clear()
        return True

    def show(self, sender: str, number: int) -> bool:
        """Whether a message is to be shown on pages here: somebody looks, and it was not shown before."""
        if sender not in self._sockets or number in self._shown:
            return False
        self._shown.add(number)
        return True

    def said(self, sender: str, number: int) -> None:
        """A page waits for the answer to a message."""
        if sender in self._sockets:
            self._unsettled[number] = sender

    def settle(self, number: int) -> str | None:
        """A message's answer is complete; whose pages waited for it, if any still did."""
        return self._unsettled.pop(number, None)

    async def look(self) -> News:
        """What other processes have for the pages here. Whoever brings it asks `show`, `forget` first: it may
        have been brought meanwhile.
        """
        if not self._sockets:
            return News([], [], {})
        while len(self._seen) > 1 and self._seen[1][0] < time.monotonic() - LATE_SECONDS:
            self._seen.popleft()
        floor = self._seen[0][1]
        self._shown = {one for one in self._shown if one > floor}
        latest, news = await self._database.read(
            _look, floor, set(self._shown), dict(self._since), set(self._unsettled)
        )
        self._seen.append((time.monotonic(), latest))
        return news


def _latest(session: Session) -> int:
    return session.scalar(select(func.max(Message.id))) or 0


def _look(
    session: Session, floor: int, shown: set[int], since: dict[str, int], unsettled: set[int]
) -> tuple[int, News]:
    senders = set(since)
    going_on = select(ChatSession.sender).where(ChatSession.sender.in_(senders))
    gone = senders - set(session.scalars(going_on))
    left = set(session.scalars(select(Message.sender).where(Message.sender.in_(gone)).distinct()))
    # Before the messages: of what is settled all answers are among them then.
    settled = outbox.settled(session, unsettled)
    young = session.execute(
        select(Message.id, Message.sender).where(Message.id > floor).order_by(Message.id)
    ).all()
    new = [
        one.id
        for one in young
        if one.sender in senders and one.id > since[one.sender] and one.id not in shown
    ]
    rows = session.scalars(select(Message).where(Message.id.in_(new)).order_by(Message.id)).all()
    latest = max([floor, *(one.id for one in young)])
    return latest, News(list(rows), settled, {one: one not in left for one in gone})
