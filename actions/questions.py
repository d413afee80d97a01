"""A question about a procedure, or about the place where procedures are handed in."""

from __future__ import annotations

from actions import units
from actions.explain import explain, go_on
from actions.turn import Events, TopicAction, Turn


class Explain(TopicAction):
    """Answer a question about a procedure."""

    action_name = "action_explain"

    async def act(self, turn: Turn) -> Events:
        """Find the procedure and answer; where the one-stop unit itself is, is no procedure's matter."""
        if units.asks_for_unit(turn):
            after = go_on(turn)
            return [*await units.tell(turn, ask=not after), *after]
        events = await explain(turn, turn.wishes())
        if "ask_opening_hours" in turn.wishes():
            events += await units.tell(turn, ask=False)
        return [*events, *go_on(turn)]


ACTIONS = (Explain,)
