"""What a message is while a citizen tells a story: part of it, its end, or something else."""

from __future__ import annotations

import re

from actions.explain import ASPECTS
from actions.turn import SURE, Turn
from bot.nlu.text import canonical, fold

LOOP = "feedback_form"

# What may interrupt a story; everything else is part of it. Questions do by their words …
QUESTIONS = {*ASPECTS, "ask_procedure", "ask_opening_hours", "ask_capabilities", "bot_challenge"}
# … a few words that are nothing but this …
REMARKS = {"greet", "thank", "abuse", "ask_person"}
# … and, only where they ask for it or by a button, wishes that a story often tells of.
WISHES = {"check_status", "start_dossier", "resume_dossier"}
INTERRUPTING = QUESTIONS | REMARKS | WISHES
LEAVING = {"cancel_dossier", "pause_dossier", "goodbye"}
REMARK_WORDS, PERSON_WORDS, LEAVING_WORDS, QUESTION_WORDS = 4, 6, 7, 14

_LEAVING = re.compile(r"^(?:thoi|huy|bo di|bo phan anh|dung lai)\b")
# Whole messages of such words only: "không ai hướng dẫn tôi" tells something.
_NOTHING = re.compile(
    r"(?:(?:da|thoi|a) )*(?:khong|ko|k|bo qua|khoi|chua)"
    r"(?: (?:co|can|gi|a|nhe|dau|them|muon|noi|nua|y kien|nho|biet|ro|ma|em|a))*"
)
_DONE = re.compile(
    r"(?:(?:da|vang|u) )*(?:xong|het|du|vay|the|chi|gui|tiep|duoc|ok|oke|dong y|khong con gi)"
    r"(?: (?:roi|thoi|co|vay|the|a|nhe|em|di|luon|nua|gi|tuc|day|gui|phan anh|thong tin|giup|la|thong))*"
)


def words_of(turn: Turn) -> int:
    """How many words were typed."""
    return len(turn.text.split())


def folded(turn: Turn) -> str:
    """What was typed, in small letters without accents."""
    return fold(canonical(turn.text)).casefold()


def _bare(turn: Turn) -> str:
    return " ".join(re.sub(r"\W+", " ", folded(turn)).split())


def interrupts(turn: Turn) -> bool:
    """Whether the message clearly wants something else."""
    if turn.intent not in INTERRUPTING:
        return False
    if turn.button:
        return True
    if turn.confidence < SURE:
        return False
    if turn.intent in REMARKS:
        most = PERSON_WORDS if turn.intent == "ask_person" else REMARK_WORDS
        return words_of(turn) <= most
    return turn.asks and words_of(turn) <= QUESTION_WORDS


def leaves(turn: Turn) -> bool:
    """Whether the citizen wants to stop telling."""
    if turn.button:
        return turn.intent in LEAVING
    if words_of(turn) > LEAVING_WORDS:
        return False
    meant = turn.intent in LEAVING and turn.confidence >= SURE
    return meant or _LEAVING.search(folded(turn)) is not None


def is_done(turn: Turn) -> bool:
    """Whether nothing more is to be told: said with few words, or with the button for it."""
    if turn.button:
        return turn.entity("value") == "done" or turn.intent in ("affirm", "submit_dossier")
    agreed = turn.intent == "affirm" and words_of(turn) <= REMARK_WORDS
    return agreed or _DONE.fullmatch(_bare(turn)) is not None


def has_none(turn: Turn) -> bool:
    """Whether the question is to be left out, or there is nothing to tell."""
    if turn.button:
        return turn.entity("value") == "none" or turn.intent in ("deny", "skip_field")
    return _NOTHING.fullmatch(_bare(turn)) is not None
