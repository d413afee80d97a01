"""When the message was not understood, or is a bare answer to nothing: try once more, ask, offer a person."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions import units
from actions.choosing import (
    choice_entities,
    choose_first,
    offer_choices,
    undecided,
    wait_for_name,
    which_procedure,
)
from actions.dossiers import ResumeDossier, StartDossier
from actions.explain import ASPECTS, HANDS_IN, explain, more_buttons, say_no_answer
from actions.finding import FEW_WORDS, search
from actions.look_alikes import Lacking
from actions.offers import holds_card, say_card_is_for_a_draft
from actions.person import hand_over
from actions.ratings import Rate
from actions.texts import button
from actions.turn import MENU, Events, TopicAction, Turn
from bot.nlu.text import fold
from onestop import resume_code
from onestop.catalogue.content import Procedure


async def find_named(turn: Turn, clearly: bool = False) -> Events | None:
    """Explain the procedure that the words name, or offer what they may name; else `None`.

    A bare number, date or phone names no procedure, unless it has the form of a code.

    Args:
        turn: the turn.
        clearly: whether only one procedure or a topic will do, no mere possibilities.
    """
    letters = any(character.isalpha() for character in turn.text)
    if not letters and turn.entity("procedure_code") is None:
        return None
    found = await search(turn)
    if isinstance(found, Lacking):
        # "Không sửa" is a no, and asks for nothing that is lacking.
        return None if turn.intent in ("affirm", "deny") else await explain(turn, turn.wishes())
    if found.clear:
        return await explain(turn, ["ask_procedure"])
    among = turn.slot("procedure") in [one.code for one in found.candidates]
    if found.outcome == "choices" and among and not turn.offered:
        return await explain(turn, turn.wishes())  # "sửa hết bao nhiêu": more of what is talked of
    if clearly and not (found.outcome == "choices" and found.topics):
        return None
    if found.outcome == "choices" and found.content_words:
        return offer_choices(turn, turn.wanted or ["ask_procedure"], found)
    return None


async def talked_about(turn: Turn) -> Procedure | None:
    """The procedure that is being talked about, where nothing else is going on."""
    asked = undecided(turn) or (turn.wanted and not turn.offered)
    code = turn.slot("procedure")
    if not code or asked or turn.tracker.active_loop_name:
        return None
    return await turn.procedure(code)


class Clarify(TopicAction):
    """Ask one good question back; the second time in a row, offer a person."""

    action_name = "action_clarify"

    async def act(self, turn: Turn) -> Events:
        """A number chooses from the last choices; a procedure's name alone asks about it."""
        if turn.file_ids or holds_card(turn.text):
            return await say_card_is_for_a_draft(turn)
        chosen = self._choice(turn)
        if chosen is not None:
            if "stars" in chosen:
                return await Rate().take(turn, chosen["grant"], chosen["stars"])
            if "draft" in chosen:
                turn.mean("draft", chosen["draft"])
                return await ResumeDossier().act(turn)
            for entity, value in choice_entities(chosen).items():
                turn.mean(entity, value)
            if "start_dossier" in chosen["wishes"]:
                return await StartDossier().act(turn)
            return await explain(turn, chosen["wishes"])
        if resume_code.find(turn.text) is not None:
            return await ResumeDossier().act(turn)
        named = await find_named(turn)
        if named is not None:
            return named
        if await units.names_unit(turn):
            return await units.tell(turn)
        present = await talked_about(turn)
        hands_in = HANDS_IN.search(fold(turn.text)) and not turn.asks
        if present is not None and hands_in:
            return await StartDossier().act(turn)  # "nộp hồ sơ cho bà"
        if present is not None and (asked := [w for w in turn.likely_wishes() if w in ASPECTS]):
            return await explain(turn, asked)  # "bao nhieu tien 1 nam": of what is talked about
        clarified = self.action_name in turn.previous_actions()
        if turn.puzzled or (clarified and "explanation" not in turn.replied):
            turn.offer_person()
        elif undecided(turn):
            return choose_first(turn, turn.wanted)
        elif present is not None:
            say_no_answer(turn, present)
        elif turn.wanted:
            return await which_procedure(turn, turn.wanted)
        else:
            turn.show("not_understood", buttons=MENU)
        return wait_for_name(turn.wanted) if turn.wanted else [SlotSet("choices", None)]

    @staticmethod
    def _choice(turn: Turn) -> dict[str, Any] | None:
        choices = [one for one in turn.slot("choices") or [] if set(one) != {"wishes"}]
        said = re.fullmatch(r"\D{0,12}(\d)\D{0,4}", turn.text)
        if said and 1 <= int(said[1]) <= len(choices):
            return dict(choices[int(said[1]) - 1])
        return None


class Acknowledge(TopicAction):
    """A yes or no outside a form; right after a person or a dossier was offered, a yes takes the offer."""

    action_name = "action_acknowledge"

    async def act(self, turn: Turn) -> Events:
        """Take the offer, do what is meant instead ("không phải, ý tôi là …"), or ask what is wished for."""
        if turn.intent == "affirm" and turn.offered_person:
            return await hand_over(turn)
        if turn.intent == "affirm" and "post_about" in turn.replied:
            return [FollowupAction("action_post_delivery")]
        if turn.intent == "affirm" and "start_dossier" in turn.wanted and turn.offered:
            return [FollowupAction("action_start_dossier")]
        named = await find_named(turn)
        if named is not None:
            return named
        if turn.intent == "affirm" and undecided(turn):
            return choose_first(turn, turn.wanted)
        offered = {"choices", "choose_first"} & turn.replied
        other = turn.intent == "deny" and bool(offered)
        turn.show("acknowledge", other=other, buttons=MENU)
        return []


class NothingToDo(TopicAction):
    """A command to the form while none is open; "không, đổi tên trên sổ đỏ cơ" corrects no answer.

    A question is none either ("tạm nghỉ thì sao", of a shop).
    """

    action_name = "action_nothing_to_do"

    async def act(self, turn: Turn) -> Events:
        """Say that nothing is being filled in, unless the words name a procedure or ask of one."""
        corrects = turn.intent == "correct_field" and len(turn.text.split()) > FEW_WORDS
        named = await find_named(turn) if corrects or turn.asks else None
        if named is not None:
            return named
        if turn.asks and (present := await talked_about(turn)):
            say_no_answer(turn, present)
            return []
        if turn.intent == "pause_dossier":
            turn.show("until_later", open=bool(turn.slot("draft")))
            return []
        turn.show("nothing_to_do", buttons=[button("Hồ sơ đang dở", "resume_dossier")])
        return []


class OutOfScope(TopicAction):
    """Say honestly what cannot be done here, unless the words name a procedure or a commune after all.

    The understanding knows the talk, not the five thousand things that procedures are about
    ("giấy phép pháo hoa nổ"); the search does.
    """

    action_name = "action_out_of_scope"

    async def act(self, turn: Turn) -> Events:
        """Search before refusing."""
        if await units.names_unit(turn):
            return await units.tell(turn)
        named = await find_named(turn)
        if named is not None:
            return named
        present = await talked_about(turn)
        if present is None:
            turn.show("out_of_scope", procedure=None, buttons=MENU)
        else:
            turn.show("out_of_scope", procedure=present, buttons=more_buttons(turn, present))
        return []


ACTIONS = (Clarify, Acknowledge, NothingToDo, OutOfScope)
