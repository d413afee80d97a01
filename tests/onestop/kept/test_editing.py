"""One field of a form's text changed by name: everything else stays as it was written."""

from __future__ import annotations

import difflib

import pytest

from onestop.changes.subject import Unfit
from onestop.eforms.definition import parse_eform
from onestop.kept.eform_editing import FORM, changed, fields_of, without
from onestop.kept.eforms import EForms, faults_of

TEXTS = EForms().shipped()
MARRIAGE = TEXTS["marriage-registration"]


def changed_lines(before: str, after: str) -> list[str]:
    told = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in told if line[0] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_written_back_untouched_means_the_same(text: str) -> None:
    again = text
    fields = fields_of(text)
    for field in (FORM, *list(fields)[1::5]):
        again = changed(again, field, fields[field])
    assert parse_eform(again) == parse_eform(text)
    # An anchor that nothing refers to goes; all else stays letter for letter.
    assert len(changed_lines(text, again)) <= 2


def test_one_question_is_one_line() -> None:
    after = changed(MARRIAGE, "side", {"question": "Anh/chị là bên nào ạ?"})
    assert changed_lines(MARRIAGE, after) == [
        "-    question: Anh/chị là bên nam hay bên nữ ạ?",
        "+    question: Anh/chị là bên nào ạ?",
    ]


def test_options_keep_what_their_lines_do_not_tell() -> None:
    text = TEXTS["marital-status"]
    form = parse_eform(text)
    field = next(one for one in form.fields if any(option.whole for option in one.options))
    lines = fields_of(text)[field.id]["options"].splitlines()
    after = parse_eform(changed(text, field.id, {"options": "\n".join(reversed(lines))}))
    assert after.field(field.id).options == list(reversed(field.options))


def test_a_new_field_stands_where_it_was_put_and_can_go_again() -> None:
    values = {
        "after": "side",
        "type": "choice",
        "label": "Đi cùng ai",
        "question": "Ai đi cùng anh/chị ạ?",
        "explanation": "Để chuẩn bị chỗ ngồi.",
        "example": "bố mẹ",
        "section": "Người khai",
        "required": "no",
        "options": "parents | Bố mẹ | ba má, cha mẹ\nfriends | Bạn bè",
        "when": "{field: side, equals: female}",
        "aliases": "người đi cùng",
    }
    after = changed(MARRIAGE, "company", values)
    assert faults_of(after) == []
    form = parse_eform(after)
    assert [one.id for one in form.fields[:2]] == ["side", "company"]
    made = form.fields[1]
    assert [one.aliases for one in made.options] == [["ba má", "cha mẹ"], []]
    assert not made.required
    assert made.when is not None
    assert fields_of(after)["company"]["options"] == values["options"]
    assert parse_eform(without(after, "company")) == parse_eform(MARRIAGE)


def test_the_form_itself_has_a_title_and_a_statement() -> None:
    after = changed(MARRIAGE, FORM, {"title": "Tờ khai kết hôn", "consent_text": ""})
    assert parse_eform(after).title == "Tờ khai kết hôn"
    assert parse_eform(after).consent_text == parse_eform(MARRIAGE).consent_text


@pytest.mark.parametrize(
    ("values", "said"),
    [({"type": "song"}, "type"), ({"when": "[1"}, "when"), ({"when": "x"}, "when")],
)
def test_what_cannot_stand_in_a_form_is_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(Unfit, match=said):
        changed(MARRIAGE, "side", values)
    with pytest.raises(Unfit):
        changed("fields: [", "side", {})
