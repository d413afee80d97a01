"""The commonest forms are printed as the official ones: their names and blanks, in their order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document as OpenDocx
from hypothesis import given
from hypothesis import strategies as st

from common.settings import ROOT
from onestop.catalogue.content import Procedure
from onestop.documents import docx, sample, wording
from onestop.documents.content import Document, blank_form, blanks_and_lines, compose
from onestop.documents.docx import render
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import EForm, load_eforms, parse_eform
from onestop.eforms.texts import word
from scripts import form_templates
from scripts.form_templates.checking import check
from scripts.form_templates.definition import Form, FormError, read_form, read_forms
from scripts.form_templates.layout import content
from tests.onestop.documents.test_docx import text_of

TODAY = datetime.now(UTC).date()
FORMS = load_eforms(ROOT / "data" / "eforms")
OFFICIAL = read_forms()
PRINTED = [(form, eform) for form in OFFICIAL for eform in form.prints]
EACH = pytest.mark.parametrize(("form", "eform"), PRINTED, ids=[eform for _, eform in PRINTED])
# The general form serves every procedure; that somebody stays over night is told in any way (Luật Cư trú
# 68/2020/QH14, Điều 30), there is no form for it.
FORMLESS = {"general", "overnight-stay"}


FORM = """
title: A
source: B
checked: text
signers: {C: signer}
body:
  - {D: name, E: null}
  - table: {columns: [A, B], widths: [50, 50]}
"""


def document_of(form: EForm, told: Mapping[str, str]) -> Document:
    """The document of a form whose questions are answered so, the others by their examples."""
    answers: dict[str, Value] = {}
    while (field := engine.next_field(form, answers, ())) is not None:
        if field.type == "paper":
            file = {**sample.FILE, "content_type": field.accept[0]}
            answers = engine.answer_paper(form, answers, field.id, [file], TODAY).answers
            continue
        text = told.get(field.id, field.example)
        answers = engine.answer(form, answers, field.id, text, TODAY).answers
    lines = blanks_and_lines(form, answers, ())
    return compose(form, answers, lines, procedure="", addressee="")


def printed(form_id: str, **told: str) -> Any:
    """The opened document of a form whose questions are answered so, the others by their examples."""
    return OpenDocx(BytesIO(render(document_of(FORMS[form_id], told))))


def rows(opened: Any) -> list[str]:
    """The lines of the form, without the dots."""
    return [" ".join(one.text.split()) for one in opened.paragraphs]


def written(form: Form, eform: str) -> str:
    """All expressions of the form as an e-form prints by it."""
    made = form_templates.layout.official(form, eform)
    cells = [cell for table in made.tables for row in table.rows for cell in row.cells]
    lines = [paragraph.text for place in (made, *cells) for paragraph in place.paragraphs]
    return "\n".join(line for line in lines if "set others" not in line)


@pytest.mark.parametrize(("name", "made"), form_templates.templates().items())
def test_the_shipped_template_is_what_its_definition_makes(name: str, made: Any) -> None:
    shipped = OpenDocx(str(docx.DIRECTORY / f"{name}.docx"))
    assert content(shipped) == content(made)


def test_every_template_has_a_definition_and_every_e_form_a_form_where_there_is_an_official_one() -> (
    None
):
    shipped = {path.stem for path in docx.DIRECTORY.glob("*.docx")}
    assert shipped == {"general"} | {eform for _, eform in PRINTED}
    assert FORMS.keys() - shipped == FORMLESS - {"general"}


@EACH
def test_every_field_of_a_form_is_one_of_its_e_form(form: Form, eform: str) -> None:
    asked = {field.id for field in FORMS[eform].fields}
    assert set(form.named(eform)) <= asked
    assert docx.template_of(eform).stem == eform


@pytest.mark.parametrize("form", OFFICIAL, ids=lambda form: form.id)
def test_what_an_e_form_says_for_a_shared_name_has_its_place_on_the_form(form: Form) -> None:
    told = written(form, form.prints[0])
    for name in form.shared:
        assert re.search(rf"\{{\{{ .*\b{name}\b|\{{%\w+ (?:if|for one in) {name} ", told), name


@EACH
def test_an_answer_that_a_form_waits_for_is_one_that_can_be_given(form: Form, eform: str) -> None:
    told = written(form, eform)
    waited = re.findall(r"fields\.(\w+) \| box\((.*?)\)", told)
    waited += re.findall(r"fields\.(\w+) [!=]= ('.*?')", told)
    waited += [(name, keys) for keys, name in re.findall(r"\{(.*?)\}\[fields\.(\w+)\]", told)]
    for name, answers in waited:
        field = FORMS[eform].field(name)
        labels = {option.label for option in field.options} or {word("yes"), word("no")}
        given = re.findall(r"'([^']*)'(?=\s*(?::|,|$))", answers)
        assert given, answers
        assert set(given) <= labels, name


@EACH
def test_a_form_begins_with_the_national_title_and_ends_with_who_signs(
    form: Form, eform: str
) -> None:
    document = sample.document(FORMS[eform], TODAY)
    told = text_of(render(document))
    lines = [line for line in told.split("\n") if line]
    number = [f"{form.number} ({form.source})"] if form.number else []
    head = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", form.title]
    assert lines[: len(number) + 3] == number + head
    assert told.count(form.sign_note) == len(form.signers)


def every_way(form: EForm) -> list[dict[str, str]]:
    """What is told so that every option of every choice is taken once, as far as the examples allow."""
    choices = [field for field in form.fields if field.options]
    told = [{field.id: option.label} for field in choices for option in field.options]
    yes_no = [field.id for field in form.fields if field.type == "yes_no"]
    return [{}, *told, *({field: answer} for field in yes_no for answer in ("có", "không"))]


@EACH
def test_a_form_prints_each_answer_in_a_blank_or_a_box_or_at_its_end(
    form: Form, eform: str
) -> None:
    asked, used = FORMS[eform], form.used(eform)
    commands = written(form, eform)
    boxes = re.findall(r"fields\.(\w+) \| box\('(.*?)'\)", commands)
    ticked = {name for name, _ in boxes}
    said = form.said(eform).get("members", "")
    listed = set(re.findall(r"fields\.(\w+)", said)) | set(
        re.findall(r"fields\.(\w+) \| people", commands)
    )
    for name in ticked:
        labels = {option.label for option in asked.field(name).options}
        assert labels <= {answer for named, answer in boxes if named == name}
    tried = 0
    for way in every_way(asked):
        try:
            document = document_of(asked, way)
        except Refusal:  # another example does not fit to it
            continue
        tried += 1
        told = text_of(render(document))
        # "Loại khác" is not written where another field of the form says which.
        said_closer = {
            name
            for one in asked.fields
            if one.when and one.id in used and document.fields.get(one.id)
            for name in one.when.fields()
        }
        for section in document.sections:
            for line in section.lines:
                assert (f"– {line.label}: {line.value}" in told) == (line.field not in used)
                shown = line.value.upper() in told.upper() or wording.in_full(line.value) in told
                # People stand in a table, what was told of each in its column.
                shown |= line.field in listed and all(
                    part.strip() in told for part in re.split("[;,]", line.value)
                )
                assert shown or line.field in ticked | said_closer, (way, line.label)
    assert tried > len(every_way(asked)) / 2


def test_only_who_agreed_in_the_chat_has_agreed_on_paper() -> None:
    form = FORMS["marriage-registration"]
    made = render(
        replace(sample.document(form, TODAY), agreed_at=datetime(2026, 11, 25, tzinfo=UTC))
    )
    assert text_of(made).count("Đã đồng ý điện tử lúc") == 1


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


@EACH
def test_an_empty_form_can_be_written_on(form: Form, eform: str) -> None:
    asked = FORMS[eform]
    lines = blanks_and_lines(asked, {}, ())
    told = text_of(render(compose(asked, {}, lines, procedure="", addressee="")))
    assert "None" not in told
    assert "Undefined" not in told
    assert "Kính gửi: ……" in told


@EACH
def test_an_empty_form_to_take_home_is_the_official_one_alone(form: Form, eform: str) -> None:
    made = blank_form(FORMS[eform], Procedure(code="1.000001", name="Thủ tục"))
    told = text_of(render(made))
    assert form.title in told
    assert "Bản in từ tờ khai điện tử" not in told
    assert "hồ sơ trực tuyến" not in told
    assert "☑" not in told
    assert told.count(form.sign_note) == len(form.signers)


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


def test_a_box_is_ticked_by_its_answers_only() -> None:
    assert [wording.box(one, "Nam", "Nữ") for one in ("Nam", "Nữ", "", "Na")] == list("☑☑☐☐")


def test_what_was_left_out_is_a_blank_to_write_in() -> None:
    form = FORMS["marital-status"]
    answers = sample.filled(form, TODAY)
    del answers["earlier_period"]
    lines = blanks_and_lines(form, answers, ("earlier_period",))
    made = OpenDocx(BytesIO(render(compose(form, answers, lines, procedure="", addressee=""))))
    assert "Trong thời gian cư trú tại:" in rows(made)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{title: A", "here.yml: while parsing"),
        ("title: A", "here.yml: source: Field required"),
        ("- A", "here.yml: "),
        (FORM.replace("[A, B]", "[A]"), "every row need as many cells"),
        (FORM.replace("[50, 50]", "[50, 60]"), "make 100"),
        (FORM.replace("signer}", "\"{'a': fields.x}[fields.y]\"}"), "use if"),
    ],
)
def test_what_is_no_form_is_said_in_one_line(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / "here.yml"
    path.write_text(FORM)
    assert read_form(path).used("here") == ["name"]
    path.write_text(wrong)
    with pytest.raises(FormError) as refused:
        read_form(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (FORM.replace("name", "nickname"), "overnight-stay does not ask for nickname"),
        (FORM.replace("name", "\"fields.host_kind == 'A' and fields.no == 1\""), "not ask for no"),
        (FORM.replace("name", "fields.name | shout"), "No filter named 'shout'"),
        (FORM.replace("name", "fields.name or"), "unexpected 'end of"),
        (
            FORM.replace("D: name", 'D: name}\n  - "{%p if blank %}"\n  - {F: name'),
            "Unexpected end",
        ),
    ],
)
def test_a_form_that_cannot_be_printed_is_said_in_one_line(
    tmp_path: Path, wrong: str, said: str
) -> None:
    path = tmp_path / "overnight-stay.yml"
    path.write_text(wrong)
    form = read_form(path)
    made = form_templates.layout.official(form, form.id)
    with pytest.raises(FormError) as refused:
        check(form, form.id, made, FORMS)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(FormError, match="there is no e-form"):
        check(form, "nobody", made, FORMS)


def test_an_e_form_prints_by_one_form_only(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(FORM)
    (tmp_path / "b.yml").write_text(f"eforms: {{a: {{}}}}\n{FORM}")
    with pytest.raises(FormError, match=r"b\.yml: a prints by a\.yml already"):
        read_forms(tmp_path)


@pytest.mark.parametrize("guide", ["eforms.md", "eforms.vi.md"])
def test_the_form_of_the_guide_is_one_of_its_e_form(guide: str, tmp_path: Path) -> None:
    eform, form = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / guide).read_text(), re.DOTALL)
    (tmp_path / "library-card.yml").write_text(form)
    asked = {field.id for field in parse_eform(eform).fields}
    assert (
        {"name", "card"}
        < set(read_form(tmp_path / "library-card.yml").used("library-card"))
        <= asked
    )


PEOPLE = "Lê Thị Thu, 02/04/1992, 035192004567, vợ; Lê An, sinh năm 2019, con đẻ, học sinh"


def test_people_told_in_one_answer_stand_in_the_rows_of_the_table() -> None:
    told = {"has_members": "có", "members": PEOPLE}
    table = printed("household-split", **told).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [
        ["1", "Lê Thị Thu", "02/04/1992", "Nữ", "035192004567", "vợ"],
        ["2", "Lê An", "2019", "", "", "con đẻ, học sinh"],
    ]
    assert len(printed("household-split", has_members="không").tables[0].rows) == 1 + 3


@pytest.mark.parametrize(
    "told",
    [
        "vợ tôi Lê Thị Thu sinh 1992",
        "Lê Thu, 000000000000, vợ",
        "Lê Thu, 0351920045, 2/4",
        ";,;",
        "a,",
    ],
)
def test_people_told_in_another_way_lose_nothing(told: str) -> None:
    found = wording.people(told)
    kept = " ".join(text for one in found for text in vars(one).values())
    assert all(word in kept for word in re.split(r"[;,\s]+", told))


@given(st.text(alphabet="Lê, ;0123456789/\n", max_size=60))
def test_any_answer_may_be_of_people(told: str) -> None:
    digits = "".join(re.findall(r"\d", told))
    kept = "".join(
        one.name + one.born + one.citizen_id + one.relation for one in wording.people(told)
    )
    assert sorted(re.findall(r"\d", kept)) == sorted(digits)


def test_the_list_of_how_sure_the_blanks_are_is_true() -> None:
    readme = (docx.DIRECTORY / "README.md").read_text("utf-8")
    for form in OFFICIAL:
        (row,) = [
            line for line in readme.splitlines() if line.startswith(f"| `{form.checked}` | `")
        ]
        assert f"`{form.id}`" in row or f"`-{form.id.removeprefix('household-business-')}`" in row
