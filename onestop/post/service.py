"""Ask the post, follow its way, take it back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop import notices
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import CITIZEN, day_of, find, next_number
from onestop.post.models import PostEvent, PostRequest
from onestop.post.rules import in_person, rules
from onestop.post.states import Service, State, may_cancel, may_follow
from onestop.schemas import PostFee, PostView

_SERIES = "BC"  # bưu chính
_CODE = re.compile(r"BC\W*(\d{6})\W*(\d{4})(?!\d)")
# Nothing comes out of these any more, or it was handed over.
_NO_RESULT = (Status.REFUSED, Status.STOPPED, Status.HANDED_OVER)


class CannotSend(Exception):
    """`too_late`: the dossier needs it no more; `requested_before`: the same is on its way."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ImpossibleStep(ValueError):
    """A state that may not follow the present one."""


def read_code(text: str) -> str | None:
    """The tracking code in a text, in its own spelling."""
    found = _CODE.search(text.upper())
    return f"BC{found[1]}-{found[2]}" if found else None


def offered(session: Session, dossier: Dossier) -> list[Service]:
    """What the post may be asked for with a dossier now."""
    if dossier.status in _NO_RESULT or in_person(dossier.procedure_code):
        return []
    running = {
        one.service for one in of_dossier(session, dossier) if may_follow(one.service, one.state)
    }
    useful: list[Service] = ["deliver"] if dossier.status == Status.DONE else ["deliver", "collect"]
    return [one for one in useful if one not in running]


def ask(
    session: Session,
    code: str,
    owner: str,
    service: Service,
    details: dict[str, str],
    fee: PostFee,
) -> PostRequest:
    """Ask the post for a service; the dossier's row is held, so that two at once make one.

    Raises:
        LookupError: if there is no dossier of that code.
        CannotSend: if it is too late, or asked for already.
    """
    dossier = find(session, code)
    if service not in offered(session, dossier):
        running = any(
            one.service == service and may_follow(one.service, one.state)
            for one in of_dossier(session, dossier)
        )
        raise CannotSend("requested_before" if running else "too_late")
    at = now()
    request = PostRequest(
        code=f"{_SERIES}{day_of(at):%y%m%d}-{next_number(session, _SERIES, at):04}",
        dossier=dossier,
        owner=owner,
        service=service,
        details=details,
        zone=fee.zone,
        fee=fee.amount,
        fee_estimated=fee.estimated,
        state="requested",
        history=[PostEvent(state="requested", actor=CITIZEN)],
    )
    session.add(request)
    session.flush()
    return request


def of_dossier(session: Session, dossier: Dossier) -> list[PostRequest]:
    """All that the post was asked for with a dossier, oldest first."""
    query = select(PostRequest).where(PostRequest.dossier_id == dossier.id).order_by(PostRequest.id)
    return list(session.scalars(query))


def locked(session: Session, code: str) -> PostRequest:
    """The request of that tracking code, its row held.

    Raises:
        LookupError: if there is none.
    """
    request = session.scalar(select(PostRequest).where(PostRequest.code == code).with_for_update())
    if request is None:
        raise LookupError(code)
    return request


def step(session: Session, request: PostRequest, state: State, actor: str, note: str = "") -> None:
    """Move a held request on; its owner is told, unless it is the owner who did.

    Raises:
        ImpossibleStep: if `state` may not follow.
    """
    possible = may_follow(request.service, request.state)
    if state not in possible:
        allowed = ", ".join(sorted(possible)) or "nothing"
        raise ImpossibleStep(f"{request.code} is {request.state}; after that may come: {allowed}")
    request.state = state
    request.history.append(PostEvent(state=state, actor=actor, note=note))
    session.flush()  # sets when it happened, which the request's view tells
    if actor != CITIZEN:
        notices.tell(
            session,
            request.owner,
            "post_status",
            code=request.code,
            dossier=request.dossier.code,
            service=rules().services[request.service],
            state=rules().states[state],
            carrier_ref=request.carrier_ref,
            note=note,
        )


def cancel(session: Session, code: str, dossier_code: str) -> PostRequest:
    """Take back what was asked for with a dossier; a repeat is harmless.

    Raises:
        LookupError: if there is no such request of that dossier.
        ImpossibleStep: if the post holds the parcel already.
    """
    request = locked(session, code)
    if request.dossier.code != dossier_code:
        raise LookupError(code)
    if request.state != "cancelled":
        step(session, request, "cancelled", CITIZEN)
    return request


def view(request: PostRequest) -> PostView:
    """A request as its citizen sees it."""
    return PostView(
        code=request.code,
        dossier_code=request.dossier.code,
        service=request.service,
        service_name=rules().services[request.service],
        state=request.state,
        state_name=rules().states[request.state],
        since=request.history[-1].at,
        note=request.history[-1].note,
        address=request.details["address"],
        carrier_ref=request.carrier_ref,
        fee=PostFee(zone=request.zone, amount=request.fee, estimated=request.fee_estimated),
        can_cancel=may_cancel(request.service, request.state),
    )


def views(requests: Sequence[PostRequest]) -> list[PostView]:
    """Those that matter to the citizen: all but what was taken back."""
    return [view(one) for one in requests if one.state != "cancelled"]
