"""The table of docs/channels.md: no row of the shared facts is missing, each test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from common.settings import ROOT

HERE = "tests/gateway"
RASA = "## Rasa"
TITLES = {"Zalo": "## Zalo", "Messenger": "## Messenger", "Payment": "## Payment"}
UNUSED = {("Payment", "national portal's payment platform")}


def table() -> dict[tuple[str, str], list[str]]:
    """By platform and row: the tests, as `path::name`."""
    text = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (Zalo|Messenger|Payment|Rasa) \| ([^|]+?) \| (.+) \|$", text, re.MULTILINE
    )
    found = {}
    for of, row, told in rows:
        tests = re.findall(r"`([\w/.]+::\w+)`", told)
        found[of, row] = [one if "/" in one else f"{HERE}/{one}" for one in tests]
    return found


@cache
def names_in(path: str) -> set[str]:
    """The names of a file's tests."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {one.name for one in tree.body if isinstance(one, functions)}


@pytest.mark.parametrize("row", table(), ids=": ".join)
def test_every_row_has_tests_and_they_exist(row: tuple[str, str]) -> None:
    named = table()[row]
    assert bool(named) == (row not in UNUSED)
    for one in named:
        path, _, name = one.partition("::")
        assert name in names_in(path), one


def test_every_test_of_a_row_is_named() -> None:
    named = {one for tests in table().values() for one in tests}
    ours = {
        f"{HERE}/{path.name}::{name}"
        for path in Path(ROOT / HERE).glob("test_*.py")
        for name in names_in(f"{HERE}/{path.name}")
        if name.startswith("test_row_")
    }
    assert ours - named == set()


def test_no_row_of_the_shared_facts_is_forgotten(shared_data: Path) -> None:
    text = (shared_data.parents[1] / "channels.md").read_text(encoding="utf-8")
    for of, title in TITLES.items():
        _, _, rest = text.partition(title)
        part, _, _ = rest.partition("\n## ")
        rows = set(re.findall(r"^\| ([^|]+?) \|", part, re.MULTILINE)) - {"item"}
        assert rows
        assert {row for name, row in table() if name == of} == rows


def test_no_trap_of_rasa_is_forgotten(shared_data: Path) -> None:
    """There it is a list; a row is named by the beginning of its point."""
    text = (shared_data.parents[1] / "channels.md").read_text(encoding="utf-8")
    _, _, part = text.partition(RASA)
    points = {one.strip() for one in re.findall(r"^- ([^:;]+)[:;]", part, re.MULTILINE)}
    assert points
    assert points - {row for name, row in table() if name == "Rasa"} == set()
