"""Dossiers taken in a time: online and in all, by month, quarter, field and agency; on time; by post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from onestop.catalogue.content import WayKind
from onestop.catalogue.models import ProcedureRecord
from onestop.dossiers.models import Dossier, DossierEvent, SupplementRequest
from onestop.dossiers.waiting import ENDS, Timeliness, judge
from onestop.post.models import PostRequest
from onestop.reports.models import CounterDossier
from onestop.reports.period import Period, month_of, quarter_of, vietnam_day
from onestop.reports.tables import Cell, Column, Table, share
from onestop.staff.scope import Scope

ALL = Scope()
SHARE = (Column(name="online"), Column(name="all"), Column(name="share", kind="share"))


@dataclass(frozen=True)
class Taken:
    """How many dossiers of a procedure came in on a day in one way."""

    day: date
    procedure: str
    way: WayKind
    agency: str
    field: str
    count: int


def _elsewhere(period: Period) -> tuple[ColumnElement[bool], ...]:
    """Of the lists: in the period, and not what this service took itself."""
    own = select(Dossier.id).where(Dossier.code == CounterDossier.code).exists()
    return CounterDossier.received_on.between(period.first, period.last), ~own


def taken(session: Session, period: Period, scope: Scope = ALL) -> list[Taken]:
    """What came in, here and elsewhere."""
    catalogue = {
        code: (field, agency)
        for code, field, agency in session.execute(
            select(ProcedureRecord.code, ProcedureRecord.field, ProcedureRecord.agency)
        )
    }
    day = vietnam_day(Dossier.received_at)
    here = (
        select(day, Dossier.procedure_code, func.count())
        .where(Dossier.received_at >= period.begin, Dossier.received_at < period.end)
        .group_by(day, Dossier.procedure_code)
    )
    key = (
        CounterDossier.received_on,
        CounterDossier.procedure_code,
        CounterDossier.way,
        CounterDossier.agency,
    )
    elsewhere = select(*key, func.count()).where(*_elsewhere(period)).group_by(*key)
    rows = [
        *((one, code, WayKind.ONLINE, "", count) for one, code, count in session.execute(here)),
        *session.execute(elsewhere).tuples(),
    ]
    found = []
    for on, code, way, agency, count in rows:
        field, own_agency = catalogue.get(code, ("", ""))
        found.append(Taken(on, code, WayKind(way), agency or own_agency, field, count))
    return [one for one in found if scope.sees(one.agency)]


def shares(
    name: str,
    column: str,
    rows: list[Taken],
    by: Callable[[Taken], str],
    *,
    most_first: bool = False,
) -> Table:
    """Online and in all, by whatever `by` tells; in the labels' order, or the greatest first."""
    online: dict[str, int] = defaultdict(int)
    every: dict[str, int] = defaultdict(int)
    for one in rows:
        every[by(one)] += one.count
        online[by(one)] += one.count if one.way is WayKind.ONLINE else 0
    listed: list[list[Cell]] = [
        [label, online[label], count, share(online[label], count)]
        for label, count in sorted(
            every.items(), key=lambda one: (-one[1] if most_first else 0, one[0])
        )
    ]
    return Table(name=name, columns=[Column(name=column, kind="text"), *SHARE], rows=listed)


def share_tables(rows: list[Taken]) -> list[Table]:
    """The shares as the province reports them."""
    return [
        shares("dossiers", "whole", rows, lambda one: "whole"),
        shares("dossiers_by_month", "month", rows, lambda one: month_of(one.day)),
        shares("dossiers_by_quarter", "quarter", rows, lambda one: quarter_of(one.day)),
        shares("dossiers_by_field", "field", rows, lambda one: one.field, most_first=True),
        shares("dossiers_by_agency", "agency", rows, lambda one: one.agency, most_first=True),
    ]


def in_scope(scope: Scope) -> Select[str]:
    """The procedures of a scope's agencies, as a query to be part of others."""
    return select(ProcedureRecord.code).where(scope.where(ProcedureRecord.agency))


def timeliness(session: Session, period: Period, at: datetime, scope: Scope = ALL) -> Table:
    """On time and late, of what came in in the period, as it stands at `at`.

    Here as the national indicator counts (`onestop/dossiers/waiting.py`); elsewhere by the days that
    the list tells, whose due day the one-stop system has moved on already.
    """
    here = _counted_here(session, period, at, scope)
    elsewhere = _counted_elsewhere(session, period, at.date(), scope)
    rows: list[list[Cell]] = []
    for label, counts in (("here", here), ("elsewhere", elsewhere)):
        judged = sum(counts[:4])
        rows.append([label, *counts, share(counts[0] + counts[2], judged)])
    names = ("done_on_time", "done_late", "open_on_time", "open_late", "unpromised")
    columns = [Column(name="source", kind="text"), *(Column(name=one) for one in names)]
    columns.append(Column(name="on_time", kind="share"))
    return Table(name="timeliness", columns=columns, rows=rows)


def _counted_here(session: Session, period: Period, at: datetime, scope: Scope) -> list[int]:
    ended = (
        select(func.min(DossierEvent.at))
        .where(DossierEvent.dossier_id == Dossier.id, DossierEvent.status.in_(ENDS))
        .scalar_subquery()
    )
    asked = SupplementRequest.dossier_id == Dossier.id
    waits = (
        select(func.min(SupplementRequest.requested_at))
        .where(asked, SupplementRequest.answered_at.is_(None))
        .scalar_subquery()
    )
    requests = select(func.count(SupplementRequest.id)).where(asked).scalar_subquery()
    query = select(Dossier.due_at, ended, waits, requests).where(
        Dossier.received_at >= period.begin,
        Dossier.received_at < period.end,
        Dossier.procedure_code.in_(in_scope(scope)),
    )
    counts = [0] * 5
    for due, end, wait, asked_for in session.execute(query):
        clock = min([one for one in (end, wait) if one is not None], default=at)
        verdict = judge(due, clock, asked_for)
        if verdict is None:
            counts[4] += 1
        else:
            counts[2 * (end is None) + (verdict is Timeliness.LATE)] += 1
    return counts


def _counted_elsewhere(session: Session, period: Period, today: date, scope: Scope) -> list[int]:
    done = CounterDossier.finished_on.is_not(None)
    clock = func.coalesce(CounterDossier.finished_on, today)
    late = clock > CounterDossier.due_on
    due = CounterDossier.due_on.is_not(None)
    conditions = (
        and_(due, done, ~late),
        and_(due, done, late),
        and_(due, ~done, ~late),
        and_(due, ~done, late),
        ~due,
    )
    sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in conditions]
    query = select(*sums).where(
        *_elsewhere(period), CounterDossier.procedure_code.in_(in_scope(scope))
    )
    return [int(one) for one in session.execute(query).one()]


def post(session: Session, period: Period, scope: Scope = ALL) -> Table:
    """Results that the public post brought, of all results given; and papers that it fetched."""
    codes = in_scope(scope)
    within = (Dossier.received_at >= period.begin, Dossier.received_at < period.end)
    here = select(func.count(Dossier.id)).where(
        *within, Dossier.status.in_(ENDS), Dossier.procedure_code.in_(codes)
    )

    def requested(service: str, state: str) -> int:
        joined = select(func.count(PostRequest.id)).join(Dossier)
        return session.scalar(
            joined.where(
                *within,
                PostRequest.service == service,
                PostRequest.state == state,
                Dossier.procedure_code.in_(codes),
            )
        ) or 0  # fmt: skip

    elsewhere = select(func.count(), func.coalesce(func.sum(
        case((CounterDossier.result_by_post, 1), else_=0)), 0)).where(
        *_elsewhere(period),
        CounterDossier.finished_on.is_not(None),
        CounterDossier.procedure_code.in_(codes),
    )  # fmt: skip
    done, by_post = session.execute(elsewhere).one()
    results = (session.scalar(here) or 0) + done
    delivered = requested("deliver", "delivered") + int(by_post)
    collected = requested("collect", "at_unit")
    came = select(func.count(Dossier.id)).where(*within, Dossier.procedure_code.in_(codes))
    online = session.scalar(came) or 0
    columns = [Column(name="service", kind="text"), Column(name="by_post"), Column(name="of")]
    columns.append(Column(name="post_share", kind="share"))
    rows: list[list[Cell]] = [
        ["deliver", delivered, results, share(delivered, results)],
        ["collect", collected, online, share(collected, online)],
    ]
    return Table(name="post", columns=columns, rows=rows)
