"""Pay the fee of a dossier: of one sent in this conversation at once, of any other after its second factor."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.onestop_client import OnestopRefusal
from actions.owed import show_order, show_owed
from actions.status_form import LOOP, PAY, look_up_for, read_code
from actions.texts import button
from actions.turn import Events, TopicAction, Turn

MAX_OWN = 5


class Pay(TopicAction):
    """Find the dossier that is meant and say what is owed; with a provider chosen, begin to pay."""

    action_name = "action_pay"

    async def act(self, turn: Turn) -> Events:
        """Which dossier, by what is said and known."""
        grant, provider = turn.entity("grant"), turn.entity("provider")
        if grant and provider:
            return await self._begin(turn, grant, provider)
        if not await turn.service.payment_providers():
            turn.show("pay_at_counter")
            return []
        own = list(dict.fromkeys(turn.slot("dossiers") or []))[-MAX_OWN:]
        code = read_code(turn) or (own[0] if len(own) == 1 else None)
        if code is not None:
            return await self._owed(turn, code)
        if own:
            buttons = [button(one, "pay", dossier_code=one) for one in own]
            turn.show("pay_which", buttons=buttons)
            return []
        return self._look_up(turn, None)

    async def _owed(self, turn: Turn, code: str) -> Events:
        try:
            owed = await turn.service.owed(turn.owner, code)
        except OnestopRefusal as refusal:
            if refusal.code != "factor_needed":
                raise
            return self._look_up(turn, code)
        show_owed(turn, owed)
        return []

    def _look_up(self, turn: Turn, code: str | None) -> Events:
        """Let the status loop ask for code and second factor; within a form that waits for its end."""
        if turn.tracker.active_loop_name not in (None, LOOP):
            turn.show("pay_afterwards")
            return []
        purpose = SlotSet("lookup_for", look_up_for(turn, PAY))
        if turn.tracker.active_loop_name == LOOP:
            return [purpose, *([SlotSet("lookup_code", code)] if code else [])]
        return [SlotSet("lookup_code", code), purpose, ActiveLoop(LOOP)]

    async def _begin(self, turn: Turn, grant: str, provider: str) -> Events:
        try:
            order = await turn.service.pay(turn.owner, grant, provider)
        except OnestopRefusal as refusal:
            # `not_due`: paid or closed meanwhile; else the button was too old, or its provider is off.
            turn.show("pay_not_due" if refusal.code == "not_due" else "pay_again")
            return []
        show_order(turn, order)
        return []


ACTIONS = (Pay,)
