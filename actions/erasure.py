"""Erase what is kept of the citizen: the wish; what comes of it is a request (actions/request_form.py)."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.requests import begin
from actions.turn import Events, TopicAction, Turn


def forgotten() -> Events:
    """The events after which nothing open is gone on with."""
    dossiers = ("draft", "sent", "dossiers", "last_paper", "adding_to")
    names = (*dossiers, "choices", "later", "feedback", "rating")
    return [SlotSet(name, None) for name in names]


class EraseData(TopicAction):
    """Begin to erase: first what goes and what stays is told."""

    action_name = "action_erase_data"

    async def act(self, turn: Turn) -> Events:
        """Hand over to the loop of requests."""
        return begin("erasure", opened=True)


ACTIONS = (EraseData,)
