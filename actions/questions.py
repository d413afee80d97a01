"""A question about a procedure, or about the place where procedures are handed in."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from actions import units
from actions.explain import explain
from actions.turn import Events, TopicAction, Turn

# What the same line may wish besides, and the action that goes on with it.
AFTERWARDS = {
    "check_status": "action_check_status",
    "pay": "action_pay",
    "post_delivery": "action_post_delivery",
}


class Explain(TopicAction):
    """Answer a question about a procedure."""

    action_name = "action_explain"

    async def act(self, turn: Turn) -> Events:
        """Find the procedure and answer; where the one-stop unit itself is, is no procedure's matter."""
        if units.asks_for_unit(turn):
            return await units.tell(turn)
        events = await explain(turn, turn.wishes())
        if "ask_opening_hours" in turn.wishes():
            events += await units.tell(turn, ask=False)
        if turn.tracker.active_loop_name is None:
            events += [FollowupAction(AFTERWARDS[w]) for w in turn.wishes() if w in AFTERWARDS][:1]
        return events


ACTIONS = (Explain,)
