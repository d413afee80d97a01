"""Where the current content of a procedure and a weaker source's newest word differ in facts.

The shipped catalogue is edited by hand and believed before the national records; this is how staff
see that a fee, a time or a decision has changed there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from onestop.catalogue.content import Procedure, Way
from onestop.catalogue.models import ProcedureRecord, ProcedureRevision
from onestop.catalogue.store import get


@dataclass(frozen=True)
class Difference:
    """One fact that differs: what stands, and what the other source says."""

    code: str
    fact: str
    current: str
    other: str
    source: str


def differences(session: Session) -> Iterator[Difference]:
    """Yield the differing facts of all procedures that a weaker source knows as well."""
    newest = (
        select(func.max(ProcedureRevision.id))
        .join(ProcedureRecord, ProcedureRecord.code == ProcedureRevision.code)
        .where(ProcedureRevision.source != ProcedureRecord.source)
        .group_by(ProcedureRevision.code, ProcedureRevision.source)
    )
    wanted = select(ProcedureRevision).where(ProcedureRevision.id.in_(newest))
    for revision in session.scalars(wanted.order_by(ProcedureRevision.code)).all():
        current = get(session, revision.code)
        if current is None:
            continue
        stands, says = _facts(current), _facts(Procedure.model_validate_json(revision.content))
        for fact in sorted({*stands, *says}):
            here, there = stands.get(fact, "–"), says.get(fact, "–")
            if here != there:
                yield Difference(revision.code, fact, here, there, revision.source)


def _facts(procedure: Procedure) -> dict[str, str]:
    values: dict[str, set[str]] = {"decision": {procedure.decision_number or "–"}}
    for way in procedure.ways:
        values.setdefault(f"{way.kind.value} time", set()).add(_time(way))
        values.setdefault(f"{way.kind.value} fee", set()).add(_fee(way))
    return {fact: " or ".join(sorted(told)) for fact, told in values.items()}


def _time(way: Way) -> str:
    if way.time_amount is None or way.time_unit is None:
        return "in words" if way.time_note else "not stated"
    return f"{way.time_amount:g} {way.time_unit.value}"


def _fee(way: Way) -> str:
    if way.fee_amount is None:
        return "in words" if way.fee_note else "not stated"
    return f"{way.fee_amount} đồng"
