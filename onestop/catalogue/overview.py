"""The catalogue as staff look through it: found by words without accents, filtered, with what looks stale."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from onestop.catalogue import store
from onestop.catalogue.changes import Procedures
from onestop.catalogue.differences import differences
from onestop.catalogue.models import ProcedureAlias, ProcedureRecord, ProcedureRevision
from onestop.changes.models import Change
from onestop.changes.subject import WAITING
from onestop.eforms.words import fold
from onestop.staff.schemas import CatalogueLine, StaleLine
from onestop.staff.scope import Scope

# Folding some thousand names takes longer than all else (0.4 s); they change with the catalogue only.
_FOLDED: WeakKeyDictionary[Engine | Connection, tuple[int, dict[str, str]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Filter:
    """Which procedures: words that all occur in the name, an everyday name or the code; and exact facts."""

    words: str = ""
    field: str = ""
    level: int | None = None
    source: str = ""


def lines(
    session: Session, wanted: Filter, scope: Scope, after: str, limit: int
) -> list[CatalogueLine]:
    """Procedures in order of code, from after a code on, at most `limit`."""
    query = (
        select(ProcedureRecord)
        .where(scope.where(ProcedureRecord.agency), ProcedureRecord.code > after)
        .order_by(ProcedureRecord.code)
    )
    if wanted.field:
        query = query.where(ProcedureRecord.field == wanted.field)
    if wanted.level:
        query = query.where(ProcedureRecord.level == wanted.level)
    if wanted.source:
        query = query.where(ProcedureRecord.source == wanted.source)
    if wanted.words:
        query = query.where(ProcedureRecord.code.in_(_with_words(session, wanted.words)))
    found = list(session.scalars(query.limit(limit)))
    waiting = _waiting(session, [one.code for one in found])
    return [
        CatalogueLine(
            code=one.code,
            name=one.name,
            field=one.field,
            agency=one.agency,
            level=one.level,
            source=one.source,
            withdrawn=one.withdrawn,
            waiting=waiting.get(one.code, 0),
        )
        for one in found
    ]


def fields(session: Session, scope: Scope) -> list[str]:
    """All fields (lĩnh vực) that occur."""
    query = select(ProcedureRecord.field).where(scope.where(ProcedureRecord.agency)).distinct()
    return sorted(one for one in session.scalars(query) if one)


def stale(session: Session, scope: Scope, at: datetime, oldest: timedelta) -> list[StaleLine]:
    """Procedures that somebody should look at: a source tells other facts, or they have stood for long."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for one in differences(session):
        reasons[one.code].append(f"{one.fact}: {one.current} → {one.other} ({one.source})")
    query = (
        select(ProcedureRecord, ProcedureRevision.saved_at)
        .join(ProcedureRevision, ProcedureRevision.id == ProcedureRecord.revision_id)
        .where(scope.where(ProcedureRecord.agency), ProcedureRecord.withdrawn.is_(False))
        .order_by(ProcedureRecord.code)
    )
    return [
        StaleLine(
            code=record.code,
            name=record.name,
            saved_at=saved_at,
            old=saved_at <= at - oldest,
            differences=reasons[record.code],
        )
        for record, saved_at in session.execute(query)
        if record.code in reasons or saved_at <= at - oldest
    ]


def _with_words(session: Session, text: str) -> set[str]:
    words = fold(text).split()
    known = _folded(session)
    return {code for code, names in known.items() if all(word in names for word in words)}


def _folded(session: Session) -> dict[str, str]:
    """By code, all that a procedure is called, without accents; made anew when the catalogue changes."""
    engine, version = session.get_bind(), store.version(session)
    kept = _FOLDED.get(engine)
    if kept is None or kept[0] != version:
        names: dict[str, list[str]] = defaultdict(list)
        for code, name in session.execute(select(ProcedureRecord.code, ProcedureRecord.name)):
            names[code] += [code, name]
        aliases = select(ProcedureAlias.procedure_code, ProcedureAlias.alias)
        for code, alias in session.execute(aliases):
            names[code].append(alias)
        kept = version, {code: fold(" | ".join(called)) for code, called in names.items()}
        _FOLDED[engine] = kept
    return kept[1]


def _waiting(session: Session, codes: list[str]) -> dict[str, int]:
    query = (
        select(Change.code, func.count())
        .where(Change.kind == Procedures.kind, Change.code.in_(codes), Change.state.in_(WAITING))
        .group_by(Change.code)
    )
    return dict(session.execute(query).tuples().all())
