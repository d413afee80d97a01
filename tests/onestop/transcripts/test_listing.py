"""Filters, search, pages; the same on each database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from common.database import Database, now
from onestop.staff.scope import Scope
from onestop.transcripts import listing, reviewing, words
from onestop.transcripts.models import Conversation
from onestop.transcripts.schemas import Filter, Listing, Marks
from tests.onestop.transcripts.conftest import NOON, Citizen, conversations, take

ALL = Scope()


def listed(database: Database, before: int | None = None, **wanted: Any) -> Listing:
    return database.query(listing.page, ALL, Filter.model_validate(wanted), before)


def openings(database: Database, **wanted: Any) -> list[str]:
    return [one.opening for one in listed(database, **wanted).conversations]


def found(database: Database, q: str) -> list[str]:
    hits = listed(database, q=q).hits
    return ["".join(piece.text for piece in hit.text) for hit in hits]


@pytest.fixture
def talks(database: Database) -> Database:
    """Three conversations that differ in everything that is filtered by."""
    asked = Citizen("web:asked")
    asked.visit()
    asked.says("lệ phí đăng ký khai sinh", "ask_fee", 0.95)
    asked.add("slot", name="procedure", value="1.004194")
    asked.hears("Dạ, miễn lệ phí.")
    left = Citizen("zalo:left", "zalo", NOON + 86_400)
    left.visit()
    left.says("nộp hồ sơ tạm trú", "start_dossier", 0.5)
    left.add("slot", name="draft", value="d1")
    left.hears("Họ tên?", "dossier_form", field="name", kind="person_name")
    left.says("gặp cán bộ", "ask_person", 0.9)
    left.hears("Dạ", "action_person", said="not_understood")
    sent = Citizen("web:sent", "web", NOON + 2 * 86_400)
    sent.visit()
    sent.says("gửi hồ sơ", "submit_dossier", 0.9)
    sent.add("slot", name="dossiers", value=["x"])
    sent.hears("Đã nhận", stars=4)
    for one in (asked, left, sent):
        take(database, one)
    marks = Marks(reviewed=True, assigned="lan", add_label="khó hiểu")
    number = conversations(database)[0].id
    database.transact(reviewing.mark, ALL, "lan", number, marks)
    return database


ASKED, LEFT, SENT = "lệ phí đăng ký khai sinh", "nộp hồ sơ tạm trú", "gửi hồ sơ"


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({}, [SENT, LEFT, ASKED]),
        ({"channel": "zalo"}, [LEFT]),
        ({"procedure": "1.004194"}, [ASKED]),
        ({"intent": "ask_person"}, [LEFT]),
        ({"unsure": "true"}, [LEFT]),
        ({"unsure": "false"}, [SENT, ASKED]),
        ({"fallback": "true"}, [LEFT]),
        ({"field": "name"}, [LEFT]),
        ({"outcome": "left"}, [LEFT]),
        ({"outcome": "started"}, []),
        ({"outcome": "submitted"}, [SENT]),
        ({"stars": "4"}, [SENT]),
        ({"handed_over": "true"}, [LEFT]),
        ({"reviewed": "true"}, [ASKED]),
        ({"reviewed": "false", "channel": "web"}, [SENT]),
        ({"label": "khó hiểu"}, [ASKED]),
        ({"assigned": "lan"}, [ASKED]),
        ({"since": "", "until": "", "stars": "", "fallback": ""}, [SENT, LEFT, ASKED]),
    ],
)
def test_each_filter_chooses(talks: Database, wanted: dict[str, Any], shown: list[str]) -> None:
    assert openings(talks, **wanted) == shown


def test_days_are_vietnams_and_both_count(talks: Database) -> None:
    first = date(2026, 5, 29)  # NOON is 03:26 in Vietnam on that day
    assert openings(talks, since=first, until=first) == [ASKED]
    assert openings(talks, since=first + timedelta(days=1)) == [SENT, LEFT]


def test_a_draft_of_this_hour_is_not_left_yet(talks: Database) -> None:
    query = update(Conversation).where(Conversation.outcome == "started").values(last_at=now())
    talks.transact(lambda session: session.execute(query))
    assert openings(talks, outcome="started") == [LEFT]
    assert openings(talks, outcome="left") == []


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("khai sinh", [ASKED]),
        ("KHAI SINH", [ASKED]),
        ("le phi", [ASKED]),
        ("sinh khai", [ASKED]),
        ('"khai sinh"', [ASKED]),
        ('"sinh khai"', []),
        ("hồ sơ", [SENT, LEFT]),
        ("ho so nop", [LEFT]),
        ("da nhan", [SENT]),  # of the reply
        ("khai tử", []),
    ],
)
def test_words_are_found_with_and_without_accents(
    talks: Database, query: str, texts: list[str]
) -> None:
    assert found(talks, query) == texts


@pytest.mark.parametrize("query", ['"', "' OR 1=1 --", "a & | ! <->", "NEAR(a b)", "*", "rowid:1"])
def test_no_query_is_taken_for_syntax(talks: Database, query: str) -> None:
    listed(talks, q=query)


def test_a_search_keeps_the_filters(talks: Database) -> None:
    assert [hit.conversation.channel for hit in listed(talks, q="hồ sơ", channel="zalo").hits] == [
        "zalo"
    ]


def test_what_was_found_is_marked_in_the_text_as_it_was_written() -> None:
    pieces = list(words.marked("Lệ phí ĐĂNG KÝ khai sinh?", 'khai "dang ky"'))
    assert pieces == [
        ("Lệ phí ", False),
        ("ĐĂNG KÝ", True),
        (" ", False),
        ("khai", True),
        (" sinh?", False),
    ]
    assert list(words.marked("khaisinh", "khai")) == [("khaisinh", False)]


def test_pages_go_on_without_gaps_or_repeats(database: Database) -> None:
    for number in range(listing.PAGE + 5):
        one = Citizen(f"web:{number}")
        one.visit()
        one.asks(f"câu số {number}")
        take(database, one)
    first = listed(database)
    second = listed(database, before=first.before)
    assert (len(first.conversations), len(second.conversations)) == (listing.PAGE, 5)
    assert second.before is None
    shown = [one.id for one in (*first.conversations, *second.conversations)]
    assert shown == sorted(set(shown), reverse=True)
    searched = listed(database, q="câu")
    rest = listed(database, q="câu", before=searched.before)
    assert len({hit.turn for hit in (*searched.hits, *rest.hits)}) == listing.PAGE + 5


def test_a_long_conversation_comes_in_parts(database: Database, citizen: Citizen) -> None:
    for number in range(listing.PART + 3):
        citizen.asks(f"câu {number}")
    take(database, citizen)
    number = conversations(database)[0].id
    first = database.query(listing.part, ALL, number)
    rest = database.query(listing.part, ALL, number, first.after or 0)
    assert [turn.number for turn in first.turns] == list(range(1, listing.PART + 1))
    assert [turn.number for turn in rest.turns] == list(range(listing.PART + 1, listing.PART + 4))
    assert rest.after is None


def test_an_account_of_one_agency_sees_only_what_is_about_its_procedures(talks: Database) -> None:
    scope = Scope(frozenset({"Bộ Tư pháp"}))
    empty = talks.query(listing.page, scope, Filter())
    assert empty.conversations == []
    with pytest.raises(LookupError):
        talks.query(listing.part, scope, conversations(talks)[0].id)
