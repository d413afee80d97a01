"""Counts over the catalogue: what there is, and how much of it was read into figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from onestop.catalogue.models import (
    ProcedureLegalBasis,
    ProcedurePaper,
    ProcedureRecord,
    ProcedureRevision,
    ProcedureWay,
)

_Condition = ColumnElement[bool] | InstrumentedAttribute[bool]


@dataclass(frozen=True)
class Share:
    """How many of all things of a kind have something."""

    name: str
    count: int
    total: int


@dataclass(frozen=True)
class Statistics:
    """The counts; each dictionary goes from the greatest count down, None for "not stated"."""

    procedures: int
    withdrawn: int
    online: int
    by_source: dict[str | None, int]
    by_level: dict[str | None, int]
    by_tier: dict[str | None, int]
    by_field: dict[str | None, int]
    by_way: dict[str | None, int]
    shares: list[Share]


def collect(session: Session) -> Statistics:
    """Count the catalogue as it stands."""
    procedures = _count(session, ProcedureRecord.code)
    return Statistics(
        procedures=procedures,
        withdrawn=_count(session, ProcedureRecord.code, ProcedureRecord.withdrawn),
        online=_count(session, ProcedureRecord.code, ProcedureRecord.online),
        by_source=_by(session, ProcedureRecord.source),
        by_level=_by(session, ProcedureRecord.level),
        by_tier=_by(session, ProcedureRecord.tier),
        by_field=_by(session, ProcedureRecord.field),
        by_way=_by(session, ProcedureWay.kind),
        shares=[*_way_shares(session), *_other_shares(session, procedures)],
    )


def _way_shares(session: Session) -> list[Share]:
    way = ProcedureWay
    total = _count(session, way.kind)
    conditions = {
        "ways: time as a figure": way.time_amount.is_not(None),
        "ways: time in words": and_(way.time_amount.is_(None), way.time_note != ""),
        "ways: fee as a sum": way.fee_amount > 0,
        "ways: free of charge, in the source's words": way.fee_amount == 0,
        "ways: fee in words": and_(way.fee_amount.is_(None), way.fee_note != ""),
        "ways: fee not stated": and_(way.fee_amount.is_(None), way.fee_note == ""),
    }
    return [
        Share(name, _count(session, way.kind, where), total) for name, where in conditions.items()
    ]


def _other_shares(session: Session, procedures: int) -> list[Share]:
    paper, basis = ProcedurePaper, ProcedureLegalBasis
    counted = or_(paper.originals > 0, paper.copies > 0)
    whole = (
        select(func.count())
        .select_from(ProcedureRecord)
        .join(ProcedureRevision, ProcedureRecord.revision_id == ProcedureRevision.id)
        # As `Procedure.model_dump_json` writes it; inside of a text the quotes would be escaped.
        .where(ProcedureRevision.content.contains('"unparsed":{}'))
    )
    return [
        Share("papers: counted", _count(session, paper.name, counted), _count(session, paper.name)),
        Share("papers: form named", _count(session, paper.name, paper.form != ""),
              _count(session, paper.name)),
        Share("legal bases: with number", _count(session, basis.title, basis.number != ""),
              _count(session, basis.title)),
        Share("procedures: nothing left unparsed", session.scalar(whole) or 0, procedures),
    ]  # fmt: skip


def _count(
    session: Session, column: InstrumentedAttribute[Any], where: _Condition | None = None
) -> int:
    query = select(func.count(column))
    return session.scalar(query if where is None else query.where(where)) or 0


def _by(session: Session, column: InstrumentedAttribute[Any]) -> dict[str | None, int]:
    counted = func.count()
    rows = session.execute(
        select(column, counted).group_by(column).order_by(counted.desc(), column)
    )
    return {None if value in (None, "") else str(value): count for value, count in rows}
