"""The shipped catalogue agrees with the national portal's records and says it in our own words."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.nlu.text import fold
from common.settings import ROOT
from onestop.catalogue.content import SHORT_NAME_LENGTH, Procedure, TimeUnit, Way, WayKind
from onestop.catalogue.shipped import load_shipped
from onestop.eforms.definition import FieldType, load_eforms

PROCEDURES = load_shipped()
EACH = pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)

WITH_E_FORM = {"3.000333", "1.001193", "1.004873", "3.000347", "1.001612", "1.004194"}
TIERS = {"commune": "Cấp Xã", "province": "Cấp Tỉnh", "ministry": "Cấp Bộ/Trung ương"}
CHANNELS = {WayKind.ONLINE: "ONLINE", WayKind.IN_PERSON: "DIRECT", WayKind.POST: "POSTAL"}
APPLICANTS = {"Cơ quan và tổ chức": "Tổ chức (không bao gồm doanh nghiệp, HTX)"}
UNITS = {
    "WORKING_DAY": TimeUnit.WORKING_DAY,
    "ngày": TimeUnit.DAY,
    "HOUR": TimeUnit.HOUR,
    "MONTH": TimeUnit.MONTH,
}
UNIT_WORDS = {
    TimeUnit.WORKING_DAY: "ngày làm việc",
    TimeUnit.DAY: "ngày",
    TimeUnit.HOUR: "giờ",
    TimeUnit.MONTH: "tháng",
    TimeUnit.YEAR: "năm",
}
FORMS = load_eforms(ROOT / "data" / "eforms")
# In a name, without accents: what is there already is issued again, changed, divided or given back.
RENEWS = re.compile(
    r"\b(?:lai|doi|sua chua|chinh sua|dinh chinh|cai chinh|thay doi|gia han|bien dong|tach thua"
    r"|thu hoi|cap nhat|dieu chinh|sang ten)\b"
)
# A paper that asks for the result, or becomes it.
APPLIES = re.compile(r"(?:to khai|don|giay (?:de nghi|khai)|phieu|(?:van ban )?de nghi|du thao)\b")
RUN = 12  # words: a run of this many that also stands in the record is a copied sentence

Record = dict[str, str]


@pytest.fixture(scope="session")
def records(shared_data: Path) -> dict[str, Record]:
    """The portal's records by code, of the codes that we ship."""
    ours = {procedure.code for procedure in PROCEDURES}
    found: dict[str, Record] = {}
    for path in sorted((shared_data / "dvcqg_2026_hdtruong802").glob("*.jsonl*")):
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
        for line in text.split("\n"):
            record = json.loads(line) if line else {}
            if record.get("Mã thủ tục") in ours:
                found[record["Mã thủ tục"]] = record
    return found


def plain(text: str) -> str:
    """One spelling of spaces and letters, so that texts can be compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@cache
def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", plain(text).lower()))


def whole(record: Record) -> str:
    return plain(" ".join(record.values()))


def numbers(text: str) -> set[str]:
    """All numbers in a text, written in one way: "05" as "5", "50.000" as "50000"."""
    joined = re.sub(r"(?<=\d)\.(?=\d{3}(?!\d))", "", text)
    return {number.lstrip("0") for number in re.findall(r"\d+", joined)}


def measures(text: str) -> set[tuple[str, str]]:
    """All numbers with a unit of time or age, such as ("5", "ngày") for "05 (năm) ngày làm việc"."""
    text = text.replace("WORKING_DAY", "ngày").replace("HOUR", "giờ")
    found = re.findall(r"(\d+)(?: \(\w+\))? (ngày|giờ|tháng|năm|tuổi)\b", text)
    return {(number.lstrip("0"), unit) for number, unit in found}


def blocks(record: Record, kind: WayKind) -> list[str]:
    """What the record says of one way to apply, once for each time that it lists the way."""
    parts = re.split(r"\* Hình thức nộp: ", record.get("Cách thức thực hiện", ""))
    return [plain(part) for part in parts if part.startswith(CHANNELS[kind])]


def sentences(procedure: Procedure) -> Iterator[str]:
    """All text of ours, which is all but official names."""
    yield procedure.summary
    yield from (*procedure.steps, *procedure.conditions, *procedure.paper_notes)
    yield from (*procedure.aliases, procedure.one_stop_unit)
    for way in procedure.ways:
        yield from (way.time_note, way.fee_note, way.note)
    for paper in procedure.papers:
        yield from (paper.note, paper.group)


def names(procedure: Procedure) -> Iterator[str]:
    """Official names of papers and results, cut to what a citizen must read."""
    yield from (paper.name for paper in procedure.papers)
    yield from procedure.results


def test_there_are_procedures_enough_and_those_with_e_forms_among_them() -> None:
    codes = {procedure.code for procedure in PROCEDURES}
    assert len(codes) >= 60
    assert codes >= WITH_E_FORM


def test_an_everyday_name_belongs_to_one_procedure() -> None:
    """Folded, no two procedures answer to the same alias, nor one to another's official name."""
    owners: dict[str, set[str]] = {}
    for procedure in PROCEDURES:
        for name in {fold(name) for name in (procedure.name, *procedure.aliases)}:
            owners.setdefault(name, set()).add(procedure.code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


@EACH
def test_a_procedure_tells_a_citizen_what_is_asked_first(procedure: Procedure) -> None:
    assert procedure.summary
    assert len(procedure.summary) <= 260
    assert procedure.agency
    assert procedure.one_stop_unit
    assert procedure.applicants
    assert procedure.results
    assert procedure.legal_bases
    assert procedure.field
    assert procedure.source == f"Cổng Dịch vụ công quốc gia, thủ tục {procedure.code}"
    assert procedure.ways
    assert procedure.papers or procedure.paper_notes, "no papers and no word why"


@EACH
def test_names_and_steps_are_short_enough_to_be_read_in_a_chat(procedure: Procedure) -> None:
    assert 5 <= len(procedure.aliases) <= 12
    repeated = Counter(fold(alias) for alias in procedure.aliases)
    assert [alias for alias, times in repeated.items() if times > 1] == []
    assert all(len(words(alias)) <= 10 for alias in procedure.aliases)
    assert all(len(words(name)) <= 20 for name in names(procedure))
    assert 3 <= len(procedure.steps) <= 6
    assert all(len(step) <= 240 for step in procedure.steps)
    assert all(len(condition) <= 240 for condition in procedure.conditions)


@EACH
def test_the_name_that_is_said_again_and_again_is_short_and_tells_what_is_done(
    procedure: Procedure,
) -> None:
    assert len(procedure.short_name) <= SHORT_NAME_LENGTH
    assert not re.search(r"^(?:mất|hỏng|bị) | (?:không|gì|nào)$", procedure.short_name.lower())


def test_no_two_procedures_are_called_the_same() -> None:
    called = Counter(fold(procedure.short_name) for procedure in PROCEDURES)
    assert [name for name, times in called.items() if times > 1] == []


@EACH
def test_the_level_agrees_with_the_ways(procedure: Procedure) -> None:
    """Levels 3 and 4 can be applied for online, the lower ones cannot."""
    by_wire = any(way.kind is WayKind.ONLINE for way in procedure.ways)
    assert procedure.level is not None
    assert (procedure.level >= 3) == by_wire


@EACH
def test_every_paper_says_how_many_or_why_none(procedure: Procedure) -> None:
    for paper in procedure.papers:
        assert paper.originals or paper.copies or paper.note, paper.name


@EACH
def test_no_name_of_a_list_was_cut_at_its_comma(procedure: Procedure) -> None:
    """In YAML "[Giấy chứng nhận (sổ đỏ, sổ hồng)]" is two names."""
    for name in (*procedure.results, *procedure.applicants):
        assert name[0].isupper()
        assert name.count("(") == name.count(")")


@EACH
def test_what_a_procedure_gives_is_not_asked_for_to_get_it(procedure: Procedure) -> None:
    """Who marries has no marriage certificate yet (Luật Hộ tịch, Điều 18; Nghị định 123/2015/NĐ-CP, Điều 10).

    The old one may be asked for in a case, or where one that is there is renewed, changed or divided.
    """
    if RENEWS.search(fold(procedure.name)):
        return
    form = next((one for one in FORMS.values() if procedure.code in one.procedures), None)
    papers = [paper.name for paper in procedure.papers if not paper.group]
    papers += (
        [one.label for one in form.fields if one.type is FieldType.PAPER and one.when is None]
        if form
        else []
    )
    given = [re.split(r" \(| kèm ", result)[0] for result in procedure.results]
    for paper in papers:
        if APPLIES.match(fold(paper)) is None:
            assert not [one for one in given if fold(one) in fold(paper)], paper


@EACH
def test_text_is_spelled_in_one_form(procedure: Procedure) -> None:
    """Composed letters, no stray spaces, and today's usual place of tone marks (hòa, thủy)."""
    for text in (*sentences(procedure), *names(procedure)):
        assert text == plain(text)
        assert not re.search(r"o[àáảãạèéẻẽẹ]\b|(?<!q)u[ỳýỷỹỵ]\b", text), text


@EACH
def test_identity_and_decision_are_the_record_s(
    procedure: Procedure, records: dict[str, Record]
) -> None:
    record = records[procedure.code]
    # Some names are all in capitals or end in a stop; ours are written as a name is.
    assert procedure.name.casefold() == plain(record["Tên thủ tục"]).rstrip(" .:").casefold()
    assert not procedure.name.isupper()
    assert procedure.decision_number == plain(record["Số quyết định"])
    assert procedure.field == plain(record["Lĩnh vực"])
    assert TIERS.get(procedure.tier or "") == record.get("Cấp thực hiện")


@EACH
def test_applicants_are_the_record_s(procedure: Procedure, records: dict[str, Record]) -> None:
    record = records[procedure.code]
    allowed = record["Đối tượng thực hiện"]
    if "cá nhân" in record["Trình tự thực hiện"].lower():
        allowed += ", Công dân Việt Nam"  # one record forgets citizens, its steps do not
    for applicant in procedure.applicants:
        assert APPLICANTS.get(applicant, applicant) in allowed, applicant


@EACH
def test_ways_and_times_are_the_record_s(procedure: Procedure, records: dict[str, Record]) -> None:
    record = records[procedure.code]
    offered = {kind for kind in WayKind if blocks(record, kind)}
    assert {way.kind for way in procedure.ways} == offered
    for way in procedure.ways:
        if way.time_amount is not None:
            assert _time_is_told(way, record), way


def _time_is_told(way: Way, record: Record) -> bool:
    """Whether the record gives this time for this way: as a figure, or somewhere in words."""
    found = blocks(record, way.kind)
    for block in found:
        figure = re.search(r"Thời hạn giải quyết: (\d+) (\w+)", block)
        if figure and (float(figure[1]), UNITS.get(figure[2])) == (way.time_amount, way.time_unit):
            return True
    in_words_only = any("OTHER" in block for block in found)
    where = whole(record) if in_words_only else " ".join(found)
    assert way.time_unit is not None
    assert way.time_amount is not None
    told = rf"\b0?{way.time_amount:.0f} (?:\(\w+\) )?{UNIT_WORDS[way.time_unit]}\b"
    if in_words_only and (way.time_amount, way.time_unit) == (1, TimeUnit.WORKING_DAY):
        # "At once; if received after 15 o'clock, on the next working day."
        told += "|trong ngày làm việc tiếp theo"
    return bool(re.search(told, where, re.IGNORECASE))


@EACH
def test_fees_are_the_record_s(procedure: Procedure, records: dict[str, Record]) -> None:
    record = records[procedure.code]
    for way in procedure.ways:
        said = " ".join(blocks(record, way.kind))
        figures = {int(figure) for figure in re.findall(r"(\d+) VNĐ", said)}
        in_notes = {int(figure.replace(".", "")) for figure in re.findall(r"\d+(?:\.\d{3})+", said)}
        # A plain 0 in a record says nothing: free is only what the record calls free for all.
        free = figures == {0} and bool(re.search(r"miễn (?:lệ )?phí", said, re.IGNORECASE))
        known = (figures - {0}) | in_notes | ({0} if free else set())
        assert way.fee_amount is None or way.fee_amount in known, way
        assert way.fee_amount is not None or way.fee_note or not (figures - {0}), way
        for figure in re.findall(r"\d+(?:\.\d{3})+", way.fee_note):
            assert int(figure.replace(".", "")) in known | {int(f) for f in figures}, way


@EACH
def test_legal_bases_and_forms_stand_in_the_record(
    procedure: Procedure, records: dict[str, Record]
) -> None:
    said = whole(records[procedure.code])
    for basis in procedure.legal_bases:
        assert basis.number in said
    for paper in procedure.papers:
        for code in re.findall(r"\b[A-ZĐ]{2,}\d+[a-z]?\b", f"{paper.form} {paper.name}"):
            assert code in said, code


@EACH
def test_figures_in_our_sentences_stand_in_the_record(
    procedure: Procedure, records: dict[str, Record]
) -> None:
    """A number of ours (days, years, copies) that the record does not know would be invented."""
    record = whole(records[procedure.code])
    for text in (*sentences(procedure), *names(procedure)):
        assert numbers(text) <= numbers(record), text
        assert measures(text) <= measures(record), text


@EACH
def test_no_sentence_is_copied_from_the_record(
    procedure: Procedure, records: dict[str, Record]
) -> None:
    said = words(whole(records[procedure.code]))
    runs = {said[start : start + RUN] for start in range(len(said) - RUN + 1)}
    for text in sentences(procedure):
        own = words(text)
        for start in range(len(own) - RUN + 1):
            assert own[start : start + RUN] not in runs, text
