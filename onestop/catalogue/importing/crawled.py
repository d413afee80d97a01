"""Records of a crawl that ran the portal's tables together into one line of text (mid-2026).

"Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp7 Ngày làm việcMiễn phíTrực tuyến7 Ngày…": columns
are told apart only where a value is glued to the one before it in a way that the table alone makes.
A table that does not come apart whole stays as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from onestop.catalogue.content import LegalBasis, Procedure, Way
from onestop.catalogue.importing.fees import parse_fee
from onestop.catalogue.importing.legal import NUMBER, parse_decision_number
from onestop.catalogue.importing.papers import Papers, add_paper
from onestop.catalogue.importing.parts import WAY_KINDS, parse_applicants, parse_tier
from onestop.catalogue.importing.text import (
    LOWER,
    UPPER,
    asks_nothing,
    items,
    one_line,
    said,
    steps,
    tidy,
)
from onestop.catalogue.importing.times import UNIT_NAMES, describe, parse_time

CODE_KEY = "ma_thu_tuc"
_WAYS_HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
_NOTHING = "Không có thông tin"
_WAY = re.compile(
    r"(Trực tiếp|Trực tuyến|Dịch vụ bưu chính)"
    rf"(\d+(?:[.,]\d+)? ?(?i:{UNIT_NAMES})|\d+(?=\D)|{_NOTHING})"
    rf"({_NOTHING}|(?:Miễn phí|[\d.,]+ (?:Việt Nam Đồng|VNĐ))(?:\((?:[^()]|\([^()]*\))*\))?)"
)
_PAPERS_HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
# Counts are glued to the name before them and never padded, unlike those inside of names.
_COUNT = re.compile(r"(?<=\S)(?<!\d)(\d{1,2}) bản chính(?:,(\d{1,2}) bản sao)?(?=[^\s,;.)]|\s*$)")
_FORM_FILE = re.compile(
    rf"(?<=[{LOWER}\d.;)])(?=[{UPPER}][{LOWER}\d ])"
    rf"((?:(?![{LOWER}\d.;)][{UPPER}][{LOWER}\d ]).)"
    r"{1,80}\.(?:docx?|pdf|xlsx?|rar|zip))$"
)
_LEGAL_HEAD = "Tên văn bản pháp lýMã văn bản"
# The number column of a row: glued to the title before it, with the next title glued to it.
_ROW_NUMBER = re.compile(
    r"(?<=[^\s\d/(.])(\d{1,4}(?:\.\d{1,2})?/(?:\d{4}/)?"
    r"(?:QH\d\d|UBTVQH\d\d|[A-ZĐ]{1,6}(?:-(?:TTg|[A-ZĐ]{2,12}?))+?))"
    rf"(?=[{UPPER}][{LOWER}]|\d|$)"
)
# A number inside of a title that is glued to a neighbour: some row was not told apart.
_GLUED_NUMBER = re.compile(rf"{NUMBER.pattern}[{LOWER}]|[{LOWER})]\d{{1,4}}/\d{{4}}/|\d{{5}}/")
_RESULT_CODE = re.compile(r"Mã: ?KQ\.[A-Z0-9.]*\d(?=\D|$)")
_RESULT_END = "Từ khóa"


def read_crawled(record: Mapping[str, str], source: str) -> Procedure:
    """Read one record.

    Args:
        record: texts by the crawl's keys.
        source: the name of the source, kept in the procedure.

    Raises:
        pydantic.ValidationError: if the record has no usable code or no name.
    """

    def part(key: str) -> str:
        return record.get(key, "")

    ways = parse_ways(part("cach_thuc_thuc_hien"))
    papers = parse_papers(part("thanh_phan_ho_so"))
    legal_bases = parse_legal_bases(part("can_cu_phap_ly"))
    conditions = part("yeu_cau_dieu_kien")
    tiers = one_line(part("cap_thuc_hien"))
    unparsed = {
        "cap_thuc_hien": tiers if "," in tiers else "",
        "cach_thuc_thuc_hien": "" if ways else said(part("cach_thuc_thuc_hien")),
        "thanh_phan_ho_so": "\n".join(papers.unparsed),
        "can_cu_phap_ly": "" if legal_bases else said(part("can_cu_phap_ly")),
    }
    return Procedure(
        code=one_line(part(CODE_KEY)),
        name=one_line(part("ten_thu_tuc")),
        tier=parse_tier(tiers),
        kind=one_line(part("loai_thu_tuc")),
        field=one_line(part("linh_vuc")),
        agency=said(part("co_quan_thuc_hien")),
        authority=said(part("co_quan_co_tham_quyen")),
        one_stop_unit=said(part("dia_chi_tiep_nhan")),
        applicants=parse_applicants(part("doi_tuong_thuc_hien")),
        steps=steps(part("trinh_tu_thuc_hien")),
        ways=ways,
        papers=papers.papers,
        paper_notes=papers.notes,
        results=parse_results(part("ket_qua_xu_ly")),
        legal_bases=legal_bases,
        conditions=[] if asks_nothing(conditions) else items(conditions),
        decision_number=parse_decision_number(part("so_quyet_dinh")),
        source=source,
        unparsed={label: text for label, text in unparsed.items() if text},
    )


def parse_ways(text: str) -> list[Way]:
    """Read the table of ways; nothing of it if it does not come apart whole."""
    text = tidy(text)
    if not text.startswith(_WAYS_HEAD):
        return []
    rows = list(_WAY.finditer(text, len(_WAYS_HEAD)))
    if not rows or rows[0].start() != len(_WAYS_HEAD):
        return []
    ways = []
    ends = [*(row.start() for row in rows[1:]), len(text)]
    for row, end in zip(rows, ends, strict=True):
        # A bare figure is the portal's "OTHER": the unit is told in the description, if at all.
        time_text = row[2] if not row[2].isdigit() else f"{row[2]} OTHER"
        time, note = describe(parse_time(time_text), text[row.end() : end])
        fee = parse_fee(row[3])
        ways.append(
            Way(
                kind=WAY_KINDS[row[1].lower()],
                time_amount=time.amount,
                time_unit=time.unit,
                time_note=time.note,
                fee_amount=fee.amount,
                fee_note=fee.note,
                note=note,
            )
        )
    return ways


def parse_papers(text: str) -> Papers:
    """Read the tables of papers, one for each case; what is not a row of one is left as text."""
    read = Papers()
    case, *tables = tidy(text).split(_PAPERS_HEAD)
    if not tables:
        read.unparsed.extend(filter(None, [said(text)]))
        return read
    for table in tables:
        start = 0
        for count in _COUNT.finditer(table):
            name = table[start : count.start()].strip()
            form = _FORM_FILE.search(name)
            if form:
                name = name[: form.start()].strip()
            add_paper(
                read, name, int(count[1]), int(count[2] or 0), _case(case), form[1] if form else ""
            )
            start = count.end()
        # After the last row stands the title of the next table.
        case = table[start:].strip()
    if case:
        read.unparsed.append(case)
    return read


def parse_legal_bases(text: str) -> list[LegalBasis]:
    """Read the table of legal texts; nothing of it if it does not come apart whole.

    A row ends with the number column, glued to the title: "Luật Thú y79/2015/QH13".
    """
    text = tidy(text)
    if not text.startswith(_LEGAL_HEAD):
        return []
    bases, start = [], len(_LEGAL_HEAD)
    for match in _ROW_NUMBER.finditer(text, start + 1):
        bases.append(LegalBasis(number=match[1], title=text[start : match.start()].strip()))
        start = match.end()
    told_apart = start == len(text) and not any(_GLUED_NUMBER.search(b.title) for b in bases)
    return bases if told_apart else []


def parse_results(text: str) -> list[str]:
    """Read the results before the page's own furniture ("Từ khóa", "Chọn cơ quan thực hiện"…)."""
    results = _RESULT_CODE.split(said(text).split(_RESULT_END, 1)[0])
    return [one_line(result) for result in results if one_line(result)]


def _case(title: str) -> str:
    return title.strip("- ").rstrip(": ")
