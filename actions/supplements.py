"""What a citizen does with a dossier after it was sent: supplement it, take it back.

The status loop asks for the code and the second factor first (`actions/status_form.py`) and then comes here.
"""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.onestop_client import OnestopRefusal
from actions.texts import Button, button
from actions.turn import Events, Turn


async def begin(turn: Turn, code: str, factor: str) -> Events:
    """Begin the draft that asks for just what an officer asked for; the form goes on with it.

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    try:
        draft = await turn.service.supplement(turn.owner, code, factor, turn.channel)
    except OnestopRefusal as refusal:
        if refusal.code != "nothing_asked":
            raise
        turn.show("supplement_nothing_asked", code=code, buttons=_status_button(code))
        return []
    turn.show("supplement_begun", code=code, draft=draft)
    return [SlotSet("draft", draft.id)]


async def withdraw(turn: Turn, code: str, factor: str) -> Events:
    """Ask for the dossier back: the citizen was told what the four digits would do.

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    try:
        status = await turn.service.withdraw(turn.owner, code, factor)
    except OnestopRefusal as refusal:
        if refusal.code != "impossible_step":
            raise
        turn.show("withdraw_impossible", code=code, buttons=_status_button(code))
        return []
    turn.show("withdrawn", status=status, buttons=_status_button(code))
    return []


def _status_button(code: str) -> list[Button]:
    return [button("Xem hồ sơ đến đâu", "check_status", dossier_code=code)]
