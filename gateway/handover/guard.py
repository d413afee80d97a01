"""The guard before Rasa: while a person has a conversation, the citizen's words are for that person alone."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.database import Database
from gateway import inbox
from gateway.handover import service, turns
from gateway.inbox import Turn
from gateway.models import Message
from gateway.onestop_client import OnestopClient
from gateway.texts import say

DECIDE = "/decide_proposal"
"""The buttons under what staff propose for a field of the dossier; a decision follows as JSON."""


class Decision(BaseModel):
    """Whether the citizen wants what staff proposed to be filled in."""

    model_config = ConfigDict(extra="forbid")

    draft: str = Field(pattern=r"^[\w-]{1,32}$")
    offer: str = Field(pattern=r"^[\w-]{1,32}$")
    accept: bool

    @property
    def payload(self) -> str:
        """What the button sends."""
        return f"{DECIDE}{self.model_dump_json()}"


def decision_of(payload: str | None) -> Decision | None:
    """The decision that a pressed button stands for."""
    command, _, said = (payload or "").partition("{")
    if command != DECIDE:
        return None
    try:
        return Decision.model_validate(json.loads("{" + said))
    except (ValidationError, ValueError):
        return None


class Guard:
    """Decides whose a message is.

    Args:
        database: the gateway's database.
        onestop: where drafts are.
    """

    def __init__(self, database: Database, onestop: OnestopClient) -> None:
        self._database, self._onestop = database, onestop

    async def hear(
        self, turn: Turn, body: dict[str, Any], own: list[dict[str, Any]]
    ) -> list[Message] | None:
        """Keep a message from the assistant where it is not for it; see `turns.hear`.

        Raises:
            ClaimLostError: if another worker took the message over meanwhile.
            OnestopUnavailableError: if a decision cannot be carried out now.
        """
        decision = decision_of(body["payload"])
        if decision is not None:
            said = {"text": await self._decide(turn.sender, decision)}
            return await self._database.run(inbox.answer, turn, [*own, said])
        # Nearly all messages are the assistant's: only a look tells so, without waiting for writers. Who is
        # taken over right after it is told nothing by the assistant all the same (`turns.close`).
        pressed = body["payload"] == service.MEET_ASSISTANT
        if not pressed and not await self._database.read(service.is_silent, turn.sender):
            return None
        return await self._database.run(turns.hear, turn, body, own)

    async def _decide(self, sender: str, decision: Decision) -> str:
        filled = await self._onestop.decide(
            sender, decision.draft, decision.offer, accept=decision.accept
        )
        if filled is None:
            return say("proposal_gone")
        if not decision.accept:
            return say("proposal_declined")
        return "\n".join(
            say("proposal_taken", label=one["label"], value=one["display"]) for one in filled
        ) or say("proposal_gone")
