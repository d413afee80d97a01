"""The figures that the province reported come out of rows of the same counts, through import and report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from common.database import Database
from onestop.catalogue.models import ProcedureRecord, ProcedureRevision
from onestop.dossiers.models import Dossier, Draft
from onestop.models import Base
from onestop.reports import counter, dossiers, report
from onestop.reports.models import CounterDossier
from onestop.reports.period import Period
from onestop.reports.tables import Table, as_csv
from tests.databases import migrated
from tests.onestop.reports.conftest import know, procedure, submitted, table

CODE = "1.000001"
BEFORE = Period(date(2020, 1, 1), date(2020, 12, 31))
AFTER = Period(date(2021, 1, 1), date(2021, 6, 30))
# Online and in all, as the province told them.
COUNTS = {BEFORE: (10_998, 228_091), AFTER: (13_680, 106_434)}
LEVELS = {2: 904, 3: 964, 4: 199}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with that many dossiers: of each kind one that came in its own way, and copies."""
    with migrated("onestop", "sqlite", tmp_path_factory.mktemp("seed")) as url:
        database = Database(url)
        know(database, procedure(CODE))
        for period, (online, every) in COUNTS.items():
            database.transact(submitted, {period.first: 1}, CODE)
            content = _list(period).encode()
            database.transact(counter.take, content, "list.csv", "lan", date(2021, 7, 1))
            database.transact(_copies, period, online - 1, every - online - 1)
        database.transact(_levels)
        yield database
        database.close()


def _list(period: Period) -> str:
    return (
        "Mã hồ sơ,Mã thủ tục,Ngày tiếp nhận,Hình thức nộp\n"
        f"Q{period.first.year},{CODE},{period.first:%d/%m/%Y},Trực tiếp\n"
    )


def _copies(session: Session, period: Period, online: int, elsewhere: int) -> None:
    """Copies of the first ones, on all days of the period by turns."""
    days = (period.last - period.first).days + 1
    draft = f"{CODE}-{period.first}-0"
    on = f"datetime(received_at, '+' || (n % {days}) || ' days')"
    _copy(session, Draft, f"id = '{draft}'", online, id="id || '+' || n")
    changed = {"code": "code || '+' || n", "draft_id": "draft_id || '+' || n", "received_at": on}
    _copy(session, Dossier, f"draft_id = '{draft}'", online, id="NULL", **changed)
    day = f"date(received_on, '+' || (n % {days}) || ' days')"
    first = f"code = 'Q{period.first.year}'"
    _copy(session, CounterDossier, first, elsewhere, code="code || '+' || n", received_on=day)


def _copy(session: Session, model: type[Base], where: str, count: int, **changed: str) -> None:
    table, columns = model.__tablename__, [one.name for one in model.__table__.columns]
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    session.execute(
        text(
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers "
            f"WHERE n < {count}) INSERT INTO {table} ({names}) "
            f"SELECT {values} FROM {table} CROSS JOIN numbers WHERE {where}"
        )
    )


def _levels(session: Session) -> None:
    """Beside the one procedure that takes dossiers and states no level."""
    revision = ProcedureRevision(code="x", source="test", digest="d", content="{}")
    session.add(revision)
    session.flush()
    rest = {"source": "test", "digest": "d", "name": "x", "kind": "", "field": "", "agency": ""}
    rest |= {"decision_number": "", "online": True, "withdrawn": False}
    rows = [
        {"code": f"2.{level}{number:05}", "revision_id": revision.id, "level": level, **rest}
        for level, count in LEVELS.items()
        for number in range(count)
    ]
    session.execute(insert(ProcedureRecord), rows)


def shares(session: Session, period: Period) -> list[Table]:
    return dossiers.share_tables(dossiers.taken(session, period))


@pytest.mark.parametrize(
    ("period", "told"),
    [(BEFORE, ["10.998", "228.091", "4,82 %"]), (AFTER, ["13.680", "106.434", "12,85 %"])],
)
def test_the_share_of_dossiers_online(seeded: Database, period: Period, told: list[str]) -> None:
    tables = seeded.query(shares, period)
    assert table(tables, "dossiers") == [["Tất cả", *told]]
    months = table(tables, "dossiers_by_month")
    assert len(months) == (12 if period is BEFORE else 6)
    assert table(tables, "dossiers_by_field") == [["Hộ tịch", *told]]
    assert table(tables, "dossiers_by_agency") == [["UBND xã", *told]]


def test_parts_add_up_to_the_whole(seeded: Database) -> None:
    tables = seeded.query(shares, Period(BEFORE.first, AFTER.last))
    (whole,) = (one for one in tables if one.name == "dossiers")
    assert whole.rows[0][1:3] == [24_678, 334_525]
    for name in ("dossiers_by_month", "dossiers_by_quarter"):
        (parts,) = (one for one in tables if one.name == name)
        sums = [sum(int(row[at] or 0) for row in parts.rows) for at in (1, 2)]
        assert sums == [24_678, 334_525]
    assert [row[0] for row in parts.rows] == [
        *("2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4", "2021-Q1", "2021-Q2"),
    ]


def test_procedures_by_level(seeded: Database) -> None:
    def only_stated(session: Session) -> list[list[str]]:
        session.delete(session.get_one(ProcedureRecord, CODE))
        session.flush()
        found = table([report.levels(session)], "levels")
        session.rollback()
        return found

    with seeded.sessions() as session:
        assert only_stated(session) == [
            ["Mức độ 2", "904", "43,73 %"],
            ["Mức độ 3 (một phần)", "964", "46,64 %"],
            ["Mức độ 4 (toàn trình)", "199", "9,63 %"],
            ["Tất cả", "2.067", "100,00 %"],
        ]


def test_the_csv_says_the_same(seeded: Database) -> None:
    tables = seeded.query(shares, AFTER)
    (first,) = (one for one in tables if one.name == "dossiers")
    assert as_csv(first).splitlines() == [
        "Phạm vi,Trực tuyến,Tổng số,Tỷ lệ trực tuyến",
        "Tất cả,13680,106434,12.85",
    ]
