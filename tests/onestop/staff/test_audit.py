"""The audit cannot be changed by the application, and what is changed behind its back is found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from common.database import Database
from onestop.cli import main
from onestop.staff import audit
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from tests.databases import BACKENDS, migrated
from tests.onestop.staff.conftest import Service
from tests.staff import make_account, open_session


@pytest.fixture(params=BACKENDS)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with migrated("onestop", request.param, tmp_path) as url:
        found = Database(url)
        yield found
        found.close()


def fill(database: Database, entries: int = 3) -> None:
    for number in range(entries):
        database.transact(
            audit.record, "lan", "conversation.unmasked", f"conversation:{number}", reason="vì sao"
        )


def test_the_database_refuses_to_change_or_delete_an_entry(either: Database) -> None:
    fill(either)
    for change in (
        update(AuditEntry).where(AuditEntry.id == 1).values(actor="hoa"),
        delete(AuditEntry).where(AuditEntry.id == 1),
        *([text("TRUNCATE staff_audit")] * (either.engine.dialect.name == "postgresql")),
    ):
        with pytest.raises(DatabaseError, match="never changed"):
            either.transact(lambda session, change=change: session.execute(change))
    assert either.query(audit.verify).count == 3


def behind_its_back(database: Database, statement: str) -> None:
    """What somebody does who owns the database: triggers off, change, triggers on."""

    def work(session: Session) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE staff_audit DISABLE TRIGGER ALL"))
            session.execute(text(statement))
            session.execute(text("ALTER TABLE staff_audit ENABLE TRIGGER ALL"))
            return
        for event in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER staff_audit_{event}"))
        session.execute(text(statement))

    database.transact(work)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE staff_audit SET actor = 'hoa' WHERE id = 2", 2),
        ("UPDATE staff_audit SET at = '2020-01-01 00:00:00' WHERE id = 1", 1),
        ("DELETE FROM staff_audit WHERE id = 2", 3),
        ("DELETE FROM staff_audit WHERE id = 1", 2),
    ],
)
def test_what_was_changed_behind_its_back_is_found(
    either: Database, statement: str, broken: int
) -> None:
    fill(either)
    assert either.query(audit.verify).count == 3
    behind_its_back(either, statement)
    with pytest.raises(audit.BrokenChainError) as found:
        either.query(audit.verify)
    assert found.value.entry == broken


def test_a_shortened_chain_is_found_by_a_head_that_was_noted(either: Database) -> None:
    fill(either)
    head = either.query(audit.verify)
    noted = (head.last, head.head)
    fill(either, 1)
    assert either.query(audit.verify, noted).count == 4
    behind_its_back(either, "DELETE FROM staff_audit WHERE id > 2")
    assert either.query(audit.verify).count == 2
    with pytest.raises(audit.BrokenChainError, match="is gone"):
        either.query(audit.verify, noted)


def test_entries_written_at_the_same_moment_make_one_chain(either: Database) -> None:
    threads = [threading.Thread(target=fill, args=(either, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert either.query(audit.verify).count == 20


async def test_administrators_read_it_by_actor_action_and_page(service: Service) -> None:
    fill(service.database, 5)
    token = open_session(
        service.database, make_account(service.database, "sep", Role.ADMINISTRATOR)
    )
    _, page = await service.call("GET", "/staff/audit", token, actor="lan", limit="3")
    assert [one["subject"] for one in page["entries"]] == [f"conversation:{n}" for n in (4, 3, 2)]
    _, page = await service.call("GET", "/staff/audit", token, before=str(page["before"]))
    assert [one["reason"] for one in page["entries"]] == ["vì sao"] * 2
    assert page["before"] is None
    _, told = await service.call("GET", "/staff/audit/verification", token)
    assert (told["whole"], told["count"]) == (True, 5)
    behind_its_back(service.database, "UPDATE staff_audit SET actor = 'x' WHERE id = 4")
    _, told = await service.call("GET", "/staff/audit/verification", token)
    assert (told["whole"], told["broken_at"]) == (False, 4)


def test_the_command_line_verifies(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("onestop.cli.staff.Database", lambda _url: database)
    monkeypatch.setattr(database, "close", lambda: None)
    fill(database)
    assert main(["staff", "audit", "verify"]) == 0
    head = capsys.readouterr().out.split()[-1]
    assert main(["staff", "audit", "verify", "--noted", head]) == 0
    behind_its_back(database, "UPDATE staff_audit SET action = 'x' WHERE id = 3")
    assert main(["staff", "audit", "verify"]) == 1
