"""Saving procedures with their history, and reading them back.

A code may come from several sources, and the strongest one that knows it is believed whole (see
`Source`): nothing is mixed, so every word that a citizen reads has one origin. What a weaker source
says is kept as a revision, to be compared (`differences`) and to take over when it must. Nothing is
deleted: a procedure leaves by `withdrawn`, in its YAML file or in a newer record of its source.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session

from onestop.catalogue.content import Procedure
from onestop.catalogue.models import (
    ProcedureAlias,
    ProcedureLegalBasis,
    ProcedurePaper,
    ProcedureRecord,
    ProcedureRevision,
    ProcedureWay,
)
from onestop.catalogue.sources import Source

_Part = type[ProcedureAlias] | type[ProcedureWay] | type[ProcedurePaper] | type[ProcedureLegalBasis]


class Outcome(StrEnum):
    """What saving a procedure did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT_ASIDE = "kept_aside"  # a new revision, but a stronger source holds the code


def judge(session: Session, content: Procedure, source: Source) -> Outcome:
    """What `save` would do with what `source` says of a procedure now; nothing is written."""
    latest = (
        select(ProcedureRevision.digest)
        .where(ProcedureRevision.code == content.code, ProcedureRevision.source == source.value)
        .order_by(ProcedureRevision.id.desc())
        .limit(1)
    )
    if session.scalar(latest) == content.digest():
        return Outcome.UNCHANGED
    record = session.get(ProcedureRecord, content.code)
    if record is None:
        return Outcome.ADDED
    return Outcome.KEPT_ASIDE if Source(record.source).outranks(source) else Outcome.CHANGED


def save(session: Session, content: Procedure, source: Source) -> Outcome:
    """Save what `source` says of a procedure now.

    Saving the same again changes nothing, also after other sources have spoken. New content makes
    a revision, and becomes current unless a stronger source has the code.

    Args:
        session: an open transaction.
        content: the whole procedure.
        source: who says so.

    Returns:
        What was done.
    """
    outcome = judge(session, content, source)
    if outcome is Outcome.UNCHANGED:
        return outcome
    revision = ProcedureRevision(
        code=content.code,
        source=source.value,
        digest=content.digest(),
        content=content.model_dump_json(),
    )
    session.add(revision)
    session.flush()
    if outcome is not Outcome.KEPT_ASIDE:
        _make_current(session, content, revision)
    return outcome


def get(session: Session, code: str) -> Procedure | None:
    """The procedure of this code as it stands, withdrawn or not; None if there is none."""
    content = session.scalar(_current().where(ProcedureRecord.code == code))
    return None if content is None else Procedure.model_validate_json(content)


def all_procedures(session: Session) -> Iterator[Procedure]:
    """All procedures as they stand, withdrawn ones too, in order of code."""
    contents = session.scalars(
        _current().order_by(ProcedureRecord.code).execution_options(yield_per=500)
    )
    return (Procedure.model_validate_json(content) for content in contents)


def history(session: Session, code: str) -> list[ProcedureRevision]:
    """All revisions of a code from all sources, the newest first."""
    wanted = select(ProcedureRevision).where(ProcedureRevision.code == code)
    return list(session.scalars(wanted.order_by(ProcedureRevision.id.desc())))


def version(session: Session) -> int:
    """A number that grows whenever the catalogue changes; 0 while it is empty. Cheap to poll."""
    return session.scalar(select(func.max(ProcedureRevision.id))) or 0


def _current() -> Select[str]:
    return select(ProcedureRevision.content).join(
        ProcedureRecord, ProcedureRecord.revision_id == ProcedureRevision.id
    )


def _make_current(session: Session, content: Procedure, revision: ProcedureRevision) -> None:
    """Let `revision` stand for its code: the record and the rows under it are written anew."""
    session.merge(
        ProcedureRecord(
            code=content.code,
            revision_id=revision.id,
            source=revision.source,
            digest=revision.digest,
            name=content.name,
            level=content.level,
            tier=content.tier.value if content.tier else None,
            kind=content.kind,
            field=content.field,
            agency=content.agency,
            decision_number=content.decision_number,
            effective_date=content.effective_date,
            online=content.online,
            withdrawn=content.withdrawn,
        )
    )
    session.flush()
    rows: dict[_Part, list[dict[str, object]]] = {
        ProcedureAlias: [{"alias": alias} for alias in content.aliases],
        ProcedureWay: [way.model_dump(mode="json") for way in content.ways],
        ProcedurePaper: [
            {"case": paper.group, **paper.model_dump(exclude={"group"})} for paper in content.papers
        ],
        ProcedureLegalBasis: [basis.model_dump() for basis in content.legal_bases],
    }
    for model, values in rows.items():
        session.execute(delete(model).where(model.procedure_code == content.code))
        if values:
            keys = ({"procedure_code": content.code, "position": n} for n in range(len(values)))
            session.execute(
                insert(model), [{**key, **value} for key, value in zip(keys, values, strict=True)]
            )
