"""One line that names several procedures: each is found, and those that wait come back one by one."""

from __future__ import annotations

from typing import Any, NamedTuple

from rasa_sdk.events import SlotSet

from actions.choosing import CHOICE_TITLE_LENGTH, choose_buttons, keep, offer_choices, options
from actions.finding import of_the_offered
from actions.turn import Events, Turn
from common.wording import shorten
from onestop.catalogue.content import Procedure
from onestop.schemas import SearchResult


class Part(NamedTuple):
    """One of several things that a message wants."""

    said: str
    wishes: list[str]
    found: SearchResult
    procedure: Procedure | None  # none where it must still be asked which one is meant


async def several(turn: Turn, wishes: list[str]) -> list[Part]:
    """What a message wants that names several procedures; nothing where it names one.

    Args:
        turn: the turn.
        wishes: what is wanted of each, unless its own part of the message says which of these.
    """
    if turn.button or turn.entity("procedure") or turn.entity("procedure_code"):
        return []
    parts = []
    for said in (await turn.search()).several:
        own = turn.wishes_of(said)
        found = of_the_offered(turn, await turn.find(said))
        clear = found.outcome == "found"
        procedure = await turn.procedure(found.candidates[0].code) if clear else None
        parts.append(Part(said, [one for one in wishes if one in own] or wishes, found, procedure))
    return parts


def ask_rest(turn: Turn, wishes: list[str], parts: list[Part]) -> Events:
    """Ask about the parts that are not clear; what is asked next without a name may be of any that is."""
    told = [part.procedure for part in parts if part.procedure]
    unclear = [part for part in parts if part.procedure is None]
    present = [SlotSet("procedure", told[-1].code)] if told else []
    if len(unclear) > 1:
        return [*present, *which_first(turn, wishes, unclear, more=bool(told))]
    if unclear:
        return [*present, *offer_choices(turn, unclear[0].wishes, unclear[0].found)]
    return [*present, *keep(wishes, [_thing(part) for part in parts])]


def which_first(turn: Turn, wishes: list[str], parts: list[Part], more: bool = False) -> Events:
    """Ask with which of several things to begin; those of a dossier that is sent come back after it.

    Args:
        turn: the turn.
        wishes: what is wanted of each.
        parts: the things.
        more: whether others were answered before them.
    """
    things = [_thing(part) for part in parts]
    buttons = choose_buttons(wishes, things)
    turn.show("which_first", wishes=wishes, many=len(things), more=more, buttons=buttons)
    later = [SlotSet("later", things)] if wishes == ["start_dossier"] else []
    return [*keep(wishes, things), *later]


def remind_of_rest(turn: Turn, done: str) -> Events:
    """After a dossier is sent, or will not be, offer what the citizen wanted to hand in besides.

    After a dossier that was none of those the others are not brought up again.

    Args:
        turn: the turn.
        done: the code of the procedure whose dossier it is.
    """
    things = turn.slot("later") or []
    rest = [one for one in things if done not in one["codes"]]
    if not things:
        return []
    if not rest or rest == things:
        return [SlotSet("later", None)]
    wishes = ["start_dossier"]
    turn.show("later", buttons=choose_buttons(wishes, rest))
    return [SlotSet("later", rest), *keep(wishes, rest)]


def _thing(part: Part) -> dict[str, Any]:
    """A part to choose; of one that is not clear it is asked then which procedure is meant.

    All are wanted, so that none is likelier than another.
    """
    found = part.found.candidates
    if part.procedure is None:
        title = shorten(part.said, CHOICE_TITLE_LENGTH)
        thing = {"topic": part.said, "title": title, "codes": [one.code for one in found]}
    else:
        thing = {**options(found[:1])[0], "codes": [part.procedure.code]}
    return {**thing, "score": 1.0}
