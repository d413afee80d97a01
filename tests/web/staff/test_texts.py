"""What the console says by a code has words: nobody reads `account.second_factor_reset`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from onestop.catalogue.content import Procedure, Tier, TimeUnit, WayKind
from onestop.catalogue.imports import OUTCOMES
from onestop.catalogue.sources import Source
from onestop.changes.registry import SUBJECTS
from onestop.changes.subject import STATES
from onestop.eforms.definition import FieldType
from onestop.feedback import schemas as feedback
from onestop.kept.answers import blanks
from onestop.kept.eform_editing import FIELD_PARTS, FORM_PARTS
from onestop.privacy.models import HoldKind
from onestop.privacy.rules import Action, Basis, Store
from onestop.staff.access import Role
from onestop.staff.waiting import KINDS
from web.staff.catalogue import form
from web.staff.kept.tables import TABLES
from web.staff.own import _kinds
from web.staff.rendering import TEXTS, texts

SOURCES = [path for package in ("onestop", "web") for path in sorted(Path(package).rglob("*.py"))]
ROWS = {column for shape in form.ROWS.values() for column in shape.model_fields}


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("roles", Role),
        ("role_hints", Role),
        ("procedure_fields", Procedure.model_fields),
        ("procedure_hints", form.LISTS),
        ("procedure_columns", ROWS),
        ("procedure_words", [*WayKind, *TimeUnit, *Tier, "yes", "no"]),
        ("procedure_sources", Source),
        ("change_states", STATES),
        ("change_kinds", SUBJECTS),
        ("actions", [f"{kind}.{done}" for kind in SUBJECTS for done in ("proposed", *STATES[1:])]),
        ("import_outcomes", OUTCOMES),
        ("retention_stores", get_args(Store)),
        ("retention_actions", get_args(Action)),
        ("retention_bases", get_args(Basis)),
        ("retention_bases_short", get_args(Basis)),
        ("hold_kinds", get_args(HoldKind)),
        ("complaint_states", feedback.STATES),
        ("eform_parts", [*FIELD_PARTS, *FORM_PARTS]),
        ("eform_types", FieldType),
        ("answer_blanks", blanks()),
        ("table_fields", [name for tables in TABLES.values() for name in tables]),
        (
            "table_columns",
            [one for tables in TABLES.values() for row in tables.values() for one in row],
        ),
    ],
)
def test_every_code_has_words(section: str, codes: list[str]) -> None:
    assert [one for one in codes if str(one) not in texts()[section]] == []


def test_every_act_of_the_audit_has_words() -> None:
    acts = {
        act
        for path in SOURCES
        if "audit" in (source := path.read_text("utf-8"))
        for act in re.findall(
            r'"((?:account|login|answer|import|complaint|hold)\.[a-z_]+|logout)"', source
        )
    }
    assert len(acts) > 8
    assert acts - texts()["actions"].keys() == set()


def test_every_kind_that_waits_has_words() -> None:
    assert KINDS.keys() | {"citizens"} == _kinds().keys()


def test_a_code_told_twice_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twice = tmp_path / "again.yml"
    twice.write_text("roles: {agent: Ai đó}\n", encoding="utf-8")
    monkeypatch.setattr("web.staff.rendering.TEXTS", [*TEXTS, twice])
    texts.cache_clear()
    with pytest.raises(ValueError, match="agent"):
        texts()
    texts.cache_clear()
