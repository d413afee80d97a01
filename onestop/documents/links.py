"""Links to documents: who has one may fetch one document for a while, if it is the one it was made for.

A link is an encrypted ticket, so that nothing is kept for it and nothing can be guessed or changed. On a
channel whose citizens have a session with us it opens only in that session; elsewhere it was told in a
chat that only its owner reads.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal

from cryptography.fernet import InvalidToken, MultiFernet

Format = Literal["docx", "pdf"]
LIFETIME = timedelta(hours=1)
# Channels (what stands before a sender's colon) whose browsers show us a session.
WITH_SESSION = frozenset({"web"})


class NoSuchLink(Exception):
    """Not made by us, too old, or another's."""


@dataclass(frozen=True)
class Ticket:
    """The right of `owner` to fetch the document of `draft`, or the empty form of `procedure`."""

    owner: str
    draft: str
    format: Format
    procedure: str = ""


def make(cipher: MultiFernet, ticket: Ticket) -> str:
    """The part of a link that stands for the ticket."""
    return cipher.encrypt(json.dumps(asdict(ticket)).encode()).decode().rstrip("=")


def read(cipher: MultiFernet, text: str, asker: str) -> Ticket:
    """The ticket of a link.

    Args:
        asker: the sender whose session the request bears, or "".

    Raises:
        NoSuchLink: if it is not good, or not any more, or not for this asker.
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        plain = cipher.decrypt(padded.encode(), ttl=int(LIFETIME.total_seconds()))
        ticket = Ticket(**json.loads(plain))
    except (InvalidToken, ValueError, TypeError) as error:
        raise NoSuchLink from error
    channel = ticket.owner.partition(":")[0]
    if channel in WITH_SESSION and asker != ticket.owner:
        raise NoSuchLink
    return ticket
