"""What a message says of a procedure before an action that is about something else.

A message that is a procedure's name is about that procedure, whatever else it sounds like: the understanding
knows how people talk, and the names of five thousand procedures hold all those words, too: "Thanh toán chi
phí …" is no wish to pay, and "Giải quyết khiếu nại …" is no complaint. And one line may ask of a procedure
beside something else ("hồ sơ của em tới đâu rồi, với lại đổi bằng lái hết bao nhiêu tiền").
"""

from __future__ import annotations

from rasa_sdk.events import FollowupAction

from actions import units
from actions.explain import AFTERWARDS, explain, go_on
from actions.turn import SURE, Events, TopicAction, Turn

# They find the procedure themselves.
_FINDING = {
    *("action_explain", "action_start_dossier", "action_clarify", "action_out_of_scope"),
    *("action_acknowledge", "action_nothing_to_do", "action_back_to_draft"),
}
_WORDS = 4  # a shorter message is looked up only where a name was asked for: hardly one is so short


class UnlessNamed(TopicAction):
    """Explain the procedure that the message names; do what the action does if it names none."""

    def __init__(self, otherwise: TopicAction) -> None:
        self._otherwise = otherwise

    def name(self) -> str:
        """The name of the action it stands before."""
        return self._otherwise.name()

    async def act(self, turn: Turn) -> Events:
        """Search first; after the explanation goes on what would have gone on after the action.

        What the understanding only guesses ("… mới sanh thì làm cái chi trước" for a complaint) gives
        way to what the search finds clearly.
        """
        if turn.fresh and turn.text and (turn.wanted or len(turn.text.split()) >= _WORDS):
            found = await turn.find(turn.text)
            guess = turn.confidence < SURE and turn.tracker.active_loop_name is None
            if found.named or (guess and found.clear):
                events = await explain(turn, ["ask_procedure"])
                going_on = turn.tracker.active_loop_name or "action_listen"
                return [FollowupAction(going_on), *events]  # where both name one, the last counts
        if self.name() not in AFTERWARDS.values():
            return await self._otherwise.act(turn)
        events = [*await _answer_beside(turn), *await self._otherwise.act(turn)]
        asking = any(one["event"] == "active_loop" for one in events)  # for all that it wishes
        return events if asking or not turn.fresh else [*events, *go_on(turn, self.name())]


async def _answer_beside(turn: Turn) -> Events:
    """What the line asks of a procedure that it names, and of the one-stop units and their hours."""
    wishes = turn.wishes()
    asked = units.asked_of_procedure(turn)
    events: Events = []
    if turn.fresh and turn.text and asked and (await turn.search()).clear:
        events += await explain(turn, asked)
    unit = "ask_opening_hours" in wishes or units.asks_where_beside(turn)
    if turn.fresh and unit:
        events += await units.tell(turn, ask=False)
    return events


def unless_named(action: TopicAction) -> TopicAction:
    """The action with the search before it; loops and what searches by itself stay as they are."""
    own = action.name() in _FINDING or not action.name().startswith("action_")
    return action if own else UnlessNamed(action)
