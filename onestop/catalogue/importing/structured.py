"""The Ministry of National Defence's records: metadata, content, tables as JSON (January 2026)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onestop.catalogue.content import LegalBasis, Procedure, Way
from onestop.catalogue.importing.fees import parse_fee
from onestop.catalogue.importing.legal import find_number, parse_decision_number
from onestop.catalogue.importing.papers import Papers, add_paper, parse_count
from onestop.catalogue.importing.parts import (
    WAY_KINDS,
    parse_applicants,
    parse_keywords,
    parse_tier,
)
from onestop.catalogue.importing.text import (
    asks_nothing,
    items,
    one_line,
    said,
    steps,
    without_bullet,
)
from onestop.catalogue.importing.times import describe, parse_time

CODE_KEY = "thu_tuc_id"


def read_structured(record: Mapping[str, Any], source: str) -> Procedure:
    """Read one record.

    Args:
        record: `metadata`, `content` (texts) and `tables` (lists of rows).
        source: the name of the source, kept in the procedure.

    Raises:
        pydantic.ValidationError: if the record has no usable code or no name.
        KeyError, TypeError, AttributeError: if a part is missing or of another type.
    """
    metadata, content, tables = record["metadata"], record["content"], record["tables"]
    papers = _papers(tables["thanh_phan_ho_so"])
    ways, ways_left = _ways(tables["hinh_thuc_nop"])
    conditions = content["yêu_cầu_điều_kiện_thực_hiện"]
    tiers = one_line(metadata["cấp_thực_hiện"])
    unparsed = {
        "cấp_thực_hiện": tiers if "," in tiers else "",
        "cách_thức_thực_hiện": said(content["cách_thức_thực_hiện"]),
        "hinh_thuc_nop": ways_left,
        "thanh_phan_ho_so": "\n".join(papers.unparsed),
        "cơ_quan_phối_hợp": said(content["cơ_quan_phối_hợp"]),
        "cơ_quan_được_ủy_quyền": said(content["cơ_quan_được_ủy_quyền"]),
    }
    if content["mô_tả"] != conditions:
        unparsed["mô_tả"] = said(content["mô_tả"])
    return Procedure(
        code=one_line(record[CODE_KEY]),
        name=one_line(metadata["tên_thủ_tục"]),
        tier=parse_tier(tiers),
        kind=one_line(metadata["loại_thủ_tục"]),
        field=one_line(metadata["lĩnh_vực"]),
        agency=said(content["cơ_quan_thực_hiện"]),
        authority=said(content["cơ_quan_có_thẩm_quyền"]),
        one_stop_unit=said(content["địa_chỉ_tiếp_nhận_hs"]),
        applicants=parse_applicants(content["đối_tượng_thực_hiện"]),
        steps=steps(content["trình_tự_thực_hiện"]),
        ways=ways,
        papers=papers.papers,
        paper_notes=papers.notes,
        results=items(content["kết_quả_thực_hiện"]),
        legal_bases=[_legal_basis(row) for row in tables["can_cu_phap_ly"]],
        conditions=[] if asks_nothing(conditions) else items(conditions),
        keywords=parse_keywords(content["từ_khóa"]),
        decision_number=parse_decision_number(metadata["số_quyết_định"]),
        source=source,
        unparsed={label: text for label, text in unparsed.items() if text},
    )


def _ways(rows: list[dict[str, str]]) -> tuple[list[Way], str]:
    ways, left = [], []
    for row in rows:
        kind = WAY_KINDS.get(one_line(row["hinh_thuc"]).lower())
        if kind is None:
            left.append(" ".join(filter(None, map(one_line, row.values()))))
            continue
        time, note = describe(parse_time(row["thoi_han_giai_quyet"]), row["mo_ta"])
        fee = parse_fee(row["phi_le_phi"])
        ways.append(
            Way(
                kind=kind,
                time_amount=time.amount,
                time_unit=time.unit,
                time_note=time.note,
                fee_amount=fee.amount,
                fee_note=fee.note,
                note=note,
            )
        )
    return ways, "\n".join(left)


def _papers(rows: list[dict[str, str]]) -> Papers:
    read = Papers()
    for row in rows:
        name = without_bullet(said(row["ten_giay_to"]))
        count = parse_count(row["ghi_chu"])
        if count is None:
            read.unparsed.append(" ".join(filter(None, map(one_line, row.values()))))
        else:
            # The column named for the count holds the file names of the form, a line each.
            add_paper(read, name, *count, form=said(row["so_luong"]).replace("\n", ", "))
    return read


def _legal_basis(row: dict[str, str]) -> LegalBasis:
    """A row's number column sometimes holds the running number alone: the title then tells."""
    number, title = one_line(row["so_ky_hieu"]), one_line(row["trich_yeu"])
    found = find_number(number) or find_number(title)
    if not find_number(number) and number and number not in title:
        title = f"{title} ({number})".strip()
    return LegalBasis(number=found, title=title)
