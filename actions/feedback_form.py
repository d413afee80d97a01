"""The loop in which a citizen tells something in their own words: a complaint, or why a dossier is rated so.

What has been told lies in the slot `feedback` until it is sent. Almost everything that is typed belongs to the
story; only what clearly asks for something else interrupts it (`data/rules/feedback.yml` answers), and then
the very question is asked again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk.events import ActiveLoop

from actions import complaints, ratings
from actions.telling import LOOP
from actions.turn import Events, TopicAction, Turn


class FeedbackForm(TopicAction):
    """Ask on, take what is told, and send it."""

    action_name = LOOP

    def __init__(self) -> None:
        self._kinds: dict[str, Callable[[Turn, dict[str, Any]], Awaitable[Events]]] = {
            complaints.KIND: complaints.fill,
            ratings.KIND: ratings.take_reason,
        }

    async def act(self, turn: Turn) -> Events:
        """One turn of the loop."""
        said = turn.slot("feedback")
        if not said:
            return [ActiveLoop(None)]
        return await self._kinds[said["kind"]](turn, dict(said))


ACTIONS = (FeedbackForm,)
