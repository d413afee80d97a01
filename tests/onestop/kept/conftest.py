"""A database for what staff keep; what a test puts into the process's own places is taken away again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from common import tenant
from common.database import Database, now
from onestop.catalogue.search import lexicon
from onestop.changes import service as changes
from onestop.dossiers import calendar
from onestop.dossiers.submission import day_of
from onestop.kept.registry import SHELVES
from onestop.staff.scope import Scope
from tests.databases import BACKENDS, migrated

ALL = Scope()


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    tenant.keep(None)
    calendar.keep(None)
    lexicon.keep(None)


@pytest.fixture(params=BACKENDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with migrated("onestop", request.param, tmp_path) as url:
        database = Database(url)
        yield database
        database.close()


def current(database: Database, kind: str, code: str = "all") -> str:
    """A document as it stands."""
    return database.query(SHELVES[kind].current, code)


def propose(
    database: Database,
    kind: str,
    content: str,
    code: str = "all",
    days: int | None = None,
    scope: Scope = ALL,
) -> int:
    """Lan proposes; the change's number."""
    starts = None if days is None else day_of(now()) + timedelta(days=days)

    def work(session: Session) -> int:
        before = SHELVES[kind].current(session, code)
        return changes.propose(
            session, "lan", scope, kind, code, before, content, "vì", starts, now()
        ).id

    return database.transact(work)


def approve(database: Database, change: int) -> None:
    """Hoa approves."""
    database.transact(
        lambda session: changes.approve(session, "hoa", changes.get(session, change, ALL), now())
    )


def keep(database: Database, kind: str, content: str, code: str = "all") -> None:
    """Let a content count, by two people."""
    approve(database, propose(database, kind, content, code))
