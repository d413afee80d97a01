"""The templates of printed forms: `python -m scripts.form_templates` makes `data/forms/*.docx` of `*.yml`."""

from __future__ import annotations

from docx.document import Document

from onestop.cli.eform import DIRECTORY as EFORMS
from onestop.eforms.definition import load_eforms
from scripts.form_templates.checking import check
from scripts.form_templates.definition import Form, read_forms
from scripts.form_templates.layout import general, official

# It lists what an e-form asks, whatever that is, so it has no blanks of its own.
GENERAL = Form(
    id="general",
    title="{{ title | upper }}",
    source="Nghị định 30/2020/NĐ-CP",
    checked="text",
    body=[],
    signers={"Người khai": "signer"},
    place="Làm tại: ………………",
    sign_note="(Ký, ghi rõ họ, chữ đệm, tên)",
)


def templates() -> dict[str, Document]:
    """All templates, by the e-form that prints by each.

    Raises:
        FormError: if a form cannot be read, or an e-form cannot print by it.
    """
    made = {"general": general(GENERAL)}
    eforms = load_eforms(EFORMS)
    for form in read_forms():
        for eform in form.prints:
            made[eform] = official(form, eform)
            check(form, eform, made[eform], eforms)
    return made
