"""The portal's records with Vietnamese labels as keys and labelled sections as text (mid-2026)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from onestop.catalogue.content import Procedure, Way
from onestop.catalogue.importing.fees import parse_fee
from onestop.catalogue.importing.legal import parse_decision_number, parse_legal_bases
from onestop.catalogue.importing.papers import parse_papers
from onestop.catalogue.importing.parts import (
    WAY_KINDS,
    parse_applicants,
    parse_keywords,
    parse_tier,
)
from onestop.catalogue.importing.text import asks_nothing, items, one_line, said, steps
from onestop.catalogue.importing.times import describe, parse_time

CODE_KEY = "Mã thủ tục"
_WAY = re.compile(r"^[^\S\n]*\* Hình thức nộp:", re.MULTILINE)
_WAY_LABELS = ("Thời hạn giải quyết:", "Phí, lệ phí:", "Mô tả:")
# Other sections have no field of their own. "Mô tả" repeats the conditions in every record.
_KNOWN = {
    "file", CODE_KEY, "Số quyết định", "Tên thủ tục", "Cấp thực hiện", "Loại thủ tục", "Lĩnh vực",
    "Trình tự thực hiện", "Cách thức thực hiện", "Thành phần hồ sơ", "Đối tượng thực hiện",
    "Cơ quan thực hiện", "Cơ quan có thẩm quyền", "Địa chỉ tiếp nhận HS", "Kết quả thực hiện",
    "Căn cứ pháp lý", "Yêu cầu, điều kiện thực hiện", "Từ khóa", "Mô tả",
}  # fmt: skip


def read_labelled(record: Mapping[str, str], source: str) -> Procedure:
    """Read one record.

    Args:
        record: the sections' texts by their Vietnamese labels.
        source: the name of the source, kept in the procedure.

    Raises:
        pydantic.ValidationError: if the record has no usable code or no name.
    """

    def section(label: str) -> str:
        return record.get(label, "")

    ways, ways_left = parse_ways(section("Cách thức thực hiện"))
    papers = parse_papers(section("Thành phần hồ sơ"))
    conditions = section("Yêu cầu, điều kiện thực hiện")
    unparsed = {
        "Cách thức thực hiện": ways_left,
        "Thành phần hồ sơ": "\n".join(papers.unparsed),
        **{label: said(section(label)) for label in record if label not in _KNOWN},
    }
    if section("Mô tả") != conditions:
        unparsed["Mô tả"] = said(section("Mô tả"))
    code = one_line(section(CODE_KEY))
    tier = parse_tier(section("Cấp thực hiện"))
    if tier is None:
        unparsed["Cấp thực hiện"] = said(section("Cấp thực hiện"))
    return Procedure(
        code=code,
        name=one_line(section("Tên thủ tục")),
        tier=tier,
        kind=one_line(section("Loại thủ tục")),
        field=one_line(section("Lĩnh vực")),
        agency=said(section("Cơ quan thực hiện")),
        authority=said(section("Cơ quan có thẩm quyền")),
        one_stop_unit=said(section("Địa chỉ tiếp nhận HS")),
        applicants=parse_applicants(section("Đối tượng thực hiện")),
        steps=steps(section("Trình tự thực hiện")),
        ways=ways,
        papers=papers.papers,
        paper_notes=papers.notes,
        results=items(section("Kết quả thực hiện")),
        legal_bases=parse_legal_bases(section("Căn cứ pháp lý")),
        conditions=[] if asks_nothing(conditions) else items(conditions),
        keywords=parse_keywords(section("Từ khóa")),
        decision_number=parse_decision_number(section("Số quyết định")),
        source=source,
        withdrawn=code.endswith("-Xoa"),
        unparsed={label: text for label, text in unparsed.items() if text},
    )


def parse_ways(text: str) -> tuple[list[Way], str]:
    """Read the ways to apply.

    Args:
        text: blocks "* Hình thức nộp: KIND" with lines of time, fee and description; any text.

    Returns:
        The ways in the order of the text, and what stands outside of any way that was understood.
    """
    starts = [match.start() for match in _WAY.finditer(text)]
    ways, left = [], [text[: starts[0]] if starts else text]
    for start, end in pairwise([*starts, len(text)]):
        way = _parse_way(text[start:end])
        if way is None:
            left.append(text[start:end])
        else:
            ways.append(way)
    return ways, "\n".join(filter(None, map(said, left)))


def _parse_way(block: str) -> Way | None:
    head, *lines = block.strip().splitlines()
    kind = WAY_KINDS.get(one_line(head.partition(":")[2]).lower())
    if kind is None:
        return None
    # The labels stand in this order; once in the description, a line like a label is part of it.
    values: list[list[str]] = [[], [], []]
    current = -1
    for line in lines:
        stripped = line.strip()
        label = next(
            (
                position
                for position in range(current + 1, len(_WAY_LABELS))
                if stripped.startswith(_WAY_LABELS[position])
            ),
            None,
        )
        if label is not None:
            current = label
            values[label].append(stripped.removeprefix(_WAY_LABELS[label]))
        elif current >= 0:
            values[current].append(line)
        else:
            return None
    time_text, fee_text, description = ("\n".join(value) for value in values)
    time, note = describe(parse_time(time_text), description)
    fee = parse_fee(fee_text)
    return Way(
        kind=kind,
        time_amount=time.amount,
        time_unit=time.unit,
        time_note=time.note,
        fee_amount=fee.amount,
        fee_note=fee.note,
        note=note,
    )
