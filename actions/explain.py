"""Explain a procedure: answer what was asked of it, and offer the next step."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import FollowupAction

from actions import ages, levels, printed
from actions.choosing import keep, options
from actions.finding import find_procedure, told_together
from actions.several import Part, ask_rest, several
from actions.texts import Button, button, render
from actions.turn import ASK_PERSON, Events, Turn
from bot.nlu.text import fold
from onestop.catalogue.content import Procedure

# What can be asked of a procedure → the title of the button that asks it, in the order offered.
ASPECTS = {
    "ask_papers": "Giấy tờ cần có",
    "ask_fee": "Lệ phí",
    "ask_time": "Bao lâu xong",
    "ask_place": "Nộp ở đâu",
    "ask_steps": "Các bước",
    "ask_ways": "Cách nộp",
    "ask_conditions": "Điều kiện",
    "ask_who": "Ai được làm",
    "ask_result": "Kết quả",
    "ask_forms": "Mẫu đơn",
    "ask_legal_basis": "Căn cứ pháp lý",
}
# What is asked of a procedure by nothing but somebody's age.
_OF_WHOM = {"ask_procedure", "ask_who", "ask_conditions"}
# What a line may wish for besides its questions, and the action that goes on with it.
AFTERWARDS = {
    "check_status": "action_check_status",
    "pay": "action_pay",
    "post_delivery": "action_post_delivery",
}
# A message that begins so wants to hand in what it names, whatever else it sounds like; folded.
HANDS_IN = re.compile(
    r"^(?:(?:da|toi|em|minh|chau|bac|anh|chi|cho|giup|muon|can|xin|hay)\s+)*"
    r"(?:nop|lam|lap) ho so\b(?!.*\broi\b)"
)
OFFERED_ASPECTS = 3


async def _instead(turn: Turn, procedure: Procedure) -> list[Button]:
    """While the dossier of another procedure is filled: to fill this one's instead."""
    if turn.tracker.active_loop_name != "dossier_form" or not procedure.online:
        return []
    draft = await turn.draft()
    if procedure.withdrawn or draft is None or draft.procedure.code == procedure.code:
        return []
    return [button("Chuyển sang nộp việc này", "start_dossier", procedure=procedure.code)]


def next_buttons(
    turn: Turn, procedure: Procedure, answered: list[str], aspects: int = OFFERED_ASPECTS
) -> list[Button]:
    """What a citizen most likely wants next: hand it in, or ask what was not asked yet.

    While an e-form is filled there are none: its own question follows with its own buttons.
    """
    if turn.tracker.active_loop_name:
        return []
    buttons = []
    if "ask_forms" in answered and turn.slot("dossiers"):
        buttons.append(button("Tải tờ khai đã điền", "download_form"))
    if procedure.online and not procedure.withdrawn:
        buttons.append(button("Nộp hồ sơ ngay", "start_dossier", procedure=procedure.code))
    rest = [intent for intent in ASPECTS if intent not in answered]
    return buttons + [
        button(ASPECTS[intent], intent, procedure=procedure.code) for intent in rest[:aspects]
    ]


async def explain(turn: Turn, wishes: list[str]) -> Events:
    """Answer each wish about the procedure that the message means, or about each of several.

    A mere name answers "which procedure?": what was wanted of it is done, a dossier begun as well.
    """
    asked = [wish for wish in wishes if wish in ASPECTS] or ["ask_procedure"]
    if asked == ["ask_procedure"] and not turn.button and turn.tracker.active_loop_name is None:
        if "start_dossier" in turn.wanted or (HANDS_IN.search(fold(turn.text)) and not turn.asks):
            return [FollowupAction("action_start_dossier")]
        asked = [wish for wish in turn.wanted if wish in ASPECTS] or asked
    if parts := await several(turn, asked):
        return await _explain_each(turn, asked, parts)
    if asked != ["ask_procedure"] and (both := await told_together(turn)):
        for one in both:
            await _tell(turn, one, asked)
        return keep(turn.wanted, turn.offered)
    procedure, events, others, untold = await find_procedure(turn, asked, guess=True)
    if procedure is None:
        return events
    beside = [button(one["title"], asked[0], procedure=one["code"]) for one in options(others)]
    await _tell(turn, procedure, asked, beside, untold=untold)
    return events


def more_buttons(turn: Turn, procedure: Procedure) -> list[Button]:
    """What may be asked of a procedure, or of a person, where no answer was found."""
    return [*next_buttons(turn, procedure, ["ask_procedure"]), ASK_PERSON]


def say_no_answer(turn: Turn, procedure: Procedure) -> None:
    """Say that this is not known of the procedure, where its summary told again would answer nothing."""
    turn.show("no_answer", procedure=procedure, buttons=more_buttons(turn, procedure))


async def _explain_each(turn: Turn, asked: list[str], parts: list[Part]) -> Events:
    """Answer of each procedure what is asked of it, else of all; then ask about those that are not clear."""
    for part in parts:
        if part.procedure:
            await _tell(turn, part.procedure, part.wishes)
    return ask_rest(turn, asked, parts)


async def _tell(
    turn: Turn,
    procedure: Procedure,
    asked: list[str],
    beside: list[Button] | None = None,
    *,
    untold: bool = False,
) -> None:
    rest = OFFERED_ASPECTS - len(beside or [])
    level = levels.asked(turn.text)
    if level:
        # "Lên xã nộp được không" sounds like a question for the ways, and is one for the place.
        asked = ["ask_place" if aspect == "ask_ways" else aspect for aspect in asked]
    known = procedure.code == turn.slot("procedure")
    age = ages.alone(turn.text) if known else None
    if age is not None:
        asked = list(dict.fromkeys("age" if one in _OF_WHOM else one for one in asked))
    told: dict[str, Any] = {
        "procedure": procedure,
        "known": known,
        "aspects": asked,
        "fits": ages.fits(procedure, age) if age is not None else None,
        "ages": ages.told(procedure) if age is not None else [],
        "level": level,
        "taken_in": levels.taken_in(procedure, level) if level else None,
        "everything": turn.entity("everything") is not None,
        "others": bool(beside),
    }
    if untold and asked == ["ask_procedure"]:
        _, _, body = render("explanation", **told).partition("\n")
        if turn.has_said(body.strip()):
            say_no_answer(turn, procedure)
            return
    buttons = [*next_buttons(turn, procedure, asked, rest), *(beside or [])]
    buttons += await _instead(turn, procedure)
    turn.show("explanation", **told, buttons=buttons)
    if "ask_forms" in asked:
        await printed.show_blank(turn, procedure.code)


def go_on(turn: Turn, done: str = "") -> Events:
    """Go on with what the line wishes for besides its questions; not within another loop.

    Args:
        turn: the turn.
        done: the action that has done one of its wishes.
    """
    if turn.tracker.active_loop_name:
        return []
    rest = [AFTERWARDS[wish] for wish in turn.wishes() if wish in AFTERWARDS]
    return [FollowupAction(one) for one in rest if one != done][:1]
