"""What a citizen may tell the form to do while a draft is filled: stop, skip, correct, sum up, send."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import elsewhere, filling, owed, printed, several
from actions.onestop_client import OnestopRefusal
from actions.texts import button
from actions.turn import Events, Turn
from bot.nlu.text import fold
from onestop.schemas import AnswerRequest, DraftView, FieldMatches

# What a correction may bring along in the same line without a word between ("sửa sđt 0912345678").
BROUGHT_ALONG = {"citizen_id", "phone", "email", "date"}
# "Sửa câu trước", "chọn nhầm rồi": no field is named, the last answer is meant; folded.
LAST_ONE = re.compile(
    r"\b(?:cau|muc) (?:truoc|tren|vua|luc nay)\b|\bvua (?:roi|xong|nay|tra loi|chon|gui|nhap)\b"
    r"|^(?:\w+ ){0,2}(?:nham|sai)(?: (?:mat|roi|em|a|oi))*$"
    r"|\b(?:bam|chon|gui|tai|tra loi|go|nhap|ghi)(?: \w+)? nham\b|\b(?:chon|tra loi|go|nhap) lai\b"
)
# "À nhầm, Lê Văn Năm": another answer in place of the last one.
INSTEAD = re.compile(
    r"(?:\w+ ){0,2}(?:nhầm|nham|sai)(?: (?:rồi|roi|mất|mat))?\s*[,.:;–-]\s*(?P<value>.+)",
    re.IGNORECASE,
)
# Actions that have just said that a draft is begun or gone on with.
ANNOUNCING = {"action_start_dossier", "action_resume_dossier", "action_clarify"}
# The slot that is set while "có chắc muốn bỏ không?" waits for its answer.
CONFIRMING = "confirming_cancel"


def leave() -> Events:
    """The events that end the loop and keep the draft."""
    return [ActiveLoop(None)]


async def ask(turn: Turn, draft: DraftView) -> Events:
    """Ask the draft's question (again)."""
    returning = not turn.fresh and turn.tracker.latest_action_name not in ANNOUNCING
    return filling.go_on(turn, draft, returning=returning)


async def pause(turn: Turn, draft: DraftView) -> Events:
    """Stop here; the draft is kept, and can be gone on with here or elsewhere."""
    turn.show(
        "paused",
        buttons=[button("Tiếp tục hồ sơ", "resume_dossier")],
        procedure=draft.procedure.name,
        given=await elsewhere.code_of(turn, draft),
    )
    return leave()


async def continue_elsewhere(turn: Turn, draft: DraftView) -> Events:
    """Stop here to go on elsewhere; while that is not possible yet, ask on."""
    if await elsewhere.give_code(turn, draft):
        return leave()
    return await ask(turn, draft)


async def cancel(turn: Turn, draft: DraftView) -> Events:
    """Give the draft up, but ask first."""
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
    return await discard(turn, draft)


async def discard(turn: Turn, draft: DraftView) -> Events:
    """Give the draft up."""
    await turn.service.discard(draft.id, turn.owner)
    turn.show("cancelled")
    rest = several.remind_of_rest(turn, draft.procedure.code)
    return [*leave(), SlotSet("draft", None), *rest]


async def review(turn: Turn, draft: DraftView) -> Events:
    """Read out what is filled in so far, then ask on."""
    if draft.field is not None:
        turn.show("summary", draft=draft, card=filling.summary_card(draft))
    return await ask(turn, draft)


async def explain(turn: Turn, draft: DraftView) -> Events:
    """Say why the present field is needed."""
    if draft.field is None:
        return await ask(turn, draft)
    turn.show("why", field=draft.field, **filling.question_parts(draft.field))
    return []


async def skip(turn: Turn, draft: DraftView) -> Events:
    """Leave the present field out, if it may be."""
    if draft.field is None:
        return await ask(turn, draft)
    try:
        left = await turn.service.skip(draft.id, turn.owner, draft.field.id, turn.key)
    except OnestopRefusal:
        turn.show("required", field=draft.field, **filling.question_parts(draft.field))
        return []
    return filling.go_on(turn, left)


async def correct(turn: Turn, draft: DraftView) -> Events:
    """Change an earlier answer: by the value that came along, else by asking that field again."""
    chosen = turn.entity("field")
    if chosen is None:
        found = FieldMatches(matches=[])
        if turn.text:
            found = await turn.service.find_fields(draft.id, turn.owner, turn.text)
        if not found.matches and LAST_ONE.search(fold(turn.text)):
            return await undo(turn, draft)
        instead = INSTEAD.match(turn.text)
        if instead is not None and not found.matches:
            return await _answer_instead(turn, draft, instead["value"])
        if not draft.lines and not found.matches:
            turn.show("nothing_to_undo")
            return await ask(turn, draft)
        if len(found.matches) != 1:
            buttons = [button(one.label, "correct_field", field=one.id) for one in found.matches]
            turn.show("which_field", draft=draft, buttons=buttons)
            return []
        meant = found.matches[0]
        value = found.value or (turn.text if meant.type in BROUGHT_ALONG else None)
        if value is not None and meant.type != "paper":
            request = AnswerRequest(text=value, field=meant.id, turn=turn.key, probe=True)
            result = await turn.service.answer(draft.id, turn.owner, request)
            if result.refusal is None:
                return filling.go_on(turn, result.draft, result)
        chosen = meant.id
    draft = await turn.service.choose_field(draft.id, turn.owner, chosen)
    return filling.go_on(turn, draft, correcting=True)


async def _answer_instead(turn: Turn, draft: DraftView, value: str) -> Events:
    """Put another answer in the place of the last one; where it does not fit, ask that again.

    Where it is one of the choices that are just offered, it answers these.
    """
    if draft.field is not None and draft.field.type in ("choice", "yes_no"):
        request = AnswerRequest(text=value, field=draft.field.id, turn=turn.key, probe=True)
        result = await turn.service.answer(draft.id, turn.owner, request)
        if result.refusal is None:
            return filling.go_on(turn, result.draft, result)
    back = await turn.service.undo(draft.id, turn.owner)
    if back.taken_back:
        request = AnswerRequest(text=value, turn=turn.key, probe=True)
        result = await turn.service.answer(draft.id, turn.owner, request)
        if result.refusal is None:
            return filling.go_on(turn, result.draft, result)
    return filling.go_on(turn, back.draft, taken_back=back.taken_back)


async def undo(turn: Turn, draft: DraftView) -> Events:
    """Take the answers of the last turn back and ask them again."""
    result = await turn.service.undo(draft.id, turn.owner)
    nothing = not result.taken_back and not (draft.field is not None and draft.field.given)
    if nothing:
        turn.show("nothing_to_undo")
    return filling.go_on(turn, result.draft, taken_back=result.taken_back)


async def submit(turn: Turn, draft: DraftView) -> Events:
    """Record the agreement and send the dossier."""
    if draft.field is not None:
        turn.show("not_finished", draft=draft)
        return await ask(turn, draft)
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
    begun = receipt.state != "supplemented"  # a supplement was not what was wanted in turn
    return [
        *leave(),
        SlotSet("draft", None),
        SlotSet("sent", draft.procedure.code),
        SlotSet("dossiers", [*(turn.slot("dossiers") or []), *codes]),
        *(several.remind_of_rest(turn, draft.procedure.code) if begun else []),
    ]


async def download(turn: Turn, draft: DraftView) -> Events:
    """Give what is filled in so far to print; a question that is open is asked again."""
    printed.show(turn, await turn.service.documents(turn.owner, draft=draft.id))
    return await ask(turn, draft) if draft.field is not None else []


COMMANDS: dict[str, Callable[[Turn, DraftView], Awaitable[Events]]] = {
    "pause_dossier": pause,
    "continue_elsewhere": continue_elsewhere,
    "cancel_dossier": cancel,
    "review_dossier": review,
    "explain_field": explain,
    "skip_field": skip,
    "correct_field": correct,
    "submit_dossier": submit,
    "download_form": download,
    "undo": undo,
}
"""Intent → what is done on the spot."""
