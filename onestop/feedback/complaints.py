"""Complaints and suggestions: taken in with a code of their own, handled by staff, told to who sent them.

Nghị định 20/2008/NĐ-CP (Điều 7) takes in what is clear and bears the sender's name and a way to reach them;
its days are data (`data/feedback/complaints.yml`). A khiếu nại or tố cáo goes by other laws and is answered
in the talk, or by staff with the state `out_of_scope`.
"""

from __future__ import annotations

import hmac
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import now
from onestop import notices, second_factor
from onestop.dossiers import files, lookup
from onestop.dossiers.calendar import VIETNAM, add_working_days
from onestop.dossiers.codes import normalise_code as dossier_code
from onestop.dossiers.models import Dossier
from onestop.dossiers.submission import CITIZEN, day_of, next_number
from onestop.eforms import people
from onestop.eforms.answers import Refusal, Value
from onestop.feedback import agencies
from onestop.feedback.codes import PREFIX, make_code, normalise_code
from onestop.feedback.models import Complaint, ComplaintEvent
from onestop.feedback.rules import complaint_rules
from onestop.schemas import (
    ComplaintAnswer,
    ComplaintRequest,
    ComplaintState,
    ComplaintStep,
    ComplaintView,
)

READERS = {"name": people.read_name, "phone": people.read_phone}
NEXT: dict[ComplaintState, frozenset[ComplaintState]] = {
    "received": frozenset({"forwarded", "answered", "out_of_scope"}),
    # Whoever it went to may pass it on, answer, or find that it is no complaint.
    "forwarded": frozenset({"forwarded", "answered", "out_of_scope"}),
    "answered": frozenset(),
    "out_of_scope": frozenset(),
}
# Those that wait for something: some state may follow theirs.
OPEN: frozenset[ComplaintState] = frozenset(state for state, following in NEXT.items() if following)


class NotTaken(Exception):
    """A complaint that is not taken in.

    `reason`: `too_long`, `too_many_files`, `unknown_file`, `too_many` (of this sender on this day).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ImpossibleStep(ValueError):
    """A state that may not follow the present one."""


def read(field: str, text: str) -> ComplaintAnswer:
    """An answer to the question for `name` or `phone`, as e-forms read them.

    Raises:
        onestop.eforms.answers.Refusal: if it is none.
    """
    try:
        value: Value = READERS[field](text)
    except Refusal as refusal:
        refusal.params.setdefault("example", complaint_rules().examples[field])
        raise
    return ComplaintAnswer(value=str(value.value), display=value.display)


def take(session: Session, request: ComplaintRequest) -> ComplaintView:
    """Take a complaint in; one that was taken in already is told again.

    Of two equal requests at once the second breaks the unique pair of owner and request, and with its
    transaction its number is given back: then it is to be taken again.

    Raises:
        sqlalchemy.exc.IntegrityError: see above.
        onestop.eforms.answers.Refusal: if name or phone are none.
        NotTaken: if it breaks a bound of `data/feedback/complaints.yml`.
    """
    known = session.scalar(
        select(Complaint).where(
            Complaint.owner == request.owner, Complaint.request == request.request
        )
    )
    if known is not None:
        return view(known)
    received = now()
    day = day_of(received)
    _check(session, request, received)
    named = dossier_code(request.about)
    dossier = session.scalar(select(Dossier).where(Dossier.code == named)) if named else None
    rules = complaint_rules()
    complaint = Complaint(
        code=make_code(day, next_number(session, PREFIX, received)),
        owner=request.owner,
        request=request.request,
        channel=request.channel,
        content=[part.strip() for part in request.content if part.strip()],
        about=request.about.strip(),
        dossier_id=dossier.id if dossier is not None else None,
        agency="" if dossier is not None else agencies.named(session, request.about),
        file_ids=request.file_ids,
        name=read("name", request.name).value,
        phone=read("phone", request.phone).value,
        received_at=received,
        forward_by=add_working_days(day, rules.forward_within),
        answer_by=add_working_days(day, rules.answer_within),
        history=[ComplaintEvent(state="received", actor=CITIZEN, at=received)],
    )
    session.add(complaint)
    files.hold(session, request.file_ids)
    session.flush()
    return view(complaint)


def _check(session: Session, request: ComplaintRequest, received: datetime) -> None:
    rules = complaint_rules()
    if sum(map(len, request.content)) + len(request.about) > rules.most_characters:
        raise NotTaken("too_long")
    if len(request.file_ids) > rules.most_files:
        raise NotTaken("too_many_files")
    if any(files.owned(session, request.owner, one) is None for one in request.file_ids):
        raise NotTaken("unknown_file")
    midnight = datetime.combine(day_of(received), time(), tzinfo=VIETNAM)
    today = select(func.count(Complaint.id)).where(
        Complaint.owner == request.owner, Complaint.received_at >= midnight
    )
    if (session.scalar(today) or 0) >= rules.most_a_day:
        raise NotTaken("too_many")


def view(complaint: Complaint) -> ComplaintView:
    """The complaint as its sender may see it."""
    return ComplaintView(
        code=complaint.code,
        state=complaint.state,
        received_at=complaint.received_at,
        forward_by=complaint.forward_by,
        answer_by=complaint.answer_by,
        content="\n".join(complaint.content),
        about=complaint.about,
        files=len(complaint.file_ids),
        history=[
            ComplaintStep(at=event.at, state=event.state, note=event.note)
            for event in complaint.history
        ],
    )


def look_up(
    session: Session, asker: str, code: str, factor: str, limits: lookup.Limits
) -> ComplaintView | lookup.Refused:
    """Tell a complaint to who knows its code and the last four digits of the sender's phone."""
    official = normalise_code(code) or code.strip().upper()

    def reveal() -> ComplaintView | None:
        found = session.scalar(select(Complaint).where(Complaint.code == official))
        if found is None or not hmac.compare_digest(factor, found.phone[-second_factor.DIGITS :]):
            return None
        return view(found)

    return lookup.guarded(session, asker, official, limits, reveal)


def find(session: Session, code: str) -> Complaint:
    """The complaint of that code, its row locked until the transaction ends.

    Raises:
        LookupError: if there is none.
    """
    query = select(Complaint).where(Complaint.code == (normalise_code(code) or code))
    complaint = session.scalar(query.with_for_update())
    if complaint is None:
        raise LookupError(code)
    return complaint


def move(session: Session, code: str, state: ComplaintState, actor: str, note: str) -> Complaint:
    """Move a complaint on as staff do, and tell who sent it.

    Args:
        note: the answer, whom it was forwarded to, or why it is out of scope and what to do instead.

    Raises:
        LookupError: if there is no such complaint.
        ImpossibleStep: if `state` may not follow.
    """
    complaint = find(session, code)
    if state not in NEXT[complaint.state]:
        raise ImpossibleStep(f"{complaint.code} is {complaint.state}; {state} may not follow")
    complaint.state = state
    complaint.history.append(ComplaintEvent(state=state, actor=actor, note=note))
    notices.tell(session, complaint.owner, f"complaint_{state}", code=complaint.code, note=note)
    return complaint


def listed(session: Session, states: frozenset[ComplaintState]) -> list[Complaint]:
    """The complaints in one of these states, those due first."""
    query = select(Complaint).where(Complaint.state.in_(states))
    return list(session.scalars(query.order_by(Complaint.answer_by, Complaint.id)))


def late(complaint: Complaint, at: datetime) -> bool:
    """Whether it waits beyond the day by which it is to be forwarded, or answered."""
    if not NEXT[complaint.state]:
        return False
    limit = complaint.forward_by if complaint.state == "received" else complaint.answer_by
    return day_of(at) > limit
