"""Rows in great numbers, put in at once, and how a table is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from common.database import Database
from onestop.catalogue import store
from onestop.catalogue.content import Procedure, Way, WayKind
from onestop.catalogue.sources import Source
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import Dossier, Draft, EFormSnapshot
from onestop.reports.tables import Cell, Table, shown
from tests.databases import BACKENDS, migrated

FIELDS = ("Hộ tịch", "Đất đai")


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty one-stop database; the tests here run on both kinds."""
    with migrated("onestop", request.param, tmp_path) as url:
        database = Database(url)
        yield database
        database.close()


def procedure(code: str, field: str = FIELDS[0], agency: str = "UBND xã") -> Procedure:
    """An online procedure."""
    ways = [Way(kind=WayKind.ONLINE)]
    return Procedure(code=code, name=f"Thủ tục {code}", field=field, agency=agency, ways=ways)


def know(database: Database, *procedures: Procedure) -> None:
    """Put procedures into the catalogue."""
    for one in procedures:
        database.transact(store.save, one, Source.SHIPPED)


def at(day: date, hour: int = 9) -> datetime:
    """An hour of a day in Vietnam."""
    return datetime.combine(day, time(hour), tzinfo=VIETNAM)


def submitted(session: Session, days: dict[date, int], code: str, **given: Any) -> None:
    """So many dossiers of a procedure, handed in here on these days."""
    if session.get(EFormSnapshot, "digest") is None:
        session.add(EFormSnapshot(digest="digest", definition={"fields": []}))
        session.flush()
    drafts, dossiers = list[dict[str, Any]](), list[dict[str, Any]]()
    for day, count in days.items():
        for number in range(count):
            key = f"{code}-{day}-{number}"
            drafts.append(
                {
                    "id": key,
                    "owner": "web:x",
                    "channel": "web",
                    "procedure_code": code,
                    "procedure_name": "",
                    "eform_digest": "digest",
                    "state": "submitted",
                    "created_at": at(day),
                    "answers": {},
                    "skipped": [],
                }
            )
            dossiers.append(
                {
                    "code": f"H25-{key}",
                    "draft_id": key,
                    "owner": "web:x",
                    "procedure_code": code,
                    "procedure_name": "",
                    "lines": [],
                    "second_factors": [],
                    "status": 1,
                    "received_at": at(day),
                    "due_at": at(day) + timedelta(days=5),
                    "receipt": {},
                    **given,
                }
            )
    session.execute(insert(Draft), drafts)
    session.execute(insert(Dossier), dossiers)


def table(tables: list[Table], name: str) -> list[list[str]]:
    """A table's rows as people read them."""
    (found,) = (one for one in tables if one.name == name)
    return [
        [shown(cell, column.kind) for cell, column in zip(row, found.columns, strict=True)]
        for row in found.rows
    ]


def plain(tables: list[Table], name: str) -> list[list[Cell]]:
    """A table's rows as they are."""
    (found,) = (one for one in tables if one.name == name)
    return found.rows
