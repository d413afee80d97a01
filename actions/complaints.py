"""Complaints and suggestions: told in the citizen's own words over several messages, read back, sent.

Name and phone are asked for because Nghị định 20/2008/NĐ-CP (Điều 7) takes in no other. A khiếu nại or tố cáo
goes another way by other laws: that is said first, and the citizen decides.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import telling
from actions.onestop_client import OnestopRefusal
from actions.status_form import COMPLAINT
from actions.status_form import LOOP as STATUS_LOOP
from actions.telling import LOOP
from actions.texts import Button, button
from actions.turn import Events, TopicAction, Turn
from onestop.feedback.codes import normalise_code
from onestop.schemas import ComplaintCheck, ComplaintRequest

KIND = "complaint"
Said = dict[str, Any]
MIN_WORDS = 4
STORY_WORDS = 8  # so many are a story also where a yes or no was asked for
PERSON_OFFERED_AT = 3
# Actions that have just said that a complaint is begun.
ANNOUNCING = "action_complain"

# "tôi muốn phản ánh về việc": what is left after it is the story.
_LEAD = re.compile(
    r"^(?:(?:toi|em|minh|con|chau|cho toi|cho em|cho) )?(?:(?:muon|can|xin|de|duoc) )*"
    r"(?:(?:gui|viet|nop|lam) )?"
    r"(?:don )?(?:phan anh|kien nghi|gop y|khieu nai|to cao|de xuat|dong gop y kien)"
    r"(?:,? (?:va )?(?:phan anh|kien nghi|gop y))*(?: (?:ve|la|rang|viec|ve viec|voi em|o day))*\s*"
)
_OTHER_WAY = re.compile(
    r"\b(?:khieu nai|to cao|khoi kien|di kien|kien ra toa|muon kien(?! nghi))\b"
)
# "phản ánh của tôi đến đâu rồi", "sao chưa ai trả lời đơn của tôi".
_MINE = re.compile(
    r"\b(?:phan anh|kien nghi|gop y|khieu nai|don)\b.*\bcua (?:toi|em|minh|con|chau)\b"
)
_ASKED_AFTER = re.compile(r"\b(?:den dau|toi dau|chua|ket qua|tra loi|the nao|tra cuu|xem lai)\b")
# "tôi không muốn nói tên", "cho tôi giấu tên".
_REFUSES = re.compile(
    r"\b(?:khong|ko|chang|ngai)\b.*\b(?:noi|cho|khai|muon|dam|tiet lo)\b|\b(?:an danh|(?:dau|giau) ten)\b"
)
_CORRECTED = {
    "content": re.compile(r"\bnoi dung\b"),
    "phone": re.compile(r"\b(?:so dien thoai|sdt|dien thoai|so dt)\b"),
    "name": re.compile(r"\b(?:ho ten|ten)\b"),
    "about": re.compile(r"\b(?:ho so|co quan|lien quan|noi)\b"),
}
_CORRECTS = re.compile(r"^(?:sua|doi|chinh|viet lai)\b")


class Complain(TopicAction):
    """Begin a complaint, go on with the one begun, or look one up."""

    action_name = "action_complain"

    async def act(self, turn: Turn) -> Events:
        """Hand over to the loop that takes it, or to the one that looks up."""
        folded = telling.folded(turn)
        code = normalise_code(turn.text)
        if code or (_MINE.search(folded) and _ASKED_AFTER.search(folded)):
            lookup = [SlotSet("lookup_code", code), SlotSet("lookup_for", COMPLAINT)]
            return [*lookup, ActiveLoop(STATUS_LOOP)]
        begun = turn.slot("feedback")
        if not begun or begun["kind"] != KIND:
            begun = {"kind": KIND, "request": secrets.token_urlsafe(16)}
        if _OTHER_WAY.search(folded):
            begun = {**begun, "way": "asked"}
        story = folded[match.end() :] if (match := _LEAD.match(folded)) else folded
        told = len(story.split()) >= MIN_WORDS and not (
            turn.asks and len(story.split()) < STORY_WORDS
        )
        if told and not turn.button:
            begun = {**begun, "content": [*begun.get("content", []), turn.text]}
        return [SlotSet("feedback", begun), ActiveLoop(LOOP)]


def step_of(said: Said) -> str:
    """What is to be asked next."""
    if said.get("way") == "asked":
        return "way"
    if not said.get("told"):
        return "content"
    for step in ("about", "name", "phone"):
        if step not in said:
            return step
    return "review"


async def fill(turn: Turn, said: Said) -> Events:
    """One turn of telling a complaint.

    Raises:
        ActionExecutionRejection: if the message clearly wants something else.
    """
    step = step_of(said)
    if not turn.fresh:
        return _ask(turn, said, returning=turn.tracker.latest_action_name != ANNOUNCING)
    if turn.file_ids:
        said["files"] = [*said.get("files", []), *turn.file_ids]
        if step == "content":
            buttons = _buttons(turn, said, step)
            turn.show("complain_file", count=len(said["files"]), more=True, buttons=buttons)
            return [SlotSet("feedback", said)]
        turn.show("complain_file", count=len(said["files"]), more=False)
        return _ask(turn, said)
    if said.pop("leaving", False):
        if telling.leaves(turn) or turn.intent == "affirm" or turn.entity("value") == "done":
            return _leave(turn)
        if telling.has_none(turn):
            return _ask(turn, said, returning=True)
    elif telling.leaves(turn) and not telling.is_done(turn):
        if step == "way" or not said.get("content"):
            return _leave(turn)
        yes = button("Bỏ phản ánh này", "inform", value="done")
        turn.show("complain_cancel", buttons=[yes, button("Viết tiếp", "deny")])
        return [SlotSet("feedback", {**said, "leaving": True})]
    if telling.interrupts(turn):
        raise ActionExecutionRejection(LOOP)
    if step != "content" and (corrected := _corrected(turn)):
        return _ask(turn, _reopen(said, corrected))
    return await _STEPS[step](turn, said)


def _leave(turn: Turn) -> Events:
    turn.show("complain_left")
    return [ActiveLoop(None), SlotSet("feedback", None)]


def _corrected(turn: Turn) -> str | None:
    """The part that is to be told anew."""
    if turn.button:
        return turn.entity("field")
    folded = telling.folded(turn)
    if not _CORRECTS.search(folded):
        return None
    return next((part for part, words in _CORRECTED.items() if words.search(folded)), None)


def _reopen(said: Said, part: str) -> Said:
    gone = {"content", "told"} if part == "content" else {part}
    return {key: value for key, value in said.items() if key not in gone}


# Questions --------------------------------------------------------------------------------------


def _ask(turn: Turn, said: Said, returning: bool = False) -> Events:
    step = step_of(said)
    begun = bool(said.get("content"))
    turn.show(
        f"complain_{step}",
        buttons=_buttons(turn, said, step),
        returning=returning,
        begun=begun,
        said=said,
    )
    return [SlotSet("feedback", said)]


def _buttons(turn: Turn, said: Said, step: str) -> list[Button]:
    if step == "way":
        here = button("Gửi phản ánh ở đây", "inform", value="done")
        return [here, button("Gặp cán bộ", "ask_person"), button("Thôi", "cancel_dossier")]
    if step == "content":
        return [button("Xong", "inform", value="done")] if said.get("content") else []
    if step == "about":
        own = list(dict.fromkeys(turn.slot("dossiers") or []))[-3:]
        buttons = [button(code, "inform", value=code) for code in own]
        return [*buttons, button("Bỏ qua", "inform", value="none")]
    if step == "review":
        return [
            button("Gửi phản ánh", "inform", value="done"),
            button("Sửa nội dung", "inform", field="content"),
            button("Sửa họ tên", "inform", field="name"),
            button("Sửa số điện thoại", "inform", field="phone"),
            button("Thôi", "cancel_dossier"),
        ]
    return []


# Answers ----------------------------------------------------------------------------------------


async def _take_way(turn: Turn, said: Said) -> Events:
    if telling.has_none(turn):
        return _leave(turn)
    said["way"] = "here"
    if telling.words_of(turn) >= STORY_WORDS:
        said["content"] = [*said.get("content", []), turn.text]
    return _ask(turn, said)


async def _take_content(turn: Turn, said: Said) -> Events:
    told = said.get("content", [])
    wished = _LEAD.match(telling.folded(turn))
    if wished and len(turn.text.split()) < MIN_WORDS + len(wished[0].split()):
        # The wish said again tells nothing ("cho tôi khiếu nại"); of another way it is told.
        other = {"way": "asked"} if _OTHER_WAY.search(wished[0]) and "way" not in said else {}
        return _ask(turn, {**said, **other})
    ended = telling.is_done(turn) or (bool(told) and telling.has_none(turn))
    if not ended and turn.text:
        said["content"] = [*told, turn.text]
        turn.show("complain_more", buttons=_buttons(turn, said, "content"))
        return [SlotSet("feedback", said)]
    if sum(len(part.split()) for part in told) < MIN_WORDS:
        turn.show("complain_short", buttons=_buttons(turn, said, "content"))
        return [SlotSet("feedback", said)]
    return _ask(turn, {**said, "told": True})


async def _take_about(turn: Turn, said: Said) -> Events:
    none = telling.has_none(turn) and not any(map(str.isdigit, turn.text))
    said["about"] = (
        "" if none else (turn.entity("value") or turn.text if turn.button else turn.text)
    )
    return _ask(turn, said)


def _checked(part: str) -> Callable[[Turn, Said], Awaitable[Events]]:
    async def take(turn: Turn, said: Said) -> Events:
        tries = said.pop("tries", 0) + 1
        try:
            body = ComplaintCheck.model_validate(
                {"field": part, "text": turn.text, "attempt": tries}
            )
            read = await turn.service.check_complaint(body)
        except OnestopRefusal as refusal:
            if telling.has_none(turn) or _REFUSES.search(telling.folded(turn)):
                turn.show("complain_needed")
            else:
                turn.show("complain_refused", message=refusal.problem.get("detail", ""))
            if tries == PERSON_OFFERED_AT:
                turn.offer_person()
            return [SlotSet("feedback", {**said, "tries": tries})]
        said[part] = read.display
        return _ask(turn, said)

    return take


async def _review(turn: Turn, said: Said) -> Events:
    if not telling.is_done(turn):
        return _ask(turn, said)
    try:
        sent = await turn.service.complain(
            ComplaintRequest(
                owner=turn.owner,
                channel=turn.channel,
                request=said["request"],
                content=said["content"],
                about=said["about"],
                file_ids=said.get("files", []),
                name=said["name"],
                phone=said["phone"],
            )
        )
    except OnestopRefusal as refusal:
        turn.show("complain_not_taken", reason=refusal.code)
        gone = {"too_long": "content", "too_many_files": "files", "unknown_file": "files"}
        return [SlotSet("feedback", _reopen(said, gone.get(refusal.code, "")))]
    again = [button("Xem phản ánh", "check_status", dossier_code=sent.code)]
    turn.show("complain_sent", complaint=sent, buttons=again)
    return [ActiveLoop(None), SlotSet("feedback", None)]


_STEPS: dict[str, Callable[[Turn, Said], Awaitable[Events]]] = {
    "way": _take_way,
    "content": _take_content,
    "about": _take_about,
    "name": _checked("name"),
    "phone": _checked("phone"),
    "review": _review,
}
ACTIONS = (Complain,)
