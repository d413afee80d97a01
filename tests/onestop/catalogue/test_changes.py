"""Changes by staff: a second person, the day, what was overtaken, going back, scope."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.catalogue import overview, store
from onestop.catalogue.content import Procedure
from onestop.catalogue.models import ProcedureRecord
from onestop.catalogue.sources import Source
from onestop.changes import service as changes
from onestop.changes.models import Change
from onestop.changes.service import ChangeRefused
from onestop.changes.subject import WAITING
from onestop.dossiers.submission import day_of
from onestop.staff import audit
from onestop.staff.models import AuditEntry
from onestop.staff.scope import Scope
from tests.databases import BACKENDS, migrated
from tests.onestop.catalogue.test_catalogue_store import BIRD

ALL = Scope()
CODE = BIRD.code


@pytest.fixture(params=BACKENDS)
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with migrated("onestop", request.param, tmp_path) as url:
        database = Database(url)
        database.transact(store.save, BIRD.model_copy(update={"agency": "Sở"}), Source.SHIPPED)
        yield database
        database.close()


def current(database: Database) -> tuple[int, Procedure]:
    def work(session: Session) -> tuple[int, Procedure]:
        found = store.get(session, CODE)
        assert found
        return session.get_one(ProcedureRecord, CODE).revision_id, found

    return database.query(work)


def propose(
    database: Database, author: str = "lan", days: int | None = None, **update: object
) -> int:
    _, procedure = current(database)
    content = Procedure.model_validate({**procedure.model_dump(), **update})
    starts = None if days is None else day_of(now()) + timedelta(days=days)

    def work(session: Session) -> int:
        return changes.propose(
            session,
            author,
            ALL,
            "procedure",
            CODE,
            procedure.model_dump_json(),
            content.model_dump_json(),
            "vì quyết định mới",
            starts,
            now(),
        ).id

    return database.transact(work)


def approve(database: Database, change_id: int, reviewer: str = "hoa") -> None:
    database.transact(
        lambda session: changes.approve(
            session, reviewer, changes.get(session, change_id, ALL), now()
        )
    )


def state(database: Database, change_id: int) -> str:
    return database.query(lambda session: session.get_one(Change, change_id).state)


def test_a_change_counts_once_a_second_person_has_approved_it(catalogue: Database) -> None:
    change = propose(catalogue, name="Cấp phép nuôi chim cảnh", aliases=["nuôi chim cảnh"])
    assert current(catalogue)[1].name == BIRD.name
    with pytest.raises(ChangeRefused, match="own_change"):
        approve(catalogue, change, "lan")
    approve(catalogue, change)
    assert current(catalogue)[1].name == "Cấp phép nuôi chim cảnh"
    assert state(catalogue, change) == "applied"
    found = catalogue.query(overview.lines, overview.Filter(words="nuoi chim CANH"), ALL, "", 10)
    assert [(one.code, one.source) for one in found] == [(CODE, "staff")]
    done = catalogue.query(lambda session: [one.action for one in session.query(AuditEntry)])
    assert done == ["procedure.proposed", "procedure.approved", "procedure.applied"]
    catalogue.query(audit.verify)


def test_what_comes_again_from_elsewhere_does_not_undo_it(catalogue: Database) -> None:
    approve(catalogue, propose(catalogue, name="Tên mới"))
    again = BIRD.model_copy(update={"agency": "Sở", "summary": "khác"})
    assert catalogue.transact(store.save, again, Source.SHIPPED) is store.Outcome.KEPT_ASIDE
    assert current(catalogue)[1].name == "Tên mới"


def test_a_change_waits_for_its_day(catalogue: Database) -> None:
    change = propose(catalogue, days=2, name="Tên mới")
    approve(catalogue, change)
    assert state(catalogue, change) == "approved"
    assert catalogue.transact(changes.apply_due, now() + timedelta(days=1)) == 0
    assert current(catalogue)[1].name == BIRD.name
    assert catalogue.transact(changes.apply_due, now() + timedelta(days=2)) == 1
    assert current(catalogue)[1].name == "Tên mới"


def test_a_change_that_was_overtaken_is_not_applied(catalogue: Database) -> None:
    early, late = propose(catalogue, name="Một"), propose(catalogue, name="Hai")
    scheduled = propose(catalogue, days=1, name="Ba")
    approve(catalogue, scheduled)
    approve(catalogue, early)
    with pytest.raises(ChangeRefused, match="outdated"):
        approve(catalogue, late)
    assert catalogue.transact(changes.apply_due, now() + timedelta(days=1)) == 0
    assert state(catalogue, scheduled) == "outdated"
    assert current(catalogue)[1].name == "Một"


def test_going_back_is_a_change_like_any_other(catalogue: Database) -> None:
    before = current(catalogue)[1]
    approve(catalogue, propose(catalogue, name="Nhầm"))
    approve(catalogue, propose(catalogue, **before.model_dump()))
    assert current(catalogue)[1] == before
    assert len(catalogue.query(store.history, CODE)) == 3


def test_nothing_is_proposed_that_changes_nothing_or_was_overtaken(catalogue: Database) -> None:
    standing = current(catalogue)[1].model_dump_json()
    other = BIRD.model_dump_json()
    for before, content, code in ((standing, standing, "unchanged"), (other, other, "outdated")):
        with pytest.raises(ChangeRefused, match=code):
            catalogue.transact(
                changes.propose,
                "lan", ALL, "procedure", CODE, before, content, "vì", None, now(),
            )  # fmt: skip


def test_who_sees_other_agencies_only_finds_and_changes_nothing_here(catalogue: Database) -> None:
    other = Scope.of(["Ban"])
    assert catalogue.query(overview.lines, overview.Filter(), other, "", 10) == []
    change = propose(catalogue, name="x")
    with pytest.raises(LookupError):
        catalogue.transact(changes.get, change, other)
    assert len(catalogue.query(changes.listed, Scope.of(["Sở"]), WAITING)) == 1
    assert catalogue.query(changes.listed, other, WAITING) == []


def test_a_rejected_or_withdrawn_change_is_at_its_end(catalogue: Database) -> None:
    rejected, withdrawn = propose(catalogue, name="a"), propose(catalogue, name="b")

    def end(session: Session) -> None:
        changes.reject(session, "hoa", changes.get(session, rejected, ALL), "sai", now())
        with pytest.raises(ChangeRefused, match="not_own"):
            changes.withdraw(session, "hoa", changes.get(session, withdrawn, ALL))
        changes.withdraw(session, "lan", changes.get(session, withdrawn, ALL))

    catalogue.transact(end)
    for change in (rejected, withdrawn):
        with pytest.raises(ChangeRefused, match="decided"):
            approve(catalogue, change)


def test_two_who_approve_at_once_apply_it_once(catalogue: Database) -> None:
    change, outcomes = propose(catalogue, name="Tên mới"), []
    gate = threading.Barrier(2)

    def one(reviewer: str) -> None:
        gate.wait(60)
        try:
            approve(catalogue, change, reviewer)
            outcomes.append("approved")
        except ChangeRefused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=one, args=(name,)) for name in ("hoa", "mai")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["approved", "decided"]
    assert len(catalogue.query(store.history, CODE)) == 2


def test_a_procedure_is_stale_when_a_source_tells_other_facts_or_after_long(
    catalogue: Database,
) -> None:
    oldest = timedelta(days=365)
    assert catalogue.query(overview.stale, ALL, now(), oldest) == []
    newer = BIRD.model_copy(update={"agency": "Sở", "decision_number": "9/QĐ-UBND"})
    catalogue.transact(store.save, newer, Source.PORTAL)
    (found,) = catalogue.query(overview.stale, ALL, now(), oldest)
    assert found.differences == ["decision: 1/QĐ-UBND → 9/QĐ-UBND (portal_2026)"]
    assert not found.old
    (found,) = catalogue.query(overview.stale, ALL, now() + oldest, oldest)
    assert found.old
