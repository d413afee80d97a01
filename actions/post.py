"""The public post: where a parcel is, what it costs, have papers fetched or a result delivered."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import requests
from actions.onestop_client import OnestopRefusal
from actions.parcels import show_opening
from actions.status_form import LOOP as STATUS_LOOP
from actions.status_form import POST, look_up_for, read_code
from actions.texts import button
from actions.turn import Events, TopicAction, Turn

MAX_OWN = 5
BEGIN = "begin"  # what the button "Đăng ký" says


class PostDelivery(TopicAction):
    """Find the dossier that is meant; tell what the post has of it, and offer or begin what it may do."""

    action_name = "action_post_delivery"

    async def act(self, turn: Turn) -> Events:
        """Which dossier, by what is said and known; without one, how it works."""
        grant, cancel = turn.entity("grant"), turn.entity("value")
        if grant and cancel:
            return await self._cancel(turn, cancel, grant)
        own = list(dict.fromkeys(turn.slot("dossiers") or []))[-MAX_OWN:]
        code = read_code(turn) or (own[0] if len(own) == 1 else None)
        if turn.tracker.active_loop_name == "dossier_form":
            turn.show("post_about", fees=await turn.service.post_fees(), filling=True)
            return []
        if turn.tracker.active_loop_name == STATUS_LOOP:
            return look_up(turn, code)
        if code is not None:
            return await self._open(turn, code)
        if own:
            buttons = [button(one, "post_delivery", dossier_code=one) for one in own]
            turn.show("post_which", buttons=buttons)
            return []
        if cancel == BEGIN or (turn.intent == "affirm" and "post_about" in turn.replied):
            return look_up(turn, None)
        ask = [button("Đăng ký gửi qua bưu điện", "post_delivery", value=BEGIN)]
        turn.show("post_about", fees=await turn.service.post_fees(), filling=False, buttons=ask)
        return []

    async def _open(self, turn: Turn, code: str) -> Events:
        try:
            opening = await turn.service.post_of(turn.owner, code)
        except OnestopRefusal as refusal:
            if refusal.code != "factor_needed":
                raise
            return look_up(turn, code)
        if turn.entity("everything") is not None and opening.offered:
            return requests.begin("post", opening.grant)
        return show_opening(turn, opening)

    async def _cancel(self, turn: Turn, code: str, grant: str) -> Events:
        try:
            done = await turn.service.cancel_post(turn.owner, code, grant)
        except OnestopRefusal as refusal:
            turn.show("post_not_cancelled", held=refusal.code == "impossible_step")
            return []
        turn.show("post_cancelled", done=done)
        return []


def look_up(turn: Turn, code: str | None) -> Events:
    """Let the status loop ask for code and second factor."""
    said = [SlotSet("lookup_code", code), SlotSet("lookup_for", look_up_for(turn, POST))]
    if turn.tracker.active_loop_name == STATUS_LOOP:
        return said
    return [*said, SlotSet(requests.SLOT, None), ActiveLoop(STATUS_LOOP)]


ACTIONS = (PostDelivery,)
