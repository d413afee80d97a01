"""Provinces, districts and communes, of today and of before 1 July 2025, indexed for reading addresses.

Today's units come from the package vietnam-provinces, the ones before from data/divisions/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from vietnam_provinces import Ward as _Ward

from common import yaml_files
from common.settings import ROOT
from onestop.eforms.words import clean, fold

Division = Literal["2025", "before_2025"]
DIRECTORY = ROOT / "data" / "divisions"

# Kinds of unit as written before a name, folded, with the short forms in use; longest first.
PROVINCE_KINDS = {"tinh": "tinh", "thanh pho": "thanh pho", "tp": "thanh pho", "t": "tinh"}
DISTRICT_KINDS = {
    "thanh pho": "thanh pho", "thi xa": "thi xa", "huyen": "huyen", "quan": "quan",
    "tp": "thanh pho", "tx": "thi xa", "h": "huyen", "q": "quan",
}  # fmt: skip
WARD_KINDS = {
    "thi tran": "thi tran", "dac khu": "dac khu", "phuong": "phuong", "xa": "xa",
    "tt": "thi tran", "p": "phuong", "f": "phuong", "x": "xa",
}  # fmt: skip
_KINDS = sorted({*PROVINCE_KINDS, *DISTRICT_KINDS, *WARD_KINDS}, key=len, reverse=True)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Unit:
    """One unit: its official code and name with its kind ("Xã Liêm Cần")."""

    code: str
    name: str

    @property
    def kind(self) -> str:
        """The kind, folded: xa, phuong, thi tran, dac khu, huyen, …"""
        folded = fold(self.name)
        return next((kind for kind in _KINDS if folded.startswith(f"{kind} ")), "")

    @property
    def bare(self) -> str:
        """The name without its kind, with accents ("Liêm Cần"); "Phường 1" keeps only its number."""
        return self.name[len(self.kind) + 1 :] if self.kind else self.name


@dataclass(frozen=True)
class Ward(Unit):
    """A commune (xã, phường, thị trấn, đặc khu) and where it lies."""

    division: Division
    province: Unit
    district: Unit | None = None

    @property
    def place(self) -> str:
        """Full name, read out: "xã Liêm Cần, huyện Thanh Liêm, tỉnh Hà Nam"."""
        units = (self, self.district, self.province)
        return ", ".join(unit.name[0].lower() + unit.name[1:] for unit in units if unit is not None)


@dataclass
class Index:
    """Everything by folded bare name, and the communes of each province."""

    provinces: dict[str, list[tuple[Division, Unit]]] = field(default_factory=dict)
    districts: dict[str, list[tuple[Unit, Unit]]] = field(
        default_factory=dict
    )  # (district, province)
    wards: dict[str, list[Ward]] = field(default_factory=dict)
    successor: dict[str, str] = field(default_factory=dict)  # province code before → since 2025


def key(name: str) -> str:
    """Folded words of a name, as the index and the reader of addresses compare them."""
    words = (word.lstrip("0") or "0" for word in _WORD.findall(fold(name)))
    return " ".join(words)


@cache
def index() -> Index:
    """The index over all units; built once (about 0.1 s)."""
    result = Index()
    overview = yaml_files.read(DIRECTORY / "provinces.yml")
    today: dict[str, Unit] = {}
    for row in overview["provinces"]:
        today[row["code"]] = _add_province(result, "2025", Unit(row["code"], row["name"]))
        result.successor.update(dict.fromkeys(row["before_2025"], row["code"]))
    for ward in _Ward.iter_all():
        unit = today[f"{int(ward.province_code):02}"]
        _add_ward(result, Ward(f"{int(ward.code):05}", clean(ward.name), "2025", unit))
    _add_before_2025(result)
    for name, aliases in overview["aliases"].items():
        for alias in aliases:
            result.provinces[key(alias)] = result.provinces[key(name)]
    return result


def _add_before_2025(result: Index) -> None:
    before: dict[str, Unit] = {}
    for line in (DIRECTORY / "before-2025.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        province_code, province_name, district_code, district_name, communes = line.split("\t")
        if province_code not in before:
            unit = Unit(province_code, province_name)
            before[province_code] = _add_province(result, "before_2025", unit)
        province, district = before[province_code], Unit(district_code, district_name)
        result.districts.setdefault(key(district.bare), []).append((district, province))
        for commune in communes.split("; "):
            code, _, name = commune.partition(" ")
            _add_ward(result, Ward(code, name, "before_2025", province, district))


def _add_province(result: Index, division: Division, unit: Unit) -> Unit:
    result.provinces.setdefault(key(unit.bare), []).append((division, unit))
    return unit


def _add_ward(result: Index, ward: Ward) -> None:
    result.wards.setdefault(key(ward.bare), []).append(ward)
