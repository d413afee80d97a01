"""A form filled by its own examples, so that staff see its document before a citizen does."""

from __future__ import annotations

from datetime import date

from common.tenant import tenant
from onestop.documents.content import Document, blanks_and_lines, compose
from onestop.eforms import engine
from onestop.eforms.answers import Value
from onestop.eforms.definition import EForm, FieldType

FILE = {"file_id": "sample", "name": "giay-to.jpg", "size": 1}


def filled(form: EForm, today: date) -> dict[str, Value]:
    """The answers when each question is answered by its example.

    Raises:
        onestop.eforms.answers.Refusal: if an example is refused (`eform check` names it).
    """
    answers: dict[str, Value] = {}
    while (field := engine.next_field(form, answers, ())) is not None:
        if field.type is FieldType.PAPER:
            file = {**FILE, "content_type": field.accept[0]}
            answers = engine.answer_paper(form, answers, field.id, [file], today).answers
        else:
            answers = engine.answer(form, answers, field.id, field.example, today).answers
    return answers


def document(form: EForm, today: date) -> Document:
    """The document of a form filled by its examples."""
    answers = filled(form, today)
    lines = blanks_and_lines(form, answers, ())
    codes = ", ".join(form.procedures)
    return compose(form, answers, lines, procedure=codes, addressee=tenant().name)
