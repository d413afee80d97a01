"""A citizen who says one thing to one action: tracker, dispatcher and a one-stop service in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import TopicAction, Turn
from tests.actions.fakes import FakeOnestop


@dataclass
class Talk:
    """What is known before the message, and what came of it."""

    service: FakeOnestop
    slots: dict[str, Any] = field(default_factory=dict)
    loop: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    dispatcher: CollectingDispatcher = field(default_factory=CollectingDispatcher)
    after: str = "action_listen"

    def tracker(self, text: str, intent: str, confidence: float, **message: Any) -> Tracker:
        """The tracker that Rasa would send."""
        said = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": message.pop("entities", []),
            **message,
        }
        user = {
            "event": "user",
            "text": text,
            "message_id": message.get("message_id"),
            "metadata": message.get("metadata", {}),
        }
        loop = {"name": self.loop} if self.loop else {}
        return Tracker(
            "web:1", self.slots, said, [*self.events, user], False, None, loop, self.after
        )

    def turn(
        self, text: str, intent: str = "inform", confidence: float = 0.9, **message: Any
    ) -> Turn:
        """The message as an action sees it."""
        return Turn(self.dispatcher, self.tracker(text, intent, confidence, **message))

    async def act(
        self,
        action: TopicAction,
        text: str,
        intent: str = "inform",
        confidence: float = 0.9,
        **message: Any,
    ) -> list[dict[str, Any]]:
        """Run an action on a message; returns its events."""
        tracker = self.tracker(text, intent, confidence, **message)
        return await action.run(self.dispatcher, tracker, {})

    def text(self) -> str:
        """All that was said."""
        return "\n".join(str(one["text"]) for one in self.dispatcher.messages if one["text"])

    def buttons(self) -> dict[str, str]:
        """Title → payload of all that was offered."""
        return {
            one["title"]: one["payload"]
            for message in self.dispatcher.messages
            for one in message["buttons"]
        }


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots as they stand after the events."""
    return {one["name"]: one["value"] for one in events if one["event"] == "slot"}


def loop_of(events: list[dict[str, Any]]) -> Any:
    """The loop that the events open, `None` where they close it, "" where they leave it."""
    loops = [one["name"] for one in events if one["event"] == "active_loop"]
    return loops[-1] if loops else ""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeOnestop:
    """The one-stop service in memory."""
    fake = FakeOnestop()
    monkeypatch.setattr("actions.turn.onestop", lambda: fake)
    return fake


@pytest.fixture
def talk(service: FakeOnestop) -> Talk:
    """A talk outside of any loop."""
    return Talk(service)


@pytest.fixture
def says(service: FakeOnestop) -> Callable[..., Turn]:
    """A turn from a message alone."""
    return Talk(service).turn
