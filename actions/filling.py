"""What the loop says while a draft is filled: questions, summary, receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk.events import SlotSet

from actions.texts import Button, button, clock, day, money
from actions.turn import Events, Turn
from onestop.schemas import Accepted, AnswerResult, DraftView, FieldView, Owed, Receipt, Refusal

MAX_CHOICE_BUTTONS = 12
MAX_SUGGESTIONS = 5


def answer_text(turn: Turn) -> str:
    """The citizen's answer in words, also when a button was pressed."""
    if not turn.button:
        return turn.text
    value = turn.entity("value")
    return value if value is not None else {"affirm": "có", "deny": "không"}.get(turn.intent, "")


def question_buttons(field: FieldView) -> list[Button]:
    """The quick answers to a field."""
    buttons: list[Button] = []
    if field.type == "choice":
        # With numbers, which can also be typed; a list too long for buttons stands in the text.
        if len(field.options) <= MAX_CHOICE_BUTTONS:
            buttons = [
                button(f"{at}. {one.label}", "inform", value=one.value)
                for at, one in enumerate(field.options, start=1)
            ]
    elif field.type == "yes_no":
        buttons = [button("Có", "affirm"), button("Không", "deny")]
    if field.later_allowed:
        buttons.append(button("Nộp bản giấy sau", "inform", value="nộp bản giấy sau"))
    if field.given:
        buttons.append(button("Giữ nguyên", "inform", value="giữ nguyên"))
    if not field.required:
        buttons.append(button("Bỏ qua", "skip_field"))
    return buttons


def question_parts(field: FieldView) -> dict[str, Any]:
    """The buttons and the card that belong to the question of a field."""
    card = None
    if field.type == "paper":
        card = {"type": "upload", "field": field.id, "label": field.label, "accept": field.accept}
    elif field.type == "phone":
        # A channel that knows the citizen's number can offer to share it.
        card = {"type": "contact"}
    return {"buttons": question_buttons(field), "card": card}


def paper_buttons(field: str, *, warned: bool) -> list[Button]:
    """What may be wished for right after files were taken for a paper."""
    again = [button("Gửi lại ảnh khác", "correct_field", field=field)] if warned else []
    return [*again, button("Gửi thêm trang", "correct_field", field=field, also="files")]


def refuse(turn: Turn, field: FieldView, refusal: Refusal) -> None:
    """Say what is wrong with an answer; what may have been meant is offered first."""
    parts = question_parts(field)
    meant = [button(one, "inform", value=one) for one in refusal.suggestions[:MAX_SUGGESTIONS]]
    parts["buttons"] = meant or parts["buttons"]
    turn.note_question(field)
    turn.show("refused", refusal=refusal, **parts)


def summary_card(draft: DraftView) -> dict[str, Any]:
    """The summary as a card."""
    lines = [{"number": one.number, "label": one.label, "value": one.value} for one in draft.lines]
    return {"type": "summary", "title": draft.title, "lines": lines}


def go_on(
    turn: Turn,
    draft: DraftView,
    result: AnswerResult | None = None,
    *,
    taken_back: Sequence[Accepted] = (),
    preface: str = "",
    returning: bool = False,
    correcting: bool = False,
    declined: bool = False,
    paper: str | None = None,
) -> Events:
    """Read back what was taken and ask on: what is offered, the next field, or the agreement.

    Whoever goes on with a dossier talks of its procedure again.

    Args:
        taken_back: answers that were just undone.
        preface: what is said before all.
        returning: something else was answered in between, so say that the form goes on.
        correcting: an earlier field is asked again, so its section is not announced.
        declined: an offer was just refused.
        paper: the field that was just answered with files, of which more may come.
    """
    warnings = result.warnings if result is not None else []
    again = paper_buttons(paper, warned=bool(warnings)) if paper else []
    told: dict[str, Any] = {
        "draft": draft,
        "accepted": result.accepted if result is not None else [],
        "reopened": result.reopened if result is not None else [],
        "taken_back": taken_back,
        "preface": preface,
        "declined": declined,
        "warnings": warnings,
        "returning": returning,
    }
    if draft.offer is not None:
        yes = "Dùng lại" if draft.offer.source == "earlier" else "Đúng, điền giúp tôi"
        buttons = [button(yes, "affirm"), button("Không", "deny")]
        turn.show("offer", offer=draft.offer, buttons=buttons, **told)
    elif draft.field is not None:
        parts = question_parts(draft.field)
        name = result.meant if result else ""
        meant = [button(name, "inform", value=name)] if name else []
        turn.show(
            "question",
            field=draft.field,
            doubt=result.doubt if result is not None else "",
            announce=not (returning or correcting),
            **told,
            card=parts["card"],
            buttons=[*meant, *parts["buttons"], *again],
        )
    else:
        turn.show(
            "agree",
            **told,
            card=summary_card(draft),
            buttons=[
                button("Đồng ý và gửi", "submit_dossier"),
                button("Sửa lại", "correct_field"),
                button("Tải bản in", "download_form"),
                button("Để sau", "pause_dossier"),
                *again,
            ],
        )
    if returning or turn.slot("procedure") == draft.procedure.code:
        return []
    return [SlotSet("procedure", draft.procedure.code)]


def show_receipt(turn: Turn, receipt: Receipt, owed: Owed | None = None) -> None:
    """The receipt, as text and as a card; while the dossier is on its way, only that it is.

    `owed` says what is to be paid, as far as that could be found out.
    """
    if receipt.state != "received":
        turn.show(f"receipt_{receipt.state}", receipt=receipt)
        return
    buttons = [
        button("Hồ sơ đến đâu rồi", "check_status", dossier_code=receipt.code),
        button("Tải tờ khai", "download_form", dossier_code=receipt.code),
    ]
    if owed is not None and owed.providers:
        buttons.insert(0, button("Trả lệ phí ngay", "pay", dossier_code=receipt.code))
    buttons.append(button("Nhận kết quả tại nhà", "post_delivery", dossier_code=receipt.code))
    turn.show(
        "receipt",
        receipt=receipt,
        owed=owed,
        buttons=buttons,
        card={
            "type": "receipt",
            "code": receipt.code,
            "procedure": receipt.procedure,
            "received_at": clock(receipt.received_at),
            "due_at": day(receipt.due_at) if receipt.due_at else receipt.time_note,
            "fee": _fee(receipt, owed),
            "pay": receipt.pay,
            "collect_at": receipt.collect_at,
        },
    )


def _fee(receipt: Receipt, owed: Owed | None) -> str:
    """The sum where it is known for this very dossier, else what the catalogue says of it."""
    if owed is not None and (owed.amount or owed.exempted_by):
        return money(owed.amount or 0)
    stated = receipt.fee_amount if owed is None or owed.state != "unknown" else None
    return money(stated) if stated else receipt.fee_note
