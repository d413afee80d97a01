"""Writes events into transcripts: whatever way they come, each is written once, in order, masked.

A sender's events are written under a lock on its feed; what the feed has seen is passed over. So batches may
come twice and from several processes.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

import structlog
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database, insert_if_absent
from onestop.transcripts import told, words
from onestop.transcripts.events import ALTERNATIVES, LISTEN, Event
from onestop.transcripts.masking import Known, asked_by, is_personal, mask, token
from onestop.transcripts.models import Conversation, ConversationProcedure, TranscriptFeed, Turn

log = structlog.get_logger(__name__)

# Replies that say that the message was not understood (`actions/templates`).
NOT_UNDERSTOOD = {"not_understood", "offer_person", "procedure_not_found"}
# Actions by which a citizen comes to a person.
PERSON = {"action_person"}
# Actions that ask for answers (`actions/*_form.py`).
LOOPS = {"dossier_form", "status_form", "feedback_form", "request_form"}
# What Rasa does for itself.
_SILENT = {LISTEN, "action_session_start", "action_extract_slots", "action_unlikely_intent"}
_PERSONAL_ENTITIES = {"citizen_id", "old_id", "phone", "email", "dossier_code", "date", "value"}
# What an answer to a form's question is understood as; a sure other intent interrupts the form.
_ANSWERS = {"inform", "affirm", "deny", "nlu_fallback", ""}
_SURE = 0.6
_LARGEST_LOT = 2**31 - 1
_MOST_CANDIDATES = 5
_MILLISECOND = timedelta(milliseconds=1)


def consume(database: Database, events: Iterable[Event]) -> set[str]:
    """Write events, each sender's in a transaction of its own.

    Args:
        database: the one-stop database.
        events: of any senders; those of one sender in order.

    Returns:
        The senders whose events could not be written: they are to come again.
    """
    by_sender = sorted(events, key=lambda event: (event.sender_id, event.sequence))
    failed = set()
    for sender, of_sender in groupby(by_sender, key=lambda event: event.sender_id):
        try:
            database.transact(write, sender, list(of_sender))
        except Exception as error:
            # One citizen's trouble does not hold up the others'. Its words may quote the citizen.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "transcript_not_written",
                exc_type=type(error).__name__,
                at=f"{place.name}:{place.lineno}",
            )
            failed.add(sender)
    return failed


def read(sent: bytes | object) -> Event | None:
    """The event in a message of the queue, or in a part of a batch; `None` (and logged) if it is none."""
    try:
        if isinstance(sent, bytes):
            return Event.model_validate_json(sent)
        return Event.model_validate(sent)
    except ValidationError as error:
        log.error("event_unreadable", faults=[one["type"] for one in error.errors()])
        return None


def write(session: Session, sender: str, events: list[Event]) -> None:
    """Write a sender's events that were not written yet."""
    insert_if_absent(
        session, TranscriptFeed, owner=sender, sequence=-1, asked="", kind="", known=[]
    )
    query = select(TranscriptFeed).where(TranscriptFeed.owner == sender).with_for_update()
    feed = session.scalars(query).one()
    writing = _Writing(session, feed)
    for event in events:
        if event.sequence > feed.sequence:
            writing.take(event)
            feed.sequence = event.sequence
    writing.finish()


@dataclass
class _Writing:
    """A sender's transcript being written: the open conversation and its last turn."""

    session: Session
    feed: TranscriptFeed
    conversation: Conversation | None = None
    turn: Turn | None = None
    known: list[Known] = field(default_factory=list)
    changed: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = [*told.in_forms(self.session, self.feed.owner)]
        self.known += [Known(kind, text) for kind, text in self.feed.known]
        if self.feed.conversation_id is not None:
            self.conversation = self.session.get(Conversation, self.feed.conversation_id)
        if self.conversation is not None:
            query = select(Turn).where(
                Turn.conversation_id == self.conversation.id,
                Turn.number == self.conversation.turn_count,
            )
            self.turn = self.session.scalar(query)

    def take(self, event: Event) -> None:
        """Write one event; kinds that say nothing of a transcript are passed over."""
        if event.event == "session_started":
            self._session_started()
        elif event.event == "user":
            self._message(event)
        elif self.conversation is not None and self.turn is not None:
            handler = _HANDLERS.get(event.event)
            if handler is not None:
                handler(self, self.conversation, self.turn, event)

    def finish(self) -> None:
        """Write what is only known when all events of the batch are."""
        self.session.flush()
        for turn in self.changed:
            words.write(self.session, turn.id, f"{turn.text} {turn.reply}")

    def _session_started(self) -> None:
        self.conversation = self.turn = None
        self.feed.conversation_id, self.feed.asked, self.feed.kind = None, "", ""

    def _message(self, event: Event) -> None:
        conversation = self.conversation or self._begin(event)
        text = event.text or ""
        button = text.startswith("/")
        ranking = event.ranking
        first = ranking[0]["confidence"] if ranking else None
        answers = button or event.intent in _ANSWERS or (first or 0.0) < _SURE
        personal = answers and bool(self.feed.asked) and is_personal(self.feed.kind)
        masked = self._answer(text, button) if personal else mask(text, self.known)
        conversation.turn_count += 1
        conversation.last_at = event.at
        self.turn = Turn(
            conversation_id=conversation.id,
            number=conversation.turn_count,
            at=event.at,
            text=masked,
            reply="",
            clear={"text": text, "reply": "", "entities": event.entities},
            free=not button,
            intent=event.intent,
            confidence=first,
            alternatives=ranking[1 : 1 + ALTERNATIVES],
            entities=[self._masked(one, personal) for one in event.entities],
            actions=[],
            candidates=[],
            answered=self.feed.asked,
            fallback=False,
            sampled=False,
            latency_ms=max(0, round((event.timestamp - event.received) * 1000)),
            uncertainty=_uncertainty(event),
            lot=random.randint(0, _LARGEST_LOT),
        )
        self.session.add(self.turn)
        self._touch(self.turn)
        # Asked again in this turn, if it still is.
        self.feed.asked, self.feed.kind = "", ""

    def _begin(self, event: Event) -> Conversation:
        self.conversation = Conversation(
            owner=event.sender_id,
            first=event.sequence,
            channel=event.channel,
            started_at=event.at,
            last_at=event.at,
            turn_count=0,
            fallbacks=0,
            outcome="asked",
            field="",
            handed_over=False,
        )
        self.session.add(self.conversation)
        self.session.flush()
        self.feed.conversation_id = self.conversation.id
        return self.conversation

    def _answer(self, text: str, button: bool) -> str:
        """An answer to a question for personal data, masked whole; it is known from now on."""
        kind = self.feed.kind
        if not button:
            self._learn(Known(kind, text))
        return f"/… {token(kind)}" if button else token(kind)

    def _learn(self, fact: Known) -> None:
        self.known.append(fact)
        known: list[list[str]] = [*self.feed.known, [fact.kind, fact.text]]
        self.feed.known = known[-told.MOST_KNOWN :]

    def _masked(self, entity: dict[str, object], personal: bool) -> dict[str, object]:
        value = str(entity.get("value", ""))
        name = str(entity.get("entity"))
        if personal or name in _PERSONAL_ENTITIES:
            masked = mask(value, self.known)
            hidden = masked if masked != value else token(name) if name != "value" else value
            return {**entity, "value": token(self.feed.kind) if personal else hidden}
        return {**entity, "value": mask(value, self.known)}

    def _touch(self, turn: Turn) -> None:
        if turn not in self.changed:
            self.changed.append(turn)

    # What follows a message ---------------------------------------------------------------------

    def _action(self, conversation: Conversation, turn: Turn, event: Event) -> None:
        name = event.name or ""
        if name == LISTEN:
            turn.latency_ms = (turn.latency_ms or 0) + round((event.at - turn.at) / _MILLISECOND)
            self._settle(conversation, turn)
        elif name not in _SILENT:
            turn.actions = [*turn.actions, name]
            conversation.handed_over = conversation.handed_over or name in PERSON

    def _settle(self, conversation: Conversation, turn: Turn) -> None:
        """The turn is over: whether it tells something of the understanding is known now."""
        if turn.answered and len(turn.actions) == 1 and turn.actions[0] in LOOPS:
            turn.free, turn.uncertainty = False, 0.0
        if turn.free and turn.confidence is not None:
            lowest = conversation.lowest_confidence
            conversation.lowest_confidence = min(
                turn.confidence, lowest if lowest is not None else 1
            )

    def _reply(self, conversation: Conversation, turn: Turn, event: Event) -> None:
        trace = event.trace
        if event.text:
            clear = turn.clear
            reply = f"{clear['reply']}\n\n{event.text}".strip()
            turn.clear = {**clear, "reply": reply}
            turn.reply = f"{turn.reply}\n\n{mask(event.text, self.known)}".strip()
            self._touch(turn)
        if trace.candidates:
            turn.candidates = trace.candidates[:_MOST_CANDIDATES]
        if trace.field:
            self.feed.asked, self.feed.kind = trace.field[:64], trace.kind[:20]
            if conversation.outcome == "started":
                conversation.field = self.feed.asked
        elif kind := asked_by(trace.said):
            self.feed.asked, self.feed.kind = trace.said[:64], kind
        if trace.stars is not None:
            conversation.stars = trace.stars
        if trace.said in NOT_UNDERSTOOD and not turn.fallback:
            turn.fallback = True
            conversation.fallbacks += 1

    def _slot(self, conversation: Conversation, turn: Turn, event: Event) -> None:
        if event.name == "procedure" and event.value:
            conversation.procedure = str(event.value)[:16]
            insert_if_absent(
                self.session,
                ConversationProcedure,
                code=conversation.procedure,
                conversation_id=conversation.id,
            )
        elif event.name == "draft" and event.value and conversation.outcome == "asked":
            conversation.outcome = "started"
        elif event.name == "dossiers" and event.value:
            conversation.outcome, conversation.field = "submitted", ""


_HANDLERS: dict[str, Callable[[_Writing, Conversation, Turn, Event], None]] = {
    "action": _Writing._action,
    "bot": _Writing._reply,
    "slot": _Writing._slot,
}


def _uncertainty(event: Event) -> float:
    """How much a look at the message would teach: 1 less the lead of the likeliest intent."""
    if event.intent == "nlu_fallback":
        return 1.0
    scores = [one["confidence"] for one in event.ranking[:2]]
    if not scores or (event.text or "").startswith("/"):
        return 0.0
    lead: float = scores[0] - (scores[1] if len(scores) > 1 else 0.0)
    return round(min(max(1.0 - lead, 0.0), 1.0), 4)
