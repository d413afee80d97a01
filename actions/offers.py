"""Answers that need not be typed: the citizen card's QR code, what was told before, and keeping an answer.

The service holds an offer until its yes or no; here is decided which of the two a message is.
"""

from __future__ import annotations

import re

from actions import filling
from actions.texts import button
from actions.turn import Events, TopicAction, Turn
from bot.nlu.text import fold
from onestop.schemas import CardRequest, DraftView

# A number and bars behind it: whether it is a card's code in full is the service's to say.
CARD_TEXT = re.compile(r"\d{9,12}\s*[|｜¦][^|｜¦]*[|｜¦]")
# "Giữ nguyên", "máy không gõ được dấu": the present answer stays, folded.
KEEPING = re.compile(
    r"\b(?:giu|de) (?:nguyen|vay|nhu cu)\b|\bkhong (?:can )?(?:sua|doi|thay)\b|^nhu cu\b"
    r"|\b(?:khong|ko|k|chua) (?:the |biet )?(?:go|danh|viet|bam|bo)\b.*\bdau\b|\bkhong co dau\b"
)
# Longer than that it is a new answer that happens to hold such words.
KEEPING_WORDS = 8
# A no to what is offered, said in other words, and how a yes and a no to it begin, folded.
REFUSING = {"deny", "skip_field", "correct_field", "undo"}
YES = re.compile(r"^(?:(?:da|vang|u|uh|co)\b[ ,]*)*(?:dung lai|lay lai|dien|dung roi|dung luon)\b")
NO = re.compile(
    r"^(?:da[ ,]+)?(?:khong|ko|k|hong|sai|chua dung|dung dien)\b(?! (?:sao|van de|can go))"
)
STOP = re.compile(r"\bdừng\b", re.I)  # typed without accents, "dùng lại" looks like it


def holds_card(text: str) -> bool:
    """Whether a message looks like what a scanner reads from a citizen card."""
    return CARD_TEXT.search(text) is not None


async def read_card(turn: Turn, draft: DraftView) -> Events:
    """Read a card from the message's text or photo, and offer to fill in what it tells."""
    request = CardRequest(text="" if turn.file_ids else turn.text, file_ids=turn.file_ids)
    result = await turn.service.read_card(draft.id, turn.owner, request)
    return filling.go_on(turn, result.draft, preface=result.refusal)


async def look_for_card(turn: Turn, draft: DraftView) -> DraftView:
    """The draft after a paper came: a card among its photos is offered as if it had been sent as one."""
    request = CardRequest(file_ids=turn.file_ids, paper=True)
    return (await turn.service.read_card(draft.id, turn.owner, request)).draft


async def decide(turn: Turn, draft: DraftView, sure: bool) -> Events | None:
    """A yes or no to the draft's offer; `None` if the message is neither."""
    said = "" if turn.asks or STOP.search(turn.text) else fold(turn.text)
    if turn.intent == "affirm" or YES.search(said):
        result = await turn.service.decide(draft.id, turn.owner, True, turn.key)
        return filling.go_on(turn, result.draft, result)
    if turn.intent == "deny" or NO.search(said) or (sure and turn.intent in REFUSING):
        result = await turn.service.decide(draft.id, turn.owner, False, turn.key)
        return filling.go_on(turn, result.draft, declined=True)
    if sure and turn.intent in ("submit_dossier", "explain_field"):
        return filling.go_on(turn, draft)
    return None


def keeps(turn: Turn, draft: DraftView, sure: bool) -> bool:
    """Whether the answer is to stay as it is, where a field is asked that has one."""
    field = draft.field
    if field is None or not field.given:
        return False
    said = fold(filling.answer_text(turn))
    if len(said.split()) <= KEEPING_WORDS and KEEPING.search(said):
        return True
    meant = turn.intent == "affirm" or (turn.intent == "deny" and field.required)
    return sure and meant and field.type != "yes_no"


async def keep(turn: Turn, draft: DraftView) -> Events:
    """Leave the present answer as it is and go on."""
    return filling.go_on(turn, await turn.service.choose_field(draft.id, turn.owner, None))


async def say_card_is_for_a_draft(turn: Turn) -> Events:
    """A card or a file while nothing is filled: nothing of it is kept; say what it is good for."""
    for file_id in turn.file_ids:
        await turn.service.discard_file(turn.owner, file_id)
    turn.show(
        "nothing_to_fill",
        scanned=holds_card(turn.text),
        file=bool(turn.file_ids),
        buttons=[
            button("Nộp hồ sơ", "start_dossier"),
            button("Hồ sơ đang dở", "resume_dossier"),
        ],
    )
    return []


class FileOutside(TopicAction):
    """A file that comes, or is announced, while nothing is filled."""

    action_name = "action_file_outside"

    async def act(self, turn: Turn) -> Events:
        """Delete it and say what it would be good for."""
        return await say_card_is_for_a_draft(turn)


ACTIONS = (FileOutside,)
