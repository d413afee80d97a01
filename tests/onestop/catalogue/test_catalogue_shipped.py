"""The shipped files are checked, and a fault is told in one clear line."""

from __future__ import annotations

import pytest

from onestop.catalogue.shipped import (
    SCHEMA_FILE,
    ShippedCatalogueError,
    load_shipped,
    schema_text,
)

GOOD = """
- code: "1.000001"
  name: Cấp giấy phép nuôi chim
  level: 3
  effective_date: 2026-01-31
  ways:
    - kind: online
      time_amount: 5
      time_unit: working_day
"""


def faults(tmp_path, content: str, name: str = "birds.yml") -> list[str]:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ShippedCatalogueError) as error:
        load_shipped(tmp_path)
    return error.value.faults


def test_the_schema_file_is_in_step_with_the_model():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


def test_a_good_file_is_loaded_in_order(tmp_path):
    (tmp_path / "birds.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "fish.yml").write_text(GOOD.replace("1.000001", "1.000002"), encoding="utf-8")
    loaded = load_shipped(tmp_path)
    assert [procedure.code for procedure in loaded] == ["1.000001", "1.000002"]
    assert loaded[0].effective_date is not None
    assert loaded[0].effective_date.isoformat() == "2026-01-31"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("level: 3", "level: 5", "birds.yml: 1.000001: level: 5 is greater than the maximum of 4"),
        ("kind: online", "kind: pigeon", "birds.yml: 1.000001: ways.0.kind: 'pigeon' is not one of"),
        ("level: 3", "colour: red", "birds.yml: 1.000001: procedure: Additional properties"),
        ('"1.000001"', "1.000001", "birds.yml: 1.000001: code: 1.000001 is not of type 'string'"),
        ('code: "1.000001"\n  name', "name", "birds.yml: procedure 1: procedure: 'code' is a required"),
        ("      time_unit: working_day\n", "", "birds.yml: 1.000001: ways.0: Value error, time_amount"),
        ("2026-01-31", "31/01/2026", "birds.yml: 1.000001: effective_date: Input should be a valid date"),
        ("level: 3", "level: 3\n  level: 4", "birds.yml: not YAML: the key 'level' is given twice"),
        ("level: 3", "level: [", "birds.yml: not YAML:"),
    ],
)  # fmt: skip
def test_a_fault_names_file_procedure_and_place(tmp_path, old, new, told):
    assert old in GOOD
    (fault, *_) = faults(tmp_path, GOOD.replace(old, new, 1))
    assert fault.startswith(told)
    assert "\n" not in fault


def test_a_file_that_is_no_list_is_a_fault(tmp_path):
    assert faults(tmp_path, "code: 1")[0].startswith(
        "birds.yml: {'code': 1} is not of type 'array'"
    )


def test_a_code_given_twice_is_a_fault_that_names_both_files(tmp_path):
    (tmp_path / "a.yml").write_text(GOOD, encoding="utf-8")
    assert faults(tmp_path, GOOD) == ["birds.yml: 1.000001: also in a.yml"]


def test_all_faults_of_all_files_are_told_at_once(tmp_path):
    (tmp_path / "a.yml").write_text(GOOD.replace("level: 3", "level: 9"), encoding="utf-8")
    assert len(faults(tmp_path, GOOD.replace("kind: online", "kind: x"))) == 2
