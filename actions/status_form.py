"""The loop that asks for a dossier code and a second factor, and then does what is wished for.

That is to tell where the dossier stands, to supplement it, to take it back (`actions/supplements.py`), to
tell what is owed (`actions/owed.py`), to give its printed form (`actions/printed.py`), to open it for the
post (`actions/parcels.py`), or to go on here with a draft begun elsewhere (`actions/elsewhere.py`). A
complaint is looked up alike (`actions/complaint_status.py`).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import ClassVar

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import complaint_status, elsewhere, owed, parcels, printed, ratings, supplements
from actions.explain import ASPECTS
from actions.onestop_client import OnestopRefusal
from actions.texts import Button, button, clock, day
from actions.turn import ASK_PERSON, SURE, Events, TopicAction, Turn
from bot.nlu.text import canonical, fold
from onestop import resume_code, second_factor
from onestop.feedback.codes import normalise_code as complaint_code
from onestop.schemas import StatusView

LOOP = "status_form"
# A code has a letter, digits and dashes; anything shorter than this is no code.
MIN_CODE_DIGITS = 8
# What the slot `lookup_for` holds, and the intent that wishes for it.
SUPPLEMENT, WITHDRAW, PAY, DOCUMENT = "supplement", "withdraw", "pay", "document"
STATUS, POST = "status", "post"
RESUME = "resume"  # with a resume code instead of a dossier's
COMPLAINT = "complaint"
INTENTS = {
    STATUS: "check_status",
    SUPPLEMENT: "supplement_dossier",
    WITHDRAW: "withdraw_dossier",
    PAY: "pay",
    DOCUMENT: "download_form",
    POST: "post_delivery",
}
# What one line may wish for of one dossier, in the order in which it is told; the post asks on.
TOGETHER = {"check_status": STATUS, "pay": PAY, "post_delivery": POST}
# After one of these the next message that is no answer is the second; of a complaint's code, the first.
AGAIN = {"ask_code_again", "ask_resume_code_again", "ask_factor_again", "ask_code_of_complaint"}
OF_A_COMPLAINT = re.compile(r"\b(?:phan anh|kien nghi|gop y|khieu nai)\b", re.IGNORECASE)
# The national numbers of these statuses.
SUPPLEMENT_REQUESTED, PAYMENT_REQUESTED = 5, 6
OWN_INTENTS = {"check_status", "inform", "affirm", "nlu_fallback", "out_of_scope", ""}
LEAVING = {"deny", "cancel_dossier", "pause_dossier", "goodbye"}
# "thôi", "thôi không rút nữa": said with the very words of the wish, so words tell it better than intents.
GIVING_UP = re.compile(
    r"^(?:thôi|thoi)(?: (?:ạ|a|nhé|nhe|em|vậy|vay|khỏi|khoi))*$"
    r"|^(?:(?:thôi|thoi)\W+)?(?:không|khong|chẳng|chang)\b[^?]*\b(?:nữa|nua)\b"
)
# "Thôi cho em hỏi …": with a question behind it, too, what was asked for is given up.
_RATHER = re.compile(r"^(?:\w+ ){0,2}thoi\b(?! (?:viec|hoc))")
# Folded: "tôi mất mã rồi", "giấy tiếp nhận đâu mất rồi".
_CODE = r"\b(?:ma(?! so)|giay (?:tiep nhan|hen)|bien nhan)\b"
_GONE = r"\b(?:mat|quen|that lac|chua co|khong (?:nho|co|biet|con|thay))\b"
LOST = re.compile(rf"{_GONE}.{{0,12}}{_CODE}|{_CODE}.{{0,16}}{_GONE}")


def read_code(turn: Turn, purpose: str = STATUS) -> str | None:
    """The code in the message: a resume code, or of a dossier or complaint as understood or as typed."""
    if purpose == RESUME:
        return resume_code.find(turn.text)
    code = complaint_code(turn.text) or turn.entity("dossier_code")
    if code is None and len(re.sub(r"\D", "", turn.text)) >= MIN_CODE_DIGITS and "-" in turn.text:
        code = turn.text
    return code


def look_up_for(turn: Turn, purpose: str) -> str:
    """What `lookup_for` is to hold: the purpose, and what the same line wishes for of the dossier besides.

    What has just been done for it is not wished for again.
    """
    done = turn.tracker.latest_action_name
    wished = {TOGETHER[one] for one in turn.wishes() if one in TOGETHER and done != f"action_{one}"}
    if purpose not in TOGETHER.values():
        return purpose
    return " ".join(one for one in TOGETHER.values() if one in {purpose, *wished})


def _purposes(turn: Turn) -> list[str]:
    """What it is looked up for; nothing: the status."""
    return (turn.slot("lookup_for") or STATUS).split()


class CheckStatus(TopicAction):
    """Begin to look a dossier up; a code said at once is kept."""

    action_name = "action_check_status"
    purpose: ClassVar[str] = STATUS

    async def act(self, turn: Turn) -> Events:
        """Hand over to the loop."""
        code, purpose = read_code(turn, self.purpose), look_up_for(turn, self.purpose)
        if (
            self.purpose == STATUS
            and code is None
            and OF_A_COMPLAINT.search(fold(canonical(turn.text)))
        ):
            purpose = COMPLAINT
        return [SlotSet("lookup_code", code), SlotSet("lookup_for", purpose), ActiveLoop(LOOP)]


class SupplementDossier(CheckStatus):
    """Begin to supplement a dossier: first it is looked up."""

    action_name = "action_supplement_dossier"
    purpose = SUPPLEMENT


class WithdrawDossier(CheckStatus):
    """Begin to take a dossier back: first it is looked up."""

    action_name = "action_withdraw_dossier"
    purpose = WITHDRAW


class StatusForm(TopicAction):
    """Ask for the code, then for the second factor, then tell."""

    action_name = LOOP

    def __init__(self) -> None:
        self._tellers: dict[str, Callable[[Turn, str, str], Awaitable[Events]]] = {
            STATUS: tell_status,
            SUPPLEMENT: supplements.begin,
            WITHDRAW: supplements.withdraw,
            PAY: owed.tell,
            DOCUMENT: printed.tell,
            POST: parcels.tell,
            RESUME: elsewhere.go_on_here,
            COMPLAINT: tell_status,  # what was asked for as a complaint may be a dossier after all
        }

    async def act(self, turn: Turn) -> Events:
        """One turn of the loop."""
        code, purpose = turn.slot("lookup_code"), _purposes(turn)[0]
        if not turn.fresh:
            self._ask(turn, code, purpose)
            return []
        # Answers to this loop have digits; without any, a guess is as good as it gets.
        digits = any(character.isdigit() for character in turn.text)
        sure = turn.button or turn.confidence >= SURE or not digits
        if sure and _RATHER.search(fold(canonical(turn.text))) and turn.intent in ASPECTS:
            left = [ActiveLoop(None), SlotSet("lookup_code", None)]
            return [*left, FollowupAction("action_explain")]
        given_up = GIVING_UP.search(canonical(turn.text)) is not None
        if given_up or (sure and turn.intent in LEAVING):
            turn.show("lookup_left")
            return [ActiveLoop(None), SlotSet("lookup_code", None)]
        said = read_code(turn, purpose)
        if not (code or said or turn.button) and LOST.search(fold(canonical(turn.text))):
            own = [*self._own(turn, purpose), ASK_PERSON]
            turn.show("code_lost", purpose=purpose, buttons=own)
            return []
        if sure and turn.intent == "check_status" and purpose != STATUS and not said:
            # Only looking after all: the four digits must not do more than that.
            code = read_code(turn) or (code if purpose != RESUME else None)
            self._ask(turn, code, STATUS)
            return [SlotSet("lookup_for", STATUS), SlotSet("lookup_code", code)]
        if said is not None:
            self._ask(turn, said, purpose)
            return [SlotSet("lookup_code", said)]
        factor = second_factor.find(turn.text) if code else None
        if factor is None:
            if sure and turn.intent not in OWN_INTENTS:
                raise ActionExecutionRejection(LOOP)
            return await self._again(turn, code, purpose)
        return await self._tell(turn, str(code), factor)

    async def _again(self, turn: Turn, code: str | None, purpose: str) -> Events:
        """Ask once more; the next time a procedure that is named is gone on with, else a person is offered."""
        asked_again = bool(turn.replied & AGAIN)
        if asked_again and not turn.button:
            found = await turn.search()
            if found.content_words and found.outcome != "none":
                left = [ActiveLoop(None), SlotSet("lookup_code", None)]
                return [*left, FollowupAction("action_clarify")]
        again = {RESUME: "ask_resume_code_again", COMPLAINT: "ask_code_of_complaint"}
        template = again.get(purpose, "ask_code_again")
        own = [] if code else self._own(turn, purpose)
        turn.show("ask_factor_again" if code else template, buttons=own)
        if asked_again:
            turn.offer_person()
        return []

    def _ask(self, turn: Turn, code: str | None, purpose: str) -> None:
        if code:
            template = "ask_factor_to_withdraw" if purpose == WITHDRAW else "ask_factor"
            turn.show("ask_factor_of_complaint" if complaint_code(code) else template, code=code)
            return
        if purpose == RESUME:
            turn.show("ask_resume_code")
            return
        template = "ask_code_of_complaint" if purpose == COMPLAINT else "ask_code"
        turn.show(template, buttons=self._own(turn, purpose))

    @staticmethod
    def _own(turn: Turn, purpose: str) -> list[Button]:
        """The dossiers that were sent in this talk, to be chosen."""
        own = (turn.slot("dossiers") or []) if purpose not in (COMPLAINT, RESUME) else []
        return [button(one, INTENTS[purpose], dossier_code=one) for one in own[-3:]]

    async def _tell(self, turn: Turn, code: str, factor: str) -> Events:
        try:
            tellers = [self._tellers[purpose] for purpose in _purposes(turn)]
            if complaint_code(code):
                tellers = [complaint_status.tell]
            events = [event for tell in tellers for event in await tell(turn, code, factor)]
        except OnestopRefusal as refusal:
            if refusal.code == "locked":
                until = datetime.fromisoformat(str(refusal.problem["locked_until"]))
                turn.show("lookup_locked", until=clock(until))
                return [ActiveLoop(None), SlotSet("lookup_code", None)]
            left = refusal.problem.get("attempts_left", 0)
            resuming = _purposes(turn) == [RESUME]
            of_complaint = complaint_code(code) is not None
            template = "resume_not_found" if resuming else "lookup_not_found"
            own = code in (turn.slot("dossiers") or [])  # then the code is right
            turn.show(template, left=left, complaint=of_complaint, own=own, code=code)
            return [] if own else [SlotSet("lookup_code", None)]
        return [ActiveLoop(None), SlotSet("lookup_code", None), *events]


async def tell_status(turn: Turn, code: str, factor: str) -> Events:
    """Tell where the dossier stands.

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    status = await turn.service.look_up(turn.owner, code, factor)
    buttons = []
    if status.status == SUPPLEMENT_REQUESTED:
        buttons = [button("Bổ sung hồ sơ", "supplement_dossier", dossier_code=code)]
    if status.status == PAYMENT_REQUESTED:
        buttons = [button("Trả lệ phí", "pay", dossier_code=code)]
    if status.can_post or status.post:
        title = "Bưu điện đến đâu" if status.post else "Nhận kết quả tại nhà"
        buttons.append(button(title, "post_delivery", dossier_code=code))
    turn.show("status", status=status, buttons=buttons, card=status_card(status))
    if status.rating is not None and status.rating.stars is None:
        return ratings.offer(turn, status.rating)
    return []


def status_card(status: StatusView) -> dict[str, object]:
    """The status as a card."""
    return {
        "type": "status",
        "code": status.code,
        "procedure": status.procedure,
        "status": status.status,
        "status_name": status.status_name,
        "due_at": day(status.due_at) if status.due_at else "",
        "history": [
            {"at": clock(step.at), "status_name": step.status_name, "note": step.note}
            for step in status.history
        ],
    }


ACTIONS = (CheckStatus, SupplementDossier, WithdrawDossier, StatusForm)
