"""A walk through a form by the engine itself: what was tried so far, played again on the file as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel

from onestop.catalogue.content import Paper, Procedure
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import EForm, Field, FieldType, expand
from onestop.eforms.papers import later

# Stands for a procedure's own papers in a form for many: its texts keep their blanks.
ANY_PROCEDURE = Procedure(
    code="0.000000",
    name="…",
    papers=[
        Paper(name="{name}", originals=1),
        Paper(name="{name}", group="{group}", originals=1),
    ],
)
FILE_NAME = "giay-to.jpg"
FILE = {"file_id": "preview", "name": FILE_NAME, "size": 1}


class Try(BaseModel):
    """One thing that the author tries: words, a button's meaning, or the field's own example."""

    kind: Literal["text", "skip", "why", "file", "later", "example"] = "text"
    text: str = ""


class Said(BaseModel):
    """One message of the walk; `field` is what was asked when it was said."""

    by: Literal["chat", "author"]
    kind: Literal["question", "refusal", "explanation", "taken", "end", "try"]
    text: str
    field: str = ""
    section: str = ""
    example: str = ""


class Walk(BaseModel):
    """What was said, and what can be tried next: `options` in words, and which buttons there are."""

    said: list[Said]
    field: str | None
    options: list[str] = []
    buttons: list[Literal["skip", "why", "file", "later"]] = []
    summary: list[str] = []
    consent: str = ""


def walk(form: EForm, tries: Sequence[Try], today: date) -> Walk:
    """Play what was tried.

    A try that no longer fits (its question is gone) is one more answer to the question that is there.
    """
    form = expand(form, ANY_PROCEDURE)
    answers: dict[str, Value] = {}
    skipped: list[str] = []
    said: list[Said] = []
    section = ""
    refused: list[str] = []
    field = engine.next_field(form, answers, skipped)
    said += _question(field, section)
    for one in tries:
        if field is None:
            break
        if one.kind == "example":
            paper = field.type is FieldType.PAPER
            one = Try(kind="file" if paper else "text", text=field.example or FILE_NAME)
        said.append(Said(by="author", kind="try", text=one.text, field=field.id))
        if one.kind == "why":
            said.append(Said(by="chat", kind="explanation", text=field.explanation, field=field.id))
            continue
        try:
            answers, skipped, told = _take(form, answers, skipped, field, one, today)
        except Refusal as refusal:
            refusal.params = {"label": field.label, "example": field.example, **refusal.params}
            text = engine.refusal_text(refusal, refused.count(refusal.code) + 1)
            refused.append(refusal.code)
            said.append(Said(by="chat", kind="refusal", text=text, field=field.id))
            continue
        said.append(Said(by="chat", kind="taken", text=told, field=field.id))
        refused, section = [], field.section
        field = engine.next_field(form, answers, skipped)
        said += _question(field, section)
    lines = engine.summary(form, answers, skipped)
    return Walk(
        said=said,
        field=field.id if field is not None else None,
        options=_options(field),
        buttons=_buttons(field),
        summary=[f"{line.number}. {line.label}: {line.display}" for line in lines],
        consent=form.consent_text if field is None else "",
    )


def _question(field: Field | None, section: str) -> list[Said]:
    if field is None:
        return [Said(by="chat", kind="end", text="")]
    begins = field.section if field.section != section else ""
    shown = field.type not in (FieldType.CHOICE, FieldType.YES_NO, FieldType.PAPER)
    example = field.example if shown else ""
    return [
        Said(
            by="chat",
            kind="question",
            text=field.question,
            field=field.id,
            section=begins,
            example=example,
        )
    ]


def _take(
    form: EForm,
    answers: dict[str, Value],
    skipped: list[str],
    field: Field,
    one: Try,
    today: date,
) -> tuple[dict[str, Value], list[str], str]:
    """Answers, skipped fields and what was taken, after a try.

    Raises:
        Refusal: if it cannot be taken.
    """
    if one.kind == "skip":
        engine.check_skip(field)
        return answers, [*skipped, field.id], ""
    if one.kind == "later":
        value = later(field)
        return {**answers, field.id: value}, skipped, value.display
    if one.kind == "file":
        file = {**FILE, "content_type": field.accept[0]}
        outcome = engine.answer_paper(form, answers, field.id, [file], today)
    else:
        outcome = engine.answer(form, answers, field.id, one.text, today)
    return outcome.answers, skipped, outcome.value.display


def _options(field: Field | None) -> list[str]:
    if field is None:
        return []
    return [option.label for option in field.options]


def _buttons(field: Field | None) -> list[Literal["skip", "why", "file", "later"]]:
    if field is None:
        return []
    buttons: list[Literal["skip", "why", "file", "later"]] = ["why"]
    if field.type is FieldType.PAPER:
        buttons.append("file")
    if field.later_allowed:
        buttons.append("later")
    if not field.required:
        buttons.append("skip")
    return buttons
