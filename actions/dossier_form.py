"""The loop that fills an e-form: one generic form for all procedures.

Rasa calls it at each turn while it is active. The draft lives in the one-stop service, which also says
what is asked next and whether an answer is right; here is decided only what a message *is*: an answer, a
command to the form ("bỏ qua", "sửa ngày sinh"), or something else. Something else is rejected, so that the
rules answer it (data/rules/) and come back; then the very question is asked again.
"""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import filling, form_commands, offers, paper_files, person
from actions.explain import ASPECTS
from actions.form_commands import COMMANDS, CONFIRMING, leave
from actions.onestop_client import OnestopRefusal
from actions.turn import SURE, Events, TopicAction, Turn
from bot.nlu.text import fold
from onestop.schemas import AnswerRequest, DraftView, FieldView

LOOP = "dossier_form"
# Types whose answers cannot be mistaken for something else: the answer is tried before the intent counts.
STRICT = {"citizen_id", "phone", "email", "date", "year", "number", "choice", "yes_no"}
# Intents that are answers, commands to the form, or no understanding at all; all others interrupt.
ANSWERS = {"inform", "affirm", "deny", "nlu_fallback", ""}
# What sounds like these is an answer to a free text ("xin cấp lại giấy phép bị mất"), unless it asks.
STATEMENTS = {
    *("ask_procedure", "start_dossier", "check_status", "supplement_dossier", "withdraw_dossier"),
    *("pay", "post_delivery", "complain", "rate", "abuse", "out_of_scope"),
}
# So many words without a question's word tell something, whatever aspect they sound like.
TELLING_WORDS = 4
# What a correction begins with, or says of what is wrong; without accents.
CORRECTING = re.compile(
    r"^(?:(?:em|anh|chi|cho|toi|minh|muon|xin|can|hay|oi|giup)\s+)*(?:sua|doi|thay doi|chinh)\b"
    r"|\b(?:sai|nham|chua dung|khong dung)\b"
)
# A paper is to be handed in, not the dossier to be put off.
BY_PAPER = re.compile(r"\b(?:nộp|nop|bản giấy|ban giay)\b", re.IGNORECASE)


def option_names(field: FieldView) -> set[str]:
    """All ways to name the options of a choice, without accents."""
    return {fold(name) for option in field.options for name in option.names}


class DossierForm(TopicAction):
    """Fill the draft in the slot `draft`, question by question, to the receipt."""

    action_name = LOOP

    async def act(self, turn: Turn) -> Events:
        """One turn of the loop."""
        try:
            draft = await turn.service.draft(str(turn.slot("draft")), turn.owner)
        except OnestopRefusal:
            turn.show("draft_gone")
            return [*leave(), SlotSet("draft", None)]
        if not turn.slot(CONFIRMING):
            return await self._take(turn, draft)
        return [SlotSet(CONFIRMING, None), *await self._confirm(turn, draft)]

    async def _take(self, turn: Turn, draft: DraftView) -> Events:
        if not turn.fresh:  # just started, or back from an interruption
            return await form_commands.ask(turn, draft)
        if turn.offered_person and turn.intent == "affirm" and not self._asks_yes_no(draft):
            return await person.hand_over(turn)
        if turn.file_ids:
            return await paper_files.take(turn, draft)
        if offers.holds_card(turn.text):
            return await offers.read_card(turn, draft)
        if paper_files.enough(turn, draft):
            return await paper_files.go_on(turn, draft)
        paper = paper_files.wants_more(turn, draft)
        if paper is not None:
            return await paper_files.more(turn, draft, paper)
        sure = turn.button or turn.confidence >= SURE
        if draft.offer is not None:
            decided = await offers.decide(turn, draft, sure)
            if decided is not None:
                return decided
        if offers.keeps(turn, draft, sure):
            return await offers.keep(turn, draft)
        command = COMMANDS.get(turn.intent) if sure else None
        if not await self._answers(turn, draft):
            if await self._corrects(turn, draft):
                command = form_commands.correct
            if command is not None:
                return await command(turn, draft)
        if draft.field is None:
            return await self._before_sending(turn, draft, sure)
        return await self._answer(turn, draft, draft.field, sure and command is None)

    @staticmethod
    def _asks_yes_no(draft: DraftView) -> bool:
        return draft.field is not None and draft.field.type == "yes_no"

    async def _answers(self, turn: Turn, draft: DraftView) -> bool:
        """Whether what sounds like a command may answer the question.

        An option may be called "thay đổi thông tin" or "chưa có giấy", "tôi tự nộp" is no order to send,
        "để sau tôi nộp bản giấy" puts off only the paper, and "sửa lại quán" names no field, so it may
        well be the reason that was asked for.
        """
        field = draft.field
        if turn.button or field is None:
            return False
        if field.type == "text" and turn.intent == "correct_field":
            return (await turn.service.find_fields(draft.id, turn.owner, turn.text)).says_more
        if field.type == "choice":
            return turn.intent == "submit_dossier" or fold(turn.text) in option_names(field)
        return field.type == "paper" and field.later_allowed and bool(BY_PAPER.search(turn.text))

    async def _corrects(self, turn: Turn, draft: DraftView) -> bool:
        """Whether words of a correction name a field, whatever the message sounds like.

        Labels are as many as procedures ("sửa văn bản của cơ sở"), so no training data knows them all.
        """
        if turn.button or turn.asks or not CORRECTING.search(fold(turn.text)):
            return False
        found = await turn.service.find_fields(draft.id, turn.owner, turn.text)
        free = draft.field is not None and draft.field.type == "text"
        return bool(found.matches) and not (free and found.says_more)

    async def _interrupt(self, turn: Turn, draft: DraftView) -> Events:
        """Leave the message to the rules; only a bare "nộp hồ sơ" means the present dossier.

        Raises:
            ActionExecutionRejection: always else.
        """
        if turn.intent == "start_dossier" and await turn.names_nothing():
            return await form_commands.submit(turn, draft)
        raise ActionExecutionRejection(LOOP)

    # Answers ----------------------------------------------------------------------------------

    async def _answer(self, turn: Turn, draft: DraftView, field: FieldView, sure: bool) -> Events:
        # What is out of scope is no interruption here, but an answer that cannot be right.
        interrupts = turn.intent not in {*ANSWERS, "out_of_scope"} and not (
            field.type == "text" and self._states(turn)
        )
        if turn.intent == "deny" and not field.required and field.type != "yes_no":
            return await form_commands.skip(turn, draft)
        if interrupts and sure and (field.type not in STRICT or self._asks(turn, field)):
            return await self._interrupt(turn, draft)
        if draft.offer is not None and field.type not in STRICT and not self._tells(turn, sure):
            return filling.go_on(turn, draft)  # a remark is no name, while a yes is waited for
        probe = interrupts or draft.offer is not None
        request = AnswerRequest(text=filling.answer_text(turn), turn=turn.key, probe=probe)
        result = await turn.service.answer(draft.id, turn.owner, request)
        if result.refusal is None:
            return filling.go_on(turn, result.draft, result)
        answered = result.refusal.code == "paper_now"  # "nộp sau", where that is not allowed
        if turn.intent in COMMANDS and not answered:  # meant after all, though not for sure
            return await COMMANDS[turn.intent](turn, draft)
        # "À nhầm, …": no answer to this question, but to the last one.
        if form_commands.INSTEAD.match(turn.text):
            return await form_commands.correct(turn, draft)
        if interrupts and not answered:
            return await self._interrupt(turn, draft)
        if draft.offer is not None:  # neither its yes nor no, nor an answer to the field behind it
            return filling.go_on(turn, draft)
        filling.refuse(turn, field, result.refusal)
        if result.refusal.stuck:
            turn.offer_person()
        return []

    @staticmethod
    def _asks(turn: Turn, field: FieldView) -> bool:
        """Whether the message is a question, and no option that is worded like one."""
        return turn.asks and fold(turn.text) not in option_names(field)

    def _tells(self, turn: Turn, sure: bool) -> bool:
        """Whether a message is surely an answer by hand."""
        return sure and turn.intent == "inform" and not turn.asks

    def _states(self, turn: Turn) -> bool:
        """Whether what sounds like a wish is an answer to a free text."""
        if turn.button or turn.asks:
            return False
        tells = turn.intent in ASPECTS and len(turn.text.split()) >= TELLING_WORDS
        return tells or turn.intent in STATEMENTS

    async def _before_sending(self, turn: Turn, draft: DraftView, sure: bool) -> Events:
        if turn.intent == "affirm":
            return await form_commands.submit(turn, draft)
        if turn.intent == "deny":
            turn.show("which_field", draft=draft)
            return []
        if turn.intent not in ANSWERS and sure:
            return await self._interrupt(turn, draft)
        return await form_commands.correct(turn, draft)

    async def _confirm(self, turn: Turn, draft: DraftView) -> Events:
        """A typed yes or no after "có chắc muốn bỏ không?"; anything else goes its usual way."""
        if turn.fresh and turn.intent in ("affirm", "cancel_dossier"):
            return await form_commands.discard(turn, draft)
        if turn.fresh and turn.intent == "deny":
            return filling.go_on(turn, draft, returning=True)
        return await self._take(turn, draft)


ACTIONS = (DossierForm,)
