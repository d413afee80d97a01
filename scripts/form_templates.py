"""The templates of printed forms, `data/forms/*.docx`, made of what stands here, so that they are read as code.

`python -m scripts.form_templates` writes them anew. `general` prints every e-form as a list of its answers. The
five civil-status forms follow the official ones (Thông tư 04/2020/TT-BTP, 04/2024/TT-BTP, phụ lục): their
order, names and blanks. The layout is that of Nghị định 30/2020/NĐ-CP, Phụ lục I. What the e-form asks beside
them (telephone, papers) stands at the end, under the signature. What templates may say: `data/forms/README.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, Twips
from docx.table import _Cell
from docx.text.paragraph import Paragraph

DIRECTORY = Path(__file__).parent.parent / "data" / "forms"
FONT, SIZE, SMALL, SMALLEST = "Times New Roman", 13, 12, 11  # points
PAGE, MARGINS = (11906, 16838), (1020, 1134, 907, 1701)  # twips: A4; top, right, bottom, left
WIDTH = PAGE[0] - MARGINS[1] - MARGINS[3]
CENTRE = WD_ALIGN_PARAGRAPH.CENTER
NOTHING = "………………"
DATE = (
    "{% if received_at %}Làm tại: " + NOTHING + ", ngày {{ received_at.strftime('%d') }} tháng "
    "{{ received_at.strftime('%m') }} năm {{ received_at.strftime('%Y') }}{% else %}Làm tại: "
    + NOTHING
    + ", "
    "ngày …… tháng …… năm 20……{% endif %}"
)


@dataclass(frozen=True)
class Part:
    """A name on the form and, as an expression over `fields`, what is written behind it."""

    label: str
    value: str = ""
    after: str = ""  # a filter that is no matter of the answer: in_words, in_full

    @property
    def printed(self) -> str:
        """The value in the template's language."""
        if not self.value:
            return ""
        return f"{{{{ ({self.value}) | given{f' | {self.after}' if self.after else ''} }}}}"


Row = Sequence[Part] | str
"""One line of a form: its parts side by side, or a sentence."""


@dataclass(frozen=True)
class Form:
    """An official form: `used` are the e-form's fields that stand in it, the rest follow at the end."""

    id: str
    title: str
    rows: Sequence[Row]
    used: Sequence[str]
    columns: Sequence[str] = ()
    table: Sequence[tuple[str, Sequence[str]]] = field(default_factory=tuple)
    signers: Sequence[tuple[str, str]] = (("Người yêu cầu", "{{ signer }}"),)


def either(name: str, other: str) -> str:
    """The answer to a field where it was asked, else to another."""
    return f"fields.{name} if '{name}' in fields else fields.{other}"


def if_asked(test: str, value: str) -> str:
    """A value that is meant only where another field was asked."""
    return f"fields.{value} if '{test}' in fields else ''"


# The father is not asked for where he applies himself, nor where the child has none on paper.
_FATHER = (
    "fields.father_name if 'father_name' in fields"
    " else (fields.{own} if 'father_declared' not in fields else '')"
)
_BY_SEX = ("female", "male")


def _spouse(sex: str, own: str, partner: str) -> str:
    """An answer about bride or groom, whichever of the two applies: each is asked a birth date of its own."""
    return (
        f"fields.{own} if 'birth_date_{sex}' in fields"
        f" else (fields.{partner} if 'partner_birth_date_{sex}' in fields else '')"
    )


def _spouses(own: str, partner: str) -> list[str]:
    return [_spouse(sex, own, partner) for sex in _BY_SEX]


BIRTH = Form(
    id="birth-registration",
    title="TỜ KHAI ĐĂNG KÝ KHAI SINH",
    rows=[
        [Part("Họ, chữ đệm, tên người yêu cầu", "fields.requester_name")],
        [Part("Giấy tờ tùy thân", "fields.requester_citizen_id")],
        [Part("Nơi cư trú", "fields.requester_address")],
        [Part("Quan hệ với người được khai sinh", "fields.relation")],
        "Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:",
        [Part("Họ, chữ đệm, tên", "fields.child_name")],
        [Part("Ngày, tháng, năm sinh", "fields.child_birth_date")],
        [Part("Ghi bằng chữ", "fields.child_birth_date", "in_words")],
        [Part("Nơi sinh", "fields.child_birth_place")],
        [
            Part("Giới tính", "fields.child_sex"),
            Part("Dân tộc", "fields.child_ethnic_group"),
            Part("Quốc tịch", "fields.child_nationality"),
        ],
        [Part("Quê quán", "fields.child_home_town")],
        [Part("Họ, chữ đệm, tên cha", _FATHER.format(own="requester_name"))],
        [
            Part("Năm sinh", "fields.father_birth_year"),
            Part("Dân tộc", "fields.father_ethnic_group"),
            Part("Quốc tịch", "fields.father_nationality"),
        ],
        [
            Part(
                "Nơi cư trú",
                _FATHER.replace("father_name", "father_address").format(own="requester_address"),
            )
        ],
        [Part("Họ, chữ đệm, tên mẹ", either("mother_name", "requester_name"))],
        [
            Part("Năm sinh", "fields.mother_birth_year"),
            Part("Dân tộc", "fields.mother_ethnic_group"),
            Part("Quốc tịch", "fields.mother_nationality"),
        ],
        [Part("Nơi cư trú", either("mother_address", "requester_address"))],
    ],
    used=[
        *("relation", "requester_name", "requester_citizen_id", "requester_address"),
        *("child_name", "child_sex", "child_birth_date", "child_birth_place"),
        *("child_ethnic_group", "child_nationality", "child_home_town"),
        *("mother_name", "mother_birth_year", "mother_ethnic_group", "mother_nationality"),
        *("mother_address", "father_name", "father_birth_year", "father_ethnic_group"),
        *("father_nationality", "father_address"),
    ],
)

DEATH = Form(
    id="death-registration",
    title="TỜ KHAI ĐĂNG KÝ KHAI TỬ",
    rows=[
        [Part("Họ, chữ đệm, tên người yêu cầu", "fields.requester_name")],
        [Part("Nơi cư trú", "fields.requester_address")],
        [Part("Giấy tờ tùy thân", "fields.requester_citizen_id")],
        [Part("Quan hệ với người đã chết", "fields.relation")],
        "Đề nghị cơ quan đăng ký khai tử cho người có tên dưới đây:",
        [Part("Họ, chữ đệm, tên", "fields.name")],
        [Part("Ngày, tháng, năm sinh", "fields.birth_date")],
        [Part("Giới tính", "fields.sex"), Part("Dân tộc"), Part("Quốc tịch")],
        [Part("Nơi cư trú cuối cùng", "fields.last_address")],
        [Part("Giấy tờ tùy thân", "fields.citizen_id")],
        [Part("Đã chết vào lúc", "fields.death_date", "in_full")],
        [Part("Nơi chết", "fields.death_place")],
        [Part("Nguyên nhân chết", "fields.death_cause")],
        [Part("Giấy báo tử/giấy tờ thay Giấy báo tử", "fields.death_proof")],
        [Part("Số"), Part("do"), Part("cấp ngày")],
    ],
    used=[
        *("relation", "requester_name", "requester_citizen_id", "requester_address", "name", "sex"),
        *("birth_date", "citizen_id", "last_address", "death_date", "death_place", "death_cause"),
        "death_proof",
    ],
)

MARRIAGE = Form(
    id="marriage-registration",
    title="TỜ KHAI ĐĂNG KÝ KẾT HÔN",
    rows=[],
    columns=("Thông tin", "Bên nữ", "Bên nam"),
    table=[
        ("Họ, chữ đệm, tên", _spouses("name", "partner_name")),
        (
            "Ngày, tháng, năm sinh",
            [_spouse(sex, f"birth_date_{sex}", f"partner_birth_date_{sex}") for sex in _BY_SEX],
        ),
        ("Dân tộc", _spouses("ethnic_group", "partner_ethnic_group")),
        ("Quốc tịch", ["'Việt Nam'", "'Việt Nam'"]),  # others marry by another procedure
        ("Nơi cư trú", _spouses("address", "partner_address")),
        ("Giấy tờ tùy thân", _spouses("citizen_id", "partner_citizen_id")),
        ("Kết hôn lần thứ mấy", _spouses("times_married", "partner_times_married")),
    ],
    used=[
        *("side", "name", "citizen_id", "ethnic_group", "address", "times_married"),
        *("birth_date_female", "birth_date_male", "partner_birth_date_female"),
        *("partner_birth_date_male", "partner_name", "partner_citizen_id"),
        *("partner_ethnic_group", "partner_address", "partner_times_married"),
    ],
    signers=[
        (who, f"{{{{ {expression} }}}}")
        for who, expression in zip(
            ("Bên nữ", "Bên nam"), _spouses("name", "partner_name"), strict=True
        )
    ],
)

STATUS = Form(
    id="marital-status",
    title="TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
    rows=[
        [Part("Họ, chữ đệm, tên người yêu cầu", either("requester_name", "name"))],
        [Part("Nơi cư trú", "'' if 'requester_name' in fields else fields.address")],
        [Part("Giấy tờ tùy thân", either("requester_citizen_id", "citizen_id"))],
        [Part("Quan hệ với người được cấp Giấy xác nhận tình trạng hôn nhân", "fields.for_whom")],
        "Đề nghị cấp Giấy xác nhận tình trạng hôn nhân cho người có tên dưới đây:",
        [Part("Họ, chữ đệm, tên", "fields.name")],
        [Part("Ngày, tháng, năm sinh", "fields.birth_date")],
        [
            Part("Giới tính", "fields.sex"),
            Part("Dân tộc", "fields.ethnic_group"),
            Part("Quốc tịch"),
        ],
        [Part("Nơi cư trú", "fields.address")],
        [Part("Giấy tờ tùy thân", "fields.citizen_id")],
        [Part("Trong thời gian cư trú tại", "fields.earlier_period")],
        [
            Part(
                "Tình trạng hôn nhân",
                "[fields.status, fields.marriage_details, fields.divorce_details, fields.death_details]"
                " | select | join('; ')",
            )
        ],
        [
            Part(
                "Mục đích yêu cầu cấp Giấy xác nhận tình trạng hôn nhân",
                "[fields.purpose, fields.purpose_other] | select | join(': ')",
            )
        ],
        "{%p if 'partner_name' in fields %}",
        [Part("Dự định kết hôn với", "fields.partner_name")],
        [Part("Giấy tờ tùy thân", "fields.partner_citizen_id")],
        [Part("Nơi dự định đăng ký kết hôn", "fields.marriage_place")],
        "{%p endif %}",
    ],
    used=[
        *("for_whom", "requester_name", "requester_citizen_id", "name", "sex", "birth_date"),
        *("citizen_id", "ethnic_group", "address", "earlier_period", "status", "marriage_details"),
        *("divorce_details", "death_details", "purpose", "purpose_other", "partner_name"),
        *("partner_citizen_id", "marriage_place"),
    ],
)

EXTRACT = Form(
    id="civil-status-extract",
    title="TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH",
    rows=[
        [Part("Họ, chữ đệm, tên người yêu cầu", "fields.requester_name")],
        [Part("Nơi cư trú", "fields.requester_address")],
        [Part("Giấy tờ tùy thân", "fields.requester_citizen_id")],
        [Part("Quan hệ với người được cấp bản sao trích lục hộ tịch", "fields.relation")],
        [Part("Đề nghị cơ quan cấp bản sao", either("other_event", "event"))],
        "Cho người có tên dưới đây:",
        [Part("Họ, chữ đệm, tên", "fields.name")],
        [Part("Ngày, tháng, năm sinh", "fields.birth_date")],
        [Part("Giới tính"), Part("Dân tộc"), Part("Quốc tịch")],
        [Part("Nơi cư trú")],
        [Part("Giấy tờ tùy thân")],
        [Part("Đã đăng ký tại", "fields.registered_at")],
        [Part("Ngày, tháng, năm đăng ký", "fields.registered_on")],
        [Part("Số", "fields.register_number"), Part("Quyển số")],
        [Part("Số lượng bản sao yêu cầu cấp", "fields.copies")],
    ],
    used=[
        *("requester_name", "requester_address", "requester_citizen_id", "relation", "event"),
        *("other_event", "name", "birth_date", "registered_at", "registered_on"),
        *("register_number", "copies"),
    ],
)

FORMS = (BIRTH, DEATH, MARRIAGE, STATUS, EXTRACT)


# Writing --------------------------------------------------------------------------------------


def paragraph(
    place: Document | _Cell,
    *runs: tuple[str, str],
    align: WD_ALIGN_PARAGRAPH | None = None,
    before: float = 0,
    after: float = 2,
    size: float = SIZE,
) -> Paragraph:
    """A paragraph of runs, each a text and its style: "b" bold, "i" italic, "u" underlined.

    Args:
        before: points of space before it; `after`: behind it.
        size: of the letters, in points.
    """
    made = place.add_paragraph()
    made.alignment = align
    made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(before), Pt(after)
    for text, style in runs:
        run = made.add_run(text)
        run.bold, run.italic, run.underline = "b" in style, "i" in style, "u" in style
        run.font.size = Pt(size)
    return made


def row(document: Document, parts: Sequence[Part]) -> None:
    """Parts side by side, each with dots up to where the next one begins."""
    made = paragraph(document)
    stops = made.paragraph_format.tab_stops
    for at, part in enumerate(parts, start=1):
        last = at == len(parts)
        side = WD_TAB_ALIGNMENT.RIGHT if last else WD_TAB_ALIGNMENT.LEFT
        stops.add_tab_stop(Twips(WIDTH * at // len(parts)), side, WD_TAB_LEADER.DOTS)
        made.add_run(f"{part.label}: ")
        if part.printed:
            made.add_run(part.printed).bold = True
        made.add_run("\t" if last else "\t ")


def table(document: Document, form: Form) -> None:
    """The answers of two people, side by side."""
    widths = [WIDTH * share // 100 for share in (28, 36, 36)]
    made = document.add_table(rows=0, cols=len(widths))
    made.style = "Table Grid"
    made.autofit = False
    wanted = [(form.columns[0], form.columns[1:], "b")]
    wanted += [
        (name, [f"{{{{ ({one}) | given }}}}" for one in both], "") for name, both in form.table
    ]
    for name, both, style in wanted:
        cells = made.add_row().cells
        for cell, text, width in zip(cells, (name, *both), widths, strict=True):
            cell.width = Twips(width)
            cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)
            bold = "b" if style or text != name else ""
            paragraph(cell, (text, bold), align=CENTRE if style else None, before=3)


def signatures(document: Document, signers: Sequence[tuple[str, str]]) -> None:
    """The day, and a block for each who signs; one alone stands on the right."""
    day = paragraph(document, (DATE, "i"), align=WD_ALIGN_PARAGRAPH.RIGHT)
    day.paragraph_format.keep_with_next = True
    columns = max(2, len(signers))
    made = document.add_table(rows=1, cols=columns)
    made.autofit = False
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    blank = [("", "")] * (columns - len(signers))
    for cell, (who, name) in zip(made.rows[0].cells, [*blank, *signers], strict=True):
        cell.width = Twips(WIDTH // columns)
        if who:
            _signature(cell, who, name)


def _signature(cell: _Cell, who: str, name: str) -> None:
    first = cell.paragraphs[0]
    first.alignment = CENTRE
    first.paragraph_format.space_after = Pt(0)
    first.add_run(who).bold = True
    paragraph(cell, ("(Ký, ghi rõ họ, chữ đệm, tên)", "i"), align=CENTRE, after=0, size=SMALL)
    paragraph(cell, ("{%p if agreed_at %}", ""))
    agreed = "Đã đồng ý điện tử lúc {{ agreed_at.strftime('%H:%M ngày %d/%m/%Y') }}"
    paragraph(cell, (agreed, "i"), align=CENTRE, before=14, after=14, size=SMALLEST)
    paragraph(cell, ("{%p else %}", ""))
    paragraph(cell, before=12, after=12)
    paragraph(cell, ("{%p endif %}", ""))
    paragraph(cell, (name, "b"), align=CENTRE)


def heading(document: Document, title: str, under: str = "") -> None:
    """The national title and motto, the form's name, to whom it goes, and the dossier's code.

    Args:
        under: what stands below the name.
    """
    paragraph(document, ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "b"), align=CENTRE, after=0)
    paragraph(document, ("Độc lập - Tự do - Hạnh phúc", "bu"), align=CENTRE, after=10, size=14)
    paragraph(document, (title, "b"), align=CENTRE, after=6, size=14)
    if under:
        paragraph(document, (under, "i"), align=CENTRE, after=6, size=SMALL)
    to = "{{ addressee or '" + NOTHING * 3 + "' }}"
    paragraph(document, ("Kính gửi: ", ""), (to, "b"), align=CENTRE, after=8)
    paragraph(document, ("{%p if code %}", ""))
    came = " (nộp trực tuyến lúc {{ received_at.strftime('%H:%M ngày %d/%m/%Y') }})"
    paragraph(document, ("Mã hồ sơ: ", ""), ("{{ code }}", "b"), (came, ""), after=6, size=SMALL)
    paragraph(document, ("{%p elif not blank %}", ""))
    none = "Bản in từ tờ khai điện tử, chưa có mã hồ sơ."
    paragraph(document, (none, "i"), after=6, size=SMALL)
    paragraph(document, ("{%p endif %}", ""))


def statement(document: Document, signers: Sequence[tuple[str, str]]) -> None:
    """What was agreed to, and who signs it."""
    agreed = paragraph(document, ("{{ consent }}", ""), before=8, after=8)
    agreed.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    signatures(document, signers)


def enclosed(document: Document, used: Sequence[str]) -> None:
    """What the e-form asks beside the official form."""
    kept = ", ".join(f"'{one}'" for one in used)
    paragraph(document, ("{%p if not blank %}", ""))
    title = ("Thông tin và giấy tờ gửi kèm hồ sơ trực tuyến", "bi")
    paragraph(document, title, before=6, size=SMALLEST).paragraph_format.keep_with_next = True
    paragraph(document, ("{%p for section in sections %}", ""))
    paragraph(document, (f"{{%p for line in section.lines if line.field not in [{kept}] %}}", ""))
    said = "– {{ line.label }}: {{ line.value or '" + NOTHING + "' }}"
    paragraph(document, (said, ""), after=0, size=SMALLEST)
    paragraph(document, ("{%p endfor %}", ""))
    paragraph(document, ("{%p endfor %}", ""))
    paragraph(document, ("{%p endif %}", ""))


def footer(document: Document) -> None:
    """Who printed it and when, and the page."""
    made = document.sections[0].footer.paragraphs[0]
    made.alignment = CENTRE
    made.style.font.size = Pt(9)
    made.add_run("{{ service }} – in lúc {{ printed_at.strftime('%H:%M ngày %d/%m/%Y') }} – trang ")
    for counted, then in (("PAGE", "/"), ("NUMPAGES", "")):
        run = made.add_run()
        for kind in ("begin", counted, "end"):
            element = OxmlElement("w:instrText" if kind == counted else "w:fldChar")
            if kind == counted:
                element.text = counted
            else:
                element.set(qn("w:fldCharType"), kind)
            run._r.append(element)
        made.add_run(then)


def page() -> Document:
    """An empty page of Nghị định 30/2020/NĐ-CP."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(SIZE)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    section = document.sections[0]
    section.page_width, section.page_height = (Twips(side) for side in PAGE)
    top, right, bottom, left = (Twips(margin) for margin in MARGINS)
    section.top_margin, section.right_margin = top, right
    section.bottom_margin, section.left_margin = bottom, left
    return document


def build(form: Form) -> Document:
    """The template of an official form."""
    document = page()
    heading(document, form.title)
    for one in form.rows:
        if isinstance(one, str):
            paragraph(document, (one, "" if "{%" in one else "b"), before=4)
        else:
            row(document, one)
    if form.table:
        table(document, form)
    statement(document, form.signers)
    enclosed(document, form.used)
    footer(document)
    return document


def build_general() -> Document:
    """The template of every other form: its sections, numbered lines, and blanks for what is open."""
    document = page()
    heading(document, "{{ title | upper }}", "{{ procedure }}")
    paragraph(document, ("{%p for section in sections %}", ""))
    section = paragraph(document, ("{{ section.title }}", "b"), before=8, after=3)
    section.paragraph_format.keep_with_next = True
    paragraph(document, ("{%p for line in section.lines %}", ""))
    label, value = (
        "{{ line.number }}. {{ line.label }}: ",
        "{{ line.value or '" + NOTHING * 3 + "' }}",
    )
    line = paragraph(document, (label, ""), (value, "b"), after=3)
    line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = (
        Twips(510),
        Twips(-510),
    )
    paragraph(document, ("{%p endfor %}", ""))
    paragraph(document, ("{%p endfor %}", ""))
    statement(document, (("Người khai", "{{ signer }}"),))
    footer(document)
    return document


def templates() -> dict[str, Document]:
    """All templates, by the name of their file without its ending."""
    return {"general": build_general(), **{form.id: build(form) for form in FORMS}}


def main() -> int:
    """Write all templates."""
    for name, document in templates().items():
        document.save(str(DIRECTORY / f"{name}.docx"))
        sys.stdout.write(f"{name}.docx\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
