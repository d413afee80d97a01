"""The commonest forms are printed as the official ones: their names and blanks, in their order."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from docx import Document as OpenDocx

from common.settings import ROOT
from onestop.catalogue.content import Procedure
from onestop.documents import docx, sample, wording
from onestop.documents.content import blank_form, blanks_and_lines, compose
from onestop.documents.docx import render
from onestop.eforms import engine
from onestop.eforms.answers import Value
from onestop.eforms.definition import load_eforms
from scripts import form_templates
from tests.onestop.documents.test_docx import text_of

TODAY = datetime.now(UTC).date()
FORMS = load_eforms(ROOT / "data" / "eforms")
EACH = pytest.mark.parametrize("form", form_templates.FORMS, ids=lambda form: form.id)


def printed(form_id: str, **told: str) -> Any:
    """The opened document of a form whose questions are answered so, the others by their examples."""
    form = FORMS[form_id]
    answers: dict[str, Value] = {}
    while (field := engine.next_field(form, answers, ())) is not None:
        if field.type == "paper":
            file = {**sample.FILE, "content_type": field.accept[0]}
            answers = engine.answer_paper(form, answers, field.id, [file], TODAY).answers
            continue
        text = told.get(field.id, field.example)
        answers = engine.answer(form, answers, field.id, text, TODAY).answers
    lines = blanks_and_lines(form, answers, ())
    return OpenDocx(BytesIO(render(compose(form, answers, lines, procedure="", addressee=""))))


def rows(opened: Any) -> list[str]:
    """The lines of the form, without the dots."""
    return [" ".join(one.text.split()) for one in opened.paragraphs]


@pytest.mark.parametrize(("name", "made"), form_templates.templates().items())
def test_the_shipped_template_is_what_its_code_makes(name: str, made: Any) -> None:
    shipped = OpenDocx(str(docx.DIRECTORY / f"{name}.docx"))
    assert shipped.element.xml == made.element.xml
    assert shipped.sections[0].footer._element.xml == made.sections[0].footer._element.xml


@EACH
def test_every_field_of_a_template_is_one_of_its_e_form(form: form_templates.Form) -> None:
    asked = {field.id for field in FORMS[form.id].fields}
    assert set(form.used) <= asked
    assert docx.template_of(form.id).stem == form.id


@EACH
def test_a_form_begins_with_the_national_title_and_ends_with_who_signs(
    form: form_templates.Form,
) -> None:
    document = sample.document(FORMS[form.id], TODAY)
    told = text_of(render(document))
    lines = [line for line in told.split("\n") if line]
    assert lines[:3] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        form.title,
    ]
    assert told.count("(Ký, ghi rõ họ, chữ đệm, tên)") == len(form.signers)
    for label in [part.label for row in form.rows if not isinstance(row, str) for part in row]:
        assert f"{label}:" in told or "kết hôn" in label.lower()


def test_who_applies_for_the_own_child_is_its_mother() -> None:
    lines = rows(printed("birth-registration", relation="mẹ", father_declared="không"))
    assert "Họ, chữ đệm, tên mẹ: Trần Thị Hoa" in lines
    assert "Họ, chữ đệm, tên cha:" in lines
    at = lines.index("Họ, chữ đệm, tên cha:")
    assert lines[at + 1 : at + 3] == ["Năm sinh: Dân tộc: Quốc tịch:", "Nơi cư trú:"]


def test_who_applies_for_the_own_child_is_its_father() -> None:
    lines = rows(printed("birth-registration", relation="cha", requester_name="Lê Văn Nam"))
    assert "Họ, chữ đệm, tên cha: Lê Văn Nam" in lines
    assert "Họ, chữ đệm, tên mẹ: Trần Thị Hoa" in lines


def test_a_grandmother_is_neither() -> None:
    lines = rows(printed("birth-registration", relation="bà", requester_name="Lê Thị Nam"))
    assert "Họ, chữ đệm, tên người yêu cầu: Lê Thị Nam" in lines
    assert "Họ, chữ đệm, tên cha: Nguyễn Văn Minh" in lines
    assert "Họ, chữ đệm, tên mẹ: Trần Thị Hoa" in lines


@pytest.mark.parametrize(("side", "bride"), [("bên nữ", 1), ("bên nam", 2)])
def test_bride_and_groom_stand_in_their_columns_whoever_applies(side: str, bride: int) -> None:
    told = {"name": "Lê Thanh An", "partner_name": "Hà Minh Tú", "side": side}
    ids = {"citizen_id": "035198001234", "partner_citizen_id": "036096002345"}
    if side == "bên nam":
        ids = {"citizen_id": "035096001234", "partner_citizen_id": "036198002345"}
    opened = printed("marriage-registration", **told, **ids)
    table = opened.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Thông tin", "Bên nữ", "Bên nam"]
    names = [cell.text for cell in table.rows[1].cells]
    assert names[bride] == "Lê Thanh An"
    assert names[3 - bride] == "Hà Minh Tú"
    assert all(cell.text for row in table.rows for cell in row.cells)


def test_whom_one_means_to_marry_is_told_only_then() -> None:
    to_marry = rows(printed("marital-status", purpose="kết hôn"))
    assert any(line.startswith("Dự định kết hôn với:") for line in to_marry)
    to_buy = rows(printed("marital-status", purpose="mua nhà"))
    assert not any(line.startswith("Dự định kết hôn với:") for line in to_buy)
    assert any(line.endswith("hôn nhân: Mua bán nhà đất") for line in to_buy)


@pytest.mark.parametrize("form_id", [one.id for one in form_templates.FORMS])
def test_an_empty_form_can_be_written_on(form_id: str) -> None:
    form = FORMS[form_id]
    lines = blanks_and_lines(form, {}, ())
    told = text_of(render(compose(form, {}, lines, procedure="", addressee="")))
    assert "None" not in told
    assert "Undefined" not in told
    assert "Kính gửi: ……" in told


@EACH
def test_an_empty_form_to_take_home_is_the_official_one_alone(form: form_templates.Form) -> None:
    made = blank_form(FORMS[form.id], Procedure(code="1.000001", name="Thủ tục"))
    told = text_of(render(made))
    assert form.title in told
    assert "Bản in từ tờ khai điện tử" not in told
    assert "hồ sơ trực tuyến" not in told
    assert told.count("(Ký, ghi rõ họ, chữ đệm, tên)") == len(form.signers)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("20/10/2025", "Ngày hai mươi tháng mười năm hai nghìn không trăm hai mươi lăm"),
        ("01/01/2000", "Ngày một tháng một năm hai nghìn"),
        ("31/12/1991", "Ngày ba mươi mốt tháng mười hai năm một nghìn chín trăm chín mươi mốt"),
        ("15/05/2005", "Ngày mười lăm tháng năm năm hai nghìn không trăm linh năm"),
        ("11/11/2011", "Ngày mười một tháng mười một năm hai nghìn không trăm mười một"),
        ("", ""),
    ],
)
def test_a_day_in_words(day: str, said: str) -> None:
    assert wording.in_words(day) == said


@pytest.mark.parametrize("number", [-1, 10_000])
def test_other_numbers_are_not_said(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        wording.number_in_words(number)


def test_a_day_in_full_leaves_blanks_where_it_is_not_known() -> None:
    assert wording.in_full("02/03/2026") == "ngày 02 tháng 03 năm 2026"
    assert wording.in_full("") == "ngày …… tháng …… năm ……"
