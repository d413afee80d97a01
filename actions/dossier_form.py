"""The loop that fills an e-form: one generic form for all procedures.

Rasa calls it at each turn while it is active. The draft lives in the one-stop service, which also says
what is asked next and whether an answer is right; here is decided only what a message *is*: an answer, a
command to the form ("bỏ qua", "sửa ngày sinh"), or something else. Something else is rejected, so that the
rules answer it (data/rules/) and come back; then the very question is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import filling, owed
from actions.explain import ASPECTS
from actions.onestop_client import OnestopRefusal
from actions.texts import button
from actions.turn import SURE, Events, TopicAction, Turn
from onestop.schemas import AnswerRequest, DraftView, FieldView

LOOP = "dossier_form"
# Types whose answers cannot be mistaken for something else: the answer is tried before the intent counts.
STRICT = {"citizen_id", "phone", "email", "date", "year", "number", "choice", "yes_no"}
# What a correction may bring along in the same line without a word between ("sửa sđt 0912345678") …
BROUGHT_ALONG = {"citizen_id", "phone", "email", "date"}
# … and any value after such a word ("ngày sinh phải là 15/3/1990", "doi ten thanh Le Van An").
NEW_VALUE = re.compile(r"^(.*?)\s(?:thành|là)\s+(.+)$|^([ -~]*?)\s(?:thanh|la)\s+([ -~]+)$", re.I)
# Intents that are answers, commands to the form, or no understanding at all; all others interrupt.
ANSWERS = {"inform", "affirm", "deny", "nlu_fallback", ""}
# What sounds like these is an answer to a free text ("xin cấp lại giấy phép bị mất"), unless it asks.
STATEMENTS = {
    *("ask_procedure", "start_dossier", "check_status", "supplement_dossier", "withdraw_dossier"),
    *("pay", "post_delivery", "complain", "rate", "abuse", "out_of_scope"),
}
# So many words without a question's word tell something, whatever aspect they sound like.
TELLING_WORDS = 4
# Actions that have just said that a draft is begun or gone on with.
ANNOUNCING = {"action_start_dossier", "action_resume_dossier", "action_clarify"}
PERSON_OFFERED_AT = 3
# The slot that is set while "có chắc muốn bỏ không?" waits for its answer.
CONFIRMING = "confirming_cancel"


def split_correction(text: str) -> tuple[str, str | None]:
    """What is to be corrected, and the new value if it stands in the same line.

    "đổi tên thành Lê Văn An" → ("đổi tên", "Lê Văn An"); "sửa mục 2" → ("sửa mục 2", None).
    """
    parts = NEW_VALUE.match(text)
    if parts is None:
        return text, None
    named, value = (parts[1], parts[2]) if parts[2] else (parts[3], parts[4])
    return (named, value) if named.strip() else (text, None)


def leave() -> Events:
    """The events that end the loop and keep the draft."""
    return [ActiveLoop(None)]


class DossierForm(TopicAction):
    """Fill the draft in the slot `draft`, question by question, to the receipt."""

    action_name = LOOP

    def __init__(self) -> None:
        self._commands: dict[str, Callable[[Turn, DraftView], Awaitable[Events]]] = {
            "pause_dossier": self._pause,
            "cancel_dossier": self._cancel,
            "review_dossier": self._review,
            "explain_field": self._explain,
            "skip_field": self._skip,
            "correct_field": self._correct,
            "submit_dossier": self._submit,
        }

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
            return await self._ask(turn, draft)
        if turn.file_ids:
            return await self._files(turn, draft)
        sure = turn.button or turn.confidence >= SURE
        command = self._commands.get(turn.intent) if sure else None
        if command is not None and not self._may_choose(turn, draft):
            return await command(turn, draft)
        if draft.field is None:
            return await self._before_sending(turn, draft, sure)
        return await self._answer(turn, draft, draft.field, sure)

    def _may_choose(self, turn: Turn, draft: DraftView) -> bool:
        """Whether what sounds like "gửi hồ sơ" may choose an option ("tôi tự nộp")."""
        typed = turn.intent == "submit_dossier" and not turn.button
        return typed and draft.field is not None and draft.field.type == "choice"

    async def _interrupt(self, turn: Turn, draft: DraftView) -> Events:
        """Leave the message to the rules; only a bare "nộp hồ sơ" means the present dossier.

        Raises:
            ActionExecutionRejection: always else.
        """
        if turn.intent == "start_dossier" and turn.text:
            found = await turn.service.search(turn.text)
            if not found.content_words:
                return await self._submit(turn, draft)
        raise ActionExecutionRejection(LOOP)

    # Answers ----------------------------------------------------------------------------------

    async def _answer(self, turn: Turn, draft: DraftView, field: FieldView, sure: bool) -> Events:
        interrupts = turn.intent not in ANSWERS and not (
            field.type == "text" and self._states(turn)
        )
        if turn.intent == "deny" and not field.required and field.type != "yes_no":
            return await self._skip(turn, draft)
        if interrupts and sure and field.type not in STRICT and turn.intent != "out_of_scope":
            return await self._interrupt(turn, draft)
        request = AnswerRequest(text=filling.answer_text(turn), probe=interrupts)
        result = await turn.service.answer(draft.id, turn.owner, request)
        if result.refusal is None:
            return filling.go_on(turn, result.draft, result)
        answered = result.refusal.code == "paper_now"  # "nộp sau", where that is not allowed
        if turn.intent in self._commands and not answered:  # meant after all, though not for sure
            return await self._commands[turn.intent](turn, draft)
        if interrupts and not answered and turn.intent != "out_of_scope":
            return await self._interrupt(turn, draft)
        filling.refuse(turn, field, result.refusal)
        if result.refusal.attempt == PERSON_OFFERED_AT:
            turn.offer_person()
        return []

    def _states(self, turn: Turn) -> bool:
        """Whether what sounds like a wish is an answer to a free text."""
        if turn.button or turn.asks:
            return False
        tells = turn.intent in ASPECTS and len(turn.text.split()) >= TELLING_WORDS
        return tells or turn.intent in STATEMENTS

    async def _files(self, turn: Turn, draft: DraftView) -> Events:
        if draft.field is None or draft.field.type != "paper":
            turn.show("file_not_asked")
            return await self._ask(turn, draft)
        request = AnswerRequest(file_ids=turn.file_ids)
        result = await turn.service.answer(draft.id, turn.owner, request)
        if result.refusal is not None:
            filling.refuse(turn, draft.field, result.refusal)
            return []
        return filling.go_on(turn, result.draft, result)

    async def _before_sending(self, turn: Turn, draft: DraftView, sure: bool) -> Events:
        if turn.intent == "affirm":
            return await self._submit(turn, draft)
        if turn.intent == "deny":
            turn.show("which_field", draft=draft)
            return []
        if turn.intent not in ANSWERS and sure:
            return await self._interrupt(turn, draft)
        return await self._correct(turn, draft)

    # Commands ---------------------------------------------------------------------------------

    async def _ask(self, turn: Turn, draft: DraftView) -> Events:
        returning = not turn.fresh and turn.tracker.latest_action_name not in ANNOUNCING
        return filling.go_on(turn, draft, returning=returning)

    async def _pause(self, turn: Turn, draft: DraftView) -> Events:
        turn.show(
            "paused",
            buttons=[button("Tiếp tục hồ sơ", "resume_dossier")],
            procedure=draft.procedure.name,
        )
        return leave()

    async def _confirm(self, turn: Turn, draft: DraftView) -> Events:
        """A typed yes or no after "có chắc muốn bỏ không?"; anything else goes its usual way."""
        if turn.fresh and turn.intent in ("affirm", "cancel_dossier"):
            return await self._discard(turn, draft)
        if turn.fresh and turn.intent == "deny":
            return filling.go_on(turn, draft, returning=True)
        return await self._take(turn, draft)

    async def _cancel(self, turn: Turn, draft: DraftView) -> Events:
        if turn.entity("confirmed") is None:
            turn.show(
                "cancel",
                draft=draft,
                buttons=[
                    button("Bỏ hồ sơ này", "cancel_dossier", confirmed="yes"),
                    button("Giữ lại, điền tiếp", "resume_dossier", draft=draft.id),
                    button("Để sau", "pause_dossier"),
                ],
            )
            return [SlotSet(CONFIRMING, True)]
        return await self._discard(turn, draft)

    async def _discard(self, turn: Turn, draft: DraftView) -> Events:
        await turn.service.discard(draft.id, turn.owner)
        turn.show("cancelled")
        return [*leave(), SlotSet("draft", None)]

    async def _review(self, turn: Turn, draft: DraftView) -> Events:
        if draft.field is not None:
            turn.show("summary", draft=draft, card=filling.summary_card(draft))
        return await self._ask(turn, draft)

    async def _explain(self, turn: Turn, draft: DraftView) -> Events:
        if draft.field is None:
            return await self._ask(turn, draft)
        turn.show("why", field=draft.field, **filling.question_parts(draft.field))
        return []

    async def _skip(self, turn: Turn, draft: DraftView) -> Events:
        if draft.field is None:
            return await self._ask(turn, draft)
        try:
            left = await turn.service.skip(draft.id, turn.owner, draft.field.id)
        except OnestopRefusal:
            turn.show("required", field=draft.field, **filling.question_parts(draft.field))
            return []
        return filling.go_on(turn, left)

    async def _correct(self, turn: Turn, draft: DraftView) -> Events:
        chosen = turn.entity("field")
        if chosen is None:
            phrase, value = split_correction(turn.text)
            found = await turn.service.find_fields(draft.id, turn.owner, phrase) if phrase else None
            matches = found.matches if found is not None else []
            if len(matches) != 1:
                buttons = [button(one.label, "correct_field", field=one.id) for one in matches[:6]]
                turn.show("which_field", draft=draft, buttons=buttons)
                return []
            if value is None and matches[0].type in BROUGHT_ALONG:
                value = phrase
            if value is not None and matches[0].type != "paper":
                request = AnswerRequest(text=value, field=matches[0].id, probe=True)
                result = await turn.service.answer(draft.id, turn.owner, request)
                if result.refusal is None:
                    return filling.go_on(turn, result.draft, result)
            chosen = matches[0].id
        draft = await turn.service.choose_field(draft.id, turn.owner, chosen)
        return filling.go_on(turn, draft, correcting=True)

    async def _submit(self, turn: Turn, draft: DraftView) -> Events:
        if draft.field is not None:
            turn.show("not_finished", draft=draft)
            return await self._ask(turn, draft)
        if draft.state == "filling" and not draft.consented:
            await turn.service.consent(draft.id, turn.owner, draft.consent, turn.channel)
        try:
            receipt = await turn.service.submit(draft.id, turn.owner)
        except OnestopRefusal as refusal:
            if refusal.code != "nothing_asked":
                raise
            turn.show("supplement_too_late")
            return [*leave(), SlotSet("draft", None)]
        filling.show_receipt(turn, receipt, await owed.after_sending(turn, receipt))
        codes = [receipt.code] if receipt.state == "received" else []
        sent = [*(turn.slot("dossiers") or []), *codes]
        return [*leave(), SlotSet("draft", None), SlotSet("dossiers", sent)]


ACTIONS = (DossierForm,)
