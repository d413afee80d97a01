"""Where the one-stop units are and when they are open."""

from __future__ import annotations

import re

from actions.texts import button
from actions.turn import Events, TopicAction, Turn
from bot.nlu.text import fold

# Words that ask for a unit itself, and not for where a procedure is handed in.
UNIT = re.compile(r"\b(?:mot cua|hanh chinh cong|phuc vu cong)\b")
NEAREST = re.compile(r"\bgan (?:nhat|day|nha|toi|em|minh|cho)\b")


def asks_for_unit(turn: Turn) -> bool:
    """Whether a question for a place names a one-stop unit."""
    return UNIT.search(fold(turn.text)) is not None


async def tell(turn: Turn) -> Events:
    """Tell the hours on the day that is meant, and the unit that is named; communes to choose from."""
    chosen = turn.entity("value")
    found = await turn.service.find_units(chosen or turn.text, asked=chosen is not None)
    folded = fold(turn.text)
    buttons = [button(one, "ask_opening_hours", value=one) for one in found.choices]
    turn.show(
        "opening_hours",
        found=found,
        which=bool(UNIT.search(folded) or NEAREST.search(folded)),
        buttons=buttons,
    )
    return []


class OpeningHours(TopicAction):
    """Tell where the one-stop units are and when they are open."""

    action_name = "action_opening_hours"

    async def act(self, turn: Turn) -> Events:
        """Ask the service what it knows of the units, the day and the moment that are meant."""
        return await tell(turn)


ACTIONS = (OpeningHours,)
