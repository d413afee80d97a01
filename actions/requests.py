"""How the loop of requests (actions/request_form.py) is opened and left."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.turn import Events
from onestop.requests.schemas import RequestState

LOOP = "request_form"
SLOT = "request"


def begin(kind: str, subject: str = "", *, opened: bool = False) -> Events:
    """The events that open the loop for a request of this kind.

    Args:
        kind: as in `onestop/requests/registry.py`.
        subject: what it is about.
        opened: the message tells nothing of it (it was the answer to another question).
    """
    state = RequestState(kind=kind, subject=subject, opened=opened)
    return [SlotSet(SLOT, state.model_dump(mode="json")), ActiveLoop(LOOP)]


def leave() -> Events:
    """The events that end the loop and drop what was answered."""
    return [ActiveLoop(None), SlotSet(SLOT, None)]
