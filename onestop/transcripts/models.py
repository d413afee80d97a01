"""Tables of transcripts: conversations, their turns, how far each citizen's events have come, corrections.

What staff search and list is masked (`masking.py`); the clear text is encrypted and read only through
`access.py`. The index of words (`turn_words`) is made by the migrations, see `words.py`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.models import Base


class Conversation(Base):
    """One visit of a citizen: from the first message to an hour of silence (a session of Rasa)."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("owner", "first", name="uq_conversations_first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(255))
    first: Mapped[int] = mapped_column(Integer)  # number of its first event among the owner's
    channel: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    turn_count: Mapped[int] = mapped_column(Integer, default=0)
    fallbacks: Mapped[int] = mapped_column(Integer, default=0)
    lowest_confidence: Mapped[float | None]  # of what was typed freely; none: nothing was
    procedure: Mapped[str] = mapped_column(String(16), default="")  # the last one talked about
    # asked, started or submitted; a draft that was started and not sent is left once the visit is over.
    outcome: Mapped[str] = mapped_column(String(12), default="asked")
    field: Mapped[str] = mapped_column(String(64), default="")  # of the draft: asked last, not sent
    stars: Mapped[int | None] = mapped_column(Integer)  # the rating given in it
    handed_over: Mapped[bool] = mapped_column(default=False)  # a person was asked for
    assigned: Mapped[str] = mapped_column(String(64), default="", index=True)
    reviewed_by: Mapped[str] = mapped_column(String(64), default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    procedures: Mapped[list[ConversationProcedure]] = relationship(cascade="all, delete-orphan")
    labels: Mapped[list[ConversationLabel]] = relationship(
        order_by="ConversationLabel.label", cascade="all, delete-orphan"
    )


class ConversationProcedure(Base):
    """A procedure that was talked about."""

    __tablename__ = "conversation_procedures"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversations.id"), primary_key=True, index=True
    )


class ConversationLabel(Base):
    """A label that staff gave."""

    __tablename__ = "conversation_labels"

    label: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversations.id"), primary_key=True, index=True
    )


class Turn(Base):
    """A citizen's message and what came of it."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number", name="uq_turns_number"),
        Index("ix_turns_intent", "intent", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    number: Mapped[int] = mapped_column(Integer)  # in the conversation, from 1
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(Text)  # masked
    reply: Mapped[str] = mapped_column(Text, default="")  # masked
    # Text, reply, entities; read only where they are asked for.
    clear: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON, deferred=True)
    # Neither a button nor an answer to a form's question: only this tells of the understanding.
    free: Mapped[bool]
    intent: Mapped[str] = mapped_column(String(64))
    confidence: Mapped[float | None]
    alternatives: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # name, confidence
    entities: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # masked
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # of the search
    actions: Mapped[list[str]] = mapped_column(JSON, default=list)
    answered: Mapped[str] = mapped_column(String(64), default="")  # the form's field that was asked
    fallback: Mapped[bool] = mapped_column(default=False)  # the citizen was told so
    latency_ms: Mapped[int | None] = mapped_column(Integer)
    uncertainty: Mapped[float] = mapped_column(default=0.0)  # 0–1; 0 for what is not free
    # A number drawn by lot: the smallest ones of a period are a fair sample of it.
    lot: Mapped[int] = mapped_column(Integer)
    correct: Mapped[bool | None]  # the understanding, as a reviewer judged
    sampled: Mapped[bool] = mapped_column(default=False)  # judged because the lot fell on it
    judged_by: Mapped[str] = mapped_column(String(64), default="")
    judged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    notes: Mapped[list[TurnNote]] = relationship(
        order_by="TurnNote.id", cascade="all, delete-orphan"
    )


# Both queues look only at what is typed freely and not judged: some per cent of all, in order.
for _name, _columns in (("uncertain", (Turn.uncertainty, Turn.id)), ("lot", (Turn.lot,))):
    Index(
        f"ix_turns_{_name}",
        *_columns,
        sqlite_where=text("free = 1 AND correct IS NULL"),
        postgresql_where=text("free AND correct IS NULL"),
    )

# The sample is a few thousand turns among millions.
Index(
    "ix_turns_sampled",
    Turn.at,
    sqlite_where=text("sampled = 1"),
    postgresql_where=text("sampled"),
)


class TurnNote(Base):
    """What a reviewer remarks on a turn."""

    __tablename__ = "turn_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id"), index=True)
    author: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(EncryptedJSON)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Suggestion(Base):
    """A correction of how a turn was understood; a second person decides (`suggestions.py`)."""

    __tablename__ = "suggestions"

    id: Mapped[int] = mapped_column(primary_key=True)
    # None when the turn was deleted, as its period says or its citizen wished.
    turn_id: Mapped[int | None] = mapped_column(
        ForeignKey("turns.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12))  # intent, entity, procedure
    text: Mapped[str] = mapped_column(Text)  # the message, masked
    was: Mapped[str] = mapped_column(String(200))
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), default="pending", index=True)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")


class GroupedWeek(Base):
    """A week whose misunderstood messages have been grouped (`groups.py`)."""

    __tablename__ = "grouped_weeks"

    week: Mapped[date] = mapped_column(Date, primary_key=True)  # its Monday
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TurnGroup(Base):
    """Misunderstood messages of a week, and of the week before it, that say much the same.

    What is shown of it is read from its turns: with them it goes.
    """

    __tablename__ = "turn_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(
        ForeignKey("grouped_weeks.week", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))  # words that several citizens used


class GroupedTurn(Base):
    """A turn of a group; `place` counts from the group's middle outwards."""

    __tablename__ = "grouped_turns"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("turn_groups.id", ondelete="CASCADE"), primary_key=True
    )
    turn_id: Mapped[int] = mapped_column(
        ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    place: Mapped[int] = mapped_column(Integer)


class TranscriptFeed(Base):
    """How far a citizen's events have been written, and what the next ones go on from."""

    __tablename__ = "transcript_feeds"

    owner: Mapped[str] = mapped_column(String(255), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer)  # of the last event that was written
    conversation_id: Mapped[int | None] = mapped_column(Integer)
    asked: Mapped[str] = mapped_column(String(64), default="")  # the form's field asked last
    kind: Mapped[str] = mapped_column(String(20), default="")  # its type
    known: Mapped[list[list[str]]] = mapped_column(
        EncryptedJSON, default=list
    )  # names, addresses told
