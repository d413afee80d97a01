"""A draft is gone on with in another conversation: the code is given in one and taken in the other."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.onestop_client import OnestopRefusal
from actions.texts import button
from actions.turn import Events, Turn
from onestop.schemas import DraftView, ResumeCodeView


async def code_of(turn: Turn, draft: DraftView) -> ResumeCodeView | None:
    """A new code for the draft; `None` while nothing in it can serve as the second factor."""
    try:
        return await turn.service.resume_code(draft.id, turn.owner)
    except OnestopRefusal as refusal:
        if refusal.code != "no_factor":
            raise
        return None


async def give_code(turn: Turn, draft: DraftView) -> bool:
    """Say how to go on with the draft elsewhere; whether that is possible yet."""
    given = await code_of(turn, draft)
    if given is None:
        turn.show("elsewhere_not_yet")
        return False
    buttons = [button("Điền tiếp ở đây", "resume_dossier", draft=draft.id)]
    turn.show("elsewhere_code", draft=draft, given=given, buttons=buttons)
    return True


async def go_on_here(turn: Turn, code: str, factor: str) -> Events:
    """Take the draft of a code over; the form goes on with it.

    Raises:
        OnestopRefusal: if the code or the factor is wrong.
    """
    draft = await turn.service.resume(turn.owner, turn.channel, code, factor)
    turn.show("resumed", draft=draft)
    return [SlotSet("draft", draft.id)]
