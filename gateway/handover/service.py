"""What happens to a hand-over: asked for, taken, answered, given back, closed; a function, a transaction.

A step that somebody else may do at the same time is one statement with its condition in it, so that only one
of them succeeds: two members of staff never have the same citizen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.orm import Session

from common.database import insert_if_absent, now
from gateway import outbox
from gateway.handover.models import QUEUED, SILENT, Agent, End, Handover, Stage
from gateway.models import Message
from gateway.texts import say

HERE = timedelta(seconds=90)
"""How long after a heartbeat a member of staff counts as being there; the console sends one every 30 s."""


MEET_ASSISTANT = "/meet_assistant"
"""The button that ends a pause."""


@dataclass(frozen=True)
class Staff:
    """Who acts: the account's id, the name that citizens see, whose matters it sees (`None`: all)."""

    id: str
    name: str
    agencies: frozenset[str] | None = None

    @property
    def title(self) -> str:
        """As the citizen is told: "Chị Lan, cán bộ Một cửa"."""
        return say("staff_title", name=self.name)


class UnknownHandoverError(LookupError):
    """There is no hand-over of that number that this member of staff may see."""


class NotHeldError(Exception):
    """The hand-over is not the actor's (any more): `stage` and `holder` say how it is now."""

    def __init__(self, row: Handover) -> None:
        super().__init__(f"handover {row.id} is {row.stage}")
        self.stage, self.holder = row.stage, row.agent_name or ""


def visible(staff: Staff) -> ColumnElement[bool]:
    """The hand-overs that a member of staff may see: of the account's agencies, or nobody's yet."""
    if staff.agencies is None:
        return true()
    return Handover.agency.in_(["", *sorted(staff.agencies)])


def find(session: Session, number: int, staff: Staff) -> Handover:
    """A hand-over as this member of staff may see it.

    Raises:
        UnknownHandoverError: if there is none.
    """
    query = select(Handover).where(Handover.id == number, visible(staff))
    row = session.scalars(query).first()
    if row is None:
        raise UnknownHandoverError(number)
    return row


def silent(session: Session, sender: str) -> Handover | None:
    """The hand-over for which the assistant is silent, its row locked; `None`: it may speak."""
    return session.scalars(
        select(Handover)
        .where(Handover.sender == sender, Handover.stage.in_(SILENT))
        .with_for_update()
    ).first()


def is_silent(session: Session, sender: str) -> bool:
    """Whether the assistant is silent for a citizen now; no lock is taken."""
    row = select(Handover.id).where(Handover.sender == sender, Handover.stage.in_(SILENT))
    return session.scalars(row.limit(1)).first() is not None


def somebody_there(session: Session, moment: datetime, agency: str = "") -> bool:
    """Whether any member of staff who sees this agency's matters is there, whatever the clock says."""
    return any(
        not agency or one.agencies is None or agency in one.agencies
        for one in present(session, moment)
    )


def ask(
    session: Session, sender: str, channel: str, request: dict[str, Any], *, open_now: bool
) -> Handover:
    """Put a citizen into the queue, or find the place that he or she has there already.

    Args:
        request: what is known of it, see `gateway.handover.turns`; empty: nothing that is new.
        open_now: whether staff are there; else a ticket is kept, and the assistant goes on.
    """
    moment, agency = now(), agency_of(request)
    stage = Stage.WAITING if open_now else Stage.TICKET
    insert_if_absent(
        session,
        Handover,
        sender=sender,
        channel=channel,
        stage=stage,
        request=request,
        agency=agency,
        asked_at=moment,
        active_at=moment,
        waits_since=moment,
    )
    row = session.scalars(
        select(Handover)
        .where(Handover.sender == sender, Handover.stage != Stage.CLOSED)
        .with_for_update()
    ).one()
    if request:
        row.request, row.agency = request, agency
    if row.stage == Stage.TICKET and open_now:  # the ticket's place in the queue stays
        row.stage, row.waits_since, row.active_at = Stage.WAITING, moment, moment
    return row


def agency_of(request: dict[str, Any]) -> str:
    """Whose matter a request is; empty if it does not say."""
    return str(request.get("agency") or "")[:300]


def queued(session: Session) -> list[Handover]:
    """Who is not helped yet, who asked first at the head: last night's tickets before this morning's."""
    waiting = select(Handover).where(Handover.stage.in_(QUEUED))
    return list(session.scalars(waiting.order_by(Handover.asked_at, Handover.id)))


def position(session: Session, row: Handover) -> int:
    """The place in the queue, from 1."""
    ahead = select(func.count()).where(Handover.stage.in_(QUEUED), Handover.asked_at < row.asked_at)
    return (session.scalar(ahead) or 0) + 1


def _free() -> ColumnElement[bool]:
    """What a hand-over must be for somebody to take it."""
    return Handover.stage.in_(QUEUED)


def take(session: Session, number: int, staff: Staff) -> tuple[Handover, list[Message]]:
    """Give a hand-over to a member of staff, and tell the citizen who is there now.

    Raises:
        UnknownHandoverError: if there is none.
        NotHeldError: if another has it, or it is over.
    """
    return _take(session, number, staff, {"text": say("handover_taken", title=staff.title)})


def _take(
    session: Session, number: int, staff: Staff, told: dict[str, Any]
) -> tuple[Handover, list[Message]]:
    """As `take`; `told` is the message with which the citizen hears of it."""
    moment = now()
    row = _step(
        session,
        number,
        _free(),
        visible(staff),
        stage=Stage.TAKEN,
        agent=staff.id,
        agent_name=staff.name,
        taken_at=func.coalesce(Handover.taken_at, moment),
        waits_since=moment,
        active_at=moment,
    )
    if row is not None:
        return row, outbox.put(session, row.sender, row.channel, [told])
    as_it_is = find(session, number, staff)
    if as_it_is.stage == Stage.TAKEN and as_it_is.agent == staff.id:  # a repeat
        return as_it_is, []
    raise NotHeldError(as_it_is)


def join(
    session: Session, sender: str, channel: str, request: dict[str, Any], staff: Staff
) -> tuple[Handover, list[Message]]:
    """Take a conversation over whose citizen has not asked for it; one who waits already is taken.

    Args:
        request: what is known of it, see `gateway.handover.turns`.

    Raises:
        UnknownHandoverError: if it is a matter that this one may not see.
        NotHeldError: if another has it.
    """
    asked = select(Handover.id).where(Handover.sender == sender, Handover.stage != Stage.CLOSED)
    if session.scalars(asked).first() is not None:
        return take(session, ask(session, sender, channel, {}, open_now=True).id, staff)
    row = ask(session, sender, channel, request, open_now=True)
    body = {"text": say("handover_joined", title=staff.title), **back_button()}
    row, told = _take(session, row.id, staff, body)
    row.waits_since = None  # nothing was asked that staff would owe an answer to
    return row, told


def back_button() -> dict[str, Any]:
    """The part of a message with which the citizen may have the assistant back, as long as it takes."""
    button = {"title": say("meet_assistant"), "payload": MEET_ASSISTANT}
    return {"buttons": [button], "lasting": True}


def answer(
    session: Session, number: int, staff: Staff, key: str, bodies: Sequence[dict[str, Any]]
) -> list[Message]:
    """Say something to the citizen as this member of staff.

    Args:
        key: the client's own id of the answer: a repeat says nothing twice.
        bodies: messages as in `gateway.models.Message`, without their author.

    Raises:
        UnknownHandoverError: if there is none.
        NotHeldError: if it is not this one's.
    """
    moment = now()
    answered = func.coalesce(Handover.answered_at, moment)
    row = _mine(session, number, staff, answered_at=answered, waits_since=None, active_at=moment)
    return [
        outbox.put_once(
            session,
            row.sender,
            row.channel,
            f"staff:{number}:{key}:{place}",
            {**body, "author": staff.title},
        )
        for place, body in enumerate(bodies)
    ]


def held(session: Session, number: int, staff: Staff) -> Handover:
    """A hand-over that this member of staff has.

    Raises:
        UnknownHandoverError: if there is none.
        NotHeldError: if it is not this one's.
    """
    return _mine(session, number, staff)


def release(session: Session, number: int, staff: Staff) -> tuple[Handover, list[Message]]:
    """Put a citizen back into the queue, at the old place, for another member of staff.

    Raises:
        UnknownHandoverError: if there is none.
        NotHeldError: if it is not this one's.
    """
    moment = now()
    back = {"agent": None, "agent_name": None, "waits_since": moment, "active_at": moment}
    row = _mine(session, number, staff, stage=Stage.WAITING, **back)
    return row, [tell(session, row, "handover_released", title=staff.title)]


def close(
    session: Session, number: int, staff: Staff, reason: str, note: str
) -> tuple[Handover, list[Message]]:
    """End a hand-over; the assistant is back, and says so.

    Raises:
        UnknownHandoverError: if there is none.
        NotHeldError: if it is not this one's.
    """
    row = _mine(session, number, staff)
    end(row, End.STAFF, {"reason": reason, "note": note})
    return row, [back(session, row, "handover_closed", title=staff.title)]


def end(row: Handover, by: End, outcome: dict[str, Any] | None = None) -> None:
    """Close a locked row; from its commit on the assistant speaks again."""
    row.stage, row.ended_by, row.outcome = Stage.CLOSED, by, outcome
    row.closed_at, row.waits_since = now(), None


def heard(row: Handover) -> None:
    """Note that the citizen wrote to staff; what they owe is counted from the first unanswered word."""
    row.active_at = now()
    row.waits_since = row.waits_since or row.active_at


def gone(session: Session, number: int) -> None:
    """Close what nobody can read any more."""
    row = session.get(Handover, number, with_for_update=True)
    if row is not None and row.stage != Stage.CLOSED:
        end(row, End.GONE)


def overdue(
    session: Session, moment: datetime, wait: timedelta, reply: timedelta, idle: timedelta
) -> list[tuple[Handover, list[Message]]]:
    """Bring the assistant back where a person does not come, or the talk has come to its end.

    Who still waits for a word keeps a ticket; who was answered and writes no more is done.

    Args:
        moment: now.
        wait: how long a citizen waits to be taken.
        reply: how long staff who have a citizen may leave a word unanswered.
        idle: how long after staff's last word the talk is over.
    """
    late = (
        (Handover.stage == Stage.WAITING, Handover.waits_since < moment - wait),
        (Handover.stage == Stage.TAKEN, Handover.waits_since < moment - reply),
    )
    told = []
    for condition in late:
        values = {"stage": Stage.TICKET, "agent": None, "agent_name": None, "active_at": moment}
        for row in _steps(session, *condition, **values):
            told.append((row, [back(session, row, "handover_unanswered", number=row.id)]))
    over = (Handover.stage == Stage.TAKEN, Handover.waits_since.is_(None))
    done = {"stage": Stage.CLOSED, "ended_by": End.IDLE, "closed_at": moment}
    for row in _steps(session, *over, Handover.active_at < moment - idle, **done):
        told.append((row, [back(session, row, "handover_idle")]))
    return told


def tell(session: Session, row: Handover, name: str, **values: object) -> Message:
    """Have the citizen told what happens, as the assistant."""
    return outbox.put(session, row.sender, row.channel, [{"text": say(name, **values)}])[0]


def back(session: Session, row: Handover, name: str, **values: object) -> Message:
    """Have the citizen told that the assistant is back."""
    return outbox.put(session, row.sender, row.channel, [back_body(row, name, **values)])[0]


def back_body(row: Handover, name: str, **values: object) -> dict[str, Any]:
    """What is said when the assistant is back, with what it asked to offer then."""
    return {"text": say(name, **values), "buttons": row.request.get("buttons") or []}


def beat(session: Session, staff: Staff) -> None:
    """Note that a member of staff is there."""
    agencies = None if staff.agencies is None else sorted(staff.agencies)
    there = {"name": staff.name, "agencies": agencies, "seen_at": now()}
    if not insert_if_absent(session, Agent, id=staff.id, **there):
        session.execute(update(Agent).where(Agent.id == staff.id).values(there))


def present(session: Session, moment: datetime) -> list[Agent]:
    """Who of the staff is there."""
    here = select(Agent).where(Agent.seen_at > moment - HERE)
    return list(session.scalars(here.order_by(Agent.name)))


def _mine(session: Session, number: int, staff: Staff, **values: Any) -> Handover:
    """Change a hand-over that this member of staff has; its row stays locked."""
    held = (Handover.stage == Stage.TAKEN, Handover.agent == staff.id, visible(staff))
    row = _step(session, number, *held, **{"active_at": now(), **values})
    if row is None:
        raise NotHeldError(find(session, number, staff))
    return row


def _step(
    session: Session, number: int, *conditions: ColumnElement[bool], **values: Any
) -> Handover | None:
    return next(iter(_steps(session, Handover.id == number, *conditions, **values)), None)


def _steps(session: Session, *conditions: ColumnElement[bool], **values: Any) -> list[Handover]:
    """Change the rows that meet the conditions, in one statement."""
    changed = update(Handover).where(*conditions).values(**values).returning(Handover)
    options = {"synchronize_session": False, "populate_existing": True}
    return list(session.scalars(changed.execution_options(**options)))
