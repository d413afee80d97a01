"""Files sent while a draft is filled: for the paper that is asked for, or more pages of the last one."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from actions import filling, form_commands, offers
from actions.onestop_client import OnestopRefusal
from actions.texts import button
from actions.turn import Events, Turn
from bot.nlu.text import fold
from onestop.schemas import AnswerRequest, DraftView

# The slots: the paper that was sent last, and the one to which pages are being added; each with its draft.
LAST, ADDING = "last_paper", "adding_to"
# What a button's entity `also` says when pages are added and not replaced.
MORE = "files"
# "gửi thêm trang", "còn mặt sau nữa": short, with a word of more and a word of what.
_MORE = re.compile(r"\b(?:them|nua|mat sau|trang sau)\b")
_PAGES = re.compile(r"\b(?:trang|anh|tep|file|hinh|mat|to)\b")
_LONGEST = 7  # words
_ENOUGH = re.compile(r"^(?:da |vang |thoi |the )*(?:la )?(?:du|xong|het|thoi|khong|roi)\b")


def _kept(draft: DraftView, field: str) -> str:
    return f"{draft.id} {field}"


def _field(turn: Turn, slot: str, draft: DraftView) -> str | None:
    """The field in a slot, if it is of this draft."""
    of, _, field = str(turn.slot(slot) or "").partition(" ")
    return field if of == draft.id else None


def wants_more(turn: Turn, draft: DraftView) -> str | None:
    """The paper of which more pages are announced: by its button, or in words that of the last one."""
    if turn.button:
        return turn.entity("field") if turn.entity("also") == MORE else None
    words = fold(turn.text)
    said = _MORE.search(words) and _PAGES.search(words) and len(words.split()) <= _LONGEST
    return _field(turn, LAST, draft) if said else None


async def more(turn: Turn, draft: DraftView, field: str) -> Events:
    """Ask for more pages of a paper that has some."""
    draft = await turn.service.choose_field(draft.id, turn.owner, field)
    if draft.field is None or draft.field.id != field:  # asked no longer
        return await form_commands.ask(turn, draft)
    _, card = filling.question_parts(draft.field).values()
    turn.show("more_files", field=draft.field, card=card, buttons=[button("Đủ rồi", "affirm")])
    return [SlotSet(ADDING, _kept(draft, field))]


def enough(turn: Turn, draft: DraftView) -> bool:
    """Whether no more pages come, where they were just asked for."""
    if _field(turn, ADDING, draft) is None or turn.file_ids:
        return False
    return turn.intent in ("affirm", "deny") or bool(_ENOUGH.search(fold(turn.text)))


async def go_on(turn: Turn, draft: DraftView) -> Events:
    """Leave the paper as it is and go on in the form's order."""
    draft = await turn.service.choose_field(draft.id, turn.owner, None)
    return [SlotSet(ADDING, None), *filling.go_on(turn, draft)]


async def take(turn: Turn, draft: DraftView) -> Events:
    """Take the message's files for the paper that is asked for, or as more pages of the last one."""
    asked = draft.field
    if asked is not None and asked.type == "paper":
        field, append = asked.id, _field(turn, ADDING, draft) == asked.id
    else:
        field, append = _field(turn, LAST, draft) or "", True
    if not field:  # a citizen card, maybe
        return await offers.read_card(turn, draft)
    request = AnswerRequest(file_ids=turn.file_ids, field=field, turn=turn.key, append=append)
    try:
        result = await turn.service.answer(draft.id, turn.owner, request)
    except OnestopRefusal:  # the last paper is asked for no longer
        return await offers.read_card(turn, draft)
    if result.refusal is not None and asked is not None and asked.id == field:
        filling.refuse(turn, asked, result.refusal)
        return []
    if result.refusal is not None:
        turn.show("refused", refusal=result.refusal)
        return await form_commands.ask(turn, draft)
    draft = await offers.look_for_card(turn, result.draft)
    events = filling.go_on(turn, draft, result, paper=field)
    return [*events, SlotSet(LAST, _kept(draft, field)), SlotSet(ADDING, None)]
