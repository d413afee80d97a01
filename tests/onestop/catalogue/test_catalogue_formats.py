"""Records of every known format become procedures; all others are rejected with a reason."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.content import Tier, WayKind
from onestop.catalogue.importing.files import UnreadableFileError, find_files, read_raw
from onestop.catalogue.importing.formats import (
    RejectedRecordError,
    is_procedure_record,
    read_record,
)
from onestop.catalogue.sources import Source

LABELLED = {
    "file": "1.000001.txt",
    "Mã thủ tục": "1.000001",
    "Số quyết định": "12/QĐ-UBND.",
    "Tên thủ tục": "Cấp giấy phép nuôi chim",
    "Cấp thực hiện": "Cấp Xã",
    "Loại thủ tục": "LOCAL_REGULATION",
    "Lĩnh vực": "Chăn nuôi",
    "Trình tự thực hiện": "Bước 1: Nộp hồ sơ.\nBước 2: Nhận giấy phép.",
    "Cách thức thực hiện": "* Hình thức nộp: POSTAL\n  Thời hạn giải quyết: 5 ngày\n  Phí, lệ phí: 0 VNĐ ()",
    "Thành phần hồ sơ": "- Đơn đề nghị\n  Số lượng: Bản chính: 1, Bản sao: 0",
    "Đối tượng thực hiện": "Công dân Việt Nam, Hợp tác xã",
    "Cơ quan thực hiện": "Ủy ban nhân dân cấp xã",
    "Cơ quan phối hợp": "Trạm thú y",
    "Kết quả thực hiện": "Giấy phép",
    "Căn cứ pháp lý": "* Luật Chăn nuôi (32/2018/QH14)",
    "Yêu cầu, điều kiện thực hiện": "Không",
    "Mô tả": "Không",
    "Từ khóa": "nuôi chim; chim cảnh",
}
STRUCTURED = {
    "thu_tuc_id": "1.000002",
    "metadata": {
        "mã_thủ_tục": "1.000002",
        "tên_thủ_tục": "Xác nhận thời gian phục vụ",
        "số_quyết_định": "Quyết định số 5/QĐ-BQP",
        "cấp_thực_hiện": "Cấp Bộ, Cấp Xã",
        "loại_thủ_tục": "",
        "lĩnh_vực": "Chính sách",
    },
    "content": {
        "trình_tự_thực_hiện": "Bước 1. Nộp. Bước 2. Nhận.",
        "cách_thức_thực_hiện": "",
        "đối_tượng_thực_hiện": "Công dân Việt Nam",
        "cơ_quan_thực_hiện": "Ban chỉ huy",
        "cơ_quan_có_thẩm_quyền": "Không có thông tin",
        "cơ_quan_được_ủy_quyền": "Không có thông tin",
        "cơ_quan_phối_hợp": "Không có thông tin",
        "địa_chỉ_tiếp_nhận_hs": "Không có thông tin",
        "kết_quả_thực_hiện": "Giấy xác nhận",
        "yêu_cầu_điều_kiện_thực_hiện": "Không",
        "từ_khóa": "Không có thông tin",
        "mô_tả": "Không có thông tin",
    },
    "tables": {
        "hinh_thuc_nop": [
            {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "30 Ngày làm việc",
             "phi_le_phi": "Phí : Không Đồng", "mo_ta": ""},
            {"hinh_thuc": "Bồ câu", "thoi_han_giai_quyet": "", "phi_le_phi": "", "mo_ta": ""},
        ],
        "thanh_phan_ho_so": [
            {"ten_giay_to": "- Đơn;", "so_luong": "Mau BB2.DOC", "ghi_chu": "Bản chính: 2\nBản sao: 1"},
            {"ten_giay_to": "Không rõ", "so_luong": "", "ghi_chu": "một bộ"},
        ],
        "can_cu_phap_ly": [
            {"so_ky_hieu": "12", "trich_yeu": "Quyết định số 12/2021/QĐ-TTg về quy chế"},
            {"so_ky_hieu": "54", "trich_yeu": "Luật Hải quan"},
        ],
    },
}  # fmt: skip
CRAWLED = {
    "ma_thu_tuc": "1.000003",
    "ten_thu_tuc": "Đăng ký tàu",
    "cap_thuc_hien": "Cấp tỉnh",
    "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp7 NgàyMiễn phí",
    "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnkhông tách được",
}


def test_a_labelled_record_is_read_into_fields():
    procedure, source = read_record(LABELLED)
    assert source is Source.PORTAL
    assert (procedure.code, procedure.tier, procedure.level) == ("1.000001", Tier.COMMUNE, None)
    assert procedure.decision_number == "12/QĐ-UBND"
    assert procedure.steps == ["Bước 1: Nộp hồ sơ.", "Bước 2: Nhận giấy phép."]
    assert [(way.kind, way.time_amount, way.fee_amount) for way in procedure.ways] == [
        (WayKind.POST, 5, None)
    ]
    assert procedure.papers[0].originals == 1
    assert procedure.legal_bases[0].number == "32/2018/QH14"
    assert procedure.applicants == ["Công dân Việt Nam", "Hợp tác xã"]
    assert procedure.keywords == ["nuôi chim", "chim cảnh"]
    assert procedure.conditions == []
    assert procedure.summary == ""
    assert procedure.unparsed == {"Cơ quan phối hợp": "Trạm thú y"}
    assert not procedure.withdrawn


def test_a_structured_record_is_read_into_fields_and_the_rest_kept():
    procedure, source = read_record(STRUCTURED)
    assert source is Source.DEFENCE
    assert procedure.tier is Tier.COMMUNE
    assert procedure.decision_number == "5/QĐ-BQP"
    assert (procedure.ways[0].time_amount, procedure.ways[0].fee_amount) == (30, 0)
    paper = procedure.papers[0]
    assert (paper.name, paper.originals, paper.copies, paper.form) == ("Đơn", 2, 1, "Mau BB2.DOC")
    assert [(basis.number, basis.title) for basis in procedure.legal_bases] == [
        ("12/2021/QĐ-TTg", "Quyết định số 12/2021/QĐ-TTg về quy chế"),
        ("", "Luật Hải quan (54)"),
    ]
    assert procedure.authority == ""
    assert set(procedure.unparsed) == {"cấp_thực_hiện", "hinh_thuc_nop", "thanh_phan_ho_so"}


def test_a_crawled_record_keeps_a_table_that_does_not_come_apart():
    procedure, source = read_record(CRAWLED)
    assert source is Source.PORTAL_CRAWL
    assert procedure.ways[0].fee_amount == 0
    assert procedure.legal_bases == []
    assert "không tách được" in procedure.unparsed["can_cu_phap_ly"]


def test_a_code_that_the_portal_deleted_is_withdrawn():
    procedure, _ = read_record({**LABELLED, "Mã thủ tục": "1.000001-Xoa"})
    assert procedure.withdrawn
    assert procedure.code == "1.000001-Xoa"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"title": "Đăng ký thường trú", "Trình tự thực hiện": "…"}, "the procedure has no code"),
        ({**LABELLED, "Mã thủ tục": "một"}, "code"),
        ({**LABELLED, "Tên thủ tục": " "}, "name"),
        ({**LABELLED, "Tên thủ tục": "\ud800"}, "name"),
        ({**LABELLED, "Cách thức thực hiện": None}, "damaged record"),
        ({**STRUCTURED, "tables": {}}, "damaged record"),
        ({"question": "Mất bao lâu?"}, "not a procedure record"),
        (["1.000001"], "not a procedure record"),
        (None, "not a procedure record"),
    ],
)
def test_a_record_without_a_procedure_is_rejected_with_the_reason(record, reason):
    with pytest.raises(RejectedRecordError, match=reason):
        read_record(record)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([LABELLED, STRUCTURED, CRAWLED]), st.data())
def test_a_damaged_record_is_read_or_rejected_and_never_anything_else(record, data):
    key = data.draw(st.sampled_from(sorted(record)))
    damaged = {**record, key: data.draw(JSON)}
    try:
        procedure, _ = read_record(damaged)
    except RejectedRecordError:
        return
    assert procedure.code


def test_files_are_found_in_folders_and_read_whatever_their_packing(tmp_path):
    lines = "\n".join(json.dumps({"n": n}) for n in (1, 2)) + "\n\n"
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8-sig")
    (tmp_path / "deep" / "b.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "c.json").write_text(json.dumps([{"n": 1}, {"n": 2}], indent=1))
    (tmp_path / "d.json").write_text(json.dumps({"n": 1}, indent=1))
    (tmp_path / "notes.tsv").write_text("n\t1")
    found = find_files([tmp_path, tmp_path / "a.jsonl"])
    assert [path.name for path in found] == ["a.jsonl", "c.json", "d.json", "b.jsonl.gz"]
    assert [[(raw.line, raw.record) for raw in read_raw(path)] for path in found] == [
        [(1, {"n": 1}), (2, {"n": 2})],
        [(1, {"n": 1}), (2, {"n": 2})],
        [(1, {"n": 1})],
        [(1, {"n": 1}), (2, {"n": 2})],
    ]


def test_a_line_that_is_no_json_is_told_with_its_number(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"n": 1}\n{"n": \n{"n": 3}')
    assert [(raw.line, bool(raw.fault)) for raw in read_raw(path)] == [
        (1, False),
        (2, True),
        (3, False),
    ]


@pytest.mark.parametrize("content", [b"\x1f\x8b broken", b'{"n": "\xff"}'])
def test_a_file_that_cannot_be_unpacked_or_decoded_is_named(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"a\.jsonl"):
        list(read_raw(path))


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(UnreadableFileError, match="nowhere"):
        find_files([tmp_path / "nowhere"])


def test_other_json_is_told_from_procedure_records():
    assert all(map(is_procedure_record, (LABELLED, STRUCTURED, CRAWLED)))
    assert not any(map(is_procedure_record, ({}, [], "x", None, {"title": "x"})))
