"""The gateway's tables: who may speak as whom, and every message in and out.

A conversation is one table, so that one running number orders what the citizen said and what was
answered, and serves as the cursor from which a page asks what it missed. The inbox is the incoming
rows not answered yet (`gateway.inbox`); the outbox is the outgoing rows (`gateway.outbox`).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common.database import EncryptedJSON, UTCDateTime, now


class Direction(StrEnum):
    """Which way a message goes, seen from the gateway."""

    INCOMING = "in"
    OUTGOING = "out"


class State(StrEnum):
    """How far a message is. Replies to the page have none: the page fetches them."""

    # Incoming: to be answered.
    WAITING = "waiting"
    PROCESSING = "processing"
    ANSWERED = "answered"
    # Outgoing to a platform: to be sent.
    UNSENT = "unsent"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"  # may not be sent now; goes out when the citizen writes again
    # Either: given up, for staff to see (`python -m gateway failed`).
    FAILED = "failed"


class Base(DeclarativeBase):
    """Declarative base; constraints are named by convention, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ChatSession(Base):
    """A browser's right to speak as a sender; the token itself is never stored."""

    __tablename__ = "chat_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    sender: Mapped[str] = mapped_column(String(80), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Message(Base):
    """One message, in or out.

    `body` of an incoming message: {"text", "payload", "attachments"}, from a platform also "downloads"
    (files still to be fetched) or "reply" (what the gateway itself answers); of an outgoing one: the
    reply as Rasa gave it ({"text"?, "buttons"?, "image"?, "custom"?}), or a notice, with what is needed
    to tell it outside the chat ("notice": {"template", "about", "contact"}), or what staff say, with their
    "author"; buttons that are "lasting" stay good when the talk goes on. All are encrypted at rest.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("sender", "key"),
        Index("ix_messages_sender_id", "sender", "id"),
        Index(
            "ix_messages_waiting",
            "sender",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        # The database itself refuses a second turn of one citizen at the same time.
        Index(
            "uq_messages_one_turn_per_sender",
            "sender",
            unique=True,
            sqlite_where=text("state = 'processing'"),
            postgresql_where=text("state = 'processing'"),
        ),
        # The same for what goes out to the platforms.
        Index(
            "ix_messages_unsent",
            "sender",
            "id",
            sqlite_where=text("state = 'unsent'"),
            postgresql_where=text("state = 'unsent'"),
        ),
        Index(
            "uq_messages_one_sending_per_sender",
            "sender",
            unique=True,
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        # What staff look at, of which there is little.
        Index(
            "ix_messages_given_up",
            "id",
            sqlite_where=text("state IN ('failed', 'held')"),
            postgresql_where=text("state IN ('failed', 'held')"),
        ),
        # A cursor must never be given twice, even after old rows were deleted.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    sender: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(3))
    body: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    # Its way through the stages of `gateway.queue`.
    state: Mapped[str | None] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, doc="not taken up before")
    worker: Mapped[str | None] = mapped_column(String(32), doc="who holds it while it is worked on")
    lease_until: Mapped[datetime | None] = mapped_column(
        UTCDateTime, doc="then others may take over"
    )

    key: Mapped[str | None] = mapped_column(
        String(128), doc="the client's own id of the message; of a notice: which it is"
    )

    # Of incoming messages only.
    sent_at: Mapped[int | None] = mapped_column(
        BigInteger, doc="by the platform's clock, in milliseconds since 1970"
    )
    notified: Mapped[bool] = mapped_column(default=False, doc="the citizen was told of a delay")

    # Of outgoing messages only.
    reply_to: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    parts_sent: Mapped[int] = mapped_column(
        default=0, doc="of its parts, as rendered for a platform"
    )
    reason: Mapped[str | None] = mapped_column(String(40), doc="why it was not sent, a code")


class PlatformToken(Base):
    """A platform's tokens, encrypted, with the lease of the worker that renews them.

    `tokens`: {"access", "refresh", "seeds", "renew"}: the pair; hashes of the refresh tokens that the
    settings began a chain with; whether the pair is to be renewed at once.
    """

    __tablename__ = "platform_tokens"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    tokens: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, doc="of the access token")
    worker: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, doc="the platform did not take the refresh token"
    )
