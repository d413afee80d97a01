"""Notices: claimed by one worker, delivered once, tried again, given up, held at night, muted."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.database import Database, now
from common.settings import ROOT
from onestop import notices
from onestop.dossiers.calendar import VIETNAM
from onestop.notices import delivery, texts
from onestop.notices.delivery import QuietHours
from onestop.notices.models import Notice, State
from onestop.schemas import DeliveryReport, NoticeView

NEVER = QuietHours(time(0), time(0))
NIGHT = QuietHours(time(21), time(7))
LATE, MORNING = (
    datetime(2026, 11, 24, 23, 0, tzinfo=VIETNAM),
    datetime(2026, 11, 25, 7, 0, tzinfo=VIETNAM),
)


def tell(database: Database, owner: str = "web:a", template: str = "paid", key: str = "") -> bool:
    variables = {"code": "H25-1", "amount": "7.000"}
    if template == "status":
        variables = {"code": "H25-1", "procedure": "Thử", "status_name": "Đang xử lý", "note": ""}
        return database.transact(
            notices.tell, owner, template, key=key or None, status=4, **variables
        )
    return database.transact(notices.tell, owner, template, key=key or None, **variables)


def claim(
    database: Database, at: datetime | None = None, quiet: QuietHours = NEVER, limit: int = 50
) -> list[NoticeView]:
    return database.transact(delivery.claim, at or now() + timedelta(seconds=1), quiet, limit)


def report(
    database: Database,
    notice: NoticeView,
    outcome: str,
    at: datetime | None = None,
    reason: str = "",
) -> None:
    said = DeliveryReport.model_validate(
        {"lease": notice.lease, "outcome": outcome, "reason": reason}
    )
    database.transact(delivery.report, notice.id, said, at or now(), lambda: 1.0)


def state(database: Database, number: int) -> tuple[State, int, str]:
    row = database.query(lambda session: session.get_one(Notice, number))
    return row.state, row.attempts, row.last_error


def test_a_claimed_notice_is_nobody_elses_until_its_lease_ends(database: Database) -> None:
    tell(database)
    (first,) = claim(database)
    assert claim(database) == []
    (second,) = claim(database, now() + delivery.LEASE + timedelta(seconds=2))
    assert (second.id, second.text) == (first.id, first.text)
    with pytest.raises(delivery.LeaseLost):
        report(database, first, "delivered")
    report(database, second, "delivered")
    report(database, second, "delivered")  # a repeat
    assert claim(database, now() + timedelta(days=1)) == []
    assert state(database, first.id)[0] == State.DELIVERED


def test_many_workers_share_what_waits_without_taking_one_twice(database: Database) -> None:
    for _ in range(40):
        tell(database)
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: claim(database, limit=7), range(12)))
    taken = [one.id for batch in batches for one in batch]
    assert len(taken) == len(set(taken))
    assert len(taken) + len(claim(database)) == 40


def test_what_could_not_be_told_waits_longer_each_time_and_is_given_up(database: Database) -> None:
    tell(database)
    at, pauses = now(), []
    while claimed := claim(database, at):
        report(database, claimed[0], "later", at, "unavailable")
        row = database.query(lambda session, number: session.get_one(Notice, number), claimed[0].id)
        pauses.append(row.due_at - at)
        at = max(at + timedelta(hours=1), row.due_at)
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert max(pauses) == delivery.LONGEST_PAUSE
    assert at - now() > delivery.GIVE_UP_AFTER
    number = claimed_id(database)
    assert state(database, number)[0] == State.FAILED
    assert database.transact(delivery.retry, number, at)
    assert not database.transact(delivery.retry, number, at)
    assert len(claim(database, at)) == 1


def claimed_id(database: Database) -> int:
    (row,) = database.query(delivery.undelivered)
    return row.id


def test_a_lasting_reason_gives_up_at_once_and_is_kept_for_staff(database: Database) -> None:
    tell(database)
    (claimed,) = claim(database)
    report(database, claimed, "failed", reason="blocked")
    assert state(database, claimed.id) == (State.FAILED, 1, "blocked")
    assert claim(database, now() + timedelta(days=1)) == []


def test_a_kind_that_is_gone_does_not_hold_up_the_others(database: Database) -> None:
    tell(database)
    tell(database)
    with database.sessions.begin() as session:
        session.get_one(Notice, 1).template = "gone"
    assert [one.id for one in claim(database)] == [2]
    assert state(database, 1) == (State.FAILED, 0, "no_text")


def test_at_night_only_what_the_citizen_has_just_caused_is_told(database: Database) -> None:
    with database.sessions.begin() as session:
        session.add_all(
            Notice(owner="web:a", template=name, variables=variables, due_at=LATE)
            for name, variables in (
                ("paid", {"code": "H25-1", "amount": "7.000"}),
                (
                    "status",
                    {
                        "code": "H25-1",
                        "procedure": "Thử",
                        "status": 4,
                        "status_name": "Đang xử lý",
                        "note": "",
                    },
                ),
            )
        )
    assert [one.template for one in claim(database, LATE, NIGHT)] == ["paid"]
    assert [one.template for one in claim(database, MORNING - timedelta(seconds=61), NIGHT)] == [
        "paid"
    ]
    assert "status" in [one.template for one in claim(database, MORNING, NIGHT)]


@given(st.datetimes(timezones=st.just(UTC)), st.times(), st.times())
def test_it_is_quiet_from_one_hour_to_the_other_and_loud_the_other_way_round(
    moment: datetime, one: time, other: time
) -> None:
    quiet, loud = QuietHours(one, other).at(moment), QuietHours(other, one).at(moment)
    assert quiet is not loud if one != other else not quiet and not loud


def test_the_night_begins_and_ends_in_local_time() -> None:
    def at(hour: int, minute: int) -> bool:
        return NIGHT.at(datetime(2026, 11, 24, hour, minute, tzinfo=UTC))

    assert [at(13, 59), at(14, 0), at(23, 59), at(0, 0)] == [False, True, True, False]


def test_who_wants_no_notices_still_hears_what_must_be_told(database: Database) -> None:
    tell(database, "web:a", "status")
    tell(database, "web:b", "status")
    for _ in range(2):
        database.transact(notices.mute, "web:a")
    tell(database, "web:a", "status")
    tell(database, "web:a", "paid")
    told = [(one.owner, one.template) for one in claim(database)]
    assert told == [("web:b", "status"), ("web:a", "paid")]
    database.transact(notices.unmute, "web:a")
    tell(database, "web:a", "status")
    assert [one.owner for one in claim(database)] == ["web:a"]


def test_one_key_is_one_notice(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: tell(database, key="draft:1"), range(8)))
    assert sum(kept) == 1
    assert len(claim(database)) == 1


def test_buttons_say_what_the_dialogue_understands() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, kind in texts.kinds().items():
        for button in kind.buttons:
            command, brace, entities = button.payload.partition("{")
            assert command.removeprefix("/") in domain["intents"], name
            said = json.loads(brace + entities) if brace else {}
            assert set(said) <= set(domain["entities"]), name


def test_a_button_that_does_not_fit_is_left_out_and_a_card_repeats_the_text() -> None:
    variables = {
        "procedure": "Đăng ký tạm trú",
        "code": "H25-20261124-0000001",
        "received_day": "24/11/2026",
        "received_time": "08:30",
        "due": "",
        "time_note": "3 ngày",
        "fee_amount": "7.000",
        "fee_note": "",
        "pay": "at_counter",
        "collect_at": "Công an xã",
    }
    said = texts.say("sent", variables)
    assert [one.title for one in said.buttons] == ["Hồ sơ đến đâu rồi", "Lệ phí bao nhiêu"]
    assert json.loads(said.buttons[0].payload.partition("/check_status")[2]) == {
        "dossier_code": "H25-20261124-0000001"
    }
    assert said.card is not None
    assert (said.card["fee"], said.card["due_at"]) == ("7.000 đồng", "3 ngày")
    free = texts.say("sent", {**variables, "pay": "nothing", "fee_amount": ""})
    assert [one.title for one in free.buttons] == ["Hồ sơ đến đâu rồi"]


def test_an_official_name_of_five_lines_is_cut_within_a_sentence() -> None:
    name = "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất " * 6
    said = texts.say(
        "payment_requested", {"procedure": name, "code": "H25-1", "amount": "7.000", "note": ""}
    )
    assert len(said.text) < 250
    assert "gắn liền với đất" in said.text
    assert "…) cần trả 7.000 đồng" in said.text
