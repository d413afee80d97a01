"""Tables of the bot's database: conversations' events, and which of them others have yet to hear of."""

from __future__ import annotations

from rasa.shared.core.events import SessionStarted
from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

events = Table(
    "tracker_events",
    metadata,
    Column("sender_id", String(255), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("type_name", String(60), nullable=False),
    Column("timestamp", Float, nullable=False),  # seconds since 1970
    Column("data", LargeBinary, nullable=False),  # the event's JSON, encrypted
    Column("turn", String(64)),  # of a citizen's message: the gateway's key for it
)
session_starts = Index(
    "ix_tracker_events_session_starts",
    events.c.sender_id,
    events.c.sequence,
    sqlite_where=events.c.type_name == SessionStarted.type_name,
    postgresql_where=events.c.type_name == SessionStarted.type_name,
)

# The database itself refuses a message that was played already, by whichever server.
turns = Index(
    "uq_tracker_events_turn",
    events.c.sender_id,
    events.c.turn,
    unique=True,
    sqlite_where=events.c.turn.is_not(None),
    postgresql_where=events.c.turn.is_not(None),
)

# A row for each save: the events `first` to `last` of a conversation. It names them and does not repeat them,
# so it is written in the save's own transaction at next to no cost, and none can get lost between the two.
outbox = Table(
    "event_outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255), nullable=False, index=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False, default=0.0),  # seconds since 1970
)
