"""Where the one-stop units are and when they are open."""

from __future__ import annotations

import re

from actions import requests
from actions.explain import ASPECTS, explain, go_on
from actions.turn import UNIT, Events, TopicAction, Turn
from actions.unit_texts import show_units
from bot.nlu.text import fold

WHERE = re.compile(UNIT.pattern + r".{0,20}\bo (?:dau|mo|cho nao)\b")
# Where a commune that is named has its unit.
PLACE = re.compile(r"\bo (?:dau|cho nao|duong nao)\b")
NEAREST = re.compile(r"\bgan (?:nhat|day|nha|toi|em|minh|cho)\b")


def asks_for_unit(turn: Turn) -> bool:
    """Whether a question for a place names a one-stop unit, and not what is handed in there."""
    asked = "ask_place" in turn.wishes()
    return asked and UNIT.search(fold(turn.said_of("ask_place"))) is not None


async def names_unit(turn: Turn) -> bool:
    """Whether a question for a place names a commune, and no procedure ("phường Phủ Lý ở đâu")."""
    if not PLACE.search(fold(turn.text)) or turn.slot("procedure"):
        return False
    if turn.tracker.active_loop_name or (await turn.search()).outcome != "none":
        return False
    return (await turn.service.find_units(turn.text)).unit is not None


def asked_of_procedure(turn: Turn) -> list[str]:
    """What the message asks of a procedure, which is not where the unit itself is."""
    unit = asks_for_unit(turn)
    return [one for one in turn.wishes() if one in ASPECTS and not (unit and one == "ask_place")]


def asks_where_beside(turn: Turn) -> bool:
    """Whether a line that is about something else asks where a one-stop unit is, too."""
    return WHERE.search(fold(turn.text)) is not None or asks_for_unit(turn)


async def tell(turn: Turn, ask: bool = True) -> Events:
    """Tell the hours on the day that is meant, and the unit that is named.

    Where it is not plain which unit is meant, the commune is asked for; within another loop, or beside
    another answer (`ask` is false), it is left to buttons.
    """
    chosen = turn.entity("value")
    found = await turn.service.find_units(chosen or turn.text, asked=chosen is not None)
    nearest = NEAREST.search(fold(turn.text)) is not None
    where = turn.intent == "ask_place" or nearest or asks_for_unit(turn)
    open_question = found.choices or (where and found.unit is None)
    if ask and open_question and turn.tracker.active_loop_name is None:
        return requests.begin("unit", opened=not found.choices)
    show_units(turn, found)
    return []


class OpeningHours(TopicAction):
    """Tell where the one-stop units are and when they are open."""

    action_name = "action_opening_hours"

    async def act(self, turn: Turn) -> Events:
        """Tell what the service knows of the units, the day and the moment that are meant.

        What is asked of a procedure in the same line is answered after it; then it goes on with its other wish.
        """
        asked = [wish for wish in turn.wishes() if wish in ASPECTS and wish != "ask_place"]
        after = go_on(turn)
        events = await tell(turn, ask=not asked and not after)
        return [*events, *(await explain(turn, asked) if asked else []), *after]


ACTIONS = (OpeningHours,)
