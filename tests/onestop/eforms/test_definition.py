"""Forms that cannot work are refused when they are loaded, in one line that says where and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from yaml import safe_dump

from onestop.eforms.definition import EForm, EFormError, load_eforms

FIELD = {
    "id": "ten",
    "type": "text",
    "section": "Mục",
    "label": "Tên",
    "question": "Tên gì?",
    "explanation": "Vì cần.",
    "example": "An",
}
CODE = "1.000001"
REFUSING = {"refuse": [{"value": "b", "when": {"field": "ten", "equals": "An"}, "say": "Không ạ."}]}


def form(**changes: object) -> dict[str, object]:
    return {
        "id": "thu",
        "version": 1,
        "title": "Thử",
        "consent_text": "Đồng ý.",
        "fields": [FIELD],
        **changes,
    }


def fault(tmp_path: Path, content: object, name: str = "thu.yml") -> str:
    text = content if isinstance(content, str) else safe_dump(content, allow_unicode=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(EFormError) as raised:
        load_eforms(tmp_path)
    return str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (form(surprise=1), "surprise"),
        (form(fields=[]), "fields"),
        (form(fields=[FIELD, FIELD]), "ten stands twice"),
        (
            form(
                fields=[
                    FIELD,
                    {
                        **FIELD,
                        "id": "loai",
                        "type": "choice",
                        "options": [{"value": "a", "label": "A"}],
                        "validation": REFUSING,
                    },
                ]
            ),
            "refuses b, which is no option",
        ),
        (
            form(fields=[FIELD, {**FIELD, "id": "loai", "type": "yes_no", "validation": REFUSING}]),
            "refuses b, which is no option",  # it would never be: its answers are true and false
        ),
        (
            form(fields=[FIELD, {**FIELD, "id": "loai", "validation": REFUSING}]),
            "refuses b, which is no option",
        ),
        (form(fields=[{**FIELD, "type": "choice"}]), "options belong to a choice"),
        (
            form(fields=[{**FIELD, "options": [{"value": "a", "label": "A"}]}]),
            "options belong to a choice",
        ),
        (form(fields=[{**FIELD, "later_allowed": True}]), "only a paper can come later"),
        (form(fields=[{**FIELD, "example": ""}]), "an example is needed"),
        (form(fields=[{**FIELD, "type": "song"}]), "fields.0.type"),
        (
            form(fields=[{**FIELD, "when": {"field": "khac", "exists": True}}]),
            "does not stand before it",
        ),
        (
            form(fields=[{**FIELD, "when": {"field": "ten", "exists": True}}]),
            "does not stand before it",
        ),
        (form(fields=[{**FIELD, "when": {"field": "ten"}}]), "give a field with one of"),
        (form(fields=[{**FIELD, "when": {"equals": 1}}]), "give a field with one of"),
        (form(fields=[{**FIELD, "validation": {"pattern": "("}}]), "no regular expression"),
        (form(fields=[{**FIELD, "validation": {"after": "khac"}}]), "does not stand before it"),
        (form(fields=[{**FIELD, "other_words": "{tên}"}]), "unknown blank in other_words"),
        (
            form(
                papers={
                    "section": "Giấy",
                    "question": "{nme}?",
                    "question_in_case": "?",
                    "explanation": ".",
                    "explanation_in_case": ".",
                }
            ),
            "unknown blank",
        ),
        ("id: [", "not YAML"),
        ("", "the form"),
    ],
)
def test_a_faulty_form_is_named_with_its_fault_on_one_line(
    tmp_path: Path, content: object, said: str
) -> None:
    line = fault(tmp_path, content)
    assert line.startswith("thu.yml: ")
    assert said in line
    assert "\n" not in line


def test_parts_within_parts_within_parts_are_a_fault_and_no_breakdown(tmp_path: Path) -> None:
    for depth in (500, 900, 5_000):
        said = fault(tmp_path, f"id: thu\nfields: {'[' * depth}{']' * depth}")
        assert "not YAML" in said or "fields" in said


def test_a_file_is_named_after_its_form(tmp_path: Path) -> None:
    assert "id is thu" in fault(tmp_path, form(), "khac.yml")


def test_two_forms_do_not_serve_one_procedure(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(safe_dump(form(id="a", procedures=[CODE])), encoding="utf-8")
    assert "served by a already" in fault(tmp_path, form(id="b", procedures=[CODE]), "b.yml")


def test_a_digest_changes_with_any_word_and_only_then() -> None:
    one = EForm.model_validate(form())
    assert one.digest() == EForm.model_validate(form()).digest()
    assert one.digest() != EForm.model_validate(form(title="Thử nữa")).digest()
    assert (
        one.digest() != EForm.model_validate(form(fields=[{**FIELD, "question": "Gì?"}])).digest()
    )
