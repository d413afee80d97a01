"""When the message was not understood, or is a bare answer to nothing: try once more, ask, offer a person."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from actions.explain import choose_buttons, explain, remember
from actions.texts import button
from actions.turn import Events, TopicAction, Turn

MENU = [
    button("Hỏi về thủ tục", "ask_procedure"),
    button("Nộp hồ sơ", "start_dossier"),
    button("Hồ sơ của tôi đến đâu", "check_status"),
    button("Gặp cán bộ", "ask_person"),
]


class Clarify(TopicAction):
    """Ask one good question back; the second time in a row, offer a person."""

    action_name = "action_clarify"

    async def act(self, turn: Turn) -> Events:
        """A number chooses from the last choices; a procedure's name alone asks about it."""
        chosen = self._choice(turn)
        if chosen is not None:
            turn.tracker.latest_message["entities"] = [
                {"entity": "procedure", "value": chosen["code"]}
            ]
            return await explain(turn, [chosen["intent"]])
        if turn.text:
            found = await turn.service.search(turn.text)
            if found.outcome == "found":
                return await explain(turn, ["ask_procedure"])
            if found.outcome == "choices" and found.content_words:
                turn.show(
                    "choices",
                    candidates=found.candidates,
                    question=found.question,
                    buttons=choose_buttons("ask_procedure", found.candidates),
                )
                return remember("ask_procedure", found.candidates)
        if self.action_name in turn.previous_actions():
            turn.say("utter_offer_person", hotline=turn.tenant.hotline.display)
        else:
            turn.show("not_understood", buttons=MENU)
        return [SlotSet("choices", None)]

    def _choice(self, turn: Turn) -> dict[str, str] | None:
        choices = turn.slot("choices") or []
        said = re.fullmatch(r"\D{0,12}(\d)\D{0,4}", turn.text)
        if said and 1 <= int(said[1]) <= len(choices):
            return dict(choices[int(said[1]) - 1])
        return None


ACTIONS = (Clarify,)
