"""The report of a time: all tables, in the order in which they are read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from onestop.catalogue.models import ProcedureRecord
from onestop.feedback import agencies, complaints
from onestop.feedback import report as feedback
from onestop.feedback.models import Complaint
from onestop.feedback.rules import LEVELS
from onestop.reports import dossiers, funnel
from onestop.reports.dossiers import ALL
from onestop.reports.period import Period
from onestop.reports.tables import Cell, Column, Table, share
from onestop.schemas import ComplaintState
from onestop.staff.scope import Scope

STATES: tuple[ComplaintState, ...] = ("received", "forwarded", "answered", "out_of_scope")


def build(session: Session, period: Period, at: datetime, scope: Scope = ALL) -> list[Table]:
    """All tables that this database can tell.

    Args:
        period: the days that are counted.
        at: the moment at which open dossiers are judged.
        scope: whose procedures are counted; what belongs to no procedure is told only to who sees all.
    """
    tables = [
        *dossiers.share_tables(dossiers.taken(session, period, scope)),
        levels(session, scope),
        dossiers.timeliness(session, period, at, scope),
        dossiers.post(session, period, scope),
        funnel.funnel(session, period, scope),
        funnel.left(session, period, at, scope),
        ratings(session, period, scope),
        complaint_states(session, period, at, scope),
    ]
    if scope.agencies is None:
        tables += [
            funnel.channels(session, period),
            funnel.hours(session, period),
            funnel.understanding(session, period),
        ]
    return tables


def levels(session: Session, scope: Scope = ALL) -> Table:
    """Procedures by service level, as the catalogue stands now; "" where none is stated."""
    standing = (~ProcedureRecord.withdrawn, scope.where(ProcedureRecord.agency))
    query = select(ProcedureRecord.level, func.count()).where(*standing)
    counts = dict(session.execute(query.group_by(ProcedureRecord.level)).tuples().all())
    total = sum(counts.values())
    rows: list[list[Cell]] = [
        [str(level) if level else "unstated", counts[level], share(counts[level], total)]
        for level in sorted(counts, key=lambda one: one or 9)
    ]
    rows.append(["whole", total, share(total, total)])
    columns = [Column(name="level", kind="text"), Column(name="procedures")]
    return Table(
        name="levels", columns=[*columns, Column(name="level_share", kind="share")], rows=rows
    )


def ratings(session: Session, period: Period, scope: Scope = ALL) -> Table:
    """Ratings given in the period, by procedure; counted in `onestop/feedback/report.py`."""
    visible = set(session.scalars(dossiers.in_scope(scope)))
    found = [
        one
        for one in feedback.summaries(session, period.first, period.last)
        if one.code in visible or (not one.code and scope.agencies is None)
    ]
    rows: list[list[Cell]] = [
        [
            one.code or "whole",
            one.procedure,
            *(one.counts[stars] for stars in LEVELS),
            one.count,
            one.mean,
        ]
        for one in found
    ]
    columns = [Column(name="code", kind="text"), Column(name="procedure", kind="text")]
    columns += [Column(name=f"stars_{stars}") for stars in LEVELS]
    columns += [Column(name="all"), Column(name="mean", kind="number")]
    return Table(name="ratings", columns=columns, rows=rows)


def complaint_states(session: Session, period: Period, at: datetime, scope: Scope = ALL) -> Table:
    """Complaints and suggestions that came in in the period, by state, with those that are late at `at`."""
    came = agencies.joined(select(Complaint)).where(
        Complaint.received_at >= period.begin,
        Complaint.received_at < period.end,
        scope.where(agencies.OF_COMPLAINT),
    )
    counts: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for one in session.scalars(came):
        counts[one.state] += 1
        late[one.state] += complaints.late(one, at)
    rows: list[list[Cell]] = [[state, counts[state], late[state]] for state in STATES]
    columns = [Column(name="state", kind="text"), Column(name="complaints"), Column(name="late")]
    return Table(name="complaints", columns=columns, rows=rows)
