"""What a channel is: a way in for citizens' messages and a way out for the replies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from aiohttp import web

from gateway.models import Message


class Channel(ABC):
    """One platform. Adding one is a module here and a line in `gateway.app.CHANNELS`."""

    name: ClassVar[str]
    """Stands in the inbox, before every sender's id, and in what Rasa is told."""

    @abstractmethod
    def setup(self, app: web.Application) -> None:
        """Add the channel's routes to the gateway's application."""

    @abstractmethod
    async def deliver(self, sender: str, turn: int, replies: Sequence[Message], done: bool) -> None:
        """Hand replies over that are stored already.

        Args:
            sender: the citizen.
            turn: the number of the message that they answer.
            replies: outgoing messages, in order; may be empty.
            done: whether the dispatcher is through with the message for now.
        """
