"""Greetings, and what can be done here."""

from __future__ import annotations

from actions import levels
from actions.clarify import find_named
from actions.explain import explain
from actions.texts import button
from actions.turn import MENU, Events, TopicAction, Turn


class Greet(TopicAction):
    """Greet, and offer what can be done; go on with an open draft if there is one."""

    action_name = "action_greet"

    async def act(self, turn: Turn) -> Events:
        """Say hello with the menu."""
        buttons = list(MENU)
        if turn.slot("draft"):
            buttons.insert(0, button("Tiếp tục hồ sơ", "resume_dossier"))
        turn.show("greeting", buttons=buttons)
        return []


class Capabilities(TopicAction):
    """Say what can be done here."""

    action_name = "action_capabilities"

    async def act(self, turn: Turn) -> Events:
        """Say it with the menu, unless who does not know what to do says about what."""
        if turn.tracker.active_loop_name is None:
            if levels.asked(turn.text) and turn.slot("procedure"):
                return await explain(turn, ["ask_place"])  # "không biết dùng máy, ra xã được không"
            named = await find_named(turn, clearly=True)
            if named is not None:
                return named
        turn.show("capabilities", buttons=MENU)
        return []


ACTIONS = (Greet, Capabilities)
