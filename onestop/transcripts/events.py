"""Events of conversations as Rasa writes them (`rasa.shared.core.events`), read leniently: only what is kept.

Beside Rasa's own, an action's reply carries in its metadata what the action knew (`trace`, `actions/turn.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

LISTEN = "action_listen"
ALTERNATIVES = 4


class Trace(BaseModel):
    """What an action knew when it replied. `kind`: the type of the form's field that is asked now."""

    model_config = ConfigDict(extra="ignore")

    said: str = ""  # the template
    candidates: list[dict[str, Any]] = []
    field: str = ""
    kind: str = ""
    stars: int | None = None


class Event(BaseModel):
    """One event of a conversation; `sequence` counts the events of a sender from 0."""

    model_config = ConfigDict(extra="ignore")

    sender_id: str = Field(min_length=1, max_length=255)
    sequence: int = Field(ge=0)
    event: str
    timestamp: float = 0.0
    text: str | None = None
    name: str | None = None
    value: Any = None
    parse_data: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return datetime.fromtimestamp(self.timestamp, UTC)

    @property
    def trace(self) -> Trace:
        """What the action knew that said this."""
        return Trace.model_validate((self.metadata or {}).get("trace") or {})

    @property
    def channel(self) -> str:
        """The channel that the citizen wrote on."""
        return str((self.metadata or {}).get("channel") or "")[:32]

    @property
    def received(self) -> float:
        """When the message reached the assistant, in seconds since 1970: before it was understood."""
        return float((self.metadata or {}).get("received") or self.timestamp)

    @property
    def ranking(self) -> list[dict[str, Any]]:
        """Intents with their confidence, the likeliest first; without the mark that none was sure."""
        parsed = self.parse_data or {}
        ranking = parsed.get("intent_ranking") or [parsed.get("intent") or {}]
        return [
            {
                "name": str(one.get("name")),
                "confidence": round(float(one.get("confidence") or 0), 4),
            }
            for one in ranking
            if one.get("name") and one["name"] != "nlu_fallback"
        ]

    @property
    def intent(self) -> str:
        """The intent that was acted on."""
        return str(((self.parse_data or {}).get("intent") or {}).get("name") or "")[:64]

    @property
    def entities(self) -> list[dict[str, Any]]:
        """Entities: name, value and, where it was typed, its place."""
        found = (self.parse_data or {}).get("entities") or []
        return [
            {key: one[key] for key in ("entity", "value", "start", "end") if key in one}
            for one in found
            if isinstance(one, dict)
        ]
