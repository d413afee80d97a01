"""Lists of conversations, the search in what was said, and a conversation part by part.

Pages go on from the last number shown, so the thousandth costs as much as the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import cache

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session, selectinload

from bot.nlu.entities import NAMES
from common import yaml_files
from common.database import now
from common.settings import ROOT
from onestop.catalogue.models import ProcedureRecord
from onestop.dossiers.calendar import VIETNAM
from onestop.staff.scope import Scope
from onestop.transcripts import words
from onestop.transcripts.models import (
    Conversation,
    ConversationLabel,
    ConversationProcedure,
    Suggestion,
    Turn,
)
from onestop.transcripts.schemas import (
    Choices,
    ConversationRow,
    Filter,
    Hit,
    Kind,
    Listing,
    NoteView,
    Outcome,
    Part,
    Piece,
    TurnView,
)

PAGE = 30
PART = 40
"""Turns of a conversation that are shown together."""

UNSURE = 0.6
"""Below this an intent is a guess (`actions/turn.py`)."""

_PARTS = (selectinload(Conversation.labels),)
NOTES = selectinload(Turn.notes)
"""With the turns: one question for the remarks on all of them."""

VISIT = timedelta(hours=1)
"""A visit is over after so long a silence (`session_config` of domain.yml)."""


def visible(scope: Scope) -> ColumnElement[bool]:
    """Conversations about a procedure of the agencies that an account may see; of all, every one."""
    if scope.agencies is None:
        return true()
    return exists().where(
        ConversationProcedure.conversation_id == Conversation.id,
        ConversationProcedure.code == ProcedureRecord.code,
        scope.where(ProcedureRecord.agency),
    )


def conditions(wanted: Filter, at: datetime) -> list[ColumnElement[bool]]:
    """A filter as conditions on conversations; the words that are searched are apart."""
    it = Conversation
    found: list[ColumnElement[bool]] = []
    if wanted.since:
        found.append(it.started_at >= datetime.combine(wanted.since, time(), VIETNAM))
    if wanted.until:
        end = datetime.combine(wanted.until, time(), VIETNAM) + timedelta(days=1)
        found.append(it.started_at < end)
    for column, value in (
        (it.channel, wanted.channel),
        (it.field, wanted.field),
        (it.assigned, wanted.assigned),
        (it.stars, wanted.stars),
        (it.handed_over, wanted.handed_over),
    ):
        if value not in ("", None):
            found.append(column == value)
    if wanted.outcome:
        found += _of_outcome(wanted.outcome, at)
    if wanted.unsure is not None:
        unsure = it.lowest_confidence < UNSURE
        found.append(unsure if wanted.unsure else it.lowest_confidence.is_(None) | ~unsure)
    if wanted.fallback is not None:
        found.append(it.fallbacks > 0 if wanted.fallback else it.fallbacks == 0)
    if wanted.reviewed is not None:
        found.append(it.reviewed_at.is_not(None) if wanted.reviewed else it.reviewed_at.is_(None))
    for related, column, value in (
        (ConversationProcedure.conversation_id, ConversationProcedure.code, wanted.procedure),
        (ConversationLabel.conversation_id, ConversationLabel.label, wanted.label),
        (Turn.conversation_id, Turn.intent, wanted.intent),
    ):
        if value:
            found.append(it.id.in_(select(related).where(column == value)))
    return found


def _of_outcome(outcome: Outcome, at: datetime) -> list[ColumnElement[bool]]:
    if outcome not in ("started", "left"):
        return [Conversation.outcome == outcome]
    over = Conversation.last_at < at - VISIT
    return [Conversation.outcome == "started", over if outcome == "left" else ~over]


def page(session: Session, scope: Scope, wanted: Filter, before: int | None = None) -> Listing:
    """A page of conversations, the newest first; with words in the filter, of the turns that hold them all."""
    at = now()
    match = words.matching(session, wanted.q)
    if match is None:
        query = select(Conversation).where(visible(scope), *conditions(wanted, at))
        if before is not None:
            query = query.where(Conversation.id < before)
        query = query.order_by(Conversation.id.desc()).limit(PAGE + 1)
        found = list(session.scalars(query.options(*_PARTS)))
        shown = found[:PAGE]
        rows = _rows(session, shown, at)
        more = shown[-1].id if len(found) > PAGE else None
        return Listing(conversations=rows, before=more)
    searching = (
        select(Turn, Conversation)
        .select_from(match.index)
        .join(Turn, Turn.id == match.turn)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(match.condition, visible(scope), *conditions(wanted, at))
    )
    if before is not None:
        # Said of both sides: PostgreSQL does not see that the turns' numbers are as small, and reads all above.
        searching = searching.where(match.turn < before, Turn.id < before)
    searching = searching.order_by(match.turn.desc()).limit(PAGE + 1)
    pairs = list(session.execute(searching.options(*_PARTS)).tuples())
    shown_pairs = pairs[:PAGE]
    rows = _rows(session, [conversation for _, conversation in shown_pairs], at)
    hits = [
        Hit(
            turn=turn.id,
            number=turn.number,
            at=turn.at,
            text=_pieces(turn.text, wanted.q),
            reply=_pieces(turn.reply, wanted.q),
            conversation=row,
        )
        for (turn, _), row in zip(shown_pairs, rows, strict=True)
    ]
    return Listing(hits=hits, before=shown_pairs[-1][0].id if len(pairs) > PAGE else None)


def _pieces(text: str, query: str) -> list[Piece]:
    return [Piece(text=piece, found=found) for piece, found in words.marked(text, query)]


def _rows(session: Session, found: Sequence[Conversation], at: datetime) -> list[ConversationRow]:
    ids = {one.id for one in found}
    first = select(Turn.conversation_id, Turn.text).where(
        Turn.conversation_id.in_(ids), Turn.number == 1
    )
    openings = dict(session.execute(first).tuples().all())
    codes = {one.procedure for one in found if one.procedure}
    named = select(ProcedureRecord.code, ProcedureRecord.name)
    names = dict(session.execute(named.where(ProcedureRecord.code.in_(codes))).tuples().all())
    return [_row(one, at, names, openings) for one in found]


def _row(
    one: Conversation, at: datetime, names: dict[str, str], openings: dict[int, str]
) -> ConversationRow:
    outcome = one.outcome
    if outcome == "started" and one.last_at < at - VISIT:
        outcome = "left"
    return ConversationRow.model_validate(
        {
            **{
                name: getattr(one, name)
                for name in ConversationRow.model_fields
                if name not in ("outcome", "labels", "opening", "procedure_name")
            },
            "outcome": outcome,
            "labels": [label.label for label in one.labels],
            "opening": openings.get(one.id, ""),
            "procedure_name": names.get(one.procedure, ""),
        }
    )


def get(session: Session, scope: Scope, conversation: int) -> Conversation:
    """A conversation that the account may see.

    Raises:
        LookupError: if there is none.
    """
    query = select(Conversation).where(Conversation.id == conversation, visible(scope))
    found = session.scalar(query)
    if found is None:
        raise LookupError(conversation)
    return found


def part(session: Session, scope: Scope, conversation: int, after: int = 0) -> Part:
    """The turns of a conversation that follow number `after`, `PART` at most.

    Raises:
        LookupError: if there is no such conversation.
    """
    one = get(session, scope, conversation)
    query = (
        select(Turn)
        .where(Turn.conversation_id == one.id, Turn.number > after)
        .order_by(Turn.number)
        .limit(PART + 1)
        .options(NOTES)
    )
    found = list(session.scalars(query))
    return Part(
        conversation=_rows(session, [one], now())[0],
        turns=turn_views(session, found[:PART]),
        after=found[PART - 1].number if len(found) > PART else None,
    )


def turn_views(session: Session, turns: Iterable[Turn]) -> list[TurnView]:
    """Turns as reviewers see them; they are to be loaded with `NOTES`."""
    chosen = list(turns)
    ids = [turn.id for turn in chosen]
    proposed: dict[int, list[str]] = {}
    query = select(Suggestion.turn_id, Suggestion.kind).where(Suggestion.turn_id.in_(ids))
    for turn_id, kind in session.execute(query.order_by(Suggestion.id)).tuples():
        if turn_id is not None:
            proposed.setdefault(turn_id, []).append(kind)
    return [
        TurnView.model_validate(
            {
                **{
                    name: getattr(turn, name)
                    for name in TurnView.model_fields
                    if name not in ("notes", "suggestions")
                },
                "notes": [NoteView(author=n.author, text=n.text, at=n.at) for n in turn.notes],
                "suggestions": proposed.get(turn.id, []),
            }
        )
        for turn in chosen
    ]


@cache
def names() -> dict[Kind, list[str]]:
    """What a message may be corrected to: intents as the dialogue has them, entities as citizens type them."""
    domain = yaml_files.read(ROOT / "domain.yml")
    return {"intent": sorted(domain["intents"]), "entity": sorted(NAMES)}


def choices(session: Session, scope: Scope) -> Choices:
    """What may be filtered by and corrected to; labels of the conversations that the account may see."""
    labels = select(ConversationLabel.label).distinct().order_by(ConversationLabel.label)
    if scope.agencies is not None:
        labels = labels.join(Conversation, Conversation.id == ConversationLabel.conversation_id)
        labels = labels.where(visible(scope))
    return Choices(
        intents=names()["intent"],
        entities=names()["entity"],
        channels=["web", "zalo", "messenger"],
        labels=list(session.scalars(labels)),
    )
