"""Retention: each kind goes when its time is over, not a day before, and never under a hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.database import Database, now
from common.settings import Settings, settings
from onestop.bookings.models import Booking
from onestop.cli import main
from onestop.dossiers import drafts
from onestop.dossiers.models import ANONYMOUS, Draft
from onestop.feedback import complaints
from onestop.feedback.models import Complaint, Rating
from onestop.notices.models import Notice, State
from onestop.privacy import expiring, holds
from onestop.privacy.models import RetentionRun
from onestop.privacy.rules import rules
from onestop.staff.models import AuditEntry
from onestop.storage import registry
from onestop.storage.base import Storage
from tests.onestop.feedback.conftest import complaint, finish
from tests.onestop.privacy.conftest import NAME, OWNER, Kept, state_of
from tests.onestop.privacy.everything import tables_with

SECOND = timedelta(seconds=1)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return registry.create(Settings(upload_directory=tmp_path / "up"))


def counts(found: list[expiring.Expired]) -> dict[str, int]:
    return {one.rule.kind: one.count for one in found if one.count}


def test_every_kind_that_goes_here_has_a_way_to_go() -> None:
    assert {one.kind for one in expiring.ours()} == expiring.KINDS.keys()


def last_change(database: Database, draft: str) -> datetime:
    return database.query(lambda session: session.get_one(Draft, draft).updated_at)


def test_a_draft_goes_when_its_time_is_over_and_not_before(database: Database, kept: Kept) -> None:
    ends = last_change(database, kept.draft) + rules()["drafts"].period
    expiring.run(database, ends)
    assert state_of(database, kept.draft)[0] == OWNER
    assert counts(expiring.run(database, ends + SECOND))["drafts"] == 1
    assert state_of(database, kept.draft) == (ANONYMOUS, "discarded", {})


def test_what_is_left_of_a_draft_tells_only_where_it_was_left(
    database: Database, kept: Kept
) -> None:
    expiring.run(database, now() + timedelta(days=400))
    row = database.query(lambda session: session.get_one(Draft, kept.draft))
    assert (row.left_field, row.procedure_code) == ("phone", "1.000001")
    url = database.engine.url.render_as_string(hide_password=False)
    assert tables_with(url, NAME)[NAME] <= {"files"}  # loose files have a sweep of their own


def test_a_discarded_draft_tells_the_field_too(database: Database, kept: Kept) -> None:
    database.transact(lambda session: drafts.discard(session.get_one(Draft, kept.draft)))
    row = database.query(lambda session: session.get_one(Draft, kept.draft))
    assert (row.left_field, row.owner) == ("phone", OWNER)


def test_what_was_submitted_stays_however_old(database: Database, kept: Kept) -> None:
    expiring.run(database, now() + timedelta(days=36500))
    url = database.engine.url.render_as_string(hide_password=False)
    assert {"dossiers", "drafts"} <= tables_with(url, "Nguyễn Văn An")["Nguyễn Văn An"]


@pytest.mark.parametrize("kind", ["dossier", "conversation"])
def test_under_a_hold_nothing_of_the_conversation_goes(
    database: Database, kept: Kept, kind: holds.HoldKind
) -> None:
    subject = kept.dossier if kind == "dossier" else OWNER
    hold = database.transact(holds.place, kind, subject, "CV 12/CAT", "lan")
    late = now() + timedelta(days=400)
    assert counts(expiring.run(database, late)) == {}
    database.transact(holds.release, hold.id, "xong vụ việc", "lan")
    assert counts(expiring.run(database, late)) == {
        **{"drafts": 1, "bookings": 1, "conversations": 1, "transcript_feeds": 1},
    }


def test_a_past_counter_time_is_forgotten_and_stays_counted(database: Database, kept: Kept) -> None:
    past = now() - timedelta(days=60)
    database.transact(lambda session: session.execute(update(Booking).values(day=past.date())))
    assert counts(expiring.run(database, now()))["bookings"] == 1
    row = database.query(lambda session: session.scalars(select(Booking)).one())
    assert (row.owner, row.details, row.state) == (ANONYMOUS, {}, "booked")


def test_notices_that_still_wait_are_kept(database: Database, kept: Kept) -> None:
    late = now() + timedelta(days=91)
    assert "notices" not in counts(expiring.run(database, late))
    database.transact(lambda s: s.execute(update(Notice).values(state=State.DELIVERED)))
    assert counts(expiring.run(database, late))["notices"] == 1


def test_complaints_and_ratings_keep_only_what_is_counted(database: Database, kept: Kept) -> None:
    code = database.transact(complaints.take, complaint(owner=OWNER, name=NAME)).code
    finish(database, kept.dossier)

    def judge(session: Session) -> None:
        dossier = session.scalars(select(Draft.id).where(Draft.state == "submitted")).one()
        assert dossier
        session.add(Rating(dossier_id=1, owner=OWNER, channel="web", stars=2, reason=NAME))

    database.transact(judge)
    late = now() + timedelta(days=1826)
    assert "complaints" not in counts(expiring.run(database, late))  # it waits for its answer
    database.transact(complaints.move, code, "answered", "lan", f"Thưa {NAME}")
    assert counts(expiring.run(database, late))["complaints"] == 1
    url = database.engine.url.render_as_string(hide_password=False)
    assert not {"complaints", "complaint_events", "ratings"} & tables_with(url, NAME)[NAME]
    stars = database.query(lambda session: session.scalars(select(Rating.stars)).one())
    states = database.query(lambda session: session.scalars(select(Complaint.state)).one())
    assert (stars, states) == (2, "answered")


def test_a_dry_run_counts_the_same_and_changes_nothing(database: Database, kept: Kept) -> None:
    late = now() + timedelta(days=400)
    told = counts(expiring.run(database, late, dry_run=True))
    assert state_of(database, kept.draft)[0] == OWNER
    assert counts(expiring.run(database, late)) == told

    def kinds(session: Session) -> dict[str, int]:
        rows = session.scalars(select(RetentionRun))
        return {one.kind: one.count for one in rows if one.count}

    assert database.query(kinds) == told
    assert counts(expiring.run(database, late)) == {}
    assert database.query(kinds) == told


def test_more_than_one_transaction_is_worked_off(
    database: Database, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "AT_ONCE", 2)

    def many(session: Session) -> None:
        for _ in range(7):
            session.add(Notice(owner=OWNER, template="x", variables={}, state=State.DELIVERED))

    database.transact(many)
    assert counts(expiring.run(database, now() + timedelta(days=91)))["notices"] == 7


def test_the_commands_run_report_hold_and_release(
    database: Database,
    kept: Kept,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    config = settings().model_copy(update={"database_url": url})
    monkeypatch.setattr("onestop.cli.retention.settings", lambda: config)
    late = now() + timedelta(days=400)
    monkeypatch.setattr("onestop.cli.retention.now", lambda: late)
    hold = ["retention", "hold", "dossier", kept.dossier.lower(), "--reason", "CV 12/CAT"]
    assert main([*hold, "--actor", "lan"]) == 0
    assert main(hold) == 1
    assert main([*hold[:3], "H25-000000-0000000", *hold[4:]]) == 1
    assert main(["retention", "holds"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == f"hold 1: dossier {kept.dossier}"
    assert f"lan  dossier {kept.dossier}  CV 12/CAT" in said.out
    assert main(["retention", "run", "--dry-run"]) == 0
    assert "30 days  would anonymise 0" in capsys.readouterr().out
    release = ["retention", "release", "1", "--reason", "CV 15/CAT: xong", "--actor", "lan"]
    assert main(release) == 0
    assert main(release) == 1
    with pytest.raises(SystemExit, match="2"):
        main([*release[:2], "9" * 30, *release[3:]])
    assert main(["retention", "run"]) == 0
    assert "30 days  anonymise 1" in capsys.readouterr().out
    monkeypatch.setattr("onestop.cli.retention.now", now)
    assert main(["retention", "report"]) == 0
    assert "onestop  drafts             anonymise 1" in capsys.readouterr().out
    acts = select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id)
    assert database.query(lambda session: session.execute(acts).all()) == [
        ("lan", "hold.placed", "hold:1"),
        ("lan", "hold.released", "hold:1"),
    ]
