"""A question about a procedure, or about the place where procedures are handed in."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from actions import units
from actions.explain import explain, go_on
from actions.turn import Events, TopicAction, Turn


class Explain(TopicAction):
    """Answer a question about a procedure."""

    action_name = "action_explain"

    async def act(self, turn: Turn) -> Events:
        """Find the procedure and answer; where the one-stop unit itself is, is no procedure's matter.

        What a line asks of both is answered, the procedure's first: the unit's may need to know the commune.
        """
        wishes, after = turn.wishes(), go_on(turn)
        if wishes == ["ask_fee"] and "post_about" in turn.replied and await _names_none(turn):
            return [FollowupAction("action_post_delivery")]  # "phí bao nhiêu": the post's
        unit, asked = units.asks_for_unit(turn), units.asked_of_procedure(turn)
        if not unit and await units.names_unit(turn):
            unit, asked = True, []
        events = await explain(turn, asked or wishes) if asked or not unit else []
        if unit or "ask_opening_hours" in wishes:
            answered = not asked or any(one.get("name") == "procedure" for one in events)
            events += await units.tell(turn, ask=unit and answered and not after)
        return [*events, *after]


async def _names_none(turn: Turn) -> bool:
    """Whether a typed question names no procedure."""
    return not turn.button and (await turn.search()).outcome == "none"


ACTIONS = (Explain,)
