"""A form as a Word document, in the layout of Nghị định 30/2020/NĐ-CP, Phụ lục I.

Blanks are dotted up to the next one, so that what is not answered can be written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, Twips
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from scripts.form_templates.definition import BLANK, Form, Grid, Row, Table

FONT, SMALL, SMALLEST = "Times New Roman", 12, 11  # points
PAGE, MARGINS = (11906, 16838), (1020, 1134, 907, 1701)  # twips: A4; top, right, bottom, left
WIDTH = PAGE[0] - MARGINS[1] - MARGINS[3]
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
MANY = 4  # columns; a table of more has smaller letters
ROOM = 10  # characters that every blank gets besides its share by the words before it
DAY = (
    "{% if received_at %}ngày {{ received_at.strftime('%d') }} tháng {{ received_at.strftime('%m') }}"
    " năm {{ received_at.strftime('%Y') }}{% else %}ngày …… tháng …… năm 20……{% endif %}"
)


def paragraph(
    place: Document | _Cell,
    *runs: tuple[str, str],
    align: WD_ALIGN_PARAGRAPH | None = None,
    before: float = 0,
    after: float = 2,
    size: float | None = None,
) -> Paragraph:
    """A paragraph of runs, each a text and its style: "b" bold, "i" italic, "u" underlined.

    Args:
        before: points of space before it; `after`: behind it.
        size: of the letters, in points; the page's where none is given.
    """
    made = place.add_paragraph()
    made.alignment = align
    made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(before), Pt(after)
    for text, style in runs:
        run = made.add_run(text)
        run.bold, run.italic, run.underline = "b" in style, "i" in style, "u" in style
        run.font.size = Pt(size) if size else None
    return made


def command(place: Document | _Cell, text: str) -> None:
    """A command of the template, whose line does not stand in the document: `if blank`."""
    paragraph(place, (f"{{%p {text} %}}", ""))


def sentence(document: Document, text: str) -> None:
    """A sentence: what stands between ** is bold; one that is a command of the template is left alone."""
    runs = [(part, "b" if at % 2 else "") for at, part in enumerate(text.split("**")) if part]
    paragraph(document, *runs, before=0 if text.startswith("{%") else 4)


def blanks(document: Document, form: Form, row: Row) -> None:
    """Blanks side by side, each with dots up to where the next one begins."""
    made = paragraph(document)
    shares = [len(label) + ROOM for label in row]
    for at, (label, value) in enumerate(row.items(), start=1):
        last = at == len(row)
        side = WD_TAB_ALIGNMENT.RIGHT if last else WD_TAB_ALIGNMENT.LEFT
        stop = Twips(WIDTH * sum(shares[:at]) // sum(shares))
        made.paragraph_format.tab_stops.add_tab_stop(stop, side, WD_TAB_LEADER.DOTS)
        made.add_run(f"{label}: ")
        if value:
            made.add_run(f"{{{{ {form.expression(value)} }}}}").bold = True
        made.add_run("\t" if last else "\t ")


def grid(document: Document, wanted: Grid) -> None:
    """A table; what is answered is bold."""
    made = document.add_table(rows=0, cols=len(wanted.columns))
    made.style, made.autofit = "Table Grid", False
    for column, share in zip(made.columns, wanted.widths, strict=True):
        column.width = Twips(WIDTH * share // 100)
    size = SMALL if len(wanted.columns) <= MANY else SMALLEST

    def row(texts: Sequence[str | None], *, head: bool = False) -> None:
        for cell, text, share in zip(made.add_row().cells, texts, wanted.widths, strict=True):
            cell.width = Twips(WIDTH * share // 100)
            cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)
            bold = "b" if head or "{{" in (text or "") else ""
            align = CENTRE if head else None
            paragraph(cell, (text or "", bold), align=align, before=2, size=size)

    def told(text: str) -> None:
        row([f"{{%tr {text} %}}", *[None] * (len(wanted.columns) - 1)])

    row(wanted.columns, head=True)
    if wanted.each:
        told(f"for one in {wanted.each}")
    for texts in wanted.rows:
        row(texts)
    if wanted.each:
        told("else")
    for _ in range(wanted.blank):
        row([None] * len(wanted.columns))
    if wanted.each:
        told("endfor")


def signatures(document: Document, form: Form) -> None:
    """The day, and a block for each who signs, side by side; one alone stands on the right."""
    day = paragraph(document, (f"{form.place}, {DAY}", "i"), align=RIGHT)
    day.paragraph_format.keep_with_next = True
    signers: list[tuple[str, str | None]] = list(form.signers.items())
    if len(signers) == 1:
        signers.insert(0, ("", None))
    made = document.add_table(rows=1, cols=len(signers))
    made.autofit = False
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    size = None if len(signers) <= MANY // 2 else SMALLEST
    for cell, (who, name) in zip(made.rows[0].cells, signers, strict=True):
        cell.width = Twips(WIDTH // len(signers))
        if who:
            cell.paragraphs[0]._p.getparent().remove(cell.paragraphs[0]._p)
            paragraph(cell, (who, "b"), align=CENTRE, after=0, size=size)
            _signature(cell, form.expression(name) if name else "''", form.sign_note, size)


def _signature(cell: _Cell, name: str, note: str, size: float | None) -> None:
    paragraph(cell, (note, "i"), align=CENTRE, after=0, size=size or SMALL)
    # Only the applicant has agreed in the chat; whoever else signs does so by hand.
    command(cell, f"if agreed_at and ({name}) == signer")
    agreed = "Đã đồng ý điện tử lúc {{ agreed_at.strftime('%H:%M ngày %d/%m/%Y') }}"
    paragraph(cell, (agreed, "i"), align=CENTRE, before=14, after=14, size=SMALLEST)
    command(cell, "else")
    paragraph(cell, before=12, after=12)
    command(cell, "endif")
    paragraph(cell, (f"{{{{ {name} }}}}", "b"), align=CENTRE, size=size)


def heading(document: Document, title: str, under: str = "", number: str = "") -> None:
    """The national title and motto, the form's name, to whom it goes, and the dossier's code.

    Args:
        under: what stands below the name.
        number: the official form's number and source, in the corner.
    """
    if number:
        paragraph(document, (number, "i"), align=RIGHT, after=4, size=SMALLEST)
    paragraph(document, ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "b"), align=CENTRE, after=0)
    paragraph(document, ("Độc lập - Tự do - Hạnh phúc", "bu"), align=CENTRE, after=10, size=14)
    paragraph(document, (title, "b"), align=CENTRE, after=6, size=14)
    if under:
        paragraph(document, (under, "i"), align=CENTRE, after=6, size=SMALL)
    to = "{{ addressee or '" + BLANK * 3 + "' }}"
    paragraph(document, ("Kính gửi: ", ""), (to, "b"), align=CENTRE, after=8)
    command(document, "if code")
    came = " (nộp trực tuyến lúc {{ received_at.strftime('%H:%M ngày %d/%m/%Y') }})"
    paragraph(document, ("Mã hồ sơ: ", ""), ("{{ code }}", "b"), (came, ""), after=6, size=SMALL)
    command(document, "elif not blank")
    none = "Bản in từ tờ khai điện tử, chưa có mã hồ sơ."
    paragraph(document, (none, "i"), after=6, size=SMALL)
    command(document, "endif")


def statement(document: Document, form: Form) -> None:
    """What was agreed to, and who signs it."""
    agreed = paragraph(document, ("{{ consent }}", ""), before=8, after=8)
    agreed.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    agreed.paragraph_format.keep_with_next = True  # a signature stands on no page of its own
    signatures(document, form)


def enclosed(document: Document, used: Sequence[str]) -> None:
    """What the e-form asks beside the official form."""
    kept = ", ".join(f"'{one}'" for one in used)
    lines = "sections | sum(attribute='lines', start=[])"
    command(document, f"set others = {lines} | rejectattr('field', 'in', [{kept}]) | list")
    command(document, "if others and not blank")
    title = ("Thông tin và giấy tờ gửi kèm hồ sơ trực tuyến", "bi")
    paragraph(document, title, before=6, size=SMALLEST).paragraph_format.keep_with_next = True
    command(document, "for line in others")
    said = "– {{ line.label }}: {{ line.value or '" + BLANK + "' }}"
    paragraph(document, (said, ""), after=0, size=SMALLEST)
    command(document, "endfor")
    command(document, "endif")


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


def page(size: float, names: Mapping[str, str]) -> Document:
    """An empty page of Nghị định 30/2020/NĐ-CP.

    Args:
        size: of the letters, in points.
        names: name → expression, for the whole template.
    """
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(size)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    section = document.sections[0]
    section.page_width, section.page_height = (Twips(side) for side in PAGE)
    top, right, bottom, left = (Twips(margin) for margin in MARGINS)
    section.top_margin, section.right_margin = top, right
    section.bottom_margin, section.left_margin = bottom, left
    for name, expression in names.items():
        command(document, f"set {name} = {expression}")
    return document


def official(form: Form, eform: str) -> Document:
    """The template by which an e-form prints as an official form."""
    document = page(form.size, form.said(eform))
    heading(document, form.title, number=form.number and f"{form.number} ({form.source})")
    for line in form.body:
        if isinstance(line, str):
            sentence(document, line)
        elif isinstance(line, Table):
            grid(document, line.table)
        else:
            blanks(document, form, line)
    statement(document, form)
    enclosed(document, form.used(eform))
    footer(document)
    return document


def general(form: Form) -> Document:
    """The template of every other e-form: its sections, numbered lines, and blanks for what is open."""
    document = page(form.size, {})
    heading(document, form.title, "{{ procedure }}")
    command(document, "for section in sections")
    section = paragraph(document, ("{{ section.title }}", "b"), before=8, after=3)
    section.paragraph_format.keep_with_next = True
    command(document, "for line in section.lines")
    label, value = (
        "{{ line.number }}. {{ line.label }}: ",
        "{{ line.value or '" + BLANK * 3 + "' }}",
    )
    line = paragraph(document, (label, ""), (value, "b"), after=3)
    line.paragraph_format.left_indent = Twips(510)
    line.paragraph_format.first_line_indent = Twips(-510)
    command(document, "endfor")
    command(document, "endfor")
    statement(document, form)
    footer(document)
    return document


def content(document: Document) -> tuple[str, ...]:
    """All that a template says and how it looks; equal for equal ones, which two files of them are not."""
    footer = document.sections[0].footer._element
    return document.element.xml, document.styles.element.xml, footer.xml
