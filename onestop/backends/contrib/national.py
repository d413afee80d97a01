"""A parcel in the field names of the national synchronisation (create example of 2026; DongBoHoSoMC)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from onestop.backends.base import Parcel, Report, SentPaper
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.statuses import Status

# The sender's own key of a dossier; the documents name no field for it (see contrib/http.py).
KEY = "MaThamChieu"
SYNC_TIME = "%Y%m%d%H%M%S"  # DongBoHoSoMC, CapNhatTienDoHoSoMC; in Vietnam's zone
CREATE_TIME = "%Y-%m-%d %H:%M:%S"  # the create example
PERSON = 1  # LoaiDoiTuong
ELECTRONIC = 2  # LoaiBan
DIRECT = 0  # HinhThuc: fetched at the counter
CITIZEN_ROLE = "Người nộp hồ sơ"


def dossier(parcel: Parcel, code: str, uploaded: dict[str, str]) -> dict[str, Any]:
    """The record that makes a dossier.

    Args:
        uploaded: our file's identifier → the other system's.
    """
    person, receipt = parcel.applicant, parcel.receipt
    handed_in = receipt.received_at.astimezone(VIETNAM).strftime(CREATE_TIME)
    due = receipt.due_at.astimezone(VIETNAM).strftime(CREATE_TIME) if receipt.due_at else ""
    return {
        "MaHoSo": code,
        KEY: parcel.key,
        "MaTTHC": parcel.procedure_code,
        "MaDichVuCong": parcel.procedure_code,
        "TenTTHC": parcel.procedure_name,
        "TenLinhVuc": parcel.field,
        "ChuHoSo": person.name,
        "LoaiDoiTuong": PERSON,
        "MaDonViTiepNhan": parcel.agency,
        "NgayNop": handed_in,
        "NgayTiepNhan": handed_in,
        "NgayHenTra": due,
        "TrangThaiHoSo": int(Status.REGISTERED),
        "HinhThuc": DIRECT,
        "ThongTinKhac": json.dumps(parcel.lines, ensure_ascii=False),
        "ThanhPhanHoSo": _papers(parcel.papers, uploaded),
        "ThongTinNguoiNop": {
            "LoaiDoiTuong": PERSON,
            "IdDoiTuong": person.citizen_id,
            "ThongTinChiTiet": {
                "TenNguoiNop": person.name,
                "SoDinhDanh": person.citizen_id,
                "NgaySinh": person.birth_date,
                "SoDienThoai": person.phone,
                "Email": person.email,
                "DiaChiChiTiet": person.address,
            },
        },
    }


def report(sent: Report, uploaded: dict[str, str], at: datetime) -> dict[str, Any]:
    """The record that tells what the citizen did with a dossier that exists."""
    return {
        "MaHoSo": sent.code,
        KEY: sent.key,
        "NguoiXuLy": CITIZEN_ROLE,
        "ThoiDiemXuLy": at.astimezone(VIETNAM).strftime(SYNC_TIME),
        "NoiDungXuLy": sent.note,
        "TrangThai": int(sent.status),
        "ThongTinKhac": json.dumps(sent.lines, ensure_ascii=False),
        "DanhSachGiayToBoSung": _papers(sent.papers, uploaded),
    }


def _papers(papers: list[SentPaper], uploaded: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "MaThanhPhanHoSo": paper.field,
            "TenThanhPhanHoSo": paper.name,
            "SoLuong": len(paper.files),
            "LoaiBan": ELECTRONIC,
            "GiayToDinhKem": [
                {
                    "IdGiayTo": uploaded[file.file_id],
                    "TenGiayTo": file.name,
                    "HashTepTin": file.sha256,
                }
                for file in paper.files
            ],
        }
        for paper in papers
    ]
