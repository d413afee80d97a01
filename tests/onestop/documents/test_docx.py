"""The printed form: every e-form by the one template, whatever was answered; own templates where there are."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as OpenDocx
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError

from common.settings import ROOT
from onestop.cli import main
from onestop.documents import docx, sample
from onestop.documents.content import Document, Section, blanks_and_lines
from onestop.documents.docx import printable, render
from onestop.eforms.definition import EForm, load_eforms
from onestop.schemas import Line

TODAY = datetime.now(UTC).date()
FORMS = load_eforms(ROOT / "data" / "eforms")
AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
DRAFT = Document(
    form="any",
    title="Tờ khai thử",
    procedure="Thủ tục thử",
    addressee="Ủy ban nhân dân phường Phủ Lý",
    sections=[
        Section("Người khai", [Line(number=1, field="name", label="Họ và tên", value="")]),
        Section("Giấy tờ", [Line(number=2, field="paper", label="Giấy A", value="a.jpg")]),
    ],
    consent="Tôi cam đoan lời khai là đúng.",
    signer="Nguyễn Thị Bưởi",
    printed_at=AT,
    service="Hà Nam",
    fields={"name": "", "paper": "a.jpg"},
)
SENT = replace(DRAFT, code="H25-20261125-0000001", received_at=AT, agreed_at=AT)


def text_of(made: bytes) -> str:
    """All that stands on the pages, a line a paragraph."""
    opened = OpenDocx(BytesIO(made))
    cells = [cell for table in opened.tables for row in table.rows for cell in row.cells]
    places = [opened, *cells, opened.sections[0].footer]
    return "\n".join(paragraph.text for place in places for paragraph in place.paragraphs)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_printed_with_all_its_answers_and_nothing_of_the_template(
    form: EForm,
) -> None:
    document = sample.document(form, TODAY)
    told = text_of(render(document))
    official = docx.official(form.id)
    assert official or form.title.upper() in told
    assert form.consent_text.strip() in told
    for section in document.sections:
        assert official or section.title in told
        for line in section.lines:
            assert official or f"{line.number}. {line.label}: {line.value}" in told
    assert "{%" not in told
    assert "{{" not in told


def test_the_signer_is_the_applicant() -> None:
    document = sample.document(FORMS["birth-registration"], TODAY)
    assert document.signer == "Trần Thị Hoa"
    assert text_of(render(document)).count("Trần Thị Hoa") == 3  # applicant, mother, signer


def test_a_draft_has_blanks_to_write_in_and_says_that_it_is_none_yet() -> None:
    told = text_of(render(DRAFT))
    assert "1. Họ và tên: …" in told
    assert "chưa có mã hồ sơ" in told
    assert "Đã đồng ý điện tử" not in told


def test_a_dossier_says_its_code_when_it_came_and_that_it_was_agreed_to() -> None:
    told = text_of(render(SENT))
    assert "Mã hồ sơ: H25-20261125-0000001" in told
    assert "ngày 25 tháng 11 năm 2026" in told
    assert "Đã đồng ý điện tử lúc 08:30 ngày 25/11/2026" in told


def test_what_is_not_answered_yet_stands_between_the_answers_in_the_order_of_the_form() -> None:
    form = FORMS["birth-registration"]
    answers = sample.filled(form, TODAY)
    missing = answers.pop(form.fields[1].id)
    lines = blanks_and_lines(form, answers, ())
    assert [line.value for line in lines[:3]] == [
        answers[form.fields[0].id].display,
        "",
        answers[form.fields[2].id].display,
    ]
    assert missing.display not in [line.value for line in lines]


def with_value(value: str) -> Document:
    line = Line(number=1, field="name", label="Họ và tên", value=value)
    return replace(DRAFT, sections=[Section("Mục", [line])], fields={"name": value})


@pytest.mark.parametrize(
    "value",
    [
        "Trần & Con <b>ngõ 5</b> \"nhà\" 'nhỏ'",
        "{{ 7 * 7 }} {% for x in y %}",
        "{{ consent }}",
        "Nguyễn Văn An\nthôn Trung",
        "😀 nhà văn hóa 𝒳",
        "từ dài " * 800,
        "khôngcókhoảngtrắng" * 200,
    ],
)
def test_an_answer_is_printed_as_it_was_typed(value: str) -> None:
    assert value.strip() in text_of(render(with_value(value)))


@pytest.mark.parametrize("value", ["a\x00b", "a\x07b", "a\x0bb\x0c", "a\ud800b", "a\ufffeb"])
def test_what_no_document_can_hold_is_left_out(value: str) -> None:
    told = text_of(render(with_value(value)))
    assert "1. Họ và tên: ab" in told


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_a_document_that_opens(value: str) -> None:
    told = text_of(render(with_value(value)))
    assert printable(value).strip() in told or "\r" in value


def test_an_own_template_is_used_for_its_form_only(tmp_path: Path) -> None:
    shutil.copy(docx.DIRECTORY / docx.GENERAL, tmp_path)
    own = OpenDocx()
    own.add_paragraph("Mẫu riêng: {{ fields.paper }} {{ fields.nothing }}")
    own.save(str(tmp_path / "special.docx"))
    told = text_of(render(replace(SENT, form="special"), tmp_path))
    assert told.strip() == "Mẫu riêng: a.jpg"
    assert "Mã hồ sơ" in text_of(render(SENT, tmp_path))


def test_a_template_may_print_and_do_nothing_else(tmp_path: Path) -> None:
    bad = OpenDocx()
    bad.add_paragraph("{{ ''.__class__.__mro__[1].__subclasses__() }}")
    bad.save(str(tmp_path / "any.docx"))
    with pytest.raises(SecurityError):
        render(SENT, tmp_path)


def test_the_shipped_templates_use_only_what_there_is() -> None:
    known = set(DRAFT.__dataclass_fields__)
    for path in docx.DIRECTORY.glob("*.docx"):
        assert DocxTemplate(path).get_undeclared_template_variables(docx.environment()) <= known
        assert path.stem == "general" or path.stem in FORMS, path.name


def test_staff_see_the_document_of_a_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = ROOT / "data" / "eforms" / "marital-status.yml"
    assert main(["eform", "print", str(form), str(tmp_path / "out.docx")]) == 0
    assert FORMS["marital-status"].title.upper() in text_of((tmp_path / "out.docx").read_bytes())
    broken = tmp_path / "broken.yml"
    broken.write_text("id: broken\n")
    assert main(["eform", "print", str(broken), str(tmp_path / "no.docx")]) == 1
    assert "broken.yml: line 1" in capsys.readouterr().err
    assert not (tmp_path / "no.docx").exists()
