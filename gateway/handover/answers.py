"""What staff answer with: words, and files behind links that only the citizen opens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from aiohttp import BodyPartReader
from cryptography.fernet import InvalidToken, MultiFernet

from common.settings import Settings
from gateway.handover.schemas import Answer
from gateway.texts import refusal
from gateway.words import clean

PUBLIC = "/files"  # where the public site hands files on (web/files.py)
LIFETIME = timedelta(hours=24)
"""How long a link opens; the one-stop service keeps a file that belongs to nothing as long."""

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Ticket:
    """The right to fetch a file of a conversation."""

    owner: str
    file: str


def link(cipher: MultiFernet, ticket: Ticket) -> str:
    """The address that stands for a ticket: encrypted, so that nothing is kept for it or can be guessed."""
    return f"{PUBLIC}/{cipher.encrypt(json.dumps(asdict(ticket)).encode()).decode().rstrip('=')}"


def opened(cipher: MultiFernet, text: str, asker: str) -> Ticket | None:
    """The ticket of a link; `None` if it is not good, not any more, or not for this asker.

    On the page it opens only in the session of its owner; elsewhere it was told in a chat that only its
    owner reads, and the platform fetches it.

    Args:
        asker: the sender whose session the request bears, or "".
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        plain = cipher.decrypt(padded.encode(), ttl=int(LIFETIME.total_seconds()))
        ticket = Ticket(**json.loads(plain))
    except (InvalidToken, ValueError, TypeError):
        return None
    return None if ticket.owner.startswith("web:") and asker != ticket.owner else ticket


def bodies(config: Settings, sender: str, answer: Answer) -> list[dict[str, Any]]:
    """An answer as messages: the words, then each file as a picture or a link."""
    text = clean(answer.text)
    found: list[dict[str, Any]] = [{"text": text}] if text else []
    for one in answer.files:
        url = link(config.cipher(), Ticket(sender, one.file_id))
        if one.content_type.startswith("image/"):
            found.append({"text": one.name, "image": url})
        else:
            card = {"type": "link", "title": one.name, "url": url, "file": True}
            found.append({"text": one.name, "custom": card})
    return found


async def pieces(part: BodyPartReader, limit: int) -> AsyncIterator[bytes]:
    """The bytes of a file, at most `limit` of them.

    Raises:
        Problem: 413 `file_too_large`.
    """
    size = 0
    while piece := await part.read_chunk(CHUNK_BYTES):
        size += len(piece)
        if size > limit:
            raise refusal(413, "file_too_large", megabytes=limit // 1024**2)
        yield piece
