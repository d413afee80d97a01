"""How far citizens come with each procedure: asked → started → left at which field → sent → accepted.

Started, sent and accepted follow the drafts that were begun in the period; asked counts the conversations of
the period in which the procedure was talked about, as far as the transcripts are kept.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from onestop.catalogue.models import ProcedureRecord
from onestop.dossiers import drafts
from onestop.dossiers.models import Dossier, DossierEvent, Draft, EFormSnapshot
from onestop.dossiers.statuses import Status
from onestop.reports.dossiers import ALL, in_scope
from onestop.reports.period import Period, vietnam_hour
from onestop.reports.tables import Cell, Column, Table, share
from onestop.staff.scope import Scope
from onestop.transcripts import reviewing
from onestop.transcripts.models import Conversation, ConversationProcedure, Turn

# A draft that nobody has touched for so long was left; it may still be gone on with.
LEFT_AFTER = timedelta(days=1)


def _begun(period: Period, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (
        Draft.created_at >= period.begin,
        Draft.created_at < period.end,
        Draft.only.is_(None),
        Draft.procedure_code.in_(in_scope(scope)),
    )


def _talks(period: Period) -> tuple[ColumnElement[bool], ...]:
    return Conversation.started_at >= period.begin, Conversation.started_at < period.end


def _by_code(session: Session, query: Select[str, int]) -> dict[str, int]:
    return dict(session.execute(query).tuples().all())


def funnel(session: Session, period: Period, scope: Scope = ALL) -> Table:
    """A line for each procedure, the most started first."""
    talked = (
        select(ConversationProcedure.code, func.count())
        .join(Conversation)
        .where(*_talks(period), ConversationProcedure.code.in_(in_scope(scope)))
        .group_by(ConversationProcedure.code)
    )
    begun = select(Draft.procedure_code, func.count()).where(*_begun(period, scope))
    begun = begun.group_by(Draft.procedure_code)
    accepted = select(DossierEvent.id).where(
        DossierEvent.dossier_id == Dossier.id, DossierEvent.status == Status.RECEIVED
    )
    asked, started = _by_code(session, talked), _by_code(session, begun)
    sent = _by_code(session, begun.where(Draft.state == "submitted"))
    taken = _by_code(
        session, begun.join(Dossier, Dossier.draft_id == Draft.id).where(accepted.exists())
    )
    names = _by_name(session)
    codes = sorted(
        asked.keys() | started.keys(),
        key=lambda one: (-started.get(one, 0), -asked.get(one, 0), one),
    )
    rows: list[list[Cell]] = [
        [
            code,
            names.get(code, ""),
            *(counts.get(code, 0) for counts in (asked, started, sent, taken)),
            share(sent.get(code, 0), started.get(code, 0)),
        ]
        for code in codes
    ]
    columns = [Column(name="code", kind="text"), Column(name="procedure", kind="text")]
    columns += [Column(name=one) for one in ("asked", "started", "sent", "accepted")]
    columns.append(Column(name="sent_share", kind="share"))
    return Table(name="funnel", columns=columns, rows=rows)


def _by_name(session: Session) -> dict[str, str]:
    query = select(ProcedureRecord.code, ProcedureRecord.name)
    return dict(session.execute(query).tuples().all())


def left(session: Session, period: Period, at: datetime, scope: Scope = ALL) -> Table:
    """At which fields drafts were left, the most frequent first."""
    counts: Counter[tuple[str, str, str | None]] = Counter()
    given_up = (
        select(Draft.procedure_code, Draft.eform_digest, Draft.left_field, func.count())
        .where(*_begun(period, scope), Draft.left_field.is_not(None))
        .group_by(Draft.procedure_code, Draft.eform_digest, Draft.left_field)
    )
    for code, digest, field, count in session.execute(given_up):
        counts[code, digest, field] += count
    open_ones = select(Draft).where(
        *_begun(period, scope), Draft.state == "filling", Draft.updated_at < at - LEFT_AFTER
    )
    for draft in session.scalars(open_ones):
        counts[draft.procedure_code, draft.eform_digest, drafts.left_field(draft)] += 1
    names, labels = _by_name(session), dict[tuple[str, str | None], str]()
    for _, digest, _ in counts:
        snapshot = session.get_one(EFormSnapshot, digest)
        for field in snapshot.definition["fields"]:
            labels[digest, field["id"]] = field["label"]
    by_label: Counter[tuple[str, str]] = Counter()
    for (code, digest, field), count in counts.items():
        by_label[code, labels.get((digest, field), field or "before_sending")] += count
    rows: list[list[Cell]] = [
        [code, names.get(code, ""), label, count]
        for (code, label), count in sorted(by_label.items(), key=lambda one: (-one[1], one[0]))
    ]
    texts = [Column(name=one, kind="text") for one in ("code", "procedure", "left_field")]
    return Table(name="left", columns=[*texts, Column(name="left")], rows=rows)


def channels(session: Session, period: Period, scope: Scope = ALL) -> Table:
    """Conversations, drafts begun and sent, by channel."""
    begun = select(Draft.channel, func.count()).where(*_begun(period, scope))
    begun = begun.group_by(Draft.channel)
    talked = select(Conversation.channel, func.count()).where(*_talks(period))
    asked = _by_code(session, talked.group_by(Conversation.channel))
    started = _by_code(session, begun)
    sent = _by_code(session, begun.where(Draft.state == "submitted"))
    rows: list[list[Cell]] = [
        [name, asked.get(name, 0), started.get(name, 0), sent.get(name, 0)]
        for name in sorted(asked.keys() | started.keys())
    ]
    columns = [Column(name="channel", kind="text")]
    columns += [Column(name=one) for one in ("conversations", "started", "sent")]
    return Table(name="channels", columns=columns, rows=rows)


def hours(session: Session, period: Period, scope: Scope = ALL) -> Table:
    """Messages of citizens, drafts begun and dossiers sent, by the hour of the day."""

    def counted(
        moment: InstrumentedAttribute[datetime], *where: ColumnElement[bool]
    ) -> dict[int, int]:
        hour = vietnam_hour(moment)
        query = select(hour, func.count()).where(*where).group_by(hour)
        return dict(session.execute(query).tuples().all())

    said = counted(Turn.at, Turn.at >= period.begin, Turn.at < period.end)
    started = counted(Draft.created_at, *_begun(period, scope))
    sent = counted(
        Dossier.received_at,
        Dossier.received_at >= period.begin,
        Dossier.received_at < period.end,
        Dossier.procedure_code.in_(in_scope(scope)),
    )
    rows: list[list[Cell]] = [
        [hour, said.get(hour, 0), started.get(hour, 0), sent.get(hour, 0)] for hour in range(24)
    ]
    columns = [Column(name=one) for one in ("hour", "messages", "started", "sent")]
    return Table(name="hours", columns=columns, rows=rows)


def understanding(session: Session, period: Period) -> Table:
    """How often a free message was not understood, as citizens were told, and as reviewers judged by lot.

    The judged share has its 95 % interval (Wilson, `onestop/transcripts/reviewing.py`).
    """
    within = (Turn.at >= period.begin, Turn.at < period.end, Turn.free)
    free = session.scalar(select(func.count(Turn.id)).where(*within)) or 0
    fallback = session.scalar(select(func.count(Turn.id)).where(*within, Turn.fallback)) or 0
    judged = reviewing.quality(session, ALL, period.first, period.last)
    bounds = [judged.low, judged.high] if judged.judged else [None, None]
    rows: list[list[Cell]] = [
        [free, fallback, share(fallback, free), judged.judged, judged.share, *bounds]
    ]
    columns = [Column(name="free"), Column(name="fallback")]
    columns += [Column(name="fallback_share", kind="share"), Column(name="judged")]
    columns += [Column(name=one, kind="share") for one in ("understood", "low", "high")]
    return Table(name="understanding", columns=columns, rows=rows)
