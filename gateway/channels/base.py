"""What a channel is: a way in for citizens' messages, and a way out for replies and notices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from aiohttp import web

from gateway.inbox import Turn
from gateway.models import Message


class Channel(ABC):
    """One way to reach us. Adding one is a folder here and a line in `gateway.channels.registry`."""

    name: ClassVar[str]
    """Stands in the inbox, before every sender's id, and in what Rasa is told."""

    @abstractmethod
    def setup(self, app: web.Application) -> None:
        """Add the channel's routes to the gateway's application."""

    async def prepare(self, turn: Turn) -> dict[str, Any]:
        """The message's body as Rasa is to have it; a platform fetches its files first.

        Raises:
            Problem, TimeoutError: if that is not possible now; the message is tried again.
        """
        return turn.body

    @abstractmethod
    async def deliver(self, sender: str, turn: int, replies: Sequence[Message], done: bool) -> None:
        """Hand replies over that are stored already.

        Args:
            sender: the citizen.
            turn: the number of the message that they answer.
            replies: outgoing messages, in order; may be empty.
            done: whether the dispatcher is through with the message for now.
        """

    async def ended(self, sender: str, *, erased: bool) -> None:  # noqa: B027 - platforms have no say
        """Have who still looks at a conversation know that it was ended.

        Args:
            sender: the citizen.
            erased: whether all that was said is gone.
        """

    async def notify(self, sender: str, notice: Message) -> None:  # noqa: B027 - most have none
        """Bring a notice that is stored already, to who has asked nothing.

        On a platform nothing is to be done: what stands in the outbox is sent from there (`gateway.queue`),
        and the platform's windows decide when. A channel with a way of its own, as the page has, says so
        here. A worker that died may have come this far before: a repeat must do no harm.

        Args:
            sender: the citizen.
            notice: the outgoing message.

        Raises:
            NotSentError: if it does not reach the citizen; its remedy says whether to try again, and its
                reason is kept for staff.
        """
