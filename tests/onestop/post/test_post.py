"""What the post is asked for: once, taken back in time, followed, at a price by zone and weight."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import Database
from onestop import notices
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import advance
from onestop.eforms.addresses import read_address
from onestop.post import rules, service
from onestop.post.models import PostRequest
from onestop.post.states import STATES, may_cancel, may_follow
from onestop.schemas import PostView
from tests.onestop.post.conftest import DETAILS, ask


def told(database: Database) -> list[str]:
    return [one.text for one in database.query(notices.waiting, 20)]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PostRequest)) or 0


def move(session: Session, code: str, *states: str) -> None:
    for state in states:
        service.step(session, service.locked(session, code), state, "post")  # type: ignore[arg-type]


def test_a_delivery_goes_its_way_and_its_citizen_is_told(database: Database, code: str) -> None:
    parcel = database.transact(ask, code).code
    assert service.read_code(f"mã {parcel.lower().replace('-', ' ')} đâu rồi") == parcel
    database.transact(move, parcel, "sent_out", "failed", "sent_out", "delivered")
    said = [one for one in told(database) if code in one]
    assert len(said) == 4
    assert "đã giao" in said[-1]
    with database.sessions.begin() as session, pytest.raises(service.ImpossibleStep):
        move(session, parcel, "returned")


def test_the_same_is_asked_for_once_but_papers_may_be_fetched_as_well(
    database: Database, code: str
) -> None:
    database.transact(ask, code)
    with pytest.raises(service.CannotSend, match="requested_before"):
        database.transact(ask, code)
    database.transact(ask, code, service="collect")
    assert database.query(count) == 2


def test_it_can_be_taken_back_until_the_post_holds_it(database: Database, code: str) -> None:
    parcel = database.transact(ask, code).code
    with pytest.raises(LookupError):
        database.transact(service.cancel, parcel, "H25-20260101-0000001")

    def take_back(session: Session) -> PostView:
        return service.view(service.cancel(session, parcel, code))

    taken = database.transact(take_back)
    assert (taken.state, taken.can_cancel) == ("cancelled", False)
    assert database.transact(take_back) == taken
    assert told(database) == []  # who did it need not be told
    again = database.transact(ask, code).code
    database.transact(move, again, "sent_out")
    with pytest.raises(service.ImpossibleStep):
        database.transact(service.cancel, again, code)


def test_a_dossier_that_ended_needs_no_post(database: Database, code: str) -> None:
    database.transact(advance, code, Status.REFUSED, "officer")
    with pytest.raises(service.CannotSend, match="too_late"):
        database.transact(ask, code)


def test_a_finished_dossier_has_nothing_more_to_fetch(database: Database, code: str) -> None:
    for status in (Status.RECEIVED, Status.PROCESSING, Status.DONE):
        database.transact(advance, code, status, "officer")

    def offered(session: Session) -> list[str]:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        return list(service.offered(session, dossier))

    assert database.query(offered) == ["deliver"]


def test_a_result_that_is_ready_is_told_with_the_post_unless_one_must_come_and_sign(
    database: Database, code: str
) -> None:
    def done(session: Session, procedure: str) -> list[str]:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        dossier.procedure_code, dossier.status = procedure, Status.PROCESSING
        advance(session, code, Status.DONE, "officer")
        buttons = notices.waiting(session, 20)[-1].buttons
        assert ("deliver" in service.offered(session, dossier)) == (len(buttons) == 3)
        return [one.title for one in buttons]

    assert "Nhận kết quả tại nhà" in database.transact(done, "1.004873")
    for in_person in ("1.000894", "2.000806", "1.001022"):
        assert "Nhận kết quả tại nhà" not in database.transact(done, in_person)


@pytest.mark.parametrize("guarded", [False, True])
def test_without_the_dossiers_lock_two_at_once_would_ask_twice(
    database: Database, code: str, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    both_looked = Barrier(2, timeout=1.5 if guarded else 60)
    number = service.next_number

    def wait(session: Session, *given: Any) -> int:
        bare = session.get_bind().dialect.name == "sqlite" and not guarded
        connection = session.connection()
        if bare:  # SQLite's own guard, one writing transaction at a time, must go too
            connection.exec_driver_sql("COMMIT")
        with suppress(BrokenBarrierError):  # with the guard the other one never comes
            both_looked.wait()
        if bare:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        return number(session, *given)

    def unlocked(session: Session, wanted: str) -> Dossier:
        return session.scalars(select(Dossier).where(Dossier.code == wanted)).one()

    monkeypatch.setattr(service, "next_number", wait)
    if not guarded:
        monkeypatch.setattr(service, "find", unlocked)
        monkeypatch.setattr(database, "_turn", nullcontext())  # a process's writers queue on SQLite

    def one(_worker: int) -> None:
        with suppress(service.CannotSend):
            database.transact(ask, code)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(one, range(2)))
    assert database.query(count) == (1 if guarded else 2)


@given(st.sampled_from(STATES), st.sampled_from(["deliver", "collect"]))
def test_every_way_ends_and_what_the_post_holds_is_not_taken_back(state: Any, kind: Any) -> None:
    seen, open_ones = set(), {state}
    while open_ones:
        present = open_ones.pop()
        seen.add(present)
        open_ones |= may_follow(kind, present) - seen
    assert any(not may_follow(kind, one) for one in seen)
    assert not may_cancel(kind, "collected")
    assert not may_cancel(kind, "sent_out")


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("12 Trần Phú, phường Phủ Lý, Ninh Bình", rules.SAME),
        ("thôn Đông, xã Liêm Cần, huyện Thanh Liêm, Hà Nam", rules.SAME),
        ("5 Trần Hưng Đạo, phường Nam Định, Ninh Bình", rules.SAME),
        ("12 Lê Lợi, phường Bến Thành, TP Hồ Chí Minh", rules.OTHER),
    ],
)
def test_the_zone_follows_from_the_address_of_either_division(address: str, zone: str) -> None:
    value = read_address(address).value
    assert rules.zone_of(value["province_code"], value["division"]) == zone


def test_prices_rise_with_the_weight_and_end_with_the_list() -> None:
    for zone in (rules.SAME, rules.OTHER):
        sums = [rules.fee(zone, grams).amount for grams in (1, 100, 101, 500, 2000)]
        assert sums == sorted(sums)
        assert sums[1] < sums[2]
        with pytest.raises(ValueError, match="no price"):
            rules.fee(zone, 2001)
    assert rules.fee(rules.SAME).estimated != rules.rules().fees.verified


def test_every_state_has_a_name() -> None:
    assert set(rules.rules().states) == set(STATES)


def test_addresses_are_not_stored_in_the_open(database: Database, code: str) -> None:
    database.transact(ask, code)
    with database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT details FROM post_requests").scalar_one()
    assert "Liêm".encode() not in bytes(stored)
    assert DETAILS["phone"].encode() not in bytes(stored)
