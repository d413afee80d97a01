"""An update of the project brings another file where staff keep a document: told until two have chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from common.database import Database
from onestop.changes.service import ChangeRefused
from onestop.kept import answers, registry, store
from onestop.kept.eforms import EForms, with_version
from onestop.kept.registry import SHELVES
from onestop.kept.schemas import ReadyAnswer
from onestop.kept.shelf import ONLY
from onestop.staff.scope import Scope
from tests.onestop.kept.conftest import ALL, current, keep

FORM = "marriage-registration"


class Release:
    """What the project ships, and ships after its next update."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, kind: str, content: str, code: str = ONLY) -> None:
        shelf = type(SHELVES[kind])
        before = SHELVES[kind].shipped()

        def shipped(_self: Any) -> Mapping[str, str]:
            return {**before, code: content}

        self._monkeypatch.setattr(shelf, "shipped", shipped)


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Release:
    return Release(monkeypatch)


def moved(database: Database, scope: Scope = ALL) -> list[str]:
    found = database.query(registry.moved, scope)
    return [shelf.kind for shelf, _ in found]


def days(*source: str) -> str:
    rows = [{"name": one, "day": 1, "month": 6, "since": 2026, "source": ""} for one in source]
    return SHELVES["calendar"].checked(
        None,  # type: ignore[arg-type]
        ONLY,
        json.dumps({"holidays": rows, "swaps": []}),
    )


def test_what_staff_have_not_changed_follows_the_release(kept: Database, release: Release) -> None:
    release("calendar", days("mới"))
    assert moved(kept) == []
    assert current(kept, "calendar") == days("mới")


def test_a_release_that_ships_another_file_is_told_until_it_is_taken(
    kept: Database, release: Release
) -> None:
    keep(kept, "calendar", days("của cán bộ"))
    assert moved(kept) == []
    release("calendar", days("của bản mới"))
    assert moved(kept) == ["calendar"]
    assert moved(kept, Scope.of(["Sở A"])) == []
    assert current(kept, "calendar") == days("của cán bộ")
    # A change of what stands says nothing of the new file.
    keep(kept, "calendar", days("của cán bộ", "thêm"))
    assert moved(kept) == ["calendar"]
    keep(kept, "calendar", days("của bản mới"))
    assert moved(kept) == []
    # From there on staff go on from the new file.
    keep(kept, "calendar", days("của bản mới", "thêm"))
    assert moved(kept) == []


def test_what_stands_is_kept_over_a_release_and_told_again_at_the_next(
    kept: Database, release: Release
) -> None:
    keep(kept, "calendar", days("của cán bộ"))
    with pytest.raises(ChangeRefused, match="unchanged"):
        keep(kept, "calendar", current(kept, "calendar"))
    release("calendar", days("của bản mới"))
    keep(kept, "calendar", current(kept, "calendar"))
    assert moved(kept) == []
    assert current(kept, "calendar") == days("của cán bộ")
    release("calendar", days("của bản sau nữa"))
    assert moved(kept) == ["calendar"]


def test_a_release_that_ships_what_staff_made_is_nothing_to_choose(
    kept: Database, release: Release
) -> None:
    keep(kept, "calendar", days("của cán bộ"))
    release("calendar", days("của cán bộ"))
    assert moved(kept) == []


def test_what_was_kept_before_this_was_noted_is_told_once(kept: Database) -> None:
    kept.transact(store.save, "calendar", ONLY, days("của cán bộ"), None)
    assert moved(kept) == ["calendar"]
    keep(kept, "calendar", days("của cán bộ"))
    assert moved(kept) == []


def test_a_form_is_compared_without_its_number(kept: Database, release: Release) -> None:
    shipped = EForms().shipped()[FORM]
    mine = shipped.replace("Anh/chị là bên nam", "Anh/chị ở bên nam")
    keep(kept, "eform", mine, FORM)
    release("eform", with_version(shipped, 99), FORM)
    assert moved(kept) == []
    new = shipped.replace("bên nam hay bên nữ", "bên nữ hay bên nam")
    release("eform", new, FORM)
    assert moved(kept) == ["eform"]
    keep(kept, "eform", new, FORM)
    assert moved(kept) == []
    assert with_version(current(kept, "eform", FORM), 0) == with_version(new, 0)


def test_a_form_of_staff_whose_name_a_release_uses_is_told(
    kept: Database, release: Release
) -> None:
    text = EForms().shipped()["general"].replace("id: general", "id: tre-em")
    text = text.replace("procedures: []", 'procedures: ["1.999999"]')
    keep(kept, "eform", text, "tre-em")
    assert moved(kept) == []
    release("eform", text.replace("title: ", "title: Bản khác của "), "tre-em")
    assert moved(kept) == ["eform"]


def test_ready_made_answers_are_told_as_well(kept: Database, release: Release) -> None:
    mine = [ReadyAnswer(id="a", title="Chào", text="Dạ em chào anh/chị.")]
    kept.transact(answers.save, mine)
    assert moved(kept) == []
    release("answers", '[{"id":"b","title":"Mới","text":"Dạ."}]')
    assert moved(kept) == ["answers"]
    more = [*mine, ReadyAnswer(id="c", title="Cảm ơn", text="Dạ em cảm ơn.")]
    kept.transact(answers.save, more)
    assert moved(kept) == ["answers"]
    keep(kept, "answers", current(kept, "answers"))
    assert moved(kept) == []
    assert kept.query(answers.listed) == more
