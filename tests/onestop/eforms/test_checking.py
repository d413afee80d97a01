"""Staff are told all that is wrong with a form before a citizen meets it, and see its questions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_dump, safe_load

from common.settings import ROOT
from onestop.cli import main
from onestop.cli.eform import DIRECTORY
from onestop.eforms.checking import check_file, faults
from onestop.eforms.definition import EForm, Field, FieldType, Option, Validation, load_eforms
from onestop.eforms.preview import preview

TODAY = date(2026, 3, 10)
WORDS = {"section": "Mục", "explanation": "Vì cần."}
ID = {"id": "so", "type": "citizen_id", "label": "Số định danh", "question": "Số nào?", **WORDS,
      "example": "035085001234"}  # fmt: skip
PHONE = {"id": "may", "type": "phone", "label": "Điện thoại", "question": "Số máy nào?", **WORDS,
         "example": "0912 345 678"}  # fmt: skip
CHOICE = {"id": "loai", "type": "choice", "label": "Loại giấy", "question": "Loại nào?", **WORDS,
          "example": "mới", "options": [{"value": "new", "label": "Cấp mới", "aliases": ["mới"]},
                                        {"value": "again", "label": "Cấp lại"}]}  # fmt: skip


def form(*more: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "thu",
        "version": 1,
        "title": "Thử",
        "consent_text": "Đồng ý.",
        "fields": [ID, PHONE, *more],
    }


def found(*more: dict[str, Any]) -> list[str]:
    return list(faults(EForm.model_validate(form(*more)), TODAY))


def write(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "thu.yml"
    path.write_text(safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("loaded", load_eforms(DIRECTORY).values(), ids=lambda loaded: loaded.id)
def test_no_shipped_form_has_a_fault(loaded: EForm) -> None:
    assert list(faults(loaded, TODAY)) == []


def test_a_sound_form_has_no_fault() -> None:
    assert found(CHOICE) == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({**CHOICE, "example": "xanh"}, "field loai: its own example is refused (choice_unclear)"),
        ({**CHOICE, "question": "Loại nào"}, "field loai: question does not end with"),
        ({**CHOICE, "explanation": "Vì " + "rất " * 60 + "cần."}, "at most"),
        (
            {
                **CHOICE,
                "required": False,
                "options": [*CHOICE["options"], {"value": "none", "label": "Không có"}],
            },
            "field loai: “Không có” means that there is none, not the option none",
        ),
    ],
)
def test_what_a_citizen_would_stumble_over_is_a_fault(field: dict[str, Any], said: str) -> None:
    told = found(field)
    assert len(told) == 1
    assert said in told[0]


def test_a_name_that_too_many_fields_share_is_a_fault() -> None:
    last = {"type": "text", "question": "Tên gì?", "example": "An", **WORDS, "aliases": ["tên gọi"]}
    told = found(*({**last, "id": f"ten_{n}", "label": f"Tên {n}"} for n in "abcdef"))
    assert told == ["field ten_f: “tên gọi” does not find it, for correcting"]


def test_a_name_of_two_options_is_no_fault_because_it_is_asked() -> None:
    both = [{**option, "aliases": ["mới"]} for option in CHOICE["options"]]
    assert found({**CHOICE, "example": "cấp mới", "options": both}) == []


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"field": "loai", "equals": "old"}, "when: loai is never 'old'"),
        ({"not": {"field": "loai", "in": ["new", "old"]}}, "when: loai is never 'old'"),
        ({"and": [{"field": "loai", "equals": True}]}, "when: loai is never True"),
    ],
)
def test_a_condition_that_can_never_hold_is_a_fault(when: dict[str, Any], said: str) -> None:
    last = {"id": "ten", "type": "text", "label": "Tên", "question": "Tên gì?", "example": "An"}
    assert found(CHOICE, {**last, **WORDS, "when": when}) == [f"field ten: {said}"]


def test_a_form_without_second_factor_is_a_fault() -> None:
    told = list(faults(EForm.model_validate({**form(), "fields": [ID]}), TODAY))
    assert len(told) == 1
    assert "no required phone" in told[0]


def test_all_faults_of_a_file_are_told_with_line_and_field(tmp_path: Path) -> None:
    path = write(tmp_path, form({**CHOICE, "type": "song"}, {**CHOICE, "id": "Loại"}))
    lines = check_file(path, TODAY)
    text = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"thu.yml: line {text.index('  type: song') + 1}, fields.2.type")
    assert "(field loai)" in lines[0]
    assert "fields.3.id" in lines[1]


def test_check_says_what_is_wrong_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, form({**CHOICE, "example": "xanh"}))
    assert main(["eform", "check", str(path)]) == 1
    assert capsys.readouterr().err.startswith("thu.yml: field loai: ")


def test_check_of_sound_files_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    path = DIRECTORY / "overnight-stay.yml"
    assert main(["eform", "check", str(path)]) == 0
    assert "overnight-stay.yml: version 1" in capsys.readouterr().out
    assert main(["eform", "check", str(path.with_name("none.yml"))]) == 1


def test_an_unreadable_file_does_not_hide_the_faults_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, form({**CHOICE, "example": "xanh"}))
    latin = tmp_path / "latin.yml"
    latin.write_bytes("id: mã".encode("latin-1"))
    assert main(["eform", "check", str(path), str(tmp_path / "none.yml"), str(latin)]) == 1
    told = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert told == ["thu.yml", "none.yml", "latin.yml"]


def test_a_preview_shows_every_question_and_its_condition() -> None:
    last = {"id": "ten", "type": "text", "label": "Tên", "question": "Tên gì?", "example": "An"}
    when = {"or": [{"field": "loai", "in": ["again"]}, {"not": {"field": "so", "exists": True}}]}
    made = EForm.model_validate(form(CHOICE, {**last, **WORDS, "when": when, "required": False}))
    lines = list(preview(made))
    assert [line for line in lines if line.endswith("?")] == [
        "\n  1. Số nào?",
        "\n  2. Số máy nào?",
        "\n  3. Loại nào?",
        "\n  4. Tên gì?",
    ]
    told = "asked only if “Loại giấy” is one of “Cấp lại” or (not “Số định danh” is answered)"
    assert f"      {told}" in lines
    assert "      may be skipped" in lines
    spoken = list(preview(made, "vi"))
    assert len(spoken) == len(lines)
    told = (
        "chỉ hỏi khi “Loại giấy” là một trong “Cấp lại” hoặc (không phải “Số định danh” đã trả lời)"
    )
    assert f"      {told}" in spoken


def test_check_previews_all_shipped_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eform", "check", "--preview"]) == 0
    shown = capsys.readouterr().out
    for loaded in load_eforms(DIRECTORY).values():
        assert all(field.question in shown for field in loaded.fields)


def test_a_formio_form_is_printed_as_yaml_that_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = {
        "title": "Đơn xin xác nhận",
        "components": [
            {"type": "textfield", "key": "hoTen", "label": "Họ tên"},
            {"type": "signature", "key": "ky", "label": "Chữ ký"},
        ],
    }
    path = tmp_path / "don.json"
    path.write_text(json.dumps(source), encoding="utf-8")
    assert main(["eform", "import-formio", str(path)]) == 0
    shown = capsys.readouterr()
    assert EForm.model_validate(safe_load(shown.out)).id == "don-xin-xac-nhan"
    assert "don.json: signature “Chữ ký”: has no counterpart" in shown.err


@pytest.mark.parametrize("content", ["{", "[]", "[" * 100_000])
def test_a_file_that_is_no_form_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "don.json"
    path.write_text(content, encoding="utf-8")
    assert main(["eform", "import-formio", str(path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eform", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "EForm"


@pytest.mark.parametrize("guide", ["eforms.md", "eforms.vi.md"])
def test_the_guides_example_is_sound_and_every_key_is_explained(guide: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "library-card.yml"
    path.write_text(example, encoding="utf-8")
    assert check_file(path, TODAY) == []
    keys = {*EForm.model_fields, *Field.model_fields, *Option.model_fields, *FieldType}
    assert [key for key in keys if f"`{key}`" not in text] == []
    rules = set(Validation.model_fields)
    assert [rule for rule in rules if f"`{rule}" not in text] == []
