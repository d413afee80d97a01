"""Turns as CSV or JSON lines: masked by default, capped, and logged with the filter that chose them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from common.spreadsheets import cell
from onestop.staff import audit
from onestop.staff.scope import Scope
from onestop.transcripts import listing, words
from onestop.transcripts.models import Conversation, Turn
from onestop.transcripts.schemas import Export

MOST = 10_000
"""Turns in an export; a narrower filter gives the rest."""

COLUMNS = (
    *("conversation", "number", "at", "channel", "procedure", "outcome", "text", "reply", "intent"),
    *("confidence", "fallback", "actions", "latency_ms", "correct", "labels"),
)


class ReasonMissingError(Exception):
    """The clear text needs a reason."""


def export(session: Session, scope: Scope, actor: str, wanted: Export) -> bytes:
    """The turns of the conversations that a filter chooses, the newest first, `MOST` at most.

    Args:
        session: a transaction that writes.
        scope: what the account may see.
        actor: the account's name.
        wanted: filter, format, and whether the clear text is wanted, with the reason.

    Returns:
        CSV with the mark that spreadsheets need for Vietnamese letters, or JSON lines; UTF-8.

    Raises:
        ReasonMissingError: if the clear text is wanted for no reason.
    """
    if wanted.clear and not wanted.reason:
        raise ReasonMissingError
    query = (
        select(Turn, Conversation)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(listing.visible(scope), *listing.conditions(wanted.filter, now()))
        .order_by(Turn.id.desc())
        .limit(MOST)
    )
    if (match := words.matching(session, wanted.filter.q)) is not None:
        query = query.where(Turn.id.in_(select(match.turn).where(match.condition)))
    rows = [_row(turn, one, clear=wanted.clear) for turn, one in session.execute(query).tuples()]
    audit.record(
        session,
        actor,
        "transcripts.exported",
        "transcripts",
        reason=wanted.reason,
        turns=len(rows),
        clear=wanted.clear,
        # The words that were searched may be personal data.
        filter=wanted.filter.model_dump(mode="json", exclude_defaults=True, exclude={"q"}),
    )
    return _csv(rows) if wanted.format == "csv" else _json_lines(rows)


def _row(turn: Turn, one: Conversation, *, clear: bool) -> dict[str, Any]:
    said = turn.clear if clear else {"text": turn.text, "reply": turn.reply}
    return {
        "conversation": one.id,
        "number": turn.number,
        "at": turn.at.isoformat(timespec="seconds"),
        "channel": one.channel,
        "procedure": one.procedure,
        "outcome": one.outcome,
        "text": said["text"],
        "reply": said["reply"],
        "intent": turn.intent,
        "confidence": turn.confidence,
        "fallback": turn.fallback,
        "actions": turn.actions,
        "latency_ms": turn.latency_ms,
        "correct": turn.correct,
        "labels": [label.label for label in one.labels],
    }


def _csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for row in rows:
        flat = {
            name: " ".join(value) if isinstance(value, list) else value
            for name, value in row.items()
        }
        writer.writerow(
            {name: cell(value) if isinstance(value, str) else value for name, value in flat.items()}
        )
    return out.getvalue().encode("utf-8-sig")


def _json_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
