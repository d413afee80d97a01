"""What a form cannot tell by itself: whether its e-forms and fields exist, and its template can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docx.document import Document
from docx.oxml.ns import qn
from jinja2 import TemplateSyntaxError

from onestop.documents.docx import environment
from onestop.eforms.definition import EForm
from scripts.form_templates.definition import Form, FormError

_PLACED = re.compile(r"\{%(?:p|tr) ")  # docxtpl: the command takes its paragraph or row with it


def check(form: Form, eform: str, document: Document, eforms: Mapping[str, EForm]) -> None:
    """See that an e-form can print by a form.

    Args:
        document: the template that was made of the form for the e-form.
        eforms: by id, all that there are.

    Raises:
        FormError: if it cannot; the message is one line.
    """
    if eform not in eforms:
        raise FormError(f"{form.id}.yml: there is no e-form {eform}")
    asked = {field.id for field in eforms[eform].fields}
    if unknown := [name for name in form.named(eform) if name not in asked]:
        raise FormError(f"{form.id}.yml: {eform} does not ask for {', '.join(unknown)}")
    lines = [
        "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        for paragraph in document.element.body.iter(qn("w:p"))
    ]
    try:
        environment().from_string(_PLACED.sub("{% ", "\n".join(lines)))
    except TemplateSyntaxError as error:
        line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
        raise FormError(f"{form.id}.yml: {error.message}: {line}") from error
