"""Hours, addresses, days off and everyday words: what two people have kept is what citizens meet."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

import pytest

from common.database import Database
from common.tenant import shipped, tenant
from onestop.bookings import slots
from onestop.catalogue.search import lexicon
from onestop.catalogue.search.words import words
from onestop.changes.service import ChangeRefused
from onestop.changes.subject import Unfit
from onestop.dossiers import calendar
from onestop.dossiers.calendar import VIETNAM, is_working_day
from onestop.kept import live
from onestop.kept.units import UnitsKept, laid_over, told_of
from onestop.staff.scope import Scope
from onestop.units.directory import PROVINCIAL, Directory
from tests.onestop.kept.conftest import current, keep, propose

SATURDAY, MONDAY = date(2026, 12, 5), date(2026, 12, 7)
COMMUNE = "13291"


def units(database: Database) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(current(database, "units"))
    return found


def test_the_shipped_tenant_is_told_whole() -> None:
    assert laid_over(shipped(), told_of(shipped())) == shipped()


def test_other_hours_are_told_and_booked_by_at_once(kept: Database) -> None:
    told = units(kept)
    told["hours"][0] |= {"hours": "8 giờ – 11 giờ", "weekdays": [1, 2, 3, 4, 5, 6]}
    told["hours"][1]["weekdays"] = [7]
    told["booking"][0]["slot_minutes"] = 90
    keep(kept, "units", json.dumps(told))
    assert tenant() is shipped()
    kept.query(live.load)
    monday = Directory(tenant()).tell(
        "thứ hai mở cửa mấy giờ", datetime(2026, 12, 1, 9, tzinfo=VIETNAM)
    )
    assert monday.day is not None
    assert [(one.begin, one.end) for one in monday.day.open] == [(time(8), time(11))]
    day = slots.slots(tenant().opening_hours, tenant().units.booking, MONDAY)
    assert [one.begin for one in day] == [time(8), time(9, 30)]


def test_a_commune_has_its_own_address_and_hours(kept: Database) -> None:
    told = units(kept)
    told["places"].append(
        {"unit": COMMUNE, "address": "số 5 đường Mới", "phone": "0226 123", "verified": True}
    )
    told["hours"].append(
        {"unit": COMMUNE, "days": "Mọi ngày", "weekdays": [1], "hours": "9 giờ – 10 giờ"}
    )
    keep(kept, "units", json.dumps(told))
    kept.query(live.load)
    directory = Directory(tenant())
    place = directory.place(COMMUNE)
    assert place.address == "số 5 đường Mới"
    assert place.name == Directory(shipped()).place(COMMUNE).name
    assert directory.opening_hours(COMMUNE)[0].days == "Mọi ngày"
    assert directory.opening_hours(PROVINCIAL) == shipped().opening_hours


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("hours", {"days": "Thứ Bảy", "weekdays": [2], "hours": "nghỉ"}, "day_twice"),
        (
            "hours",
            {"days": "x", "weekdays": [6], "hours": "7h30 - 11h30", "unit": COMMUNE},
            "hours_unreadable",
        ),
        (
            "hours",
            {"days": "x", "weekdays": [6], "hours": "7 giờ", "unit": COMMUNE},
            "hours_unreadable",
        ),
        (
            "hours",
            {"days": "x", "weekdays": [9], "hours": "nghỉ", "unit": COMMUNE},
            "hours_unreadable",
        ),
        ("hours", {"days": "", "weekdays": [], "hours": "nghỉ", "unit": "x"}, "unknown_unit"),
        ("places", {"unit": PROVINCIAL}, "unit_twice"),
        ("places", {"unit": COMMUNE, "phone": "chưa có"}, "phone_digits"),
        ("booking", {"slot_minutes": 1, "places": 1, "days_ahead": 1, "per_phone": 1}, "invalid"),
    ],
)
def test_hours_and_places_that_nobody_could_go_by_are_refused(
    kept: Database, table: str, row: dict[str, Any], said: str
) -> None:
    told = units(kept)
    told[table].append(row)
    with pytest.raises(Unfit, match=said):
        propose(kept, "units", json.dumps(told))


def test_a_document_of_the_province_is_not_for_who_sees_one_agency(kept: Database) -> None:
    told = units(kept)
    told["booking"][0]["places"] = 9
    with pytest.raises(LookupError):
        propose(kept, "units", json.dumps(told), scope=Scope.of(["Sở"]))
    with pytest.raises(ChangeRefused, match="unchanged"):
        propose(kept, "units", current(kept, "units"))


def test_a_swapped_day_moves_work_and_bookings(kept: Database) -> None:
    assert not is_working_day(SATURDAY)
    told = json.loads(current(kept, "calendar"))
    told["swaps"].append({"day_off": "2026-12-07", "day_worked": "2026-12-05", "source": "thử"})
    told["holidays"].append({"month": 12, "day": 9, "since": 2026, "name": "Ngày thử"})
    keep(kept, "calendar", json.dumps(told))
    kept.query(live.load)
    assert is_working_day(SATURDAY)
    assert not is_working_day(MONDAY)
    assert calendar.is_holiday(date(2026, 12, 9))
    assert slots.slots(tenant().opening_hours, tenant().units.booking, MONDAY) == []
    assert slots.slots(tenant().opening_hours, tenant().units.booking, SATURDAY) != []


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("swaps", {"day_off": "2026-12-05", "day_worked": "2026-12-07"}),
        ("swaps", {"day_off": "2026-01-02", "day_worked": "2026-12-05"}),
        ("holidays", {"month": 2, "day": 30, "since": 2026, "name": "x"}),
        ("holidays", {"month": 2, "day": 3, "since": 2026, "name": ""}),
    ],
)
def test_days_that_cannot_be_are_refused(kept: Database, table: str, row: dict[str, Any]) -> None:
    told = json.loads(current(kept, "calendar"))
    told[table].append(row)
    with pytest.raises(Unfit, match=table):
        propose(kept, "calendar", json.dumps(told))


def test_a_new_everyday_word_is_understood_by_the_search(kept: Database) -> None:
    def meant(text: str) -> list[str]:
        pieces = lexicon.shipped().pieces(words(text))
        return [
            " ".join(word.accented for word in way)
            for piece in pieces
            for one in piece.phrases
            for way in one.means
        ]

    assert meant("bùa xanh") == []
    text = current(kept, "synonyms") + "- say: [bùa xanh]\n  means: thẻ căn cước\n"
    keep(kept, "synonyms", text)
    before = lexicon.stamp()
    kept.query(live.load)
    assert lexicon.stamp() != before
    assert meant("bùa xanh") == ["thẻ căn cước"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("- say: [bằng lái]\n  means: x\n", "stands twice"),
        ("- say: []\n  means: x\n", "say"),
        ("- say: ['?']\n  means: x\n", "says nothing"),
        ("- say: [a\n", "not YAML"),
    ],
)
def test_words_that_the_search_could_not_use_are_refused(
    kept: Database, more: str, said: str
) -> None:
    with pytest.raises(Unfit, match=said):
        propose(kept, "synonyms", current(kept, "synonyms") + more)


def test_what_was_kept_for_another_tenants_file_does_not_stop_the_service(kept: Database) -> None:
    told = units(kept)
    told["booking"][0]["places"] = 9
    keep(kept, "units", json.dumps(told))
    other = UnitsKept.model_validate(told | {"places": [{"unit": "99999"}]})
    kept.transact(live.store.save, "units", "all", other.model_dump_json())
    kept.transact(live.store.save, "calendar", "all", '{"holidays": [{"month": 13}]}')
    kept.query(live.load)
    assert tenant() is shipped()
    assert not is_working_day(SATURDAY)
