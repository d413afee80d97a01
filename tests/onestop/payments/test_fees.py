from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from common.settings import ROOT
from onestop.catalogue import shipped
from onestop.catalogue.content import Procedure, Way, WayKind
from onestop.catalogue.importing.files import find_files, read_raw
from onestop.catalogue.importing.formats import read_record
from onestop.eforms.answers import Value
from onestop.payments import fees

TODAY = date(2026, 11, 24)
RESIDENCE, COPIES, JUDICIAL = "1.004194", "2.000815", "3.000333"


def answers(**given: object) -> dict[str, Value]:
    return {key: Value(value=value, display=str(value)) for key, value in given.items()}


def total(code: str, amount: int | None, note: str = "", **given: object) -> int | None:
    return fees.count(code, amount, note, answers(**given), TODAY).total


@pytest.mark.parametrize(
    ("code", "fee"),
    [("3.000347", 135_000), ("1.004194", 7_000), ("1.014092", 500_000), ("1.000894", 0)],
)
def test_what_the_catalogue_states_for_the_online_way_is_the_fee(code: str, fee: int) -> None:
    procedures = {one.code: one for one in shipped.load_shipped(shipped.DIRECTORY)}
    assert fees.fee_of(procedures[code], {}).total == fee


@pytest.mark.parametrize("code", ["3.000333", "1.004873", "1.001612", "2.000635", "3.000346"])
def test_what_it_does_not_state_whole_is_not_guessed(code: str) -> None:
    procedures = {one.code: one for one in shipped.load_shipped(shipped.DIRECTORY)}
    assert fees.fee_of(procedures[code], {}).total is None


def test_the_counters_fee_does_not_stand_for_the_online_one() -> None:
    counter = Way(kind=WayKind.IN_PERSON, fee_amount=15000)
    procedure = Procedure(code="1.000001", name="Thử", ways=[counter])
    assert fees.fee_of(procedure, {}).total is None
    assert fees.fee_of(procedure, {}, WayKind.IN_PERSON).total == 15000


@pytest.mark.parametrize(
    "note",
    [
        "5.000 đồng một trang",
        "/trang",
        "Tùy loại xe",
        "5.000 đồng/lần; theo danh sách 3.000 đồng",
        "10.000 đồng/lần",  # not the sum that is stated
        "(Từ ngày 01/7/2025 thu một nửa)",
    ],
)
def test_words_that_count_by_something_else_leave_the_sum_open(note: str) -> None:
    assert total("1.000001", 5000, note) is None


def test_a_general_note_that_speaks_of_the_fee_leaves_the_sum_open() -> None:
    halved = "Phí: 800.000 đồng/hồ sơ, từ ngày 01/7/2025 thu một nửa"
    for note, total in ((halved, None), ("Anh/chị đến ký một lần.", 800_000)):
        way = Way(kind=WayKind.ONLINE, fee_amount=800_000, note=note)
        procedure = Procedure(code="1.000001", name="Thử", ways=[way])
        assert fees.fee_of(procedure, {}).total == total


@pytest.mark.parametrize(
    "note",
    [
        "",
        "135.000 đồng.",
        "135.000 đồng một lần cấp.",
        "/lần",
        "135.000đ/01 lần cấp.",
        "/hồ sơ (Thông tư số 61/2023/TT-BTC)",
    ],
)
def test_words_that_only_repeat_the_figure_do_not(note: str) -> None:
    assert total("1.000001", 135_000, note) == 135_000


def test_of_the_portals_records_only_stated_sums_are_known(shared_data: Path) -> None:
    records = find_files([shared_data / "dvcqg_2026_hdtruong802"])
    procedures = [read_record(raw.record)[0] for path in records for raw in read_raw(path)]
    known = 0
    for procedure in procedures:
        way, fee = fees.way_of(procedure), fees.fee_of(procedure, {})
        if fee.total is not None and fee.exempted_by is None:
            assert way is not None
            assert fee.total == way.fee_amount
            known += 1
    assert known > 200


@pytest.mark.parametrize(
    ("born", "fee"),
    [
        ("2010-11-25", 0),  # turns 16 tomorrow
        ("2010-11-24", 7000),
        ("1966-11-25", 7000),  # turns 60 tomorrow
        ("1966-11-24", 0),
    ],
)
def test_ages_exempt_from_the_birthday_on(born: str, fee: int) -> None:
    found = fees.count(RESIDENCE, 7000, "", answers(birth_date=born), TODAY)
    assert found.total == fee
    assert (found.exempted_by is not None) == (fee == 0)


def test_groups_that_the_form_cannot_tell_are_named_with_the_law() -> None:
    found = fees.count(RESIDENCE, 7000, "", answers(birth_date="1990-03-15"), TODAY)
    assert "người khuyết tật" in [one.group for one in found.exemptions]
    assert all("75/2022/TT-BTC" in one.legal_basis for one in found.exemptions)


def test_a_paper_for_exemption_leaves_the_sum_to_the_officer() -> None:
    assert total(JUDICIAL, 200_000, copies="2") == 400_000
    assert total(JUDICIAL, 200_000, copies="2", fee_exemption_paper=["f1"]) is None


@pytest.mark.parametrize(
    ("pages", "copies", "fee"),
    [
        (1, 1, 2000),
        (2, 1, 4000),
        (3, 1, 5000),
        (3, 2, 10_000),
        (198, 1, 200_000),
        (500, 1, 200_000),
    ],
)
def test_pages_cost_less_from_the_third_on_and_a_copy_has_a_ceiling(
    pages: int, copies: int, fee: int
) -> None:
    assert total(COPIES, 2000, pages=pages, copies=copies) == fee


@given(st.integers(1, 5000), st.integers(1, 50))
def test_more_pages_never_cost_less_and_copies_multiply(pages: int, copies: int) -> None:
    one = total(COPIES, 2000, pages=pages, copies=1)
    more = total(COPIES, 2000, pages=pages + 1, copies=1)
    assert one is not None
    assert more is not None
    assert one <= more <= 200_000
    assert total(COPIES, 2000, pages=pages, copies=copies) == one * copies


@given(
    st.one_of(st.text(max_size=8), st.floats(), st.booleans(), st.none(), st.integers(max_value=0))
)
def test_a_number_that_is_none_leaves_the_sum_open(said: object) -> None:
    if isinstance(said, str) and said.isdigit():
        return
    assert total("2.000635", 8000, copies=said) is None


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_a_fee_that_is_not_stated_stays_unknown_whatever_was_filled_in(
    given: dict[str, str],
) -> None:
    filled = {key: Value(value=value, display=value) for key, value in given.items()}
    for code in fees.rules():
        assert fees.count(code, None, "", filled, TODAY).total is None


def test_the_files_fit_their_schema_and_the_schema_the_code() -> None:
    schema = json.loads((ROOT / "data" / "schemas" / "fees.schema.json").read_text())
    assert schema == fees.Tariffs.model_json_schema()
    files = [path for path in Path(fees.DIRECTORY).glob("*.yml") if path.stem != "units"]
    assert files
    for path in files:
        Draft202012Validator(schema).validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_rules_are_for_procedures_of_the_catalogue() -> None:
    known = {one.code for one in shipped.load_shipped(shipped.DIRECTORY)}
    assert set(fees.rules()) <= known
