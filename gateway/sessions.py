"""Web sessions: an unguessable token, issued by us, is the right to speak as one sender."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.models import ChatSession

TOKEN_BYTES = 32


def _hash(token: str) -> str:
    # The token has 256 random bits, so a fast hash without salt is enough.
    return hashlib.sha256(token.encode()).hexdigest()


def issue(session: Session, channel: str) -> tuple[str, str]:
    """Make a new sender with a token of its own.

    Args:
        session: an open transaction.
        channel: the channel's name; it stands before the sender's id.

    Returns:
        The token, which only the browser keeps, and the sender's id.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    sender = f"{channel}:{secrets.token_urlsafe(TOKEN_BYTES)}"
    session.add(ChatSession(token_hash=_hash(token), sender=sender))
    return token, sender


def resolve(session: Session, token: str) -> str | None:
    """The sender that `token` speaks for; `None` if we did not issue it or it has ended."""
    known = session.get(ChatSession, _hash(token)) if token else None
    return known.sender if known else None


def open_for(session: Session, sender: str) -> bool:
    """Whether any browser can still read the sender's conversation."""
    found = session.scalars(select(ChatSession).where(ChatSession.sender == sender).limit(1))
    return found.first() is not None


def end(session: Session, token: str) -> None:
    """Forget `token`: nobody can read or go on with its conversation from then on."""
    session.execute(delete(ChatSession).where(ChatSession.token_hash == _hash(token)))
